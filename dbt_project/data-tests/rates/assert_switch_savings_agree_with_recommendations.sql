{# What the recommended switches of a task type save together is what its recommendation promises, to the last decimal. #}

with switch_savings as (

    select
        task_type,
        sum(monthly_savings_usd) as monthly_savings_usd
    from {{ ref('rpt_model_switch_savings') }}
    where is_recommended
    group by task_type

),

recommendations as (

    select * from {{ ref('rpt_model_recommendations') }}

)

select
    recommendations.task_type,
    recommendations.monthly_savings_usd as promised_usd,
    switch_savings.monthly_savings_usd as found_usd
from recommendations
full outer join switch_savings on recommendations.task_type = switch_savings.task_type
where coalesce(recommendations.monthly_savings_usd, 0) <> coalesce(switch_savings.monthly_savings_usd, 0)
