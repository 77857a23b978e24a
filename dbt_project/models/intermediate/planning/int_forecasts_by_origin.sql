{# one row per scope x forecast origin x method x day of the 30 after the origin: what the method says, and what came if it came #}

with profiles as (

    select * from {{ ref('int_forecast_profiles') }}

),

costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

projected as (

    select
        profiles.scope,
        profiles.scope_id,
        profiles.origin_date,
        dates.date_day as forecast_date,
        {{ days_between('profiles.origin_date', 'dates.date_day') }} as horizon_days,
        profiles.last_cost_usd as seasonal_naive_usd,
        coalesce(profiles.level_usd * profiles.weekday_factor, 0) as weekday_profile_usd,
        profiles.daily_growth
    from profiles
    inner join dates
        on
            dates.date_day between profiles.origin_date + 1 and profiles.origin_date + 30
            and profiles.iso_weekday = dates.iso_weekday

),

{# Each day ahead carries 95 % of the growth of the day before it: a trend is trusted for weeks, not for ever. #}
by_method as (

    select scope, scope_id, origin_date, forecast_date, horizon_days, 'seasonal_naive' as forecast_method, seasonal_naive_usd as forecast_usd
    from projected
    union all
    select scope, scope_id, origin_date, forecast_date, horizon_days, 'weekday_profile' as forecast_method, weekday_profile_usd as forecast_usd
    from projected
    union all
    select
        scope,
        scope_id,
        origin_date,
        forecast_date,
        horizon_days,
        'weekday_profile_trend' as forecast_method,
        weekday_profile_usd * exp(daily_growth * 0.95 * (1 - power(0.95, horizon_days)) / (1 - 0.95)) as forecast_usd
    from projected

),

{# An estimate: digits past the sixth decimal are noise of the arithmetic, which differs between runs. #}
compared as (

    select
        by_method.scope,
        by_method.scope_id,
        by_method.origin_date,
        by_method.forecast_date,
        by_method.horizon_days,
        cast(least(ceil(by_method.horizon_days / cast(7 as double)), 4) as integer) as horizon_week,
        by_method.forecast_method,
        round(cast(by_method.forecast_usd as double), 6) as forecast_usd,
        cast(costs.cost_usd as double) as actual_usd
    from by_method
    left join costs
        on
            by_method.scope = costs.scope
            and by_method.scope_id = costs.scope_id
            and by_method.forecast_date = costs.usage_date

)

select * from compared
