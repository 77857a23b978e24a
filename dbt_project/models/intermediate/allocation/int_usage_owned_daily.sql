{# one row per UTC day x organization x product x feature x customer x team x provider x model, with the owners that stand in
   the books: the organization of the customer's record, the team of the feature's cost centre #}

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
        coalesce(features.team_id, 'unallocated') as team_id,
        coalesce(features.cost_centre, 'unallocated') as cost_centre,
        usage_daily.provider,
        usage_daily.model,
        coalesce(customers.is_known, false) as is_allocated,
        cast(sum(usage_daily.calls) as bigint) as calls,
        cast(sum(usage_daily.failed_calls) as bigint) as failed_calls,
        cast(sum(usage_daily.uncosted_calls) as bigint) as uncosted_calls,
        cast(sum(usage_daily.input_tokens) as bigint) as input_tokens,
        cast(sum(usage_daily.cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(usage_daily.output_tokens) as bigint) as output_tokens,
        {{ money('sum(usage_daily.effective_cost_usd)') }} as effective_cost_usd
    from usage_daily
    left join customers on usage_daily.customer_id = customers.customer_id
    left join features
        on usage_daily.product_id = features.product_id and usage_daily.feature_id = features.feature_id
    group by all

)

select * from owned
