{# one row per scope x method x origin (every seventh day back from the as-of date): the bands into which 80 % and 95 % of the days to
   come should fall, as multiples of their forecast, from what was known at the origin #}

with forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# By which factor a day missed its forecast, either way, as a logarithm. A day without any cost missed it by a factor of 20. #}
outcomes as (

    select
        *,
        abs(ln(greatest(actual_usd / forecast_usd, 0.05))) as miss
    from forecasts
    where actual_usd is not null and forecast_usd > 0

),

{# A number for each series: groups of millions of rows by text take twice as long. One outcome of each origin, and one of each day, is counted for it. #}
series as (

    select
        scope,
        scope_id,
        forecast_method,
        row_number() over (order by scope asc, scope_id asc, forecast_method asc) as series_number
    from outcomes
    group by scope, scope_id, forecast_method

),

numbered as (

    select
        series.series_number,
        outcomes.forecast_date,
        outcomes.miss,
        case when row_number() over (partition by series.series_number, outcomes.origin_date order by outcomes.forecast_date) = 1 then 1 end as is_of_new_origin,
        case when row_number() over (partition by series.series_number, outcomes.forecast_date order by outcomes.origin_date) = 1 then 1 end as is_of_new_day
    from outcomes
    inner join series
        on outcomes.scope = series.scope and outcomes.scope_id = series.scope_id and outcomes.forecast_method = series.forecast_method

),

judged_origins as (

    select distinct forecasts.origin_date
    from forecasts
    cross join as_of
    where {{ days_between('forecasts.origin_date', 'as_of.as_of_date') }} % 7 = 0

),

{# Errors to come are larger than those that are known, above all when times change: of all known and of the last three weeks the
   wider band counts, and 85 % lie in it, 99 % in the wide one. Ten origins are the least from which one is drawn; of forty days at
   least two should lie outside 95 %: with fewer nothing is known of so rare a miss. #}
bands as (

    select
        numbered.series_number,
        judged_origins.origin_date,
        {%- for name, share in [('band_ratio', 0.85), ('wide_ratio', 0.99)] %}
        round(exp(greatest(
            {{ percentile('numbered.miss', share) }},
            coalesce({{ percentile('case when numbered.forecast_date > judged_origins.origin_date - 21 then numbered.miss end', share) }}, 0)
        )), 9) as {{ name }},
        {%- endfor %}
        cast(count(numbered.is_of_new_origin) as bigint) as origins,
        cast(count(numbered.is_of_new_day) as bigint) as outcome_days
    from judged_origins
    inner join numbered on numbered.forecast_date <= judged_origins.origin_date
    group by numbered.series_number, judged_origins.origin_date
    having count(numbered.is_of_new_origin) >= 10

),

final as (

    select
        series.scope,
        series.scope_id,
        series.forecast_method,
        bands.origin_date,
        bands.origins,
        bands.outcome_days,
        1 / bands.band_ratio as lower_ratio,
        bands.band_ratio as upper_ratio,
        case when bands.outcome_days >= 40 then 1 / bands.wide_ratio end as lower_95_ratio,
        case when bands.outcome_days >= 40 then bands.wide_ratio end as upper_95_ratio
    from bands
    inner join series on bands.series_number = series.series_number

)

select * from final
