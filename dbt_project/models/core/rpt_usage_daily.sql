{# one row per row of core.fct_usage_daily, with what is on record of its customer: what a reader's filters narrow and then group #}

{{ config(materialized=view_or_table()) }}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

named as (

    select
        usage_daily.usage_date,
        usage_daily.customer_id,
        coalesce(customers.customer_name, usage_daily.customer_id) as customer_name,
        coalesce(customers.subscription_tier, 'unknown') as subscription_tier,
        case when customers.is_known then customers.organization_id else 'unallocated' end as organization_id,
        usage_daily.product_id,
        usage_daily.feature_id,
        usage_daily.task_type,
        usage_daily.team_id,
        usage_daily.provider,
        usage_daily.model,
        usage_daily.environment,
        usage_daily.calls,
        usage_daily.uncosted_calls,
        usage_daily.effective_cost_usd
    from usage_daily
    left join customers on usage_daily.customer_id = customers.customer_id

)

select * from named
