{# one row per scope (total, component, provider, team, model, pool; what else has a budget) x day of the 30 after the as-of date; amounts are null where history is too short #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

days_ahead as (

    select * from {{ ref('int_cost_days_ahead') }}

),

calendar_days as (

    select * from {{ ref('int_calendar_ahead') }}

),

methods as (

    select * from {{ ref('int_forecast_methods') }}

),

intervals as (

    select * from {{ ref('int_forecast_intervals') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

scopes as (

    select
        scope,
        scope_id,
        cast(count(cost_usd) as integer) as history_days
    from costs
    group by scope, scope_id

),

used as (

    select
        days_ahead.*,
        methods.forecast_method
    from days_ahead
    inner join methods on days_ahead.scope = methods.scope and days_ahead.scope_id = methods.scope_id and methods.is_used

),

final as (

    select
        dates.date_day as forecast_date,
        scopes.scope,
        scopes.scope_id,
        {{ days_between('as_of.as_of_date', 'dates.date_day') }} as horizon_days,
        used.forecast_usd,
        used.event_usd,
        used.fitting_usd,
        case when used.forecast_usd is not null then {{ money_of_double('coalesce(calendar_days.calendar_usd, 0)') }} end as calendar_usd,
        {%- for suffix in ['', '_95'] %}
        {%- set lower = money(decimal_of_double('cast(used.forecast_usd as double) * intervals.lower' ~ suffix ~ '_ratio', 'decimal(28, 6)')) %}
        {%- set upper = money(decimal_of_double('cast(used.forecast_usd as double) * intervals.upper' ~ suffix ~ '_ratio', 'decimal(28, 6)')) %}
        {#- Credits may come to more than cost. #}
        least({{ lower }}, {{ upper }}) as lower{{ suffix }}_usd,
        greatest({{ lower }}, {{ upper }}) as upper{{ suffix }}_usd,
        {%- endfor %}
        used.forecast_method,
        scopes.history_days,
        coalesce(intervals.origins, 0) as interval_origins,
        coalesce(intervals.outcome_days, 0) as interval_outcome_days,
        case
            when scopes.history_days = 0 then 'no cost known'
            when used.forecast_usd is null then 'insufficient history'
            when intervals.lower_ratio is null then 'no interval yet'
            else 'forecast with interval'
        end as forecast_status
    from scopes
    cross join as_of
    inner join dates on dates.date_day between as_of.as_of_date + 1 and as_of.as_of_date + 30
    left join used on scopes.scope = used.scope and scopes.scope_id = used.scope_id and dates.date_day = used.forecast_date
    left join calendar_days on scopes.scope = calendar_days.scope and scopes.scope_id = calendar_days.scope_id and dates.date_day = calendar_days.forecast_date
    left join intervals
        on
            used.scope = intervals.scope
            and used.scope_id = intervals.scope_id
            and used.forecast_method = intervals.forecast_method
            and as_of.as_of_date = intervals.origin_date

)

select * from final
