{# one row per trace (a conversation, a request, an agent's run) in the last 30 days to the as-of date #}

{{ config(materialized='table' if 'otel' in var('sources') else view_or_table()) }}

with steps as (

    select * from {{ ref('int_trace_steps_marked') }}

),

{# What made a trace last as long as it did: to make it faster, one of these steps must be faster. #}
timed_steps as (

    select
        *,
        count(*) over (partition by source_name, trace_id) as trace_steps
    from steps
    where step_kind in ('call', 'tool', 'retrieval') and ended_us > started_us

),

moments as (

    select source_name, trace_id, step_id, step_kind, ended_us - started_us as step_us, started_us as moment_us, 1 as is_start
    from timed_steps
    where trace_steps <= {{ var('max_critical_path_steps') }}
    union all
    select source_name, trace_id, step_id, step_kind, ended_us - started_us as step_us, ended_us as moment_us, 0 as is_start
    from timed_steps
    where trace_steps <= {{ var('max_critical_path_steps') }}

),

{# Ends before starts: a step that begins at the moment another ends follows it. #}
numbered as (

    select
        *,
        row_number() over (partition by source_name, trace_id order by moment_us, is_start, step_id) as moment_number
    from moments

),

preceded as (

    select
        *,
        max(case when is_start = 0 then moment_number end) over (
            partition by source_name, trace_id order by moment_number rows between unbounded preceding and current row
        ) as last_end_number
    from numbered

),

{# Each step with the one that ended last before it began. #}
linked as (

    select
        ends.source_name,
        ends.trace_id,
        ends.moment_number as end_number,
        ends.step_kind,
        ends.step_us,
        starts.last_end_number as previous_end_number
    from preceded as ends
    inner join preceded as starts
        on ends.source_name = starts.source_name and ends.trace_id = starts.trace_id and ends.step_id = starts.step_id and starts.is_start = 1
    where ends.is_start = 0

),

{# From the step that ended last back to the first. #}
chained as (

    select
        source_name,
        trace_id,
        {{ sums_along_chain('end_number', 'previous_end_number', 'step_us', "case when step_kind = 'call' then step_us else 0 end") }} as chain
    from linked
    group by source_name, trace_id

),

path_sums as (

    select
        chained.source_name,
        chained.trace_id,
        cast(chained.chain.first_sum as bigint) as critical_path_us,
        cast(chained.chain.second_sum as bigint) as critical_call_us
    from chained

),

{# One endless session would hold up all others. #}
critical_paths as (

    select * from path_sums
    union all
    select distinct
        source_name,
        trace_id,
        cast(null as bigint) as critical_path_us,
        cast(null as bigint) as critical_call_us
    from timed_steps
    where trace_steps > {{ var('max_critical_path_steps') }}

),

{# The root is the step whose parent is not in the trace; of several the first. #}
ranked as (

    select
        steps.*,
        row_number() over (
            partition by steps.source_name, steps.trace_id
            order by case when parents.step_id is null then 0 else 1 end, steps.started_us, steps.step_id
        ) as root_rank
    from steps
    left join steps as parents
        on steps.source_name = parents.source_name and steps.trace_id = parents.trace_id and steps.parent_step_id = parents.step_id

),

summed as (

    select
        source_name,
        trace_id,
        coalesce(max(workflow_name), max(case when root_rank = 1 then step_name end), 'unknown') as workflow_name,
        case
            when min(customer_id) is null then 'unallocated'
            when min(customer_id) = max(customer_id) then min(customer_id)
            else 'several'
        end as customer_id,
        max(team_id) as team_id,
        min(usage_date) as usage_date,
        count(*) filter (where step_kind = 'call') as calls,
        count(*) filter (where step_kind = 'call' and is_failed) as failed_calls,
        count(*) filter (where step_kind = 'call' and not is_superseded) as operations,
        count(*) filter (where is_retry) as retried_calls,
        count(*) filter (where is_fallback) as fallback_calls,
        count(*) filter (where is_possible_resend) as possible_resends,
        count(*) filter (where step_kind = 'call' and effective_cost_usd is null) as uncosted_calls,
        count(*) filter (where step_kind = 'agent') as agent_spans,
        count(*) filter (where step_kind = 'tool') as tool_spans,
        count(*) filter (where step_kind not in ('call', 'agent', 'tool')) as other_spans,
        cast(coalesce(sum(input_tokens), 0) as bigint) as input_tokens,
        cast(coalesce(sum(cached_input_tokens), 0) as bigint) as cached_input_tokens,
        cast(coalesce(sum(output_tokens), 0) as bigint) as output_tokens,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('coalesce(sum(effective_cost_usd) filter (where is_failed), 0)') }} as failed_cost_usd,
        {{ money('coalesce(sum(effective_cost_usd) filter (where is_retry), 0)') }} as retried_cost_usd,
        {{ money('coalesce(sum(effective_cost_usd) filter (where is_superseded), 0)') }} as superseded_cost_usd,
        {{ money('coalesce(sum(effective_cost_usd) filter (where is_possible_resend), 0)') }} as possible_resend_cost_usd,
        max(ended_us) - min(started_us) as wall_time_us,
        bool_or(is_failed and root_rank = 1) as is_failed
    from ranked
    group by source_name, trace_id

),

timed as (

    select
        summed.source_name,
        summed.trace_id,
        summed.usage_date,
        summed.workflow_name,
        summed.customer_id,
        summed.team_id,
        summed.is_failed,
        summed.calls,
        summed.failed_calls,
        summed.operations,
        summed.retried_calls,
        summed.fallback_calls,
        summed.possible_resends,
        summed.uncosted_calls,
        summed.agent_spans,
        summed.tool_spans,
        summed.other_spans,
        summed.input_tokens,
        summed.cached_input_tokens,
        summed.output_tokens,
        summed.effective_cost_usd,
        summed.failed_cost_usd,
        summed.retried_cost_usd,
        summed.superseded_cost_usd,
        summed.possible_resend_cost_usd,
        cast(summed.wall_time_us as double) / 1000 as wall_time_ms,
        cast(case when critical_paths.trace_id is null then 0 else critical_paths.critical_path_us end as double) / 1000 as critical_path_ms,
        cast(case when critical_paths.trace_id is null then 0 else critical_paths.critical_call_us end as double) / 1000 as critical_call_ms
    from summed
    left join critical_paths on summed.source_name = critical_paths.source_name and summed.trace_id = critical_paths.trace_id

)

select * from timed
