{# one row per driver (weights, step_down, reciprocal) x support pool x where its cost is after eight steps from pool to pool: with an
   owner, in a pool still, or that it came by a pool #}

with support_pools as (

    select * from {{ ref('support_pools') }}

),

pool_targets as (

    select * from {{ ref('pool_targets') }}

),

{# What a pool does for itself is left out. #}
served as (

    select
        support_pools.cost_pool,
        pool_targets.target_column,
        pool_targets.target_value,
        pool_targets.weight,
        pool_targets.target_column = 'cost_pool' as is_pool,
        coalesce(receivers.step_order > support_pools.step_order, false) as is_later_pool
    from support_pools
    inner join pool_targets on support_pools.cost_pool = pool_targets.cost_pool
    left join support_pools as receivers
        on case when pool_targets.target_column = 'cost_pool' then pool_targets.target_value end = receivers.cost_pool
    where
        pool_targets.weight > 0
        and not (pool_targets.target_column = 'cost_pool' and pool_targets.target_value = support_pools.cost_pool)

),

by_driver as (

    select 'weights' as driver, cost_pool, target_column, target_value, weight from served
    where not is_pool
    union all
    select 'step_down' as driver, cost_pool, target_column, target_value, weight from served
    where not is_pool or is_later_pool
    union all
    select 'reciprocal' as driver, cost_pool, target_column, target_value, weight from served

),

{# Each pool's own cost comes by itself first. Counted in the same way as what arrives, this gives what came by each pool in all. #}
passed_1 as (

    select
        driver,
        cost_pool,
        target_column,
        target_value,
        {{ decimal_of_double(ratio('weight', 'sum(weight) over (partition by driver, cost_pool)'), 'decimal(18, 15)') }} as cost_share
    from by_driver
    union all
    select distinct
        driver,
        cost_pool,
        'came by' as target_column,
        cost_pool as target_value,
        cast(1 as decimal(18, 15)) as cost_share
    from by_driver

),

passed_2 as (

    {{ passed_twice('passed_1') }}

),

passed_4 as (

    {{ passed_twice('passed_2') }}

),

passed_8 as (

    {{ passed_twice('passed_4') }}

),

final as (

    select driver, cost_pool, target_column, target_value, cost_share from passed_8

)

select * from final
