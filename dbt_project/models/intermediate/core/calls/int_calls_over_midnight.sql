{# one row per UTC day x call_id x midnight of raw calls that were told on both sides of that midnight, where the call counts on the
   other side, or where the day has another call with the id, which was told over its other midnight. A call is told over a
   midnight by records within an hour of it that are less than an hour apart, so that numbers which begin anew each day do not
   make two calls one. #}

{{ config(materialized='incremental', unique_key='midnight_date', post_hook="{{ note_call_files() }}") }}

{# A midnight that is told anew needs what its two days tell over their other midnights, and so the records of three days around. #}
with calls as (

    select
        partition_date,
        call_id,
        called_at,
        {{ nearer_midnight('called_at', 'partition_date') }} as nearer_midnight_date,
        coalesce(input_tokens, 0) + coalesce(output_tokens, 0) as tokens
    from {{ ref('int_calls_validated') }}
    where {{ is_near_changed_call_files('partition_date', 3, 3) }} and source_name = 'calls' and call_id is not null and rejection_reason is null

),

around_midnight as (

    select *
    from calls
    where extract(hour from called_at) in (0, 23)

),

{# Few, if any: only their records are then read whole. #}
candidates as (

    select
        nearer_midnight_date as midnight_date,
        {{ quick_digest('call_id') }} as call_id_digest
    from around_midnight
    group by nearer_midnight_date, {{ quick_digest('call_id') }}
    having min(partition_date) < max(partition_date)

),

told as (

    select
        candidates.midnight_date,
        around_midnight.partition_date,
        around_midnight.call_id,
        min(around_midnight.called_at) as first_called_at,
        max(around_midnight.called_at) as last_called_at
    from around_midnight
    inner join candidates
        on
            around_midnight.nearer_midnight_date = candidates.midnight_date
            and {{ quick_digest('around_midnight.call_id') }} = candidates.call_id_digest
    group by candidates.midnight_date, around_midnight.partition_date, around_midnight.call_id

),

sides as (

    select
        before.call_id,
        before.midnight_date,
        sides.partition_date
    from told as before
    inner join told as after
        on before.midnight_date = after.midnight_date and before.call_id = after.call_id and before.partition_date < after.partition_date
    inner join told as sides
        on before.midnight_date = sides.midnight_date and before.call_id = sides.call_id
    where {{ milliseconds_between('before.last_called_at', 'after.first_called_at') }} < 3600000

),

{# An id is one call a day; of an id that was told over both midnights of a day it is two, and each record is of the nearer one. #}
parted as (

    select
        *,
        count(*) over (partition by call_id, partition_date) > 1 as is_parted
    from sides

),

recorded as (

    select
        parted.call_id,
        parted.midnight_date,
        parted.partition_date,
        parted.is_parted,
        max(calls.tokens) as tokens
    from parted
    inner join calls on {{ is_told_over('calls', 'parted') }}
    group by parted.call_id, parted.midnight_date, parted.partition_date, parted.is_parted

),

{# As within a day: the one with more usage counts, else the later. #}
counted as (

    select
        partition_date,
        call_id,
        midnight_date,
        is_parted,
        first_value(partition_date) over (
            partition by call_id, midnight_date
            order by tokens desc, partition_date desc
            rows between unbounded preceding and unbounded following
        ) as counted_date
    from recorded

),

told_elsewhere_or_twice as (

    select *
    from counted
    where (counted_date <> partition_date or is_parted) and {{ is_midnight_to_tell('midnight_date') }}

)

select * from told_elsewhere_or_twice
