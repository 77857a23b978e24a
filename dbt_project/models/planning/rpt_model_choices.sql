{# one row per task type x budget (low_cost, balanced, premium): the model to take under it #}

with models as (

    select * from {{ ref('rpt_model_efficiency') }}

),

floors as (

    select * from {{ ref('task_quality_floors') }}

),

{# Only what was measured can be chosen by quality; it keeps a floor if the lower end of its interval does, as in rpt_model_efficiency. The cost is that of the same tokens on each model. #}
measured as (

    select
        models.task_type,
        models.provider,
        models.model,
        models.like_for_like_cost_per_call_usd as cost_per_call_usd,
        models.quality_score_avg,
        models.quality_score_lower,
        models.latency_p50_ms,
        coalesce(floors.minimum_quality_score, 0) as quality_floor,
        coalesce(floors.maximum_quality_loss, 0) as quality_loss,
        max(models.quality_score_avg) over (partition by models.task_type) as best_quality
    from models
    left join floors on models.task_type = floors.task_type
    where models.is_quality_measured and models.like_for_like_cost_per_call_usd is not null

),

candidates as (

    select 'low_cost' as budget, measured.* from measured
    where measured.quality_score_lower >= measured.quality_floor
    union all
    select 'balanced' as budget, measured.* from measured
    where measured.quality_score_avg >= measured.best_quality - measured.quality_loss and measured.quality_score_lower >= measured.quality_floor
    union all
    select 'premium' as budget, measured.* from measured
    where measured.quality_score_avg = measured.best_quality

),

ranked as (

    select
        *,
        row_number() over (partition by task_type, budget order by cost_per_call_usd, -quality_score_avg, provider, model) as place
    from candidates

),

final as (

    select
        task_type,
        budget,
        provider,
        model,
        cost_per_call_usd,
        quality_score_avg,
        quality_score_lower,
        quality_floor,
        latency_p50_ms
    from ranked
    where place = 1

)

select * from final
