{# one row per trace: the chain of calls, tools and retrievals that made it last as long as it did #}

{{ config(materialized='view') }}

with recursive steps as (

    select * from {{ ref('int_trace_steps') }}

),

timed as (

    select
        *,
        count(*) over (partition by source_name, trace_id) as trace_steps
    from steps
    where step_kind in ('call', 'tool', 'retrieval') and ended_us > started_us

),

moments as (

    select source_name, trace_id, step_id, step_kind, ended_us - started_us as step_us, started_us as moment_us, 1 as is_start
    from timed
    where trace_steps <= {{ var('max_critical_path_steps') }}
    union all
    select source_name, trace_id, step_id, step_kind, ended_us - started_us as step_us, ended_us as moment_us, 0 as is_start
    from timed
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
        ) as last_end_number,
        max(case when is_start = 0 then moment_number end) over (partition by source_name, trace_id) as final_number
    from numbered

),

{# Each step with the one that ended last before it began. #}
linked as (

    select
        ends.source_name,
        ends.trace_id,
        ends.moment_number as end_number,
        ends.final_number,
        ends.step_kind,
        ends.step_us,
        starts.last_end_number as previous_end_number
    from preceded as ends
    inner join preceded as starts
        on ends.source_name = starts.source_name and ends.trace_id = starts.trace_id and ends.step_id = starts.step_id and starts.is_start = 1
    where ends.is_start = 0

),

chain as (

    select source_name, trace_id, previous_end_number, step_kind, step_us
    from linked
    where end_number = final_number
    union all
    select linked.source_name, linked.trace_id, linked.previous_end_number, linked.step_kind, linked.step_us
    from chain
    inner join linked
        on chain.source_name = linked.source_name and chain.trace_id = linked.trace_id and chain.previous_end_number = linked.end_number

),

summed as (

    select
        source_name,
        trace_id,
        cast(count(*) as bigint) as critical_steps,
        cast(sum(step_us) as bigint) as critical_path_us,
        cast(coalesce(sum(step_us) filter (where step_kind = 'call'), 0) as bigint) as critical_call_us
    from chain
    group by source_name, trace_id

),

{# The chain is followed step by step, all traces at once, so that one endless session would hold up all others. #}
with_longer as (

    select * from summed
    union all
    select distinct
        source_name,
        trace_id,
        cast(null as bigint) as critical_steps,
        cast(null as bigint) as critical_path_us,
        cast(null as bigint) as critical_call_us
    from timed
    where trace_steps > {{ var('max_critical_path_steps') }}

)

select * from with_longer
