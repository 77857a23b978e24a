{# one row: the limits of the seed `thresholds` side by side, so that a model joins them once #}

{% set names = [
    'anomaly_min_history_days', 'anomaly_min_score', 'anomaly_min_cost_ratio', 'anomaly_min_excess_usd',
    'cost_share_of_revenue_warning', 'cost_share_of_revenue_limit',
    'tier_outgrown_growth', 'tier_outgrown_recent_days', 'tier_outgrown_earlier_days', 'tier_outgrown_lookback_days',
    'premium_model_price_ratio', 'quality_min_scored_calls', 'quality_interval_z',
    'model_switch_token_variation', 'action_min_savings_usd',
    'caching_peer_min_token_share', 'caching_min_gap_share', 'commitment_stress_share',
    'commitment_min_savings_usd', 'alert_anomaly_days', 'portfolio_risk_steady_change'
] %}

with thresholds as (

    select * from {{ ref('thresholds') }}

),

side_by_side as (

    select
    {% for name in names %}
        max(case when threshold_name = '{{ name }}' then threshold_value end) as {{ name }}{{ "," if not loop.last }}
    {% endfor %}
    from thresholds

)

select * from side_by_side
