{# one row per row of core.fct_usage_daily, with the owners that stand in the books: the organization of the customer's record,
   the team that the call names, else that of the feature's cost centre. A view: grouping it would merge few rows, and each reader groups by what it needs #}

{{ config(materialized='view') }}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

owned as (

    select
        usage_daily.usage_date,
        case when customers.is_known then customers.organization_id else 'unallocated' end as organization_id,
        usage_daily.product_id,
        usage_daily.feature_id,
        case when customers.is_known then usage_daily.customer_id else 'unallocated' end as customer_id,
        coalesce(nullif(usage_daily.team_id, 'unallocated'), features.team_id, 'unallocated') as team_id,
        usage_daily.customer_id as named_customer_id,
        usage_daily.source_name,
        usage_daily.task_type,
        usage_daily.provider,
        usage_daily.model,
        usage_daily.environment,
        usage_daily.region,
        usage_daily.service_tier,
        coalesce(customers.is_known, false) as is_allocated,
        usage_daily.calls,
        usage_daily.failed_calls,
        usage_daily.calls_without_usage,
        usage_daily.unpriced_calls,
        usage_daily.uncosted_calls,
        usage_daily.input_tokens,
        usage_daily.cached_input_tokens,
        usage_daily.output_tokens,
        usage_daily.list_cost_usd,
        usage_daily.effective_cost_usd,
        usage_daily.billed_cost_usd,
        usage_daily.latency_ms_sum,
        usage_daily.latency_measured_calls,
        usage_daily.quality_scored_calls,
        usage_daily.quality_score_sum
    from usage_daily
    left join customers on usage_daily.customer_id = customers.customer_id
    left join features
        on usage_daily.product_id = features.product_id and usage_daily.feature_id = features.feature_id

)

select * from owned
