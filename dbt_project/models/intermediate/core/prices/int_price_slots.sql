{# one row per UTC day x stretch of it in which no price changes, half-open.
   Usage is summed by slot and priced after the sum, which is exact because a price is constant within its slot. #}

with raw_days as (

    select * from {{ ref('int_raw_days') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

slot_starts as (

    select day_date, {{ start_of_day('day_date') }} as slot_start_at from raw_days
    union
    select raw_days.day_date, price_periods.valid_from as slot_start_at
    from raw_days
    inner join price_periods on raw_days.day_date = cast(price_periods.valid_from as date)

),

slots as (

    select
        day_date,
        slot_start_at,
        coalesce(
            lead(slot_start_at) over (partition by day_date order by slot_start_at),
            {{ start_of_day('day_date + 1') }}
        ) as slot_end_at
    from slot_starts

)

select * from slots
