{# one row per row of core.fct_usage_daily, with the owners in the books: the organization of the customer's record, and whom
   the owner rules find. A view: grouping it would merge few rows, and each reader groups by what it needs #}

{{ config(materialized=view_or_table()) }}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

owner_matches as (

    select * from {{ ref('int_owner_matches') }}

),

owned as (

    select
        usage_daily.usage_date,
        case when customers.is_known then customers.organization_id else 'unallocated' end as organization_id,
        usage_daily.product_id,
        usage_daily.feature_id,
        case when customers.is_known then usage_daily.customer_id else 'unallocated' end as customer_id,
        owner_matches.business_unit_id,
        owner_matches.team_id,
        owner_matches.project_id,
        owner_matches.user_id,
        owner_matches.cost_centre,
        owner_matches.owner_rule,
        usage_daily.customer_id as named_customer_id,
        usage_daily.team_id as named_team_id,
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
        usage_daily.uncosted_tokens,
        usage_daily.input_tokens,
        usage_daily.cached_input_tokens,
        usage_daily.output_tokens,
        usage_daily.failed_tokens,
        usage_daily.list_cost_usd,
        usage_daily.contracted_cost_usd,
        usage_daily.effective_cost_usd,
        usage_daily.billed_cost_usd,
        usage_daily.latency_ms_sum,
        usage_daily.latency_measured_calls,
        usage_daily.quality_scored_calls,
        usage_daily.quality_score_sum
    from usage_daily
    left join customers on usage_daily.customer_id = customers.customer_id
    inner join owner_matches
        on
            {{ owner_key('usage_daily.team_id', 'usage_daily.product_id', 'usage_daily.feature_id') }} = owner_matches.owner_key
            and owner_matches.valid_from_date <= usage_daily.usage_date
            and usage_daily.usage_date < owner_matches.valid_to_date

)

select * from owned
