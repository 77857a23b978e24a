{# one row per call of a trace that is a retry, a fallback, superseded by one, or perhaps a request sent twice. Calls of one UTC day
   are told by one another, so that a day stands by itself. #}

{{ config(materialized='incremental', unique_key='usage_date') }}

{% set answered = "steps.step_kind = 'call' and not steps.is_failed and steps.input_tokens > 0 and steps.output_tokens > 0" %}
{% set prompt = "case when " ~ answered ~ " then " ~ quick_digest("steps.source_name, steps.trace_id, steps.provider, steps.model, steps.input_tokens") ~ " end" %}

{# The steps are named three times and not once, as a step of its own: kept for all three, those of ten million calls take gigabytes. #}
with tried as (

    select distinct
        usage_date,
        source_name,
        trace_id
    from {{ ref('int_trace_steps') }}
    where {{ is_touched_day('usage_date') }} and step_kind = 'call' and (is_failed or coalesce(attempt_kind, 'first') <> 'first')

),

{# Few runs ask the same model twice with prompts of one size. A digest is a small key for many groups; two prompts of one digest
   are told apart below. #}
repeated as (

    select
        steps.usage_date,
        {{ prompt }} as prompt_digest
    from {{ ref('int_trace_steps') }} as steps
    where {{ is_touched_day('steps.usage_date') }} and {{ answered }}
    group by steps.usage_date, {{ prompt }}
    having count(*) > 1

),

{# Only what can be an attempt or a repetition is sorted. #}
steps as (

    select
        steps.*,
        tried.trace_id is not null as has_attempts,
        repeated.usage_date is not null as is_repeated
    from {{ ref('int_trace_steps') }} as steps
    left join tried on steps.usage_date = tried.usage_date and steps.source_name = tried.source_name and steps.trace_id = tried.trace_id
    left join repeated on steps.usage_date = repeated.usage_date and {{ prompt }} = repeated.prompt_digest
    where
        {{ is_touched_day('steps.usage_date') }}
        and steps.step_kind = 'call'
        and (tried.trace_id is not null or repeated.usage_date is not null)

),

{# Calls in the same place lie under the same parent. #}
placed as (

    select
        usage_date,
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
    where has_attempts
    window same_model as (
        partition by usage_date, source_name, trace_id, parent_step_id, provider, model order by started_us, step_id
    )

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
    window in_place as (partition by usage_date, source_name, trace_id, parent_step_id order by started_us, step_id)

),

opened as (

    select
        *,
        cast(sum(case when is_failed then 1 else 0 end - case when is_retry or is_fallback then 1 else 0 end) over (
            partition by usage_date, source_name, trace_id, parent_step_id order by started_us, step_id rows between unbounded preceding and current row
        ) as bigint) as open_attempts
    from followed

),

{# Failed attempts and those that take them up close like brackets, so that calls beside each other do not mix: a failed one
   is superseded when fewer attempts are open at some time after it. #}
attempts as (

    select
        usage_date,
        source_name,
        trace_id,
        step_id,
        is_retry,
        is_fallback,
        is_failed and coalesce(
            min(open_attempts - case when is_failed then 1 else 0 end) over (
                partition by usage_date, source_name, trace_id, parent_step_id order by started_us, step_id rows between 1 following and unbounded following
            ) < open_attempts,
            false
        ) as is_superseded
    from opened

),

compared as (

    select
        usage_date,
        source_name,
        trace_id,
        step_id,
        started_us,
        max(started_us) over earlier as earlier_started_us,
        max(ended_us) over earlier as earlier_ended_us
    from steps
    where is_repeated
    window earlier as (
        partition by usage_date, source_name, trace_id, customer_id, team_id, provider, model, input_tokens
        order by started_us, step_id rows between unbounded preceding and 1 preceding
    )

),

{# Sent once more before the answer, or in the same moment: as a rule by mistake. #}
sent_again as (

    select
        usage_date,
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
        steps.usage_date,
        steps.source_name,
        steps.trace_id,
        steps.step_id,
        steps.provider,
        steps.model,
        coalesce(attempts.is_retry, false) as is_retry,
        coalesce(attempts.is_fallback, false) as is_fallback,
        coalesce(attempts.is_superseded, false) as is_superseded,
        {# One after a failure is an attempt. #}
        sent_again.step_id is not null and not coalesce(attempts.is_retry or attempts.is_fallback, false) as is_possible_resend,
        steps.effective_cost_usd
    from steps
    left join attempts
        on
            steps.usage_date = attempts.usage_date
            and steps.source_name = attempts.source_name
            and steps.trace_id = attempts.trace_id
            and steps.step_id = attempts.step_id
    left join sent_again
        on
            steps.usage_date = sent_again.usage_date
            and steps.source_name = sent_again.source_name
            and steps.trace_id = sent_again.trace_id
            and steps.step_id = sent_again.step_id

)

select * from marked
where is_retry or is_fallback or is_superseded or is_possible_resend
