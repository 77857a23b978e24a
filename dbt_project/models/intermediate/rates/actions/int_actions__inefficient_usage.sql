{# one row per task type x premium model whose customers' trivial work would do on a cheaper model #}

{{ config(materialized=view_or_table()) }}

with inefficient_usage as (

    select * from {{ ref('int_premium_usage_repriced') }}

),

{# Where the whole task type moves away from the model, the single customers' fixes are part of that move. #}
actions as (

    select
        'inefficient_usage' as action_kind,
        'inefficient_usage:' || task_type || ':' || provider || '/' || model as action_id,
        replace(task_type, '_', ' ') || ' on the premium model ' || model || ', customers concerned: ' || cast(count(distinct customer_id) as string) as subject,
        task_type,
        provider,
        model,
        {{ money('sum(cost_usd)') }} as scope_cost_usd,
        {{ money('sum(monthly_savings_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(case when is_part_of_switch then 0 else monthly_savings_usd end)') }} as net_monthly_savings_usd,
        {{ money('sum(case when is_part_of_switch then 0 else monthly_savings_low_usd end)') }} as low_monthly_savings_usd,
        {{ money('sum(case when is_part_of_switch then 0 else monthly_savings_high_usd end)') }} as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        'anomalies.rpt_inefficient_usage' as source_mart,
        false as is_illustrative
    from inefficient_usage
    where suggestion_verdict = 'acceptable' and monthly_savings_usd > 0
    group by task_type, provider, model

)

select * from actions
