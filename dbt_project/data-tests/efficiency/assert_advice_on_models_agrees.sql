{# Calls of one model for one task are sent to one other model, whatever mart is asked: what saves, what lifts quality, what is trivial work, what a
   customer should change. What lifts a whole task and what suits a budget name no model that another mart calls too poor. #}

with advice as (

    select
        'rpt_model_switch_savings' as mart,
        task_type,
        from_provider || '/' || from_model as from_model,
        to_provider || '/' || to_model as to_model
    from {{ ref('rpt_model_switch_savings') }}
    where is_recommended
    union all
    select
        'rpt_batch_savings' as mart,
        task_type,
        provider || '/' || model as from_model,
        planned_provider || '/' || planned_model as to_model
    from {{ ref('rpt_batch_savings') }}
    where planned_provider <> provider or planned_model <> model
    union all
    select
        'rpt_caching_savings' as mart,
        task_type,
        provider || '/' || model as from_model,
        planned_provider || '/' || planned_model as to_model
    from {{ ref('rpt_caching_savings') }}
    where planned_provider <> provider or planned_model <> model
    union all
    select
        'rpt_inefficient_usage' as mart,
        task_type,
        provider || '/' || model as from_model,
        suggested_provider || '/' || suggested_model as to_model
    from {{ ref('rpt_inefficient_usage') }}
    where suggestion_verdict = 'acceptable'
    union all
    select
        'rpt_quality_moves' as mart,
        task_type,
        from_provider || '/' || from_model as from_model,
        to_provider || '/' || to_model as to_model
    from {{ ref('rpt_quality_moves') }}
    where is_advised and from_model is not null

),

{# Of a whole task: the model that its calls go to, and whether they go anywhere. #}
of_tasks as (

    select
        'rpt_model_recommendations' as mart,
        task_type,
        case when decision <> 'keep' then recommended_provider || '/' || recommended_model end as to_model
    from {{ ref('rpt_model_recommendations') }}
    union all
    select
        'rpt_quality_shortfalls' as mart,
        shortfalls.task_type,
        shortfalls.advised_to_provider || '/' || shortfalls.advised_to_model as to_model
    from {{ ref('rpt_quality_shortfalls') }} as shortfalls
    left join {{ ref('rpt_model_recommendations') }} as recommendations
        on shortfalls.task_type = recommendations.task_type and recommendations.decision = 'switch'
    where shortfalls.advised_to_model is not null and recommendations.task_type is null
    union all
    select
        'rpt_canary_design' as mart,
        task_type,
        to_provider || '/' || to_model as to_model
    from {{ ref('rpt_canary_design') }}
    union all
    select
        'rpt_savings_opportunities' as mart,
        task_type,
        provider || '/' || model as to_model
    from {{ ref('rpt_savings_opportunities') }}
    where action_kind = 'model_switch' and is_counted
    union all
    select distinct
        'rpt_model_switch_savings' as mart,
        task_type,
        to_provider || '/' || to_model as to_model
    from {{ ref('rpt_model_switch_savings') }}
    where is_recommended
    union all
    select
        'rpt_model_efficiency' as mart,
        efficiency.task_type,
        efficiency.provider || '/' || efficiency.model as to_model
    from {{ ref('rpt_model_efficiency') }} as efficiency
    inner join {{ ref('rpt_model_recommendations') }} as recommendations
        on efficiency.task_type = recommendations.task_type and recommendations.decision <> 'keep'
    where efficiency.is_recommended

),

features as (

    select
        features.product_id,
        features.feature_id,
        features.only_task_type
    from {{ ref('rpt_feature_economics') }} as features
    left join {{ ref('rpt_model_recommendations') }} as recommendations on features.only_task_type = recommendations.task_type
    left join {{ ref('rpt_quality_shortfalls') }} as shortfalls on features.only_task_type = shortfalls.task_type
    where features.task_verdict is distinct from recommendations.verdict or features.task_advised_moves is distinct from shortfalls.advised_moves

),

{# Models that are named as good enough for a task. Premium is the best there is, be it good enough or not. #}
good_enough as (

    select
        task_type,
        provider,
        model
    from {{ ref('rpt_model_choices') }}
    where budget <> 'premium'
    union all
    select
        task_type,
        lift_provider as provider,
        lift_model as model
    from {{ ref('rpt_quality_shortfalls') }}
    union all
    select
        task_type,
        recommended_provider as provider,
        recommended_model as model
    from {{ ref('rpt_model_recommendations') }}
    where decision = 'switch' and not is_below_floor

),

too_poor as (

    select good_enough.*
    from good_enough
    inner join {{ ref('rpt_model_efficiency') }} as efficiency
        on good_enough.task_type = efficiency.task_type and good_enough.provider = efficiency.provider and good_enough.model = efficiency.model
    where efficiency.verdict = 'below the quality floor'

),

disagreeing as (

    select
        'calls of ' || from_model || ' for ' || task_type as subject,
        count(distinct to_model) as answers
    from advice
    group by task_type, from_model
    having count(distinct to_model) > 1
    union all
    select
        'calls for ' || task_type as subject,
        count(distinct coalesce(to_model, 'keep')) as answers
    from of_tasks
    group by task_type
    having count(distinct coalesce(to_model, 'keep')) > 1
    union all
    select
        'the feature ' || product_id || '/' || feature_id || ' and its task ' || coalesce(only_task_type, 'unknown') as subject,
        2 as answers
    from features
    union all
    select
        'the model ' || model || ' for ' || task_type || ', good enough and below the quality floor' as subject,
        2 as answers
    from too_poor

)

select * from disagreeing
