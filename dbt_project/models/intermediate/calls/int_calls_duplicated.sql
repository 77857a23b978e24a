{# one row per valid call record whose call_id occurs more than once on its day; rank 1 is the one that counts #}

{{ config(materialized='incremental', unique_key='partition_date') }}

with calls as (

    select * from {{ ref('int_calls_validated') }}

),

repeated_ids as (

    select partition_date, call_id
    from calls
    where {{ is_touched_day('partition_date') }} and call_id is not null
    group by partition_date, call_id
    having count(*) > 1

),

ranked as (

    select
        calls.*,
        cast(row_number() over (
            partition by calls.partition_date, calls.call_id
            order by calls.called_at, calls.raw_record, calls.file_name
        ) as integer) as duplicate_rank
    from calls
    inner join repeated_ids
        on calls.partition_date = repeated_ids.partition_date and calls.call_id = repeated_ids.call_id
    where {{ is_touched_day('calls.partition_date') }} and calls.rejection_reason is null

)

select * from ranked
