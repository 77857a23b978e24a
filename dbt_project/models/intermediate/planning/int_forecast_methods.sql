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

{# Under 14 origins there is nothing to choose by: the plain weekday profile stands. Among equals the simpler one wins. #}
ranked as (

    select
        scope,
        scope_id,
        forecast_method,
        cast(origins as bigint) as origins,
        wape,
        row_number() over (
            partition by scope, scope_id
            order by
                case when origins >= 14 then round(wape, 6) end nulls last,
                case forecast_method when 'weekday_profile' then 1 when 'weekday_profile_trend' then 2 else 3 end
        ) = 1 as is_used
    from scored

)

select * from ranked
