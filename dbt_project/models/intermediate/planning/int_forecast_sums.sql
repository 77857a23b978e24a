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

{# The errors of single days partly cancel: the band of a sum comes from past sums of 30 days, one width for both sides. These windows overlap and know less
   than their number says: a range that is to hold four in five of the sums to come is Student's, of as many sums as do not overlap. Of one alone nothing can be said. #}
known as (

    select
        sums.scope,
        sums.scope_id,
        sums.forecast_method,
        sums.origin_date,
        cast(count(*) as bigint) as known_sums,
        cast(floor({{ days_between('min(past.origin_date)', 'max(past.origin_date)') }} / cast(30 as double)) + 1 as integer) as independent_sums,
        sqrt({{ stable_avg('power(ln(past.outcome_ratio), 2)') }}) as usual_miss
    from sums
    inner join sums as past
        on
            sums.scope = past.scope and sums.scope_id = past.scope_id and sums.forecast_method = past.forecast_method
            and sums.origin_date >= past.origin_date + 30 and past.outcome_ratio > 0
    group by sums.scope, sums.scope_id, sums.forecast_method, sums.origin_date
    having count(*) >= 10 and {{ days_between('min(past.origin_date)', 'max(past.origin_date)') }} >= 30

),

banded as (

    select
        sums.scope,
        sums.scope_id,
        sums.forecast_method,
        sums.origin_date,
        sums.forecast_usd,
        sums.actual_usd,
        coalesce(known.known_sums, 0) as known_sums,
        coalesce(known.independent_sums, 0) as independent_sums,
        round(exp(known.usual_miss * case known.independent_sums when 2 then 1.886 else 1.638 end), 9) as band_ratio
    from sums
    left join known
        on
            sums.scope = known.scope and sums.scope_id = known.scope_id and sums.forecast_method = known.forecast_method
            and sums.origin_date = known.origin_date

),

{# Of all spend parts may have missed either way and cancelled by chance: its range is no narrower than misses of components that know nothing of each other. #}
components as (

    select
        forecast_method,
        origin_date,
        sqrt({{ stable_sum('power((band_ratio - 1) * forecast_usd, 2)') }}) as missed_usd
    from banded
    where scope = 'component'
    group by forecast_method, origin_date

),

ranged as (

    select
        banded.scope,
        banded.scope_id,
        banded.forecast_method,
        banded.origin_date,
        banded.forecast_usd,
        banded.actual_usd,
        banded.known_sums,
        banded.independent_sums,
        case
            when banded.scope = 'total' and banded.band_ratio is not null
                then greatest(banded.band_ratio, round(1 + coalesce({{ ratio('components.missed_usd', 'banded.forecast_usd') }}, 0), 9))
            else banded.band_ratio
        end as band_ratio
    from banded
    left join components on banded.forecast_method = components.forecast_method and banded.origin_date = components.origin_date

),

judged as (

    select
        *,
        {{ is_within('actual_usd', 'forecast_usd / band_ratio', 'forecast_usd * band_ratio') }} as is_within_range
    from ranged

)

select * from judged
