{# one row per touched UTC day x digest of a call_id that more than one record of the day has, or which counts on the day
   before or after. A model of its own, so that
   the records of these few are then read alone. Digests are numbers: they take a third of the memory of the text. #}

with calls as (

    select * from {{ ref('int_calls_validated') }}

),

over_midnight as (

    select * from {{ ref('int_calls_over_midnight') }}

),

repeated as (

    select
        partition_date,
        {{ quick_digest('call_id') }} as call_id_digest
    from calls
    where {{ is_touched_day('partition_date') }} and call_id is not null
    group by 1, 2
    having count(*) > 1
    union
    select
        partition_date,
        {{ quick_digest('call_id') }} as call_id_digest
    from over_midnight
    where {{ is_touched_day('partition_date') }}

)

select * from repeated
