{# one row per action that changes what is used: model switches, fixes of inefficient usage, abnormal days #}

with model_switch_savings as (

    select * from {{ ref('rpt_model_switch_savings') }}

),

inefficient_usage as (

    select * from {{ ref('rpt_inefficient_usage') }}

),

cost_anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

savings_assumptions as (

    select * from {{ ref('savings_assumptions') }}

),

{# Not every call can move: answers are reviewed, customers insist. What is counted is the share that a business keeps. #}
switches as (

    select
        'model_switch' as action_kind,
        'model_switch:' || possible.task_type as action_id,
        replace(possible.task_type, '_', ' ') || ' calls from ' || {{ string_agg_sorted('possible.from_model', ', ') }} || ' to ' || possible.to_model as subject,
        possible.task_type,
        possible.to_provider as provider,
        possible.to_model as model,
        {{ money('sum(possible.current_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(possible.monthly_savings_usd * assumptions.base_share)') }} as gross_monthly_savings_usd,
        {{ money('sum(possible.monthly_savings_usd * assumptions.base_share)') }} as net_monthly_savings_usd,
        {{ money('sum(possible.monthly_savings_low_usd * assumptions.low_share)') }} as low_monthly_savings_usd,
        {{ money('sum(possible.monthly_savings_high_usd * assumptions.high_share)') }} as high_monthly_savings_usd,
        'rates.rpt_model_switch_savings' as source_mart,
        false as is_illustrative
    from model_switch_savings as possible
    inner join savings_assumptions as assumptions on assumptions.action_kind = 'model_switch'
    where possible.is_recommended
    group by possible.task_type, possible.to_provider, possible.to_model

),

switched_models as (

    select distinct
        task_type,
        from_provider,
        from_model
    from model_switch_savings
    where is_recommended

),

{# Where the whole task type moves away from the model, the single customers' fixes are part of that move. #}
inefficiencies as (

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
        'anomalies.rpt_inefficient_usage' as source_mart,
        false as is_illustrative
    from inefficient_usage as usage
    left join switched_models as switched
        on
            usage.task_type = switched.task_type
            and usage.provider = switched.from_provider
            and usage.model = switched.from_model
    where usage.suggestion_verdict = 'acceptable' and usage.monthly_savings_usd > 0
    group by usage.task_type, usage.provider, usage.model

),

{# An abnormal day is over when it is found: stopping its cause avoids a repetition and saves nothing every month. #}
anomaly_fixes as (

    select
        'anomaly_fix' as action_kind,
        'anomaly_fix:' || anomalies.customer_id as action_id,
        coalesce(max(anomalies.customer_name), anomalies.customer_id) || ', days of abnormal cost: ' || cast(count(*) as string) as subject,
        cast(null as string) as task_type,
        cast(null as string) as provider,
        cast(null as string) as model,
        {{ money('sum(anomalies.observed_cost_usd)') }} as scope_cost_usd,
        {{ money(0) }} as gross_monthly_savings_usd,
        {{ money(0) }} as net_monthly_savings_usd,
        {{ money(0) }} as low_monthly_savings_usd,
        {{ money(0) }} as high_monthly_savings_usd,
        'anomalies.fct_cost_anomalies' as source_mart,
        false as is_illustrative,
        {{ money('sum(anomalies.excess_cost_usd)') }} as one_off_avoided_cost_usd
    from cost_anomalies as anomalies
    inner join as_of on anomalies.usage_date between as_of.window_start_date and as_of.as_of_date
    group by anomalies.customer_id

),

actions as (

    select *, cast(null as decimal(28, 12)) as one_off_avoided_cost_usd from switches
    union all
    select *, cast(null as decimal(28, 12)) as one_off_avoided_cost_usd from inefficiencies
    union all
    select * from anomaly_fixes

)

select * from actions
