"""What the reports and the dashboard say of what customers pay, cost and are worth."""

from dataclasses import replace

from reports_builder.chart_kinds import daily_trend, ranked_bars
from reports_builder.domains.margins import queries as ask
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Table
from reports_builder.warehouse import Warehouse

ASSUMPTIONS = (
    note(
        "Definition: revenue is the fee, spread evenly over the days of its month; cost to "
        "serve is the cost of the customer's calls and its share of shared costs. Support, "
        "staff and hosting are not in it."
    ),
    note(
        "Assumed, not measured: that customers use as much after a change of price as before, "
        "and how many leave."
    ),
    note("Assumed, not measured: what winning a customer costs. The values shipped are illustrative."),
)
_MOST_BARS = 12


def margin_said(warehouse: Warehouse, totals: Evidence) -> Prose:
    """What customers paid, what they cost, and what that leaves."""
    if totals["revenue_usd"] is None:
        return note("No customer on record passes the filters, so revenue and margin are unknown.")
    said = totals.say(
        "Customers paid **{revenue_usd:usd}** and cost **{cost_usd:usd}** to serve; "
        "**{margin_usd:usd}** is left, {margin_share:percent} of revenue"
    )
    if totals["prior_margin_usd"] is None:
        return said + note(".")
    before = warehouse.period_of(totals).before
    return said + totals.say(f" ({{margin_share_change:delta_points}} on {before}).")


def losses_said(totals: Evidence, losing: Evidence) -> Prose:
    """How many customers cost more than they paid, and the largest loss."""
    if not losing.rows:
        return note("No customer cost more than it paid.")
    return totals.say(
        "**{losing_customers:count}** of {customers:count} customers cost more than they paid "
        "and lost us **{loss_usd:usd}**; the largest loss is "
    ) + losing.say(
        "{customer_name:text} on the {subscription_tier:text} tier, which paid "
        "{revenue_usd:usd} and cost {cost_to_serve_usd:usd}."
    )


def worth(lifetime: Evidence) -> Prose:
    """What today's customers are worth, and for how many no value is known."""
    if not lifetime["valued_customers"]:
        return note("What customers are worth until they leave is not known: none of any tier has left yet.")
    value = lifetime.say(
        "Until they leave, {valued_customers:count} of today's customers are worth "
        "**{lifetime_low_usd:usd}** of margin at the cautious end of the churn rates, "
        "{lifetime_usd:usd} at the rates observed."
    )
    if not lifetime["customers_churn_unknown"]:
        return value
    return value + lifetime.say(
        " For {customers_churn_unknown:count} more no value is known, because none of their "
        "tier has left yet."
    )


@@KEY@@

def _bars(evidence: Evidence, *, value: str, narrow: bool, label: str = "customer_name") -> Chart:
    return ranked_bars(
        evidence,
        label=label,
        value=value,
        style="usd",
        axis_title="US dollars in the period",
        highlight="is_loss",
        marker="revenue_usd",
        end_label=None if narrow else ("cost, paid", "revenue_usd"),
    )


@@REST@@
