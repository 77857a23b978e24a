{# Each scope has 30 days ahead, and no interval leaves out its own forecast. #}

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

)

select * from counted
where forecast_days <> 30 or first_horizon <> 1 or last_horizon <> 30 or days_outside > 0
