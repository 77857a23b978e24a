"""The insight blocks on what the recommended plan does: to the margin, to customers, to segments."""

from reports_builder.evidence import Evidence, Prose
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.pricing import customers as ask
from reports_builder.subjects.pricing.statements import PLAN_COLUMNS
from reports_builder.warehouse import Warehouse


def structure(plan: Evidence, plans: Evidence, sequence: Prose) -> Insight:
    """What today's prices earn and lose, and the plan that the rules choose."""
    is_kept = bool(plan["is_current_plan"])
    return insight(
        "pricing/plan_on_use",
        plan,
        sequence=sequence,
        is_in_plan=not is_kept,
        supporting=Table(PLAN_COLUMNS, plans),
    )


def who_pays(warehouse: Warehouse, plan: Evidence, rules: Evidence) -> tuple[Insight, ...]:
    """Winners and losers of the recommended plan; nothing when no invoice rises."""
    if not plan["customers_paying_more"]:
        return ()
    impacts = ask.impacts(warehouse)
    return (
        insight(
            "pricing/who_pays",
            plan,
            impacts,
            rules,
            supporting=Table(
                (
                    Column("customer_name", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("usage_archetype", "Declared use"),
                    Column("subscribed_days", "Days subscribed", "count"),
                    Column("current_revenue_usd", "Fees today", "usd_table"),
                    Column("revenue_usd", "Under the plan", "usd_table"),
                    Column("revenue_change_share", "Change", "delta"),
                    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
                    Column("gross_margin_usd", "Margin then", "usd_table"),
                ),
                ask.invoices(warehouse, rising=True),
            ),
        ),
    )


def departures(warehouse: Warehouse, plan: Evidence, plans: Evidence) -> tuple[Insight, ...]:
    """How much churn the recommended plan bears; nothing when no invoice rises."""
    stress = ask.impacts(warehouse)
    if not stress["rising_customers"]:
        return ()
    return (
        insight(
            "pricing/departures",
            stress,
            plan,
            supporting=Table(
                (
                    Column("plan_name", "Plan"),
                    Column("customers_lost_base_churn", "Departures over the price, base", "count"),
                    Column("customers_lost_high_churn", "Departures over the price, high", "count"),
                    Column("gross_margin_low_churn_usd", "Margin, low churn", "usd_table"),
                    Column("gross_margin_base_churn_usd", "Base", "usd_table"),
                    Column("gross_margin_high_churn_usd", "High", "usd_table"),
                    Column("gross_margin_change_high_churn_usd", "High against today", "delta_usd_table"),
                ),
                plans,
            ),
        ),
    )


def segments(warehouse: Warehouse, plan: Evidence) -> tuple[Insight, ...]:
    """Where the change falls by tier and archetype; nothing when no invoice changes."""
    impacts = ask.recommended_segments(warehouse)
    if not impacts.rows or plan["customers_unchanged"] == plan["active_customers"]:
        return ()
    return (
        insight(
            "pricing/segments",
            impacts,
            supporting=Table(
                (
                    Column("segment", "Tier / declared use"),
                    Column("customers", "Customers", "count"),
                    Column("current_revenue_usd", "Revenue today", "usd_table"),
                    Column("revenue_usd", "Under the plan", "usd_table"),
                    Column("revenue_change_share_p50", "Middle invoice", "delta"),
                    Column("gross_margin_usd", "Margin then", "usd_table"),
                    Column("customers_paying_more", "Pay more", "count"),
                    Column("customers_paying_less", "Pay less", "count"),
                ),
                impacts,
            ),
        ),
    )
