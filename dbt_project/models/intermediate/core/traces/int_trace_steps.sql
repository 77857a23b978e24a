{# one row per step of a trace in the last 30 days to the as-of date: a call, or a span of an agent, a tool or else.
   Sources without spans know of a trace only its calls. #}

{{ config(materialized='view') }}

with calls as (

    select * from {{ ref('fct_calls') }}

),

period as (

    select * from {{ ref('int_as_of_date') }}

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

),

dated as (

    select
        steps.*,
        period.window_start_date,
        period.as_of_date
    from steps
    inner join period on steps.usage_date >= period.prior_window_start_date

),

{# A run is whole or it is not there: one that goes on after the as-of day waits until that day is complete, one that
   began before the window belongs to the window before. Grouped, and joined: a window would sort all calls. #}
whole as (

    select
        source_name,
        trace_id,
        bool_or(step_kind = 'call' and (is_failed or coalesce(attempt_kind, 'first') <> 'first')) as has_attempts
    from dated
    group by source_name, trace_id
    having min(usage_date) >= min(window_start_date) and max(usage_date) <= min(as_of_date)

),

recent as (

    select
        dated.source_name,
        dated.trace_id,
        dated.step_id,
        dated.parent_step_id,
        dated.step_kind,
        dated.workflow_name,
        dated.step_name,
        dated.usage_date,
        dated.started_us,
        dated.ended_us,
        dated.is_failed,
        dated.provider,
        dated.model,
        dated.input_tokens,
        dated.cached_input_tokens,
        dated.output_tokens,
        dated.effective_cost_usd,
        dated.attempt_kind,
        dated.customer_id,
        dated.feature_id,
        dated.team_id,
        whole.has_attempts
    from dated
    inner join whole on dated.source_name = whole.source_name and dated.trace_id = whole.trace_id

)

select * from recent
