{# one row per subscribed customer whose invoice the recommended plan changes: before, after, and from when it may be asked for it; who loses money first, the others once it is seen who of them left #}

{{ config(materialized=view_or_table()) }}

with backtests as (

    select * from {{ ref('rpt_plan_backtests') }}
    where is_recommended and not is_current_plan and is_active and revenue_change_usd <> 0

),

contracts as (

    select * from {{ ref('customer_contracts') }}

),

as_of as (

    select
        as_of_date,
        as_of_date + {{ assumption('price_notice_days', 'integer') }} as notice_end_date,
        as_of_date + {{ assumption('price_notice_days', 'integer') }} + {{ assumption('price_wave_gap_days', 'integer') }} as second_wave_date
    from {{ ref('int_as_of_date') }}

),

bound as (

    select
        contracts.customer_id,
        max(contracts.valid_to) as contract_end_date,
        {# The last day that a calendar knows is how many systems write that there is no end. #}
        bool_or(contracts.valid_to is null or contracts.valid_to >= cast('9999-12-31' as date)) as has_no_end
    from contracts
    inner join as_of on contracts.valid_to is null or contracts.valid_to > as_of.as_of_date
    group by contracts.customer_id

),

waves as (

    select
        backtests.*,
        case when backtests.current_gross_margin_usd < 0 then 1 else 2 end as wave,
        case when backtests.current_gross_margin_usd < 0 then as_of.notice_end_date else as_of.second_wave_date end as wave_from_date
    from backtests
    cross join as_of

),

final as (

    select
        backtests.customer_id,
        backtests.customer_name,
        backtests.subscription_tier,
        backtests.wave,
        backtests.wave_from_date,
        backtests.subscribed_days,
        backtests.billable_calls,
        backtests.cost_to_serve_usd,
        backtests.current_revenue_usd,
        backtests.revenue_usd,
        backtests.revenue_change_usd,
        backtests.revenue_change_share,
        backtests.leave_probability_base,
        backtests.leave_probability_high,
        case when not bound.has_no_end then bound.contract_end_date end as contract_end_date,
        case
            when bound.customer_id is null then 'none on file'
            when bound.has_no_end then 'on file, without an end'
            else 'on file'
        end as contract_status,
        case when not coalesce(bound.has_no_end, false) then greatest(backtests.wave_from_date, coalesce(bound.contract_end_date, backtests.wave_from_date)) end as moved_from_date
    from waves as backtests
    left join bound on backtests.customer_id = bound.customer_id

)

select * from final
