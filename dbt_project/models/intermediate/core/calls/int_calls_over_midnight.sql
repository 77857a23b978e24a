{# one row per UTC day x call_id of raw calls that does not count on this day, because a record of the day before or after
   tells the same call: it began on one side of midnight and was told again on the other. Both lie within an hour of
   midnight and are less than an hour apart, so that numbers which begin anew each day do not make two calls one. #}

with calls as (

    select
        *,
        case when extract(hour from called_at) = 23 then partition_date + 1 else partition_date end as midnight_date
    from {{ ref('int_calls_validated') }}
    where source_name = 'calls' and call_id is not null and extract(hour from called_at) in (0, 23)

),

{# Few, if any: only their records are then read whole. #}
candidates as (

    select
        midnight_date,
        {{ quick_digest('call_id') }} as call_id_digest
    from calls
    group by midnight_date, {{ quick_digest('call_id') }}
    having min(partition_date) < max(partition_date)

),

told as (

    select
        calls.midnight_date,
        calls.partition_date,
        calls.call_id,
        min(calls.called_at) as first_called_at,
        max(calls.called_at) as last_called_at,
        max(coalesce(calls.input_tokens, 0) + coalesce(calls.output_tokens, 0)) as tokens
    from calls
    inner join candidates
        on calls.midnight_date = candidates.midnight_date and {{ quick_digest('calls.call_id') }} = candidates.call_id_digest
    where calls.rejection_reason is null
    group by calls.midnight_date, calls.partition_date, calls.call_id

),

{# As within a day: the one with more usage counts, else the later. #}
compared as (

    select
        before.call_id,
        case when before.tokens > after.tokens then after.partition_date else before.partition_date end as partition_date,
        case when before.tokens > after.tokens then before.partition_date else after.partition_date end as counted_date
    from told as before
    inner join told as after
        on before.midnight_date = after.midnight_date and before.call_id = after.call_id and before.partition_date < after.partition_date
    where {{ milliseconds_between('before.last_called_at', 'after.first_called_at') }} < 3600000

),

told_elsewhere as (

    select
        partition_date,
        call_id,
        max(counted_date) as counted_date
    from compared
    group by partition_date, call_id

)

select * from told_elsewhere
