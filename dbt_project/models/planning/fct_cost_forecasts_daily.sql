{# one row per scope (total, component, provider, team; what else has a budget) x day of the 30 after the as-of date; amounts are null where history is too short #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

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
        cast(count(*) as integer) as history_days
    from costs
    group by scope, scope_id

),

{# The method that is used, as of the as-of date. #}
used as (

    select
        forecasts.scope,
        forecasts.scope_id,
        forecasts.forecast_date,
        forecasts.forecast_method,
        forecasts.origin_date,
        forecasts.forecast_usd
    from forecasts
    inner join as_of on forecasts.origin_date = as_of.as_of_date
    inner join methods
        on
            forecasts.scope = methods.scope
            and forecasts.scope_id = methods.scope_id
            and forecasts.forecast_method = methods.forecast_method
            and methods.is_used

),

final as (

    select
        dates.date_day as forecast_date,
        scopes.scope,
        scopes.scope_id,
        {{ days_between('as_of.as_of_date', 'dates.date_day') }} as horizon_days,
        {{ money_of_double('used.forecast_usd') }} as forecast_usd,
        {{ money(decimal_of_double('used.forecast_usd * intervals.lower_ratio', 'decimal(28, 6)')) }} as lower_usd,
        {{ money(decimal_of_double('used.forecast_usd * intervals.upper_ratio', 'decimal(28, 6)')) }} as upper_usd,
        {{ money(decimal_of_double('used.forecast_usd * intervals.lower_95_ratio', 'decimal(28, 6)')) }} as lower_95_usd,
        {{ money(decimal_of_double('used.forecast_usd * intervals.upper_95_ratio', 'decimal(28, 6)')) }} as upper_95_usd,
        used.forecast_method,
        scopes.history_days,
        coalesce(intervals.origins, 0) as interval_origins,
        coalesce(intervals.outcome_days, 0) as interval_outcome_days,
        case
            when used.forecast_usd is null then 'insufficient history'
            when intervals.lower_ratio is null then 'no interval yet'
            else 'forecast with interval'
        end as forecast_status
    from scopes
    cross join as_of
    inner join dates on dates.date_day between as_of.as_of_date + 1 and as_of.as_of_date + 30
    left join used on scopes.scope = used.scope and scopes.scope_id = used.scope_id and dates.date_day = used.forecast_date
    left join intervals
        on
            used.scope = intervals.scope
            and used.scope_id = intervals.scope_id
            and used.forecast_method = intervals.forecast_method
            and used.origin_date = intervals.origin_date

)

select * from final
