{# one row per product x feature that a call has named, or that bears a cost, and one for what belongs to none; usage,
   adoption and money of the trailing 30 days together. An assignment to an owner alone makes no feature to judge. #}

with features_summed as (

    select * from {{ ref('int_features_summed') }}

),

distributed as (

    select * from {{ ref('int_feature_usage_distributed') }}

),

customer_margins as (

    select * from {{ ref('int_customer_margins') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

active as (

    select count(*) as active_customers
    from customer_margins
    where has_activity

),

described as (

    select
        features_summed.*,
        coalesce(features.team_id, 'unallocated') as team_id,
        features_summed.feature_id = 'unallocated' as is_unallocated,
        cast(coalesce(distributed.customers_using, 0) as bigint) as customers_using,
        cast(active.active_customers as bigint) as active_customers,
        {{ ratio('coalesce(distributed.customers_using, 0)', 'active.active_customers') }} as adoption_share,
        {{ margin_of('features_summed.allocated_revenue_usd', 'features_summed.cost_to_serve_usd') }} as gross_margin_usd,
        {{ ratio('features_summed.calls - features_summed.uncosted_calls', 'features_summed.calls') }} as costed_call_share,
        {{ ratio('features_summed.successful_calls - features_summed.prior_successful_calls', 'features_summed.prior_successful_calls') }}
            as calls_change_share,
        distributed.calls_per_customer_p50,
        distributed.calls_per_customer_p90,
        distributed.top_tenth_call_share,
        distributed.top_tenth_customers,
        distributed.top_tenth_cost_usd,
        distributed.usage_gini
    from features_summed
    cross join active
    left join distributed
        on features_summed.product_id = distributed.product_id and features_summed.feature_id = distributed.feature_id
    left join features
        on features_summed.product_id = features.product_id and features_summed.feature_id = features.feature_id
    where
        features.first_usage_date is not null
        or features_summed.feature_id = 'unallocated'
        or features_summed.cost_to_serve_usd <> 0

),

with_margin as (

    select
        *,
        {{ ratio('gross_margin_usd', 'allocated_revenue_usd') }} as gross_margin_share
    from described

)

select * from with_margin
