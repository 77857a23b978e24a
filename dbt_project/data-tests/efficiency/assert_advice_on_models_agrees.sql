{# Calls of one model for one task are sent to one other model, whatever mart is asked: what saves, what lifts quality, what is trivial work, what a
   customer should change. Alternatives (rpt_model_choices by budget, the lift of a whole task) are no advice. #}

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
    where is_least and moves = 1

),

{# Of a whole task: the model that its calls go to, and whether they go anywhere. #}
of_tasks as (

    select
        'rpt_model_recommendations' as mart,
        task_type,
        case when decision = 'switch' then recommended_provider || '/' || recommended_model end as to_model
    from {{ ref('rpt_model_recommendations') }}
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
        on efficiency.task_type = recommendations.task_type and recommendations.decision = 'switch'
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
    where features.task_verdict is distinct from recommendations.verdict or features.task_least_moves is distinct from shortfalls.least_moves

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

)

select * from disagreeing
