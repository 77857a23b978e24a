{# one row per shared cost pool x UTC day of its month: a cost that is nobody's own. The days of a month sum to its cost to the
   last decimal #}

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

),

charges as (

    select
        'shared_cost_pools/' || cost_pool || '/' || cast(usage_date as string) as charge_id,
        'shared_cost_pools' as source,
        usage_date as charge_date,
        {{ start_of_day('usage_date') }} as charge_period_start_at,
        {{ start_of_day('usage_date + 1') }} as charge_period_end_at,
        cast(date_trunc('month', usage_date) as date) as billing_period_start_date,
        last_day(usage_date) + 1 as billing_period_end_date,
        cast(date_trunc('month', usage_date) as date) as billing_month_start_date,
        'unknown' as provider_name,
        'Usage' as charge_category,
        cost_pool as charge_description,
        'USD' as billing_currency,
        cast(1 as decimal(13, 10)) as usd_per_unit,
        pool_cost_usd as effective_cost_billing_currency,
        pool_cost_usd as effective_cost_usd,
        false as is_overlap,
        false as is_billed_without_effective,
        cost_pool,
        driver as allocation_driver,
        'pool' as owner_rule,
        false as is_direct,
        true as is_counted
    from daily

)

select * from charges
