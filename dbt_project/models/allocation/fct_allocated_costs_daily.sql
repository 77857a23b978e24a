{# one row per UTC day x cost pool x owner (organization, product, feature, customer, team, unit, project, user, cost centre) #}

{% set owners = owner_columns() | join(', ') %}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

shared_costs as (

    select * from {{ ref('int_shared_costs_allocated') }}

),

{# The cost of a call belongs to the one who made it: nothing is shared out, each row bears its own cost. #}
by_owner as (

    select
        usage_date,
        'llm_usage' as cost_pool,
        {{ owners }},
        is_allocated,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from usage_owned
    group by usage_date, {{ owners }}, is_allocated

),

direct_costs as (

    select
        *,
        {{ ratio('effective_cost_usd', 'sum(effective_cost_usd) over (partition by usage_date, cost_pool)') }} as cost_share
    from by_owner

),

allocated as (

    select
        usage_date,
        cost_pool,
        {{ owners }},
        'direct' as driver,
        effective_cost_usd as driver_units,
        cost_share,
        effective_cost_usd as allocated_cost_usd,
        is_allocated,
        true as is_direct
    from direct_costs
    union all
    select
        usage_date,
        cost_pool,
        {{ owners }},
        driver,
        driver_units,
        cost_share,
        allocated_cost_usd,
        is_allocated,
        false as is_direct
    from shared_costs

)

select * from allocated
