"""The insight blocks of the pricing proposal."""

from reports_builder.evidence import Evidence, Prose
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.pricing.frontier import why_said
from reports_builder.subjects.pricing.statements import (
    PLAN_COLUMNS,
    included_units,
    served_up_to,
    unit_of_price,
)
from reports_builder.subjects.rates.decisions import COMPANY_COLUMNS, company_result, hosting_said
from reports_builder.warehouse import Warehouse

# Of what is asked more, so much makes a part the largest by itself.
_MOST_OF_IT = 0.5

PRICE_COLUMNS = (
    Column("subscription_tier", "Tier"),
    Column("today_fee_usd", "Fee today", "usd_table"),
    Column("base_fee_usd", "New base fee", "usd_table"),
    Column("included_units", "Included a month", words=included_units),
    Column("usage_cap_units", "Served up to a month", words=served_up_to),
    Column("usd_per_unit", "Each further one", "usd_price"),
    Column("usage_unit", "Unit", words=unit_of_price),
    Column("unit_cost_basis_usd", "Cost of it", "usd_unit"),
    Column("target_margin_share", "Target margin", "percent"),
)

SEGMENT_COLUMNS = (
    Column("segment", "Segment", "words"),
    Column("customers", "Customers", "count"),
    Column("current_revenue_usd", "Revenue today", "usd_table"),
    Column("revenue_usd", "Under the plan", "usd_table"),
    Column("revenue_change_share", "Change", "delta"),
    Column("current_gross_margin_usd", "Margin today", "usd_table"),
    Column("gross_margin_base_churn_usd", "Margin, base churn", "usd_table"),
    Column("customers_paying_more", "Pay more", "count"),
    Column("customers_paying_less", "Pay less", "count"),
)

RISE_COLUMNS = (
    Column("customer_name", "Customer"),
    Column("subscription_tier", "Tier"),
    Column("subscribed_days", "Days subscribed", "count"),
    Column("billable_calls", "Calls", "count"),
    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
    Column("current_revenue_usd", "Fees today", "usd_table"),
    Column("revenue_usd", "Invoice then", "usd_table"),
    Column("revenue_change_share", "Change", "delta"),
    Column("leave_probability_base", "May leave", "percent"),
)

HISTORY_COLUMNS = (
    Column("month_start_date", "Month", "month"),
    Column("current_revenue_usd", "Revenue as it was", "usd_table"),
    Column("revenue_usd", "Under the plan", "usd_table"),
    Column("revenue_change_usd", "Difference", "delta_usd_table"),
    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
    Column("current_gross_margin_usd", "Margin as it was", "usd_table"),
    Column("gross_margin_usd", "Under the plan", "usd_table"),
)


def flat_fee(
    today: Evidence, losses: Evidence, archetypes: Evidence, gains: Evidence, *, is_proposed: bool
) -> Insight:
    """Why today's prices do not work: the fee is the same whatever is used.

    ``is_proposed`` says that the actions hold the plan that follows use.
    """
    return insight(
        "pricing/flat_fee",
        today,
        losses=losses,
        gains=gains,
        is_proposed=is_proposed,
        is_in_plan=is_proposed,
        supporting=Table(
            (
                Column("segment", "Declared use"),
                Column("customers", "Customers", "count"),
                Column("current_revenue_usd", "Revenue today", "usd_table"),
                Column("current_gross_margin_usd", "Margin today", "usd_table"),
                Column("current_unprofitable_customers", "With a loss", "count"),
            ),
            archetypes,
        ),
    )


def hosting_to_assign(warehouse: Warehouse) -> tuple[Insight, ...]:
    """That no hosting is in the cost that prices are set on; nothing where it is, or AI is all spend."""
    if not hosting_said(warehouse):
        return ()
    result = company_result(warehouse)
    then = result.at(1)
    return (
        insight(
            "pricing/hosting_to_assign",
            result,
            then=then,
            supporting=Table(COMPANY_COLUMNS, result),
        ),
    )


def _principle(prices: Evidence) -> Prose:
    tiers = prices.records()
    if all(tier["usage_unit"] == "none" for tier in tiers):
        return phrase("pricing/_fees_cover_use")
    if any(tier["included_units"] for tier in tiers):
        return phrase("pricing/_use_beyond_has_a_price")
    if any(tier["base_fee_usd"] for tier in tiers):
        return phrase("pricing/_base_fee_without_use")
    return phrase("pricing/_no_base_fee")


def structure(plan: Evidence, prices: Evidence, limits: Evidence, choice: Evidence) -> Insight:
    """The proposed price list and where its prices come from."""
    return insight(
        "pricing/structure",
        plan,
        limits,
        choice=choice,
        principle=_principle(prices),
        why=why_said(choice),
        supporting=Table(PRICE_COLUMNS, prices),
    )


def projection(plan: Evidence, plans: Evidence, impacts: Evidence, sequence: Prose) -> Insight:
    """Revenue and margin if few, some or many customers leave."""
    return insight(
        "pricing/projection",
        plan,
        impacts,
        sequence=sequence,
        is_in_plan=True,
        supporting=Table(PLAN_COLUMNS, plans),
    )


def hardest_hit(rises: Evidence, impacts: Evidence) -> tuple[Insight, ...]:
    """Who pays much more, and that they are the ones who cost most."""
    if not rises.rows:
        return ()
    return (insight("pricing/hardest_hit", impacts, rises, supporting=Table(RISE_COLUMNS, rises)),)


def spared(tiers: Evidence) -> Insight:
    """How the change falls on each tier."""
    return insight(
        "pricing/spared",
        tiers,
        carries_most=float(str(tiers["rise_share"] or 0)) > _MOST_OF_IT,
        supporting=Table(SEGMENT_COLUMNS, tiers),
    )


def pricing(plan: Evidence, plans: Evidence, sequence: Prose) -> Insight:
    """What to charge instead, in one block; the pricing proposal has the rest."""
    supporting = Table(PLAN_COLUMNS, plans)
    if plan["is_current_plan"] and not plan["comparable_plans"]:
        return insight("pricing/no_plan_for_tiers", plan, supporting=supporting)
    if plan["is_current_plan"]:
        return insight("pricing/no_better_plan", plan, supporting=supporting)
    return insight(
        "pricing/charging_for_use", plan, sequence=sequence, is_in_plan=True, supporting=supporting
    )
