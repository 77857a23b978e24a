{# one row per scope with a forecast x day of the 400 after the as-of date: what it is expected to cost, and what of that known events change #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

methods as (

    select * from {{ ref('int_forecast_methods') }}

),

shares as (

    select * from {{ ref('int_event_shares') }}

),

event_days as (

    select * from {{ ref('int_event_days') }}

),

calendar_days as (

    select * from {{ ref('int_calendar_ahead') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

ages as (

    {{ whole_numbers(1, 400) }}

),

kinds as (

    select
        scope,
        count(distinct scope_id) as known_scopes,
        sum(cost_usd) as cost_usd
    from costs
    where cost_usd is not null
    group by scope

),

{# The method that is used, as of the as-of date. An estimate: digits past the sixth decimal say nothing. #}
used as (

    select
        forecasts.scope,
        forecasts.scope_id,
        forecasts.forecast_date,
        forecasts.forecast_usd,
        forecasts.forecast_usd - coalesce(calendar_days.calendar_usd, 0) as even_forecast_usd,
        methods.wape
    from forecasts
    inner join as_of on forecasts.origin_date = as_of.as_of_date
    inner join methods
        on
            forecasts.scope = methods.scope and forecasts.scope_id = methods.scope_id
            and forecasts.forecast_method = methods.forecast_method and methods.is_used
    left join calendar_days
        on forecasts.scope = calendar_days.scope and forecasts.scope_id = calendar_days.scope_id and forecasts.forecast_date = calendar_days.forecast_date

),

levels as (

    select
        scope,
        scope_id,
        max(wape) as wape,
        {{ stable_avg('even_forecast_usd') }} as even_daily_cost
    from used
    where forecast_usd is not null
    group by scope, scope_id

),

{# Past its 30 days the mean of the method goes on, and with it what is billed by the month: growth is a matter of events and scenarios, not of a line drawn for a year. #}
own as (

    select
        levels.scope,
        levels.scope_id,
        as_of.as_of_date + ages.number as forecast_date,
        ages.number as horizon_days,
        coalesce(levels.wape, 1) as wape,
        {{ decimal_of_double('coalesce(used.forecast_usd, levels.even_daily_cost + coalesce(calendar_days.calendar_usd, 0))', 'decimal(28, 6)') }} as own_usd
    from levels
    cross join as_of
    cross join ages
    left join used
        on levels.scope = used.scope and levels.scope_id = used.scope_id and used.forecast_date = as_of.as_of_date + ages.number
    left join calendar_days
        on levels.scope = calendar_days.scope and levels.scope_id = calendar_days.scope_id and calendar_days.forecast_date = as_of.as_of_date + ages.number

),

{# What a method misses of a day, as it did; of one of which no error is known all of it. #}
missed as (

    select
        own.*, kinds.known_scopes, {{ decimal_of_double('abs(cast(own.own_usd as double)) * own.wape', 'decimal(28, 6)') }} as missed_usd
    from own
    inner join kinds on own.scope = kinds.scope
    inner join kinds as whole on whole.scope = 'total' and kinds.cost_usd = whole.cost_usd
    where own.scope <> 'total'

),

{# A kind of scope of which one has every dollar is made of parts of all spend: components, providers and teams always, and what else bills and calls name
   throughout. Each is forecast on its own; what they come to beyond the whole, or less, goes to those that miss most. #}
compared as (

    select
        missed.*,
        total.own_usd - sum(missed.own_usd) over (partition by missed.scope, missed.forecast_date) as apart_usd,
        sum(missed.missed_usd) over (
            partition by missed.scope, missed.forecast_date
            order by missed.scope_id
            rows between unbounded preceding and current row
        ) as running_usd,
        sum(missed.missed_usd) over (partition by missed.scope, missed.forecast_date) as parts_usd,
        count(*) over (partition by missed.scope, missed.forecast_date) = missed.known_scopes as is_whole
    from missed
    left join own as total on missed.forecast_date = total.forecast_date and total.scope = 'total'

),

fitted as (

    select
        own.scope, own.scope_id, own.forecast_date, own.horizon_days, own.own_usd,
        own.own_usd + case
            when compared.is_whole and compared.parts_usd > 0 and compared.apart_usd is not null
                then {{ split_exactly('compared.apart_usd', 'compared.running_usd', '(compared.running_usd - compared.missed_usd)', 'compared.parts_usd', 'decimal(28, 6)') }}
            else cast(0 as decimal(28, 6))
        end as fitted_usd
    from own
    left join compared on own.scope = compared.scope and own.scope_id = compared.scope_id and own.forecast_date = compared.forecast_date

),

amounts as (

    select
        event_days.event_id,
        event_days.forecast_date,
        shares.scope,
        shares.scope_id,
        shares.cost_usd,
        shares.running_cost_usd,
        shares.event_cost_usd,
        {{ decimal_of_double('coalesce(event_days.change_usd, coalesce(cast(fitted.fitted_usd as double), shares.daily_cost) * event_days.change_share, 0)', 'decimal(28, 6)') }} as change_usd
    from event_days
    inner join shares on event_days.scope = shares.event_scope and event_days.scope_id = shares.event_scope_id
    left join fitted
        on event_days.scope = fitted.scope and event_days.scope_id = fitted.scope_id and event_days.forecast_date = fitted.forecast_date

),

changed as (

    select
        scope,
        scope_id,
        forecast_date,
        sum({{ split_exactly('change_usd', 'running_cost_usd', '(running_cost_usd - cost_usd)', 'event_cost_usd', 'decimal(28, 6)') }}) as event_usd
    from amounts
    where event_cost_usd <> 0
    group by scope, scope_id, forecast_date

),

final as (

    select
        fitted.forecast_date,
        fitted.scope,
        fitted.scope_id,
        cast(fitted.horizon_days as integer) as horizon_days,
        {{ money('fitted.own_usd') }} as own_usd,
        {{ money('fitted.fitted_usd - fitted.own_usd') }} as fitting_usd,
        {{ money('coalesce(changed.event_usd, 0)') }} as event_usd,
        {{ money('fitted.fitted_usd + coalesce(changed.event_usd, 0)') }} as forecast_usd
    from fitted
    left join changed
        on fitted.scope = changed.scope and fitted.scope_id = changed.scope_id and fitted.forecast_date = changed.forecast_date

)

select * from final
