{# one row per span, however often it was exported; those that are calls with what they cost #}

{{ config(enabled='otel' in var('sources')) }}

with spans as (

    select * from {{ ref('stg_otel__spans') }}

),

calls as (

    select * from {{ ref('fct_calls') }}

),

settled as (

    select distinct call_id from {{ ref('int_call_records_settled') }}
    where source_name = 'otel' and not is_counted

),

numbered as (

    select
        *,
        trace_id || '-' || span_id as step_id,
        row_number() over (partition by trace_id, span_id order by file_name, line_number, span_number) as copy_number
    from spans
    where line_problem is null and started_at is not null

),

{# A span that repeats the calls below it, or a call that another tool tells, is a step without tokens and cost. A call
   that was refused has no place in the cost of its trace; it stands in core.rejected_records. #}
joined as (

    select
        'otel' as source_name,
        numbered.trace_id,
        numbered.step_id,
        numbered.trace_id || '-' || numbered.parent_span_id as parent_step_id,
        case when numbered.span_kind = 'call' and calls.call_id is null then 'workflow' else numbered.span_kind end as step_kind,
        numbered.workflow_name,
        coalesce(numbered.agent_name, numbered.span_name) as step_name,
        numbered.partition_date as usage_date,
        {{ unix_microseconds('numbered.started_at') }} as started_us,
        {{ unix_microseconds('coalesce(numbered.ended_at, numbered.started_at)') }} as ended_us,
        numbered.is_failed or coalesce(calls.status, 'success') <> 'success' as is_failed,
        calls.provider,
        calls.model,
        calls.input_tokens,
        calls.cached_input_tokens,
        calls.output_tokens,
        calls.effective_cost_usd,
        calls.attempt_kind,
        numbered.customer_id,
        numbered.feature_id,
        numbered.team_id
    from numbered
    left join calls on numbered.step_id = calls.call_id and calls.source_name = 'otel'
    left join settled on numbered.step_id = settled.call_id
    where numbered.copy_number = 1 and (numbered.span_kind <> 'call' or calls.call_id is not null or settled.call_id is not null)

)

select * from joined
