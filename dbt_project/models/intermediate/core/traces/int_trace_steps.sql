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

{# A run is whole or it is not there: one that goes on after the as-of day waits until that day is complete, one that
   began before the window belongs to the window before. #}
dated as (

    select
        steps.*,
        min(steps.usage_date) over (partition by steps.source_name, steps.trace_id) as first_date,
        max(steps.usage_date) over (partition by steps.source_name, steps.trace_id) as last_date
    from steps
    inner join period on steps.usage_date >= period.prior_window_start_date

),

recent as (

    select dated.*
    from dated
    inner join period on dated.first_date >= period.window_start_date and dated.last_date <= period.as_of_date

),

{# A call is a retry when the one before it in the same place, to the same model, failed. #}
compared as (

    select
        *,
        step_kind = 'call' and coalesce(lag(is_failed) over (
            partition by source_name, trace_id, parent_step_id, step_kind, provider, model order by started_us, step_id
        ), false) as is_retry
    from recent

)

select * from compared
