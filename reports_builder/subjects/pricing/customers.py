"""What is asked of the marts about those whom a price plan hits: customers and segments."""

from reports_builder.evidence import Evidence
from reports_builder.marts import BACKTESTS
from reports_builder.warehouse import Warehouse


def segments(warehouse: Warehouse, kind: str) -> Evidence:
    """The recommended plan by segment of one kind, the largest change of revenue first."""
    return warehouse.evidence(
        """
        select
            plan_label as plan_name, segment, customers, current_revenue_usd, revenue_usd, revenue_change_usd,
            revenue_change_share, revenue_change_share_p50, current_gross_margin_usd, gross_margin_usd,
            gross_margin_base_churn_usd, gain_usd, gain_low_usd, gain_high_usd, active_customers,
            customers_paying_more,
            customers_paying_less, customers_unchanged, current_unprofitable_customers,
            unprofitable_customers, rise_share
        from pricing.rpt_segment_impacts
        where is_recommended and segment_kind = :kind
        order by revenue_change_usd desc, segment
        """,
        kind=kind,
    )


def gains(warehouse: Warehouse, kind: str) -> Evidence:
    """What the recommended plan adds to the margin, all segments of one kind together."""
    return warehouse.evidence(
        """
        select
            sum(gain_usd) as gain_total_usd,
            sum(gain_low_usd) as gain_total_low_usd,
            sum(gain_high_usd) as gain_total_high_usd
        from pricing.rpt_segment_impacts
        where is_recommended and segment_kind = :kind
        """,
        kind=kind,
    )


def segments_of_plans(warehouse: Warehouse, kind: str) -> Evidence:
    """Every plan over the segments of one kind, the recommended plan first."""
    return warehouse.evidence(
        """
        select * replace (plan_label as plan_name)
        from pricing.rpt_segment_impacts
        where segment_kind = :kind
        order by is_recommended desc, plan_gross_margin_base_churn_usd desc, plan_id,
            current_revenue_usd desc, segment
        """,
        kind=kind,
    )


def largest_rises(warehouse: Warehouse) -> Evidence:
    """The invoice before and after of each customer that would pay more, the largest rise first."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, subscription_tier, subscribed_days, billable_calls, included_units,
            current_revenue_usd, revenue_usd, revenue_change_usd, revenue_change_share, cost_to_serve_usd,
            current_gross_margin_usd, gross_margin_usd, leave_probability_base
        from pricing.rpt_plan_backtests
        where is_recommended and is_active and revenue_change_usd > 0
        order by revenue_change_usd desc, customer_id
        """
    )


def impacts(warehouse: Warehouse) -> Evidence:
    """Whom the recommended plan hits: who pays more, who less, who would move; one row."""
    return warehouse.evidence("select * from pricing.rpt_plan_impacts where is_recommended")


def invoices(warehouse: Warehouse, *, rising: bool) -> Evidence:
    """Customers with the largest rises, or falls, of the invoice under the recommended plan."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, subscription_tier, usage_archetype, subscribed_days,
            current_revenue_usd, revenue_usd, revenue_change_usd, revenue_change_share, cost_to_serve_usd,
            current_gross_margin_usd, gross_margin_usd
        from :backtests
        where is_recommended and is_active and sign(revenue_change_usd) = :direction
        order by abs(revenue_change_usd) desc, customer_id
        """,
        backtests=BACKTESTS,
        direction=1 if rising else -1,
    )


def changes(warehouse: Warehouse) -> Evidence:
    """Subscribed customers by how their invoice changes under that plan, the largest fall first."""
    return warehouse.evidence(
        """
        select revenue_change_band as band, count(*) as customers
        from :backtests
        where is_recommended and is_active
        group by revenue_change_band
        order by min(revenue_change_share) nulls last, band
        """,
        backtests=BACKTESTS,
    )


def recommended_segments(warehouse: Warehouse) -> Evidence:
    """Tier and archetype together under the recommended plan, the largest change first."""
    return warehouse.evidence(
        """
        select *
        from pricing.rpt_segment_impacts
        where is_recommended and segment_kind = 'tier_and_archetype'
        order by abs(revenue_change_usd) desc, segment
        """
    )
