{# one row per task type below its quality floor x move of one model's calls to a better model, of all its calls to one model, and the pair of moves
   where that is the way to lift the task: what it costs, what the task would score, and which way is advised #}

{% set busiest_models = 10 %}

with moves as (

    select * from {{ ref('int_quality_moves') }}

),

tasks as (

    select * from {{ ref('int_task_quality') }}

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

quality as (

    select * from {{ ref('int_model_quality') }}
    where is_measured

),

switched as (

    select * from {{ ref('int_model_switch_targets') }}
    where is_recommended

),

{# Two moves together: those of two models, neither of which is where the other's calls go. What lands on one model shares its error. #}
pairs as (

    select
        one.task_type,
        one.from_model || ' to ' || one.to_model || ', ' || other.from_model || ' to ' || other.to_model as subject,
        one.from_provider || '/' || one.from_model || '>' || one.to_provider || '/' || one.to_model || ', '
        || other.from_provider || '/' || other.from_model || '>' || other.to_provider || '/' || other.to_model as move_id,
        case when one.to_provider = other.to_provider and one.to_model = other.to_model then one.to_provider end as to_provider,
        case when one.to_provider = other.to_provider and one.to_model = other.to_model then one.to_model end as to_model,
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

{# All calls on one model: the task scores what that model does. Where a switch is recommended, its calls are moved already. #}
whole as (

    select
        switches.task_type,
        switches.to_provider,
        switches.to_model,
        count(*) as moves,
        sum(switches.calls) as calls,
        {{ money('-sum(switches.savings_usd)') }} as cost_change_usd,
        max(tasks.calls) - max(tasks.measured_calls) as measured_calls_added,
        max(tasks.calls) * max(quality.quality_score_avg) - max(tasks.score_sum) as score_added,
        power(max(tasks.calls) * max(quality.quality_standard_error), 2) - max(tasks.score_sum_variance) as variance_added
    from switches
    inner join tasks on switches.task_type = tasks.task_type and tasks.is_below_floor
    inner join quality
        on switches.task_type = quality.task_type and switches.to_provider = quality.provider and switches.to_model = quality.model
    anti join switched on switches.task_type = switched.task_type
    group by switches.task_type, switches.to_provider, switches.to_model
    having count(switches.savings_usd) = count(*) and count(*) > 1

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
        to_provider,
        to_model,
        calls,
        cost_change_usd,
        measured_calls_added,
        score_added,
        variance_added
    from pairs
    union all
    select
        task_type,
        moves,
        'all>' || to_provider || '/' || to_model as move_id,
        'all models to ' || to_model as subject,
        cast(null as string) as from_provider,
        cast(null as string) as from_model,
        to_provider,
        to_model,
        calls,
        cost_change_usd,
        measured_calls_added,
        score_added,
        variance_added
    from whole

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

{# Of the ways that reach the floor, surely before on average, the cheapest; of two at one price the one with fewer moves. #}
ranked as (

    select
        *,
        reaches_floor <> 'not with this alone'
        and row_number() over (
            partition by task_type order by case reaches_floor when 'surely' then 0 when 'on average' then 1 else 2 end, cost_change_usd, moves, move_id
        ) = 1 as is_advised
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
        is_advised
    from ranked
    where from_model is not null or is_advised or (move_id like 'all>%' and reaches_floor <> 'not with this alone')

)

select * from final
