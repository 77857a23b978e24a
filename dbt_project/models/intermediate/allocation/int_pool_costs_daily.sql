{# one row per shared cost pool x UTC day of its month; the days of a month sum to its cost to the last decimal #}

with pools as (

    select * from {{ ref('shared_cost_pools') }}

),

days as (

    {{ day_spine('(select min(month_start_date) from pools)', '(select last_day(max(month_start_date)) from pools)') }}

),

pool_days as (

    select
        days.date_day as usage_date,
        pools.cost_pool,
        pools.driver,
        {{ money('pools.pool_cost_usd') }} as pool_cost_usd,
        cast(extract(day from days.date_day) as integer) as day_of_month,
        cast(extract(day from last_day(days.date_day)) as integer) as days_in_month
    from pools
    inner join days on days.date_day between pools.month_start_date and last_day(pools.month_start_date)

),

daily as (

    select
        usage_date,
        cost_pool,
        driver,
        {{ split_exactly('pool_cost_usd', 'day_of_month', '(day_of_month - 1)', 'days_in_month') }} as pool_cost_usd
    from pool_days

)

select * from daily
