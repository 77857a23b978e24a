{# one row per step of a trace in the last 30 days to the as-of date, with what is known of it as an attempt: a retry, a fallback,
   superseded by one, or perhaps a request sent twice. Only the runs where that can be are sorted. #}

{{ config(materialized=view_or_table()) }}

{% set answered = "step_kind = 'call' and not is_failed and input_tokens > 0 and output_tokens > 0" %}

with steps as (

    select * from {{ ref('int_trace_steps') }}

),

{# Calls in the same place lie under the same parent. #}
placed as (

    select
        source_name,
        trace_id,
        step_id,
        parent_step_id,
        started_us,
        ended_us,
        is_failed,
        attempt_kind,
        coalesce(lag(is_failed) over same_model, false) as last_of_model_failed,
        lead(step_id) over same_model is not null as is_repeated_on_model
    from steps
    where has_attempts and step_kind = 'call'
    window same_model as (partition by source_name, trace_id, parent_step_id, provider, model order by started_us, step_id)

),

{# Where the tool does not say which attempt a call is, it takes up the one before it, if that failed: to the same model, or
   within a span that holds both to another, once the failed one is over and nobody tries its model again. #}
followed as (

    select
        *,
        case when attempt_kind is not null then attempt_kind = 'retry' else last_of_model_failed end as is_retry,
        case
            when attempt_kind is not null then attempt_kind = 'fallback'
            when parent_step_id is null or last_of_model_failed then false
            else coalesce(lag(is_failed and not is_repeated_on_model) over in_place and lag(ended_us) over in_place <= started_us, false)
        end as is_fallback
    from placed
    window in_place as (partition by source_name, trace_id, parent_step_id order by started_us, step_id)

),

opened as (

    select
        *,
        cast(sum(case when is_failed then 1 else 0 end - case when is_retry or is_fallback then 1 else 0 end) over (
            partition by source_name, trace_id, parent_step_id order by started_us, step_id rows between unbounded preceding and current row
        ) as bigint) as open_attempts
    from followed

),

{# Failed attempts and those that take them up close like brackets, so that calls beside each other do not mix: a failed one
   is superseded when fewer attempts are open at some time after it. #}
attempts as (

    select
        source_name,
        trace_id,
        step_id,
        is_retry,
        is_fallback,
        is_failed and coalesce(
            min(open_attempts - case when is_failed then 1 else 0 end) over (
                partition by source_name, trace_id, parent_step_id order by started_us, step_id rows between 1 following and unbounded following
            ) < open_attempts,
            false
        ) as is_superseded
    from opened

),

{# Few runs ask the same model twice with prompts of one size. #}
alike as (

    select
        source_name,
        trace_id,
        provider,
        model,
        input_tokens
    from steps
    where {{ answered }}
    group by source_name, trace_id, provider, model, input_tokens
    having count(*) > 1

),

compared as (

    select
        steps.source_name,
        steps.trace_id,
        steps.step_id,
        steps.started_us,
        max(steps.started_us) over earlier as earlier_started_us,
        max(steps.ended_us) over earlier as earlier_ended_us
    from steps
    semi join alike
        on
            steps.source_name = alike.source_name
            and steps.trace_id = alike.trace_id
            and steps.provider = alike.provider
            and steps.model = alike.model
            and steps.input_tokens = alike.input_tokens
    where {{ answered }}
    window earlier as (
        partition by steps.source_name, steps.trace_id, steps.customer_id, steps.team_id, steps.provider, steps.model, steps.input_tokens
        order by steps.started_us, steps.step_id rows between unbounded preceding and 1 preceding
    )

),

{# Sent once more before the answer, or in the same moment: as a rule by mistake. #}
sent_again as (

    select
        source_name,
        trace_id,
        step_id
    from compared
    where
        started_us < earlier_ended_us
        or started_us - earlier_started_us <= 1000000 * {{ assumption('resend_within_seconds', 'bigint') }}

),

marked as (

    select
        steps.source_name,
        steps.trace_id,
        steps.step_id,
        steps.parent_step_id,
        steps.step_kind,
        steps.workflow_name,
        steps.step_name,
        steps.usage_date,
        steps.started_us,
        steps.ended_us,
        steps.is_failed,
        coalesce(attempts.is_retry, false) as is_retry,
        coalesce(attempts.is_fallback, false) as is_fallback,
        coalesce(attempts.is_superseded, false) as is_superseded,
        {# One after a failure is an attempt. #}
        sent_again.step_id is not null and not coalesce(attempts.is_retry or attempts.is_fallback, false) as is_possible_resend,
        steps.provider,
        steps.model,
        steps.input_tokens,
        steps.cached_input_tokens,
        steps.output_tokens,
        steps.effective_cost_usd,
        steps.customer_id,
        steps.feature_id,
        steps.team_id
    from steps
    left join attempts
        on steps.source_name = attempts.source_name and steps.trace_id = attempts.trace_id and steps.step_id = attempts.step_id
    left join sent_again
        on steps.source_name = sent_again.source_name and steps.trace_id = sent_again.trace_id and steps.step_id = sent_again.step_id

)

select * from marked
