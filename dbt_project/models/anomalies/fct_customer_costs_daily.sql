{# one row per customer x UTC day with calls, up to the as-of date: what they cost, and what an abnormal day was expected to cost #}

{{ config(materialized=view_or_table()) }}

with customer_days as (

    select * from {{ ref('int_customer_usage_daily') }}
    where calls > 0

),

anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

final as (

    select
        customer_days.usage_date,
        customer_days.customer_id,
        customer_days.calls,
        case when customer_days.uncosted_calls < customer_days.calls then customer_days.effective_cost_usd end as effective_cost_usd,
        anomalies.expected_cost_usd,
        anomalies.customer_id is not null as is_abnormal
    from customer_days
    left join anomalies on customer_days.customer_id = anomalies.customer_id and customer_days.usage_date = anomalies.usage_date

)

select * from final
