{# one row per scope (total, component, provider, team; what else has a budget) x month, of the day after the as-of date and the eleven after it: what is expected of it #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

days as (

    select * from {{ ref('int_cost_days_ahead') }}

),

decided as (

    select * from {{ ref('int_decided_savings') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

ahead as (

    select
        scope,
        scope_id,
        cast(date_trunc('month', forecast_date) as date) as month_start_date,
        cast(count(*) as integer) as days_ahead,
        max(horizon_days) as last_horizon_days,
        {{ money('sum(forecast_usd)') }} as cost_usd,
        {{ money('sum(event_usd)') }} as event_usd
    from days
    group by scope, scope_id, cast(date_trunc('month', forecast_date) as date)

),

{# What was decided lowers its scope from its date on, never below nothing. #}
savings_months as (

    select
        days.scope,
        days.scope_id,
        cast(date_trunc('month', days.forecast_date) as date) as month_start_date,
        {{ stable_sum('decided.daily_savings') }} as decided_savings
    from days
    inner join decided on days.scope = decided.scope and days.scope_id = decided.scope_id and decided.first_date <= days.forecast_date
    group by days.scope, days.scope_id, cast(date_trunc('month', days.forecast_date) as date)

),

spent as (

    select
        scope,
        scope_id,
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        {{ money('sum(cost_usd)') }} as actual_usd
    from costs
    group by scope, scope_id, cast(date_trunc('month', usage_date) as date)

),

summed as (

    select
        ahead.scope,
        ahead.scope_id,
        ahead.month_start_date,
        case when spent.scope is null then {{ money(0) }} else spent.actual_usd end as actual_usd,
        ahead.days_ahead,
        ahead.last_horizon_days,
        ahead.cost_usd,
        ahead.event_usd,
        {{ money_of_double('least(coalesce(savings_months.decided_savings, 0), greatest(cast(ahead.cost_usd as double), 0))') }} as decided_savings_usd
    from ahead
    cross join as_of
    left join spent on ahead.scope = spent.scope and ahead.scope_id = spent.scope_id and ahead.month_start_date = spent.month_start_date
    left join savings_months
        on ahead.scope = savings_months.scope and ahead.scope_id = savings_months.scope_id and ahead.month_start_date = savings_months.month_start_date
    where {{ days_between('as_of.as_of_date', 'last_day(ahead.month_start_date)') }} <= ahead.last_horizon_days and ahead.last_horizon_days <= 366

),

final as (

    select
        *,
        {{ money('actual_usd + cost_usd - decided_savings_usd') }} as forecast_usd
    from summed

)

select * from final
