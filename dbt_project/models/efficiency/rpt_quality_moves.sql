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

quality as (

    select * from {{ ref('int_model_quality') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

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

{# A way lifts a task as a whole, and may take calls off a model that answers better than the one that they go to: those customers get less. #}
falling as (

    select
        parts.task_type,
        parts.move_id,
        parts.from_provider,
        parts.from_model,
        parts.calls,
        then_on.quality_score_avg - before.quality_score_avg as quality_change
    from parts
    inner join quality as before
        on parts.task_type = before.task_type and parts.from_provider = before.provider and parts.from_model = before.model
    inner join quality as then_on
        on parts.task_type = then_on.task_type and parts.to_provider = then_on.provider and parts.to_model = then_on.model
    where then_on.quality_score_avg < before.quality_score_avg

),

by_customer as (

    select
        falling.task_type,
        falling.move_id,
        usage_daily.customer_id,
        sum(usage_daily.effective_cost_usd) as cost_usd
    from falling
    inner join usage_daily
        on
            falling.task_type = usage_daily.task_type
            and falling.from_provider = usage_daily.provider
            and falling.from_model = usage_daily.model
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    where usage_daily.customer_id <> 'unallocated'
    group by falling.task_type, falling.move_id, usage_daily.customer_id

),

by_cost as (

    select
        by_customer.*,
        row_number() over (
            partition by by_customer.task_type, by_customer.move_id order by by_customer.cost_usd desc nulls last, by_customer.customer_id asc
        ) as place
    from by_customer

),

lowered as (

    select
        by_cost.task_type,
        by_cost.move_id,
        count(*) as customers,
        {{ string_agg_sorted('case when by_cost.place <= 3 then coalesce(customers.customer_name, by_cost.customer_id) end', '; ') }} as customer_names
    from by_cost
    left join customers on by_cost.customer_id = customers.customer_id
    group by by_cost.task_type, by_cost.move_id

),

fallen as (

    select
        task_type,
        move_id,
        cast(sum(calls) as bigint) as calls,
        {{ ratio(stable_sum('calls * quality_change'), 'sum(calls)') }} as quality_change
    from falling
    group by task_type, move_id

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
        waited.at_limit_share_after,
        coalesce(fallen.calls, 0) as poorer_calls,
        fallen.quality_change as poorer_quality_change,
        coalesce(lowered.customers, 0) as poorer_customers,
        lowered.customer_names as poorer_customer_names
    from judged
    left join fallen on judged.task_type = fallen.task_type and judged.move_id = fallen.move_id
    left join lowered on judged.task_type = lowered.task_type and judged.move_id = lowered.move_id
    left join waited on judged.task_type = waited.task_type and judged.move_id = waited.move_id

)

select * from final
