{# A recommendation saves the difference of two costs, moves only cost that is there, and moves it within the quality limits. #}

select
    recommendations.task_type,
    recommendations.moved_cost_usd,
    recommendations.monthly_savings_usd
from {{ ref('rpt_model_recommendations') }} as recommendations
left join {{ ref('task_quality_floors') }} as floors on recommendations.task_type = floors.task_type
where
    recommendations.monthly_savings_usd <> recommendations.moved_cost_usd - recommendations.moved_cost_after_usd
    or recommendations.moved_cost_usd > recommendations.current_cost_usd
    or recommendations.monthly_savings_usd < 0
    or not recommendations.monthly_savings_usd between recommendations.monthly_savings_low_usd and recommendations.monthly_savings_high_usd
    or (recommendations.decision = 'switch' and recommendations.quality_change_lower < -floors.maximum_quality_loss)
