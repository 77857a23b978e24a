{# one row per valid call record of another tool's export, with the record that counts of all that have its id: the
   newest state of it, told by one tool. What tells records apart is here, narrow, for all of history. #}

{{ config(enabled=landed_call_sources() | length > 0) }}

with validated as (

    select * from {{ ref('int_calls_validated') }}
    where source_name <> 'calls' and rejection_reason is null

),

{# Some relays give one id to every answer: more than three calls with different tokens are no tellers of one. Ids that
   few records have are not looked at further. #}
common_answers as (

    select response_id
    from validated
    where length(response_id) >= 8
    group by response_id
    having count(*) > 3

),

answers_of_many as (

    select validated.response_id
    from validated
    inner join common_answers on validated.response_id = common_answers.response_id
    where validated.record_kind = 'call' and coalesce(validated.input_tokens, 0) + coalesce(validated.output_tokens, 0) > 0
    group by validated.response_id
    having
        count(distinct coalesce(validated.input_tokens, 0) + coalesce(validated.output_tokens, 0)) > 3
        and count(distinct validated.called_at) > 3
        and count(distinct validated.call_id) > 3

),

{# A response id of a few characters is a counter of some server, not an id: the record then has an answer of its own.
   The results of a batch are fetched under a new id each time; two batches with the same tokens and charge are one. #}
described as (

    select
        source_name,
        partition_date,
        record_id,
        file_name,
        line_number,
        call_id,
        trace_id,
        coalesce(trace_id, '') || ':' || span_id as span_key,
        coalesce(trace_id, '') || ':' || parent_span_id as parent_span_key,
        case
            when operation like '%retrieve_batch' and input_tokens > 0 then concat_ws(' ', 'batch', model, input_tokens, output_tokens, billed_cost_usd)
            when length(response_id) >= 8 and response_id not in (select answers_of_many.response_id from answers_of_many) then response_id
            else record_id
        end as answer_key,
        session_key,
        operation,
        record_kind,
        called_at,
        coalesce(ended_at, called_at) as ended_at,
        updated_at,
        provider,
        model,
        status,
        input_tokens,
        output_tokens,
        coalesce(input_tokens, 0) + coalesce(output_tokens, 0) as tokens,
        coalesce(cached_input_tokens, 0) + coalesce(cache_write_input_tokens, 0) as cache_tokens,
        {{ money('billed_cost_usd') }} as billed_cost_usd,
        coalesce(input_tokens, 0) + coalesce(output_tokens, 0) > 0 or metered_units is not null as has_usage,
        {# What fetches, lists or ends something stored asks no model. #}
        coalesce({{ regex_found('operation', "'^a?(get|list|retrieve|cancel|delete)_|_(list|retrieve|content|status|delete)$'") }}, false) as is_reading
    from validated

),

{# Of several states of one record the newest counts; where no time tells, the one with more usage, then the later file. #}
versioned as (

    select
        *,
        first_value(record_id) over states as version_record_id,
        first_value(tokens) over states as version_tokens,
        min(case when is_reading then 1 else 0 end) over (partition by source_name, call_id) = 1 as is_never_made
    from described
    window states as (
        partition by source_name, call_id
        order by
            case when has_usage or billed_cost_usd <> 0 then 0 else 1 end, case when is_reading then 1 else 0 end, updated_at desc nulls last,
            tokens desc, billed_cost_usd desc nulls last, file_name desc, record_id desc
    )

),

{# Two tools may keep the same span, as one passes its spans on to the other. #}
told_by_tool as (

    select
        record_id,
        first_value(record_id) over (
            partition by coalesce(span_key, record_id)
            order by
                case when has_usage then 0 else 1 end, case when cache_tokens > 0 then 0 else 1 end,
                case when billed_cost_usd is not null then 0 else 1 end, case when source_name = 'otel' then 0 else 1 end, source_name, record_id
        ) as head_record_id
    from versioned
    where record_id = version_record_id

),

identified as (

    select
        versioned.source_name,
        versioned.partition_date,
        versioned.record_id,
        versioned.file_name,
        versioned.line_number,
        versioned.call_id,
        versioned.trace_id,
        versioned.span_key,
        versioned.parent_span_key,
        versioned.answer_key,
        versioned.session_key,
        versioned.operation,
        versioned.record_kind,
        versioned.called_at,
        versioned.ended_at,
        versioned.provider,
        versioned.model,
        versioned.status,
        versioned.input_tokens,
        versioned.output_tokens,
        versioned.tokens,
        versioned.cache_tokens,
        versioned.billed_cost_usd,
        versioned.has_usage,
        versioned.is_never_made,
        coalesce(versioned.operation like '%retrieve_batch', false) as is_batch_result,
        told_by_tool.head_record_id,
        versioned.record_id = told_by_tool.head_record_id as is_head,
        case
            when versioned.record_id = told_by_tool.head_record_id then null
            when versioned.record_id = versioned.version_record_id then 'other_tool'
            when versioned.is_reading then 'reread'
            when versioned.tokens = versioned.version_tokens then 'copy'
            else 'older_version'
        end as cause
    from versioned
    inner join told_by_tool on versioned.version_record_id = told_by_tool.record_id

)

select * from identified
