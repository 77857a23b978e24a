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
        outcomes.scope,
        outcomes.scope_id,
        outcomes.forecast_method,
        judged_origins.origin_date,
        {%- for name, share in [('band_ratio', 0.85), ('wide_ratio', 0.99)] %}
        round(exp(greatest(
            {{ percentile('outcomes.miss', share) }},
            coalesce({{ percentile('case when outcomes.forecast_date > judged_origins.origin_date - 21 then outcomes.miss end', share) }}, 0)
        )), 9) as {{ name }},
        {%- endfor %}
        cast(count(distinct outcomes.origin_date) as bigint) as origins,
        cast(count(distinct outcomes.forecast_date) as bigint) as outcome_days
    from judged_origins
    inner join outcomes on outcomes.forecast_date <= judged_origins.origin_date
    group by outcomes.scope, outcomes.scope_id, outcomes.forecast_method, judged_origins.origin_date
    having count(distinct outcomes.origin_date) >= 10

),

final as (

    select
        scope,
        scope_id,
        forecast_method,
        origin_date,
        origins,
        outcome_days,
        1 / band_ratio as lower_ratio,
        band_ratio as upper_ratio,
        case when outcome_days >= 40 then 1 / wide_ratio end as lower_95_ratio,
        case when outcome_days >= 40 then wide_ratio end as upper_95_ratio
    from bands

)

select * from final
