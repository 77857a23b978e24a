{# one row per step of a trace: a call, or a span of an agent, a tool or else. Sources without spans know of a trace only
   its calls. #}

{{ config(materialized='view') }}

with calls as (

    select * from {{ ref('fct_calls') }}

),

call_steps as (

    select
        source_name,
        trace_id,
        call_id as step_id,
        cast(null as string) as parent_step_id,
        'call' as step_kind,
        cast(null as string) as workflow_name,
        feature_id as step_name,
        usage_date,
        {{ unix_microseconds('called_at') }} as started_us,
        {{ unix_microseconds('called_at') }} + coalesce(latency_ms, 0) * 1000 as ended_us,
        status <> 'success' as is_failed,
        provider,
        model,
        input_tokens,
        cached_input_tokens,
        output_tokens,
        effective_cost_usd,
        attempt_kind,
        customer_id,
        feature_id,
        nullif(team_id, 'unallocated') as team_id
    from calls
    where source_name <> 'otel' and trace_id is not null

),

steps as (

    select * from call_steps
    {%- if 'otel' in var('sources') %}
    union all
    select * from {{ ref('int_trace_spans') }}
    {%- endif %}

)

select * from steps
