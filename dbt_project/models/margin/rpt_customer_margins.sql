{# one row per known customer; the trailing 30 days beside the 30 days before #}

with customer_margins as (

    select * from {{ ref('int_customer_margins') }}

),

margins as (

    select
        customer_id,
        customer_name,
        organization_id,
        subscription_tier,
        usage_archetype,
        region,
        is_active,
        has_activity,
        subscribed_days,
        calls,
        uncosted_calls,
        costed_call_share,
        is_upper_bound,
        revenue_usd,
        cost_to_serve_usd,
        gross_margin_usd,
        gross_margin_share,
        cost_of_revenue_share,
        is_unprofitable,
        margin_status,
        margin_rank,
        prior_revenue_usd,
        prior_cost_to_serve_usd,
        prior_gross_margin_usd,
        cost_change_share,
        shared_cost_usd
    from customer_margins

)

select * from margins
