{# one row per shared cost pool x UTC day of its month: a cost that is nobody's own #}

{{ config(materialized='view') }}

with pool_costs as (

    select * from {{ ref('int_pool_costs_daily') }}

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
    from pool_costs

)

select * from charges
