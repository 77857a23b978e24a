{# one row per task type used in the trailing 30 days that has a quality floor: how good its answers are in all, and how sure that is #}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

quality as (

    select * from {{ ref('int_model_quality') }}

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
summed as (

    select
        used.task_type,
        cast(sum(used.calls) as bigint) as calls,
        {{ money('sum(used.effective_cost_usd)') }} as current_cost_usd,
        cast(sum(used.calls) filter (where quality.is_measured) as double) as measured_calls,
        cast(sum(used.calls * quality.quality_score_avg) filter (where quality.is_measured) as double) as score_sum,
        cast(sum(power(used.calls * quality.quality_standard_error, 2)) filter (where quality.is_measured) as double) as score_sum_variance,
        max(case when quality.is_measured then quality.quality_score_avg end) as best_quality_score_avg
    from used
    left join quality
        on used.task_type = quality.task_type and used.provider = quality.provider and used.model = quality.model
    group by used.task_type

),

final as (

    select
        summed.*,
        {{ ratio('summed.measured_calls', 'summed.calls') }} as measured_call_share,
        {{ ratio('summed.score_sum', 'summed.measured_calls') }} as quality_score_avg,
        cast(floors.minimum_quality_score as double) as minimum_quality_score,
        cast(floors.maximum_quality_loss as double) as maximum_quality_loss,
        coalesce({{ ratio('summed.score_sum', 'summed.measured_calls') }} < floors.minimum_quality_score, false) as is_below_floor
    from summed
    inner join floors on summed.task_type = floors.task_type

)

select * from final
