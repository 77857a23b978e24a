{# The cost of a flagged day is that of its calls, and its excess what lies above the expected. #}

with usage_daily as (

    select
        customer_id,
        usage_date,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from {{ ref('fct_usage_daily') }}
    group by customer_id, usage_date

)

select
    anomalies.customer_id,
    anomalies.usage_date,
    anomalies.observed_cost_usd,
    usage_daily.effective_cost_usd
from {{ ref('fct_cost_anomalies') }} as anomalies
left join usage_daily on anomalies.customer_id = usage_daily.customer_id and anomalies.usage_date = usage_daily.usage_date
where
    anomalies.observed_cost_usd is distinct from usage_daily.effective_cost_usd
    or anomalies.excess_cost_usd <> anomalies.observed_cost_usd - anomalies.expected_cost_usd
