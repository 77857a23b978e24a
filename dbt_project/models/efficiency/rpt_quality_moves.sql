{# one row per task type below its quality floor x move of one model's calls to a better model, of all its calls to one model, and the pair of moves
   where that is the way to lift the task: what it costs, what the task would score, and how long answers then take #}

with judged as (

    select * from {{ ref('int_quality_moves_judged') }}

),

parts as (

    select * from {{ ref('int_quality_move_parts') }}

),

task_usage as (

    select * from {{ ref('int_task_usage') }}

),

latencies as (

    select * from {{ ref('int_model_latencies') }}

),

used as (

    select
        task_type,
        provider,
        model,
        cast(sum(calls) as bigint) as calls
    from task_usage
    group by task_type, provider, model

),

waits as (

    select
        latencies.task_type,
        latencies.provider,
        latencies.model,
        latencies.latency_p50_ms,
        {{ ratio('latencies.at_limit_calls', 'used.calls') }} as at_limit_share
    from latencies
    inner join used on latencies.task_type = used.task_type and latencies.provider = used.provider and latencies.model = used.model

),

{# Of several models the mean of their medians, by the calls that move; unknown where one of them was not timed. #}
waited as (

    select
        parts.task_type,
        parts.move_id,
        case when count(before.latency_p50_ms) = count(*) then {{ ratio(stable_sum('parts.calls * before.latency_p50_ms'), 'sum(parts.calls)') }} end as latency_p50_before_ms,
        case when count(then_on.latency_p50_ms) = count(*) then {{ ratio(stable_sum('parts.calls * then_on.latency_p50_ms'), 'sum(parts.calls)') }} end as latency_p50_after_ms,
        case when count(before.at_limit_share) = count(*) then {{ ratio(stable_sum('parts.calls * before.at_limit_share'), 'sum(parts.calls)') }} end as at_limit_share_before,
        case when count(then_on.at_limit_share) = count(*) then {{ ratio(stable_sum('parts.calls * then_on.at_limit_share'), 'sum(parts.calls)') }} end as at_limit_share_after
    from parts
    left join waits as before
        on parts.task_type = before.task_type and parts.from_provider = before.provider and parts.from_model = before.model
    left join waits as then_on
        on parts.task_type = then_on.task_type and parts.to_provider = then_on.provider and parts.to_model = then_on.model
    group by parts.task_type, parts.move_id

),

final as (

    select
        judged.task_type,
        judged.move_id,
        judged.subject,
        judged.moves,
        judged.from_provider,
        judged.from_model,
        judged.to_provider,
        judged.to_model,
        judged.calls,
        judged.cost_change_usd,
        judged.minimum_quality_score,
        judged.quality_score_avg,
        judged.quality_score_after_avg,
        judged.quality_score_after_lower,
        judged.reaches_floor,
        judged.is_advised,
        waited.latency_p50_before_ms,
        waited.latency_p50_after_ms,
        waited.at_limit_share_before,
        waited.at_limit_share_after
    from judged
    left join waited on judged.task_type = waited.task_type and judged.move_id = waited.move_id

)

select * from final
