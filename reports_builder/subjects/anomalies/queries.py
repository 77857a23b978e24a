"""What the page on abnormal cost and limits asks the warehouse."""

from reports_builder.assumptions import assumption
from reports_builder.evidence import Evidence
from reports_builder.marts import ANOMALIES, CUSTOMER_COSTS, CUSTOMER_MARGINS, THRESHOLDS, USAGE
from reports_builder.warehouse import Warehouse


def history(warehouse: Warehouse) -> Evidence:
    """Whether history suffices for the days of this period, and of the one before, to be judged; one row."""
    return warehouse.evidence(
        """
        select
            coalesce(min(usage_date) + :needed_days <= :as_of, false) as is_judged,
            coalesce(:has_prior and min(usage_date) + :needed_days <= :prior_start, false) as was_judged
        from :usage
        """,
        needed_days=int(float(str(needed_days(warehouse)["anomaly_min_history_days"]))),
        usage=USAGE,
        # Narrowed as the days are that it speaks of.
        anomalies=ANOMALIES,
    )


def needed_days(warehouse: Warehouse) -> Evidence:
    """How many days of history it takes to judge one; one row."""
    return assumption(warehouse, "anomaly_min_history_days")


def abnormal(warehouse: Warehouse) -> Evidence:
    """Abnormal customer-days of this period and the one before; one row.

    Unknown while history is too short for any day to be judged.
    """
    known = history(warehouse)
    return warehouse.evidence(
        """
        select
            coalesce(sum(1) filter (where usage_date >= :window_start and :is_judged), :none)
                as abnormal_days,
            count(distinct customer_id) filter (where usage_date >= :window_start) as abnormal_customers,
            coalesce(sum(excess_cost_usd) filter (where usage_date >= :window_start and :is_judged), :none)
                as excess_usd,
            coalesce(sum(1) filter (where usage_date <= :prior_end and :was_judged), :none_before)
                as prior_abnormal_days,
            coalesce(
                sum(excess_cost_usd) filter (where usage_date <= :prior_end and :was_judged), :none_before
            ) as prior_excess_usd,
            count(*) filter (where usage_date > :as_of - 3) as abnormal_days_lately
        from :anomalies
        where usage_date between :prior_start and :as_of
        """,
        is_judged=bool(known["is_judged"]),
        was_judged=bool(known["was_judged"]),
        # Of days that were judged none abnormal is zero, of others it is unknown.
        none=0 if known["is_judged"] else None,
        none_before=0 if known["was_judged"] else None,
        usage=USAGE,
        anomalies=ANOMALIES,
    )


def episodes(warehouse: Warehouse) -> Evidence:
    """Runs of abnormal days whose dearest day is in the period, the dearest first, with what added most."""
    return warehouse.evidence(
        """
        select
            customer_id,
            coalesce(customer_name, customer_id) as customer,
            episode_start_date,
            episode_days as days,
            episode_expected_cost_usd as expected_usd,
            episode_observed_cost_usd as observed_usd,
            episode_excess_cost_usd as excess_usd,
            episode_excess_share as excess_share,
            episode_cost_ratio as cost_ratio,
            driver,
            cause_feature_id as cause_feature,
            cause_model,
            cause_added_cost_share as cause_share,
            baseline
        from :anomalies
        where is_dearest_of_episode and usage_date between :window_start and :as_of
        order by excess_usd desc, customer_id, episode_start_date
        """,
        anomalies=ANOMALIES,
    )


def days_of(warehouse: Warehouse, customer_id: str) -> Evidence:
    """Cost of each of the last 90 days of one customer; ``expected_usd`` only on abnormal ones."""
    return warehouse.evidence(
        """
        select
            usage_date as day, effective_cost_usd as cost_usd, expected_cost_usd as expected_usd, is_abnormal
        from :days
        where customer_id = :customer_id and usage_date between :history_start and :as_of
        order by usage_date
        """,
        days=CUSTOMER_COSTS,
        customer_id=customer_id,
    )


def paying_customers(warehouse: Warehouse) -> Evidence:
    """How many customers have fees to hold their cost against; one row."""
    return warehouse.evidence(
        "select count(*) as paying_customers from :margins where revenue_usd > 0", margins=CUSTOMER_MARGINS
    )


def limit_share(warehouse: Warehouse) -> Evidence:
    """Which part of its fees a customer may cost; one row."""
    return assumption(warehouse, "cost_share_of_revenue_limit")


def limits(warehouse: Warehouse) -> Evidence:
    """How many customers have reached which limit, and what that costs; one row."""
    return warehouse.evidence(
        """
        select
            count(*) filter (where alert_kind = 'cost_share_of_revenue' and severity = 'over the limit')
                as over_customers,
            count(*) filter (where alert_kind = 'cost_share_of_revenue' and severity = 'close to the limit')
                as close_customers,
            count(*) filter (where alert_kind = 'tier_outgrown') as outgrown_customers,
            coalesce(sum(cost_above_limit_usd) filter (
                where alert_kind = 'cost_share_of_revenue' and severity = 'over the limit'
            ), 0) as above_limit_usd
        from :thresholds
        """,
        thresholds=THRESHOLDS,
    )


def over_limit(warehouse: Warehouse) -> Evidence:
    """Customers over their limit, the dearest excess first."""
    return warehouse.evidence(
        """
        select
            customer_name as customer, subscription_tier, revenue_usd, cost_usd,
            cost_share_of_revenue, limit_share, cost_above_limit_usd,
            projected_month_cost_usd, month_revenue_usd, days_remaining, severity
        from :thresholds
        where alert_kind = 'cost_share_of_revenue' and severity = 'over the limit'
        order by cost_above_limit_usd desc, customer_id
        """,
        thresholds=THRESHOLDS,
    )


def over_limit_in_all(warehouse: Warehouse) -> Evidence:
    """The sums over those customers, and what the next tier would bring; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as listed_customers,
            sum(cost_above_limit_usd) as all_above_limit_usd,
            sum(next_tier_fee_usd - monthly_fee_usd) as next_tier_gain_usd,
            count(next_tier_fee_usd) as customers_with_next_tier
        from :thresholds
        where alert_kind = 'cost_share_of_revenue' and severity = 'over the limit'
        """,
        thresholds=THRESHOLDS,
    )


def near_limit(warehouse: Warehouse) -> Evidence:
    """Every customer whose cost has reached a share of its fees worth watching, of the same 30 days."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name as customer, subscription_tier, severity, revenue_usd, cost_usd,
            cost_share_of_revenue
        from :thresholds
        where alert_kind = 'cost_share_of_revenue'
        order by cost_share_of_revenue desc, customer_id
        """,
        thresholds=THRESHOLDS,
    )


def outgrown(warehouse: Warehouse) -> Evidence:
    """Customers that have grown past their tier, the fastest growth first."""
    return warehouse.evidence(
        """
        select
            customer_name as customer, subscription_tier, revenue_usd,
            coalesce(next_tier, 'none larger') as next_tier, next_tier_fee_usd,
            cost_usd, growth_ratio, recent_cost_share_of_revenue
        from :thresholds
        where alert_kind = 'tier_outgrown'
        order by growth_ratio desc, customer_id
        """,
        thresholds=THRESHOLDS,
    )


def outgrown_in_all(warehouse: Warehouse) -> Evidence:
    """The sums over those customers, and what the next tier would bring; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as listed_customers,
            sum(cost_usd - revenue_usd) as all_loss_usd,
            sum(next_tier_fee_usd - monthly_fee_usd) as next_tier_gain_usd,
            count(next_tier_fee_usd) as customers_with_next_tier
        from :thresholds
        where alert_kind = 'tier_outgrown'
        """,
        thresholds=THRESHOLDS,
    )


def portfolio_risk(warehouse: Warehouse) -> Evidence:
    """How much of the revenue, and of the spend, belongs to customers that cost more than their fees."""
    return warehouse.evidence(
        """
        select
            measure, customers_at_risk, at_risk_usd, total_usd, at_risk_share,
            prior_at_risk_usd, prior_at_risk_share, change_share, trend
        from anomalies.rpt_portfolio_risk
        where total_usd is not null
        order by measure
        """
    )
