{# one row per customer with days of abnormal cost in the trailing 30 days #}

{{ config(materialized=view_or_table()) }}

with anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# An abnormal day is over when it is found: stopping its cause avoids a repetition and saves nothing every month. #}
actions as (

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
        {{ money('sum(anomalies.excess_cost_usd)') }} as one_off_avoided_cost_usd,
        'anomalies.fct_cost_anomalies' as source_mart,
        false as is_illustrative
    from anomalies
    inner join as_of on anomalies.usage_date between as_of.window_start_date and as_of.as_of_date
    group by anomalies.customer_id

)

select * from actions
