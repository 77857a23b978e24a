{# one row per scope (total, component, provider, team; what else has a budget) x month: the month of the day after the as-of date and the eleven after it #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

forecasts as (

    select * from {{ ref('fct_cost_forecasts_daily') }}

),

outlooks as (

    select * from {{ ref('rpt_cost_outlook') }}

),

events as (

    select * from {{ ref('forecast_events') }}

),

decided as (

    select * from {{ ref('int_decided_savings') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

ages as (

    {{ whole_numbers(1, 400) }}

),

{# Past the 30 days of the daily forecast its mean goes on: growth is a matter of scenarios, not of a line drawn for a year. #}
levels as (

    select
        scope,
        scope_id,
        {{ stable_avg('forecast_usd') }} as daily_cost
    from forecasts
    where forecast_usd is not null
    group by scope, scope_id

),

days as (

    select
        levels.scope,
        levels.scope_id,
        as_of.as_of_date + ages.number as forecast_date,
        ages.number as horizon_days,
        coalesce(cast(forecasts.forecast_usd as double), levels.daily_cost) as cost
    from levels
    cross join as_of
    cross join ages
    left join forecasts
        on
            levels.scope = forecasts.scope
            and levels.scope_id = forecasts.scope_id
            and forecasts.forecast_date = as_of.as_of_date + ages.number

),

{# What an event changes in its scope it changes in the total, an event of the total in each component, one of a provider or team in AI. #}
changes as (

    select
        days.scope,
        days.scope_id,
        days.forecast_date,
        events.scope as event_scope,
        {{ stable_sum('days.cost * (events.cost_ratio - 1)') }} as event_cost
    from days
    inner join events
        on
            (days.scope = events.scope and days.scope_id = events.scope_id or events.scope = 'total' and days.scope = 'component')
            and days.forecast_date >= events.first_date
            and (events.last_date is null or days.forecast_date <= events.last_date)
    group by days.scope, days.scope_id, days.forecast_date, events.scope

),

event_days as (

    select scope, scope_id, forecast_date, event_cost from changes
    union all
    select 'total' as scope, 'total' as scope_id, forecast_date, event_cost from changes
    where event_scope <> 'total'
    union all
    select 'component' as scope, 'ai' as scope_id, forecast_date, event_cost from changes
    where event_scope in ('provider', 'team')

),

event_months as (

    select
        scope,
        scope_id,
        cast(date_trunc('month', forecast_date) as date) as month_start_date,
        {{ stable_sum('event_cost') }} as event_cost
    from event_days
    group by scope, scope_id, cast(date_trunc('month', forecast_date) as date)

),

ahead as (

    select
        scope,
        scope_id,
        cast(date_trunc('month', forecast_date) as date) as month_start_date,
        count(*) as days_ahead,
        max(horizon_days) as last_horizon_days,
        {{ stable_sum('cost') }} as cost
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

{# The band of 30 days, as a logarithm, widens with the root of the time that lies between. #}
summed as (

    select
        ahead.scope,
        ahead.scope_id,
        ahead.month_start_date,
        coalesce(spent.actual_usd, {{ money(0) }}) as actual_usd,
        ahead.days_ahead,
        ahead.cost + coalesce(event_months.event_cost, 0) as cost_before_savings,
        coalesce(event_months.event_cost, 0) as event_cost,
        least(coalesce(savings_months.decided_savings, 0), greatest(ahead.cost + coalesce(event_months.event_cost, 0), 0)) as decided_savings,
        power({{ ratio('outlooks.upper_usd', 'outlooks.forecast_usd') }}, sqrt(greatest(ahead.last_horizon_days, 30) / cast(30 as double))) as band_ratio
    from ahead
    cross join as_of
    left join spent on ahead.scope = spent.scope and ahead.scope_id = spent.scope_id and ahead.month_start_date = spent.month_start_date
    left join event_months
        on ahead.scope = event_months.scope and ahead.scope_id = event_months.scope_id and ahead.month_start_date = event_months.month_start_date
    left join savings_months
        on ahead.scope = savings_months.scope and ahead.scope_id = savings_months.scope_id and ahead.month_start_date = savings_months.month_start_date
    left join outlooks on ahead.scope = outlooks.scope and ahead.scope_id = outlooks.scope_id
    where {{ days_between('as_of.as_of_date', 'last_day(ahead.month_start_date)') }} <= ahead.last_horizon_days and ahead.last_horizon_days <= 366

),

final as (

    select
        month_start_date,
        scope,
        scope_id,
        cast(days_ahead as integer) as days_ahead,
        actual_usd,
        {{ money_of_double('cast(actual_usd as double) + cost_before_savings - decided_savings') }} as forecast_usd,
        {{ money_of_double('cast(actual_usd as double) + (cost_before_savings - decided_savings) / band_ratio') }} as lower_usd,
        {{ money_of_double('cast(actual_usd as double) + (cost_before_savings - decided_savings) * band_ratio') }} as upper_usd,
        {{ money_of_double('event_cost') }} as event_usd,
        {{ money_of_double('decided_savings') }} as decided_savings_usd
    from summed

)

select * from final
