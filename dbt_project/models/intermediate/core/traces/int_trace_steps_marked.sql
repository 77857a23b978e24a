{# one row per step of a trace in the last 30 days to the as-of date, with what is known of it as an attempt #}

{{ config(materialized=view_or_table()) }}

with steps as (

    select * from {{ ref('int_trace_steps') }}

),

attempts as (

    select * from {{ ref('int_call_attempts') }}

),

period as (

    select * from {{ ref('int_as_of_date') }}

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
        trace_id
    from dated
    group by source_name, trace_id
    having min(usage_date) >= min(window_start_date) and max(usage_date) <= min(as_of_date)

),

marked as (

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
        coalesce(attempts.is_retry, false) as is_retry,
        coalesce(attempts.is_fallback, false) as is_fallback,
        coalesce(attempts.is_superseded, false) as is_superseded,
        coalesce(attempts.is_possible_resend, false) as is_possible_resend,
        dated.input_tokens,
        dated.cached_input_tokens,
        dated.output_tokens,
        dated.effective_cost_usd,
        dated.customer_id,
        dated.team_id
    from dated
    inner join whole on dated.source_name = whole.source_name and dated.trace_id = whole.trace_id
    left join attempts
        on
            dated.usage_date = attempts.usage_date
            and dated.source_name = attempts.source_name
            and dated.trace_id = attempts.trace_id
            and dated.step_id = attempts.step_id

)

select * from marked
