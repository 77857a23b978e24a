{# Each scope has 30 days ahead, no interval leaves out its own forecast, and parts sum to the whole on each day on which all of them are forecast. #}

with forecasts as (

    select * from {{ ref('fct_cost_forecasts_daily') }}

),

counted as (

    select
        scope,
        scope_id,
        count(*) as forecast_days,
        min(horizon_days) as first_horizon,
        max(horizon_days) as last_horizon,
        count(*) filter (where lower_usd > forecast_usd or upper_usd < forecast_usd) as days_outside
    from forecasts
    group by scope, scope_id

),

kinds as (

    select
        scope,
        forecast_date,
        sum(forecast_usd) as parts_usd,
        sum(forecast_usd - fitting_usd - event_usd) as own_usd,
        count(forecast_usd) = count(*) as is_whole
    from forecasts
    where scope in ('component', 'provider', 'team')
    group by scope, forecast_date

)

select
    scope,
    scope_id,
    first_horizon,
    last_horizon,
    days_outside
from counted
where forecast_days <> 30 or first_horizon <> 1 or last_horizon <> 30 or days_outside > 0
union all
select
    kinds.scope,
    'all' as scope_id,
    max(total.horizon_days) as first_horizon,
    max(total.horizon_days) as last_horizon,
    count(*) as days_outside
from kinds
inner join forecasts as total on kinds.forecast_date = total.forecast_date and total.scope = 'total'
where kinds.is_whole and kinds.own_usd > 0 and kinds.parts_usd <> total.forecast_usd
group by kinds.scope
