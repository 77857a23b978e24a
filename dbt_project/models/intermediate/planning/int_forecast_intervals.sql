{# one row per scope x method x origin (every seventh day back from the as-of date) x week of the horizon: the band into which
   80 % of the days fell whose outcome was known at the origin, as multiples of their forecast #}

with forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

outcomes as (

    select
        *,
        actual_usd / forecast_usd as outcome_ratio
    from forecasts
    where actual_usd is not null and forecast_usd > 0

),

judged_origins as (

    select distinct forecasts.origin_date
    from forecasts
    cross join as_of
    where {{ days_between('forecasts.origin_date', 'as_of.as_of_date') }} % 7 = 0

),

{# Ten origins of the same week ahead are the least from which a band is drawn. It never excludes the forecast itself. #}
bands as (

    select
        outcomes.scope,
        outcomes.scope_id,
        outcomes.forecast_method,
        judged_origins.origin_date,
        outcomes.horizon_week,
        cast(count(distinct outcomes.origin_date) as bigint) as origins,
        least({{ percentile('outcomes.outcome_ratio', 0.1) }}, 1) as lower_ratio,
        greatest({{ percentile('outcomes.outcome_ratio', 0.9) }}, 1) as upper_ratio
    from judged_origins
    inner join outcomes on outcomes.forecast_date <= judged_origins.origin_date
    group by outcomes.scope, outcomes.scope_id, outcomes.forecast_method, judged_origins.origin_date, outcomes.horizon_week
    having count(distinct outcomes.origin_date) >= 10

)

select * from bands
