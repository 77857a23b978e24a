{# one row per scope x method: its error over all backtests, and whether it is the one that is used #}

with forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

scored as (

    select
        scope,
        scope_id,
        forecast_method,
        count(distinct case when actual_usd is not null then origin_date end) as origins,
        {{ ratio(stable_sum('abs(forecast_usd - actual_usd)'), stable_sum('actual_usd')) }} as wape
    from forecasts
    group by scope, scope_id, forecast_method

),

{# Under 14 origins nothing is known of the errors: the plain weekday profile stands. #}
chosen as (

    select
        scope,
        scope_id,
        forecast_method,
        cast(origins as bigint) as origins,
        wape,
        forecast_method = case when origins >= 14 then 'combined' else 'weekday_profile' end as is_used
    from scored

)

select * from chosen
