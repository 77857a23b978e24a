{# one row per task type below its quality floor x move of one model's calls to a better model, and the pair of moves that lifts the task where no
   single one does: what it costs, and what the task would score #}

{% set busiest_models = 10 %}

with moves as (

    select * from {{ ref('int_quality_moves') }}

),

tasks as (

    select * from {{ ref('int_task_quality') }}

),

{# Two moves together: those of two models, neither of which is where the other's calls go. What lands on one model shares its error. #}
pairs as (

    select
        one.task_type,
        one.from_model || ' to ' || one.to_model || ', ' || other.from_model || ' to ' || other.to_model as subject,
        one.from_provider || '/' || one.from_model || '>' || one.to_provider || '/' || one.to_model || ', '
        || other.from_provider || '/' || other.from_model || '>' || other.to_provider || '/' || other.to_model as move_id,
        one.calls + other.calls as calls,
        {{ money('one.cost_change_usd + other.cost_change_usd') }} as cost_change_usd,
        one.measured_calls_added + other.measured_calls_added as measured_calls_added,
        one.score_added + other.score_added as score_added,
        one.variance_added + other.variance_added
        + case
            when one.to_provider = other.to_provider and one.to_model = other.to_model
                then 2 * one.calls * other.calls * power(one.to_standard_error, 2)
            else 0
        end as variance_added
    from moves as one
    inner join moves as other
        on
            one.task_type = other.task_type
            and one.calls_rank < other.calls_rank
            and (one.to_provider <> other.from_provider or one.to_model <> other.from_model)
            and (other.to_provider <> one.from_provider or other.to_model <> one.from_model)
    where other.calls_rank <= {{ busiest_models }}

),

sets as (

    select
        task_type,
        cast(1 as bigint) as moves,
        from_provider || '/' || from_model || '>' || to_provider || '/' || to_model as move_id,
        from_model || ' to ' || to_model as subject,
        from_provider,
        from_model,
        to_provider,
        to_model,
        calls,
        cost_change_usd,
        measured_calls_added,
        score_added,
        variance_added
    from moves
    union all
    select
        task_type,
        cast(2 as bigint) as moves,
        move_id,
        subject,
        cast(null as string) as from_provider,
        cast(null as string) as from_model,
        cast(null as string) as to_provider,
        cast(null as string) as to_model,
        calls,
        cost_change_usd,
        measured_calls_added,
        score_added,
        variance_added
    from pairs

),

scored as (

    select
        sets.*,
        tasks.quality_score_avg,
        tasks.minimum_quality_score,
        {{ ratio('tasks.score_sum + sets.score_added', 'tasks.measured_calls + sets.measured_calls_added') }} as score_after,
        {{ assumption('quality_interval_z') }}
        * {{ ratio('sqrt(greatest(tasks.score_sum_variance + sets.variance_added, 0))', 'tasks.measured_calls + sets.measured_calls_added') }} as margin_after
    from sets
    inner join tasks on sets.task_type = tasks.task_type

),

judged as (

    select
        *,
        case
            when score_after - margin_after >= minimum_quality_score then 'surely'
            when score_after >= minimum_quality_score then 'on average'
            else 'not with this alone'
        end as reaches_floor
    from scored

),

{# The least that lifts the task: surely before on average, then the fewest moves, then the cheapest. #}
ranked as (

    select
        *,
        reaches_floor <> 'not with this alone'
        and row_number() over (
            partition by task_type order by case reaches_floor when 'surely' then 0 when 'on average' then 1 else 2 end, moves, cost_change_usd, move_id
        ) = 1 as is_least
    from judged

),

final as (

    select
        task_type,
        move_id,
        subject,
        moves,
        from_provider,
        from_model,
        to_provider,
        to_model,
        cast(calls as bigint) as calls,
        cost_change_usd,
        minimum_quality_score,
        quality_score_avg,
        score_after as quality_score_after_avg,
        score_after - margin_after as quality_score_after_lower,
        reaches_floor,
        is_least
    from ranked
    where moves = 1 or is_least

)

select * from final
