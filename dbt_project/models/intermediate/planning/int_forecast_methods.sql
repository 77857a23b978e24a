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

{# Under 14 origins nothing is known of the errors: the plain weekday profile stands. Where repeating last week missed less, by 2 % of the error or
   more, the cost hardly moves: then it is repeated. #}
chosen as (

    select
        scope,
        scope_id,
        forecast_method,
        cast(origins as bigint) as origins,
        wape,
        forecast_method = case
            when origins < 14 then 'weekday_profile'
            when
                max(case when forecast_method = 'combined' then wape end) over by_scope
                > max(case when forecast_method = 'seasonal_naive' then wape end) over by_scope * cast(1.02 as double)
                then 'seasonal_naive'
            else 'combined'
        end as is_used
    from scored
    window by_scope as (partition by scope, scope_id)

)

select * from chosen
