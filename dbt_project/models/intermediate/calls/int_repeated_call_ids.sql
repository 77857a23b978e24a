{# one row per touched UTC day x call_id that more than one record of the day has. A model of its own, so that the
   records of these few are then read alone. #}

with calls as (

    select * from {{ ref('int_calls_validated') }}

),

repeated as (

    select
        partition_date,
        call_id
    from calls
    where {{ is_touched_day('partition_date') }} and call_id is not null
    group by partition_date, call_id
    having count(*) > 1

)

select * from repeated
