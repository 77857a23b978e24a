{# one row per customer x UTC day on which it used a feature that is new to it: what that cost #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

feature_days as (

    select
        customer_id,
        feature_id,
        usage_date,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from usage_daily
    group by customer_id, feature_id, usage_date

),

dated as (

    select
        *,
        min(usage_date) over (partition by customer_id, feature_id) as feature_since_date,
        min(usage_date) over (partition by customer_id) as customer_since_date
    from feature_days

),

{# New until the baseline holds nothing else; what a customer brings along in its first days is not an addition. #}
new_use as (

    select
        dated.customer_id,
        dated.usage_date,
        {{ money('sum(dated.effective_cost_usd)') }} as new_feature_cost_usd
    from dated
    where
        {{ days_between('dated.feature_since_date', 'dated.usage_date') }} < {{ var('anomaly_baseline_days') }}
        and {{ days_between('dated.customer_since_date', 'dated.feature_since_date') }} >= {{ assumption('anomaly_min_history_days') }}
    group by dated.customer_id, dated.usage_date

)

select * from new_use
