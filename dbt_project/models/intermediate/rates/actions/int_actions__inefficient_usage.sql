{# one row per task type x premium model whose customers' trivial work would do on a cheaper model #}

{{ config(materialized=view_or_table()) }}

with inefficient_usage as (

    select * from {{ ref('int_premium_usage_repriced') }}

),

task_usage as (

    select * from {{ ref('int_task_usage_switched') }}

),

switched_models as (

    select distinct
        task_type,
        provider,
        model
    from task_usage
    where is_switched

),

{# Where the whole task type moves away from the model, the single customers' fixes are part of that move. #}
actions as (

    select
        'inefficient_usage' as action_kind,
        'inefficient_usage:' || usage.task_type || ':' || usage.model as action_id,
        replace(usage.task_type, '_', ' ') || ' on the premium model ' || usage.model || ', customers concerned: '
        || cast(count(distinct usage.customer_id) as string) as subject,
        usage.task_type,
        usage.provider,
        usage.model,
        {{ money('sum(usage.cost_usd)') }} as scope_cost_usd,
        {{ money('sum(usage.monthly_savings_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(case when switched.task_type is null then usage.monthly_savings_usd else 0 end)') }} as net_monthly_savings_usd,
        {{ money('sum(case when switched.task_type is null then usage.monthly_savings_low_usd else 0 end)') }} as low_monthly_savings_usd,
        {{ money('sum(case when switched.task_type is null then usage.monthly_savings_high_usd else 0 end)') }} as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        'anomalies.rpt_inefficient_usage' as source_mart,
        false as is_illustrative
    from inefficient_usage as usage
    left join switched_models as switched
        on
            usage.task_type = switched.task_type
            and usage.provider = switched.provider
            and usage.model = switched.model
    where usage.suggestion_verdict = 'acceptable' and usage.monthly_savings_usd > 0
    group by usage.task_type, usage.provider, usage.model

)

select * from actions
