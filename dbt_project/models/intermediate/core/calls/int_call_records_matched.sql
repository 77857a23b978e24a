{# one row per call record that tells a call once more, with why, and the record that counts for it. Without one: an
   answer that was read again, of a call that is in no file. #}

{{ config(enabled=landed_call_sources() | length > 0) }}

with records as (

    select * from {{ ref('int_call_records_identified') }}

),

nested as (

    select * from {{ ref('int_call_records_nested') }}

),

wrappers as (

    select * from {{ ref('int_call_wrappers') }}

),

bridged as (

    select * from {{ ref('int_call_answers_bridged') }}

),

calls as (

    select records.*
    from records
    anti join wrappers on records.record_id = wrappers.record_id
    where records.is_head

),

{# A call that succeeded and tells nothing, within one that tells its usage, is that one. #}
within_a_call as (

    select
        calls.record_id,
        min_by(above.record_id, {{ in_order('nested.steps', 'above.record_id') }}) as counted_record_id
    from calls
    inner join nested on calls.record_id = nested.record_id
    inner join calls as above on nested.above_record_id = above.record_id
    where
        not calls.has_usage
        and calls.billed_cost_usd is null
        and calls.status = 'success'
        and above.has_usage
        and above.record_kind = 'call'
    group by calls.record_id

),

keyed as (

    select
        calls.*,
        coalesce(bridged.inner_answer_key, calls.answer_key) as shared_answer_key,
        {{ unix_microseconds('calls.called_at') }} as called_us
    from calls
    anti join within_a_call on calls.record_id = within_a_call.record_id
    left join bridged on calls.answer_key = bridged.answer_key

),

answered as (

    select
        record_id,
        source_name,
        trace_id,
        tokens,
        has_usage,
        is_never_made,
        is_never_made and not is_batch_result as is_only_read,
        called_us,
        answer_key <> first_value(answer_key) over tellers as is_bridged,
        first_value(record_id) over tellers as first_record_id,
        first_value(source_name) over tellers as first_source_name,
        first_value(trace_id) over tellers as first_trace_id,
        first_value(tokens) over tellers as first_tokens,
        first_value(called_us) over tellers as first_us
    from keyed
    window tellers as (
        partition by shared_answer_key
        order by
            case when has_usage then 0 else 1 end, case when is_never_made then 1 else 0 end, case when cache_tokens > 0 then 0 else 1 end,
            case when span_key is null then 1 else 0 end, case when source_name = 'otel' then 0 else 1 end,
            case when billed_cost_usd is null then 1 else 0 end, source_name, called_us, record_id
    )

),

{# Two records of one answer are one call if they agree in their tokens, or in their trace or time: an id that a server
   gives to many answers must not make them one. The cost of a batch is told only where its results are fetched. #}
same_answer as (

    select
        record_id,
        case when record_id <> first_record_id then first_record_id end as counted_record_id,
        case
            when is_never_made then 'reread'
            when is_bridged then 'bridge'
            when source_name <> first_source_name then 'other_tool'
            else 'same_answer'
        end as cause
    from answered
    where
        case
            when record_id = first_record_id then is_only_read
            when is_never_made or not has_usage or tokens = first_tokens then true
            when source_name = first_source_name then trace_id = first_trace_id
            else abs(called_us - first_us) <= 3600 * 1000000
        end

),

told_again as (

    select record_id, cause, head_record_id as counted_record_id
    from records
    where not is_head
    union all
    select record_id, 'nested' as cause, counted_record_id from within_a_call
    union all
    select record_id, cause, counted_record_id from same_answer

),

{# The record that counts may be told again by a further one: a copy of the outer of two rows of one call, say. #}
followed as (

    select
        told_again.record_id,
        told_again.cause,
        case
            when second.record_id is null then told_again.counted_record_id
            when third.record_id is null then second.counted_record_id
            else third.counted_record_id
        end as counted_record_id
    from told_again
    left join told_again as second on told_again.counted_record_id = second.record_id
    left join told_again as third on second.counted_record_id = third.record_id

)

select * from followed
