{# one row per UTC day x cost pool x organization x product x feature x customer x team #}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

shared_costs as (

    select * from {{ ref('int_shared_costs_allocated') }}

),

usage_by_owner as (

    select
        usage_date,
        organization_id,
        product_id,
        feature_id,
        customer_id,
        team_id,
        is_allocated,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from usage_owned
    group by all

),

{# The cost of a call belongs to the one who made it: nothing is shared out, each row bears its own cost. #}
direct_costs as (

    select
        usage_date,
        'llm_usage' as cost_pool,
        organization_id,
        product_id,
        feature_id,
        customer_id,
        team_id,
        is_allocated,
        'direct' as driver,
        effective_cost_usd as driver_units,
        {{ ratio('effective_cost_usd', 'sum(effective_cost_usd) over (partition by usage_date)') }} as cost_share,
        effective_cost_usd as allocated_cost_usd
    from usage_by_owner

),

allocated as (

    select * from direct_costs
    union all
    select
        usage_date,
        cost_pool,
        organization_id,
        product_id,
        feature_id,
        customer_id,
        team_id,
        is_allocated,
        driver,
        driver_units,
        cost_share,
        allocated_cost_usd
    from shared_costs

),

final as (

    select
        usage_date,
        cost_pool,
        organization_id,
        product_id,
        feature_id,
        customer_id,
        team_id,
        driver,
        driver_units,
        cost_share,
        allocated_cost_usd,
        is_allocated
    from allocated

)

select * from final
