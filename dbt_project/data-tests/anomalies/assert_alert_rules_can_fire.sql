{# A rule has one limit, and a scope that its kind knows; otherwise it would be silent for ever. #}

select
    rule_id,
    rule_kind,
    scope,
    threshold_value,
    threshold_name
from {{ ref('alert_rules') }}
where
    (threshold_value is null) = (threshold_name is null)
    or rule_kind || ' ' || scope not in (
        'budget_used team', 'forecast_over_budget team', 'cost_share_of_revenue customer', 'cost_anomaly customer',
        'margin_below_floor customer', 'margin_below_floor organization', 'margin_below_floor portfolio',
        'portfolio_risk revenue', 'portfolio_risk spend'
    )
