{# one row per shared pool x driver (even, weights, step_down, reciprocal) x owner that bears it; of support pools also what came by each
   pool, and what after 64 steps is in one still #}

{{ config(post_hook="{{ refuse_unsolved_support_pools() }}") }}

with pool_targets as (

    select * from {{ ref('pool_targets') }}

),

passed_8 as (

    select * from {{ ref('int_support_costs_passed') }}

),

passed_16 as (

    {{ passed_twice('passed_8') }}

),

passed_32 as (

    {{ passed_twice('passed_16') }}

),

passed_64 as (

    {{ passed_twice('passed_32') }}

),

units as (

    select cost_pool, 'even' as driver, target_column, target_value, {{ money(1) }} as driver_units
    from pool_targets
    where target_column <> 'cost_pool'
    union all
    select cost_pool, 'weights' as driver, target_column, target_value, {{ money('coalesce(weight, 0)') }} as driver_units
    from pool_targets
    where target_column <> 'cost_pool'
    union all
    select cost_pool, driver, target_column, target_value, {{ money('cost_share') }} as driver_units
    from passed_64
    where driver <> 'weights' or target_column = 'came by'

),

{# What is in a pool still has reached nobody. #}
final as (

    select
        cost_pool,
        driver,
        case when target_column = 'cost_pool' then 'unallocated' else target_column end as target_column,
        case when target_column = 'cost_pool' then 'unallocated' else target_value end as target_value,
        {{ money('sum(driver_units)') }} as driver_units
    from units
    where driver_units > 0
    group by
        cost_pool,
        driver,
        case when target_column = 'cost_pool' then 'unallocated' else target_column end,
        case when target_column = 'cost_pool' then 'unallocated' else target_value end

)

select * from final
