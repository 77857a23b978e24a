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

{# Calls in the same place lie under the same parent. #}
placed as (

    select
        *,
        lag(is_failed) over same_model as last_of_model_failed,
        lead(step_id) over same_model is not null as is_repeated_on_model,
        step_kind = 'call' and not is_failed and input_tokens > 0 and output_tokens > 0 as is_answered
    from recent
    window same_model as (
        partition by source_name, trace_id, parent_step_id, step_kind, provider, model order by started_us, step_id
    )

),

{# Where the tool does not say which attempt a call is, it takes up the one before it, if that failed: to the same model, or
   within a span that holds both to another, once the failed one is over and nobody tries its model again. #}
compared as (

    select
        *,
        step_kind = 'call' and case
            when attempt_kind is not null then attempt_kind = 'retry'
            else coalesce(last_of_model_failed, false)
        end as is_retry,
        step_kind = 'call' and case
            when attempt_kind is not null then attempt_kind = 'fallback'
            when parent_step_id is null or coalesce(last_of_model_failed, false) then false
            else coalesce(lag(is_failed and not is_repeated_on_model) over in_place and lag(ended_us) over in_place <= started_us, false)
        end as is_fallback
    from placed
    window in_place as (partition by source_name, trace_id, parent_step_id, step_kind order by started_us, step_id)

),

counted as (

    select
        *,
        is_retry or is_fallback as is_continuation,
        sum(case when is_failed then 1 else 0 end - case when is_retry or is_fallback then 1 else 0 end) over (
            partition by source_name, trace_id, parent_step_id, step_kind
            order by started_us, step_id rows between unbounded preceding and current row
        ) as open_attempts,
        max(ended_us) over earlier_alike as earlier_ended_us,
        max(started_us) over earlier_alike as earlier_started_us
    from compared
    window earlier_alike as (
        partition by source_name, trace_id, customer_id, team_id, provider, model, input_tokens, is_answered
        order by started_us, step_id rows between unbounded preceding and 1 preceding
    )

),

{# Failed attempts and those that take them up close like brackets, so that calls beside each other do not mix: a failed one
   is superseded when fewer attempts are open at some time after it. #}
marked as (

    select
        *,
        step_kind = 'call' and is_failed and coalesce(
            min(open_attempts - case when is_failed then 1 else 0 end) over (
                partition by source_name, trace_id, parent_step_id, step_kind
                order by started_us, step_id rows between 1 following and unbounded following
            ) < open_attempts,
            false
        ) as is_superseded,
        {# Sent once more before the answer, or in the same moment: as a rule by mistake. One after a failure is no such call. #}
        is_answered and not is_continuation and coalesce(
            started_us < earlier_ended_us or started_us - earlier_started_us <= 1000000 * {{ assumption('resend_within_seconds', 'bigint') }},
            false
        ) as is_possible_resend
    from counted

)

select
    source_name,
    trace_id,
    step_id,
    parent_step_id,
    step_kind,
    workflow_name,
    step_name,
    usage_date,
    started_us,
    ended_us,
    is_failed,
    is_retry,
    is_fallback,
    is_superseded,
    is_possible_resend,
    provider,
    model,
    input_tokens,
    cached_input_tokens,
    output_tokens,
    effective_cost_usd,
    customer_id,
    feature_id,
    team_id
from marked
