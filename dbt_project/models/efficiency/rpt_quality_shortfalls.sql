{# one row per task type whose answers of the trailing 30 days lie below its quality floor: the model that would lift them, and its price #}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

quality as (

    select * from {{ ref('int_model_quality') }}

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

floors as (

    select * from {{ ref('task_quality_floors') }}

),

used as (

    select
        task_type,
        provider,
        model,
        sum(calls) as calls,
        sum(effective_cost_usd) as effective_cost_usd
    from task_usage
    group by task_type, provider, model

),

{# What the task delivers: the mean score of each model, by the calls that it answers; models that are not measured say nothing. #}
tasks as (

    select
        used.task_type,
        cast(sum(used.calls) as bigint) as calls,
        {{ money('sum(used.effective_cost_usd)') }} as current_cost_usd,
        {{ ratio('sum(used.calls) filter (where quality.is_measured)', 'sum(used.calls)') }} as measured_call_share,
        {{ ratio('sum(used.calls * quality.quality_score_avg) filter (where quality.is_measured)', 'sum(used.calls) filter (where quality.is_measured)') }}
            as quality_score_avg,
        max(case when quality.is_measured then quality.quality_score_avg end) as best_quality_score_avg
    from used
    left join quality
        on used.task_type = quality.task_type and used.provider = quality.provider and used.model = quality.model
    group by used.task_type

),

{# Why the moves to a model that lifts the answers are not among the recommended ones: the objection to the largest saving. #}
objections as (

    select
        task_type,
        to_provider,
        to_model,
        from_model,
        verdict,
        row_number() over (partition by task_type, to_provider, to_model order by savings_usd desc, from_provider asc, from_model asc) as place
    from switches
    where savings_usd > 0 and not is_acceptable

),

lifts as (

    select
        switches.task_type,
        switches.to_provider,
        switches.to_model,
        max(switches.to_quality_score_avg) as quality_score_avg,
        max(switches.to_quality_score_lower) as quality_score_lower,
        case when count(switches.savings_usd) = count(*) then {{ money('-sum(switches.savings_usd)') }} end as cost_change_usd
    from switches
    inner join quality
        on
            switches.task_type = quality.task_type
            and switches.to_provider = quality.provider
            and switches.to_model = quality.model
            and quality.is_measured
    where switches.to_quality_score_lower >= switches.minimum_quality_score
    group by switches.task_type, switches.to_provider, switches.to_model

),

cheapest as (

    select
        *,
        row_number() over (partition by task_type order by cost_change_usd asc, to_provider asc, to_model asc) as place
    from lifts
    where cost_change_usd is not null

),

final as (

    select
        tasks.task_type,
        tasks.calls,
        tasks.current_cost_usd,
        tasks.measured_call_share,
        cast(floors.minimum_quality_score as double) as minimum_quality_score,
        tasks.quality_score_avg,
        tasks.quality_score_avg - cast(floors.minimum_quality_score as double) as quality_gap,
        tasks.best_quality_score_avg,
        cheapest.to_provider as lift_provider,
        cheapest.to_model as lift_model,
        cheapest.quality_score_avg as lift_quality_score_avg,
        cheapest.quality_score_lower as lift_quality_score_lower,
        cheapest.cost_change_usd as lift_cost_change_usd,
        objections.from_model as objection_from_model,
        objections.verdict as objection,
        cast(floors.maximum_quality_loss as double) as maximum_quality_loss
    from tasks
    inner join floors on tasks.task_type = floors.task_type and tasks.quality_score_avg < floors.minimum_quality_score
    left join cheapest on tasks.task_type = cheapest.task_type and cheapest.place = 1
    left join objections
        on
            cheapest.task_type = objections.task_type
            and cheapest.to_provider = objections.to_provider
            and cheapest.to_model = objections.to_model
            and objections.place = 1

)

select * from final
