"""The insight blocks on abnormal cost and limits."""

from reports_builder.assumptions import assumption
from reports_builder.evidence import Evidence
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.anomalies import queries as ask
from reports_builder.subjects.anomalies.statements import EPISODE_COLUMNS
from reports_builder.warehouse import Warehouse


def abnormal_days(episodes: Evidence) -> tuple[Insight, ...]:
    """The abnormal runs of the period, if there were any."""
    if not episodes.rows:
        return ()
    return (insight("anomalies/abnormal_days", episodes, supporting=Table(EPISODE_COLUMNS, episodes)),)


def over_limit(warehouse: Warehouse, plan: Evidence) -> tuple[Insight, ...]:
    """Customers whose cost is too large a part of their fees; ``plan`` is the price plan proposed."""
    customers, sums = ask.over_limit(warehouse), ask.over_limit_in_all(warehouse)
    if not customers.rows:
        return ()
    return (
        insight(
            "anomalies/over_limit",
            customers,
            sums,
            has_plan=bool(plan.rows),
            supporting=Table(
                (
                    Column("customer", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("revenue_usd", "Fees earned", "usd_table"),
                    Column("cost_usd", "Cost", "usd_table"),
                    Column("cost_share_of_revenue", "Cost of fees", "percent"),
                    Column("cost_above_limit_usd", "Above the limit", "usd_table"),
                ),
                customers,
            ),
        ),
    )


def outgrown(warehouse: Warehouse, plan: Evidence) -> tuple[Insight, ...]:
    """Customers that have grown past their tier; ``plan`` is the price plan proposed."""
    customers, sums = ask.outgrown(warehouse), ask.outgrown_in_all(warehouse)
    if not customers.rows:
        return ()
    return (
        insight(
            "anomalies/outgrown",
            customers,
            sums,
            assumption(warehouse, "tier_outgrown_recent_days"),
            has_plan=bool(plan.rows),
            supporting=Table(
                (
                    Column("customer", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("revenue_usd", "Fees, 30 days", "usd_table"),
                    Column("cost_usd", "Cost, 30 days", "usd_table"),
                    Column("next_tier", "Next tier"),
                    Column("next_tier_fee_usd", "Its list fee a month", "usd_table"),
                    Column("growth_ratio", "Growth, times", "ratio"),
                ),
                customers,
            ),
        ),
    )
