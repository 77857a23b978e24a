{# one row per shared cost pool x UTC day x owner of usage on that day; a day without usage has one unallocated row #}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

pool_days as (

    select * from {{ ref('int_pool_costs_daily') }}

),

{# Only the days that a pool covers are summed: with no pool, nothing is. #}
owners as (

    select
        usage_date,
        organization_id,
        product_id,
        feature_id,
        customer_id,
        team_id,
        is_allocated,
        sum(calls) as calls,
        sum(input_tokens) + sum(output_tokens) as tokens,
        sum(effective_cost_usd) as effective_cost_usd
    from usage_owned
    where usage_date in (select pool_days.usage_date from pool_days)
    group by all

),

driven as (

    select
        owners.usage_date,
        pool_days.cost_pool,
        owners.organization_id,
        owners.product_id,
        owners.feature_id,
        owners.customer_id,
        owners.team_id,
        owners.is_allocated,
        pool_days.driver,
        pool_days.pool_cost_usd,
        coalesce(
            case pool_days.driver
                when 'calls' then {{ money('owners.calls') }}
                when 'tokens' then {{ money('owners.tokens') }}
                else {{ money('owners.effective_cost_usd') }}
            end,
            {{ money(0) }}
        ) as driver_units
    from pool_days
    inner join owners on pool_days.usage_date = owners.usage_date

),

running as (

    select
        *,
        {{ money('sum(driver_units) over (partition by usage_date, cost_pool)') }} as total_units,
        {{ money('sum(driver_units) over (
            partition by usage_date, cost_pool
            order by organization_id, product_id, feature_id, customer_id, team_id
            rows between unbounded preceding and current row
        )') }} as running_units
    from driven
    where driver_units > 0

),

split_by_driver as (

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
        {{ ratio('driver_units', 'total_units') }} as cost_share,
        {{ split_exactly('pool_cost_usd', 'running_units', '(running_units - driver_units)', 'total_units') }} as allocated_cost_usd
    from running

),

without_driver as (

    select
        usage_date,
        cost_pool,
        'unallocated' as organization_id,
        'unallocated' as product_id,
        'unallocated' as feature_id,
        'unallocated' as customer_id,
        'unallocated' as team_id,
        false as is_allocated,
        driver,
        {{ money(0) }} as driver_units,
        cast(1 as double) as cost_share,
        pool_cost_usd as allocated_cost_usd
    from pool_days
    where not exists (
        select 1 from running
        where running.usage_date = pool_days.usage_date and running.cost_pool = pool_days.cost_pool
    )

),

allocated as (

    select * from split_by_driver
    union all
    select * from without_driver

)

select * from allocated
