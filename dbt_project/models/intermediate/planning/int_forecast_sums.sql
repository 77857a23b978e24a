{# one row per scope x method x origin: the sum of the 30 days after it, what came of it, and the range that the sums known by then give it #}

with forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

sums as (

    select
        scope,
        scope_id,
        forecast_method,
        origin_date,
        {{ stable_sum('forecast_usd') }} as forecast_usd,
        case when count(actual_usd) = 30 then {{ stable_sum('actual_usd') }} end as actual_usd,
        case when count(actual_usd) = 30 then {{ ratio(stable_sum('actual_usd'), stable_sum('forecast_usd')) }} end as outcome_ratio
    from forecasts
    group by scope, scope_id, forecast_method, origin_date

),

{# The errors of single days partly cancel: the band of a sum comes from past sums of 30 days. These windows overlap, so they know
   less than their number says, and the range is no probability; hence one width for both sides, four in five past sums lay within it. #}
known as (

    select
        sums.scope,
        sums.scope_id,
        sums.forecast_method,
        sums.origin_date,
        cast(count(*) as bigint) as known_sums,
        cast(floor({{ days_between('min(past.origin_date)', 'max(past.origin_date)') }} / cast(30 as double)) + 1 as integer) as independent_sums,
        exp({{ percentile('abs(ln(past.outcome_ratio))', 0.8) }}) as band_ratio
    from sums
    inner join sums as past
        on
            sums.scope = past.scope and sums.scope_id = past.scope_id and sums.forecast_method = past.forecast_method
            and sums.origin_date >= past.origin_date + 30 and past.outcome_ratio > 0
    group by sums.scope, sums.scope_id, sums.forecast_method, sums.origin_date
    having count(*) >= 10

),

{# What lies on the edge of the range lies within it, however the last digits of a double fall. #}
judged as (

    select
        sums.scope,
        sums.scope_id,
        sums.forecast_method,
        sums.origin_date,
        sums.forecast_usd,
        sums.actual_usd,
        coalesce(known.known_sums, 0) as known_sums,
        coalesce(known.independent_sums, 0) as independent_sums,
        known.band_ratio,
        round(sums.actual_usd, 6) between round(sums.forecast_usd / known.band_ratio, 6) and round(sums.forecast_usd * known.band_ratio, 6) as is_within_range
    from sums
    left join known
        on
            sums.scope = known.scope and sums.scope_id = known.scope_id and sums.forecast_method = known.forecast_method
            and sums.origin_date = known.origin_date

)

select * from judged
