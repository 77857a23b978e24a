{# The exact 95 % limits of a Poisson mean, from the chi-squared distribution, beside the approximation. Its upper limit is
   within 1 %; its lower limit may only be wider, never narrower by more than 1 %. #}

with exact as (

    select
        0 as events,
        0.0 as low,
        3.6889 as high
    union all
    select
        1 as events,
        0.0253 as low,
        5.5716 as high
    union all
    select
        2 as events,
        0.2422 as low,
        7.2247 as high
    union all
    select
        5 as events,
        1.6235 as low,
        11.6683 as high
    union all
    select
        10 as events,
        4.7954 as low,
        18.3904 as high
    union all
    select
        50 as events,
        37.1110 as low,
        65.9188 as high

),

approximated as (

    select
        events,
        low,
        high,
        {{ poisson_lower('events', '1.959964') }} as approximate_low,
        {{ poisson_upper('events', '1.959964') }} as approximate_high
    from exact

)

select *
from approximated
where
    abs(approximate_high - high) > 0.01 * high
    or approximate_low > 1.01 * low
    or (events >= 5 and approximate_low < 0.99 * low)
