{# one row per weekdays x hours that some price names x stretch of the UTC week that they are, in minutes from Monday at
   midnight, half-open. Days or hours that cannot be read are no time at all. #}

with model_prices as (

    select * from {{ ref('model_prices') }}

),

price_overrides as (

    select * from {{ ref('price_overrides') }}

),

price_book as (

    select * from {{ ref('price_book') }}

),

price_book_meters as (

    select * from {{ ref('price_book_meters') }}

),

windows_stated as (

    select weekdays, hours_utc from model_prices
    union
    select weekdays, hours_utc from price_overrides
    union
    select weekdays, hours_utc from price_book
    union
    select weekdays, hours_utc from price_book_meters

),

windows as (

    select
        weekdays,
        hours_utc,
        {{ weekday_of_window('first') }} as first_weekday,
        {{ weekday_of_window('last') }} as last_weekday,
        {{ minute_of_window('start') }} as start_minute,
        {{ minute_of_window('end') }} as end_minute
    from windows_stated
    where weekdays is not null or hours_utc is not null

),

weekdays as (

    select cast(extract(day from date_day) as integer) as weekday
    from ({{ day_spine("cast('2024-01-01' as date)", "cast('2024-01-07' as date)") }}) as week

),

window_days as (

    select
        windows.weekdays,
        windows.hours_utc,
        (weekdays.weekday - 1) * 1440 + windows.start_minute as from_week_minute,
        (weekdays.weekday - 1) * 1440 + windows.end_minute
        + case when windows.end_minute <= windows.start_minute then 1440 else 0 end as to_week_minute
    from windows
    inner join weekdays on weekdays.weekday between windows.first_weekday and windows.last_weekday
    where windows.start_minute is not null and windows.end_minute is not null

),

{# The night from Sunday to Monday is at the end of the week and at its beginning. #}
stretches as (

    select weekdays, hours_utc, from_week_minute, least(to_week_minute, 10080) as to_week_minute
    from window_days
    union all
    select weekdays, hours_utc, 0 as from_week_minute, to_week_minute - 10080 as to_week_minute
    from window_days
    where to_week_minute > 10080

)

select * from stretches
