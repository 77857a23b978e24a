"""What is asked of the marts about free tokens and lifetimes."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def allowances(warehouse: Warehouse) -> Evidence:
    """Allowances of all users from none to 4,000 tokens, in steps of 250."""
    return warehouse.evidence(
        """
        select
            allowance_tokens,
            covered_user_share,
            covered_token_share,
            conversion_share,
            free_cost_usd,
            profit_usd,
            lower_profit_usd,
            upper_profit_usd,
            lifetime_value_ratio,
            payback_months,
            price_position_share,
            case
                when is_best then 'best'
                when is_as_good then 'as good'
                when is_best_at_worst then 'safest'
                else '-'
            end as verdict
        from planning.rpt_token_economics
        where segment = 'all' and allowance_tokens <= 4000
        order by allowance_tokens
        """
    )


def lifetimes(warehouse: Warehouse) -> Evidence:
    """How long customers stay and what that is worth, by tier."""
    return warehouse.evidence(
        """
        select
            subscription_tier,
            departures,
            is_small_sample,
            first_month_retention_share,
            first_year_survival_share,
            lifetime_months,
            lower_lifetime_months,
            upper_lifetime_months,
            constant_churn_lifetime_months,
            lifetime_value_usd,
            lower_lifetime_value_usd,
            upper_lifetime_value_usd
        from margin.rpt_retention_fits
        order by subscription_tier <> 'all', subscription_tier
        """
    )
