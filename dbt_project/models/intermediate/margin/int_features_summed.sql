{# one row per product x feature, and one for what belongs to none; usage, cost and revenue of the trailing 30 days #}

with customer_features as (

    select * from {{ ref('int_customer_features_summed') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

customer_margins as (

    select * from {{ ref('int_customer_margins') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

used as (

    select
        product_id,
        feature_id,
        sum(calls) as calls,
        sum(uncosted_calls) as uncosted_calls,
        sum(successful_calls) as successful_calls,
        sum(prior_successful_calls) as prior_successful_calls,
        {{ money('sum(allocated_revenue_usd)') }} as allocated_revenue_usd
    from customer_features
    group by product_id, feature_id

),

costs as (

    select
        allocated_costs.product_id,
        allocated_costs.feature_id,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as cost_to_serve_usd,
        {{ money("sum(allocated_costs.allocated_cost_usd) filter (where allocated_costs.customer_id = 'unallocated')") }} as customerless_cost_usd
    from allocated_costs
    cross join as_of
    where allocated_costs.usage_date between as_of.window_start_date and as_of.as_of_date and {{ serves_customers('allocated_costs') }}
    group by allocated_costs.product_id, allocated_costs.feature_id

),

callers as (

    select distinct customer_id
    from customer_features
    where successful_calls > 0

),

{# Fees of customers without a successful call are for no feature: they stay visible as revenue of none. #}
idle_revenue as (

    select
        'unallocated' as product_id,
        'unallocated' as feature_id,
        {{ money('sum(customer_margins.revenue_usd)') }} as revenue_usd
    from customer_margins
    left join callers on customer_margins.customer_id = callers.customer_id
    where callers.customer_id is null

),

keys as (

    select product_id, feature_id from features
    union
    select product_id, feature_id from costs
    union
    select product_id, feature_id from used
    union
    select product_id, feature_id from idle_revenue

),

summed as (

    select
        keys.product_id,
        keys.feature_id,
        cast(coalesce(used.calls, 0) as bigint) as calls,
        cast(coalesce(used.uncosted_calls, 0) as bigint) as uncosted_calls,
        cast(coalesce(used.successful_calls, 0) as bigint) as successful_calls,
        cast(case when as_of.has_full_prior_period then coalesce(used.prior_successful_calls, 0) end as bigint)
            as prior_successful_calls,
        coalesce(costs.cost_to_serve_usd, {{ money(0) }}) as cost_to_serve_usd,
        coalesce(costs.customerless_cost_usd, {{ money(0) }}) as customerless_cost_usd,
        {{ money('coalesce(used.allocated_revenue_usd, 0) + coalesce(idle_revenue.revenue_usd, 0)') }} as allocated_revenue_usd
    from keys
    cross join as_of
    left join used on keys.product_id = used.product_id and keys.feature_id = used.feature_id
    left join costs on keys.product_id = costs.product_id and keys.feature_id = costs.feature_id
    left join idle_revenue on keys.product_id = idle_revenue.product_id and keys.feature_id = idle_revenue.feature_id

)

select * from summed
