{# one row per subscribed customer whose invoice the recommended plan changes: before, after, and from when it may be asked for it; who loses money first, the others once it is seen who of them left #}

{{ config(materialized=view_or_table()) }}

with backtests as (

    select * from {{ ref('rpt_plan_backtests') }}
    where is_recommended and not is_current_plan and is_active and revenue_change_usd <> 0

),

price_plan_starts as (

    select * from {{ ref('int_price_plan_starts') }}

),

final as (

    select
        backtests.customer_id,
        backtests.customer_name,
        backtests.subscription_tier,
        price_plan_starts.wave,
        price_plan_starts.wave_from_date,
        backtests.subscribed_days,
        backtests.billable_calls,
        backtests.cost_to_serve_usd,
        backtests.current_revenue_usd,
        backtests.revenue_usd,
        backtests.revenue_change_usd,
        backtests.revenue_change_share,
        backtests.leave_probability_base,
        backtests.leave_probability_high,
        price_plan_starts.contract_end_date,
        price_plan_starts.contract_status,
        price_plan_starts.moved_from_date
    from backtests
    inner join price_plan_starts on backtests.customer_id = price_plan_starts.customer_id

)

select * from final
