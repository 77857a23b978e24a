{# one row per touched UTC day x digest of a call_id that more than one record of the day has. A model of its own, so that
   the records of these few are then read alone. Digests are numbers: they take a third of the memory of the text. #}

with calls as (

    select * from {{ ref('int_calls_validated') }}

),

repeated as (

    select
        partition_date,
        {{ quick_digest('call_id') }} as call_id_digest
    from calls
    where {{ is_touched_day('partition_date') }} and call_id is not null
    group by 1, 2
    having count(*) > 1

)

select * from repeated
