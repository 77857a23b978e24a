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
    from {{ ref('int_quality_move_parts') }}
    where is_advised
    union all
    select
        'rpt_model_efficiency' as mart,
        task_type,
        provider || '/' || model as from_model,
        switch_to_provider || '/' || switch_to_model as to_model
    from {{ ref('rpt_model_efficiency') }}
    where provider <> switch_to_provider or model <> switch_to_model

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

lifted_tasks as (

    select sum(advised_cost_change_usd) as change_usd from {{ ref('rpt_quality_shortfalls') }}

),

lifted_features as (

    select sum(own_lift_cost_usd) as change_usd from {{ ref('rpt_feature_economics') }}

),

{# To lift its tasks costs the features what it is said to cost. #}
lifts as (

    select
        'what lifts the tasks below their floor, in all and by feature' as subject,
        2 as answers
    from lifted_tasks
    cross join lifted_features
    where abs(lifted_features.change_usd - lifted_tasks.change_usd) > 0.000001

),

{# What the features of a team save on calls is what its budget is judged with, and a dear team is sent to the moves that are advised for its tasks. #}
saved_on_features as (

    select
        team_id,
        sum(own_savings_usd) as own_savings_usd,
        sum(case when task_decision = 'switch' or (task_decision = 'lift' and task_advised_cost_change_usd < 0) then 1 else 0 end) as features_to_move
    from {{ ref('rpt_feature_economics') }}
    group by team_id

),

teams as (

    select
        'the team ' || saved.team_id || ', its budget and the savings of its features' as subject,
        2 as answers
    from saved_on_features as saved
    inner join {{ ref('rpt_budget_advice') }} as budgets on saved.team_id = budgets.team_id
    where
        abs(coalesce(budgets.open_savings_on_calls_usd, 0) - saved.own_savings_usd) > 0.000001
        or (budgets.overrun_verdict = 'the budget is wrong' and saved.own_savings_usd > 0)
    union all
    select
        'the team ' || saved.team_id || ' and the moves of its tasks' as subject,
        2 as answers
    from saved_on_features as saved
    inner join {{ ref('rpt_team_costs') }} as costs on saved.team_id = costs.team_id
    where saved.features_to_move > 0 and costs.task_types_to_switch + costs.task_types_to_lift_for_less = 0
    union all
    select
        'the team ' || costs.team_id || ', its budget and the moves that lift its answers' as subject,
        2 as answers
    from {{ ref('rpt_team_costs') }} as costs
    inner join {{ ref('rpt_budget_advice') }} as budgets on costs.team_id = budgets.team_id
    where
        coalesce(costs.savings_on_calls_usd, 0) <> coalesce(budgets.open_savings_on_calls_usd + budgets.lift_savings_usd, 0)
        or (costs.savings_on_calls_usd > 0 and budgets.overrun_verdict = 'the budget is wrong')

),

{# The bill that a recommended switch leaves has an open saving, unless others put more on it. #}
left_providers as (

    select
        from_provider as provider,
        sum(current_cost_usd * kept_base_share - case when from_provider = to_provider then cost_after_usd * kept_base_share else 0 end) as left_usd
    from {{ ref('rpt_model_switch_savings') }}
    where is_recommended
    group by from_provider

),

come_providers as (

    select
        to_provider as provider,
        sum(cost_after_usd * kept_base_share) as come_usd
    from {{ ref('rpt_model_switch_savings') }}
    where is_recommended and from_provider <> to_provider
    group by to_provider

),

providers as (

    select
        'the budget of the provider ' || budgets.scope_id || ' and the switches that leave it' as subject,
        2 as answers
    from {{ ref('rpt_budgets') }} as budgets
    inner join left_providers on budgets.scope_id = left_providers.provider
    left join come_providers on left_providers.provider = come_providers.provider
    where budgets.scope = 'provider' and budgets.savings_verdict = 'none is open' and left_providers.left_usd > coalesce(come_providers.come_usd, 0)

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
    union all
    select
        subject,
        answers
    from teams
    union all
    select
        subject,
        answers
    from providers
    union all
    select
        subject,
        answers
    from lifts

)

select * from disagreeing
