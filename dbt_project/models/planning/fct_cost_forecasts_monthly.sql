{# one row per scope (total, component, provider, team, model, pool; what else has a budget) x month: the month of the day after the as-of date and the eleven after it #}

with months as (

    select * from {{ ref('int_cost_months_ahead') }}

),

outlooks as (

    select * from {{ ref('rpt_cost_outlook') }}

),

{# The band of 30 days, as a logarithm, widens with the root of the time that lies between. #}
ranged as (

    select
        months.*,
        {{ money('months.forecast_usd - months.actual_usd') }} as cost_ahead_usd,
        power({{ ratio('outlooks.upper_usd', 'outlooks.forecast_usd') }}, sqrt(greatest(months.last_horizon_days, 30) / cast(30 as double))) as band_ratio
    from months
    left join outlooks on months.scope = outlooks.scope and months.scope_id = outlooks.scope_id

),

final as (

    select
        month_start_date,
        scope,
        scope_id,
        days_ahead,
        actual_usd,
        forecast_usd,
        {{ money_of_double('cast(actual_usd as double) + cast(cost_ahead_usd as double) / band_ratio') }} as lower_usd,
        {{ money_of_double('cast(actual_usd as double) + cast(cost_ahead_usd as double) * band_ratio') }} as upper_usd,
        event_usd,
        decided_savings_usd
    from ranged

)

select * from final
