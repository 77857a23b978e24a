{# one row per UTC day x cost pool x component x driver x owner (organization, product, feature, customer, team, unit, project, user, cost centre) #}

{{ config(materialized='incremental', unique_key='usage_date') }}

{% set owners = owner_columns() | join(', ') %}

with charges as (

    select * from {{ ref('fct_charges') }}

),

shared_costs as (

    select * from {{ ref('int_shared_costs_allocated') }}

),

{# A direct cost is borne by its owner: nothing is shared out. #}
by_owner as (

    select
        charge_date as usage_date,
        cost_pool,
        cost_component,
        {{ owners }},
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from charges
    where is_direct and is_counted and {{ is_changed_day('charge_date') }}
    group by charge_date, cost_pool, cost_component, {{ owners }}

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
        cost_component,
        {{ owners }},
        'direct' as driver,
        effective_cost_usd as driver_units,
        cost_share,
        effective_cost_usd as allocated_cost_usd,
        customer_id <> 'unallocated' as is_allocated,
        true as is_direct
    from direct_costs
    union all
    select
        usage_date,
        cost_pool,
        cost_component,
        {{ owners }},
        driver,
        driver_units,
        cost_share,
        allocated_cost_usd,
        is_allocated,
        false as is_direct
    from shared_costs
    where {{ is_changed_day('usage_date') }}

)

select * from allocated
