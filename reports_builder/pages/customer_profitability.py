"""Report 2: what each customer brings in and costs, who loses money, and what to charge instead."""

from dataclasses import replace

from reports_builder.chart_kinds import ranked_bars
from reports_builder.confidence import confidence
from reports_builder.domains.margins import insights
from reports_builder.domains.margins import queries as ask
from reports_builder.domains.pricing import queries as ask_prices
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.missing import page_without_customers
from reports_builder.model import (
    SUPPORTING_ROWS,
    Column,
    Figure,
    KeyFigure,
    Page,
    Section,
    Table,
    TextHistogram,
)
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

_PATH = "customer_profitability.md"
_TITLE = "Customer profitability"
_QUESTION = note(
    "Customers pay a fixed fee and use as much AI as they like: nobody sees which of them "
    "cost more than they pay."
)


def build(warehouse: Warehouse) -> Page:
    """Customer profitability of the trailing window."""
    totals = ask.totals(warehouse)
    losing = ask.losing_customers(warehouse)
    segments = ask.segments(warehouse)
    tiers = ask.lifetime_by_tier(warehouse)
    lifetime = ask.lifetime_total(warehouse)
    plan = ask_prices.recommended(warehouse)
    if not plan.rows:
        return page_without_customers(warehouse, _PATH, _TITLE, _QUESTION)
    by_margin = ask_prices.segments(warehouse, "margin_today")
    by_segment = ask_prices.segments(warehouse, "tier_and_archetype")
    return Page(
        path=_PATH,
        title=_TITLE,
        period=warehouse.period,
        question=_QUESTION,
        answer=_answer(totals, losing, plan, lifetime),
        key_figures=key_figures(totals, lifetime),
        figures=(_losses_figure(totals, losing) if losing.rows else _costs_figure(warehouse),),
        insights=(
            *insights.losses(totals, losing, by_margin),
            *insights.worst_segment(segments, by_segment),
            *insights.next_to_lose(ask.next_to_lose(warehouse)),
            insights.pricing(plan, ask_prices.plans(warehouse)),
            *insights.lifetime(tiers, lifetime),
        ),
        plan=insights.plan_actions(warehouse, plan),
        confidence=confidence(warehouse, ASSUMPTIONS),
        sections=(_distribution(warehouse, totals), _customers(warehouse, totals), *_unprofitable(losing)),
    )


def _answer(totals: Evidence, losing: Evidence, plan: Evidence, lifetime: Evidence) -> tuple[Prose, ...]:
    margin = totals.say(
        "Customers paid **{revenue_usd:usd}** and cost **{cost_usd:usd}** to serve; "
        "**{margin_usd:usd}** is left, {margin_share:percent} of revenue."
    )
    if totals["prior_margin_usd"] is not None:
        margin = totals.say(
            "Customers paid **{revenue_usd:usd}** and cost **{cost_usd:usd}** to serve; "
            "**{margin_usd:usd}** is left, {margin_share:percent} of revenue "
            "({margin_share_change:delta_points} on the 30 days before)."
        )
    if not losing.rows:
        return (margin, note("No customer cost more than it paid."), _advice(plan), worth(lifetime))
    return (
        margin,
        totals.say(
            "**{losing_customers:count}** of {customers:count} customers cost more than they paid "
            "and lost us **{loss_usd:usd}**; the largest loss is "
        )
        + losing.say(
            "{customer_name:text} on the {subscription_tier:text} tier, which paid "
            "{revenue_usd:usd} and cost {cost_to_serve_usd:usd}."
        ),
        _advice(plan),
        worth(lifetime),
    )


def _advice(plan: Evidence) -> Prose:
    if plan["is_current_plan"] and not plan["comparable_plans"]:
        return note(
            "Other prices cannot be judged yet: no plan on the list names the tiers of your customers (seed "
            "pricing_plans)."
        )
    if plan["is_current_plan"]:
        return note("Keep the prices: no plan on the list beats today's by the rules that you set.")
    return plan.say(
        "Do this first: offer “{plan_name:text}” to new customers as a pilot; then move those that lose "
        "money, then the rest. With all moved it would lift the margin by **{margin_gain_usd:usd}** a "
        "month ({margin_gain_low_usd:usd} to {margin_gain_high_usd:usd}): departures follow "
        "illustrative churn assumptions, and use is assumed to stay the same."
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


def key_figures(totals: Evidence, lifetime: Evidence) -> tuple[KeyFigure, ...]:
    """Revenue, cost, margin and losses beside the window before."""
    return (
        KeyFigure(
            "Revenue",
            totals.cell("revenue_usd", "usd_table"),
            totals.cell("prior_revenue_usd", "usd_table"),
            totals.cell("revenue_change", "delta"),
        ),
        KeyFigure(
            "Cost to serve",
            totals.cell("cost_usd", "usd_table"),
            totals.cell("prior_cost_usd", "usd_table"),
            totals.cell("cost_change", "delta"),
            status=totals.cell("cost_status", "text"),
        ),
        KeyFigure(
            "Gross margin",
            totals.cell("margin_usd", "usd_table"),
            totals.cell("prior_margin_usd", "usd_table"),
            totals.cell("margin_change", "delta"),
        ),
        KeyFigure(
            "Gross margin of revenue",
            totals.cell("margin_share", "percent"),
            totals.cell("prior_margin_share", "percent"),
            totals.cell("margin_share_change", "delta_points"),
            status=totals.cell("margin_status", "text"),
        ),
        KeyFigure(
            "Customers with a loss",
            totals.say("{losing_customers:count} of {customers:count}"),
            totals.cell("prior_losing_customers", "count"),
            target=note("none"),
            status=totals.cell("loss_status", "text"),
        ),
        KeyFigure(
            "Lost on them",
            totals.cell("loss_usd", "usd_table"),
            totals.cell("prior_loss_usd", "usd_table"),
            totals.cell("loss_change_usd", "delta_usd"),
        ),
        KeyFigure(
            "Lifetime value of today's customers, cautious",
            lifetime.cell("lifetime_low_usd", "usd_table"),
            status=lifetime.say(
                "{valued_customers:count} valued, {customers_without_margin:count} without a margin"
            ),
        ),
    )


def _losses_figure(totals: Evidence, losing: Evidence) -> Figure:
    title = totals.say(
        "{losing_customers:count} customers cost more than they pay: their fee does not follow their use"
    )
    return Figure(
        "loss-makers",
        ranked_bars(
            replace(losing, rows=losing.rows[:12]),
            label="customer_name",
            value="cost_to_serve_usd",
            style="usd",
            axis_title="US dollars in the period: bar = cost to serve, upright mark = what the customer paid",
            highlight="is_loss",
            marker="revenue_usd",
            end_label=("cost, paid", "revenue_usd"),
        ),
        title,
        title
        + note(". Bars of cost with a mark where the fee ends, largest loss first: ")
        + losing.say("{customer_name:text} cost {cost_to_serve_usd:usd} and paid {revenue_usd:usd}."),
        losing,
        height=80 + 26 * min(len(losing.rows), 12),
    )


def _costs_figure(warehouse: Warehouse) -> Figure:
    dearest = ask.dearest_customers(warehouse)
    title = note("Every customer pays more than it costs")
    return Figure(
        "dearest-customers",
        ranked_bars(
            replace(dearest, rows=dearest.rows[:12]),
            label="customer_name",
            value="cost_to_serve_usd",
            style="usd",
            axis_title="US dollars in the period: bar = cost to serve, upright mark = what the customer paid",
            marker="revenue_usd",
            end_label=("cost, paid", "revenue_usd"),
        ),
        title,
        title
        + dearest.say(
            ". The dearest, {customer_name:text}, cost {cost_to_serve_usd:usd} and paid {revenue_usd:usd}."
        ),
        dearest,
        height=400,
    )


def _distribution(warehouse: Warehouse, totals: Evidence) -> Section:
    bands = ask.distribution(warehouse)
    title = totals.say(
        "{losing_customers:count} of {customers:count} customers are on the wrong side of zero"
    )
    return Section(
        "Margin distribution",
        text=(
            note(
                "Customers by gross margin as a share of what they pay. Those without revenue, and "
                "those without any activity in the period, stand apart: a share of nothing does not "
                "exist."
            ),
        ),
        histograms=(
            TextHistogram(note("Customers by margin share"), bands, "margin_band", "customers", "customers"),
        ),
        figures=(
            Figure(
                "margin-bands",
                ranked_bars(
                    bands,
                    label="margin_band",
                    value="customers",
                    style="count",
                    axis_title="Customers by gross margin as a share of revenue; dark = a loss",
                    axis_format=",d",
                    highlight="is_loss",
                ),
                title,
                title + note(". A bar per band of margin share, from the worst to the best."),
                bands,
                height=320,
            ),
        ),
        tables=(
            Table(
                (
                    Column("margin_band", "Margin of revenue"),
                    Column("customers", "Customers", "count"),
                    Column("revenue_usd", "Revenue", "usd_table"),
                    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
                    Column("gross_margin_usd", "Margin", "usd_table"),
                ),
                bands,
                note("What the bands bring in and cost"),
            ),
        ),
    )


def _customers(warehouse: Warehouse, totals: Evidence) -> Section:
    return Section(
        "Revenue and cost per customer",
        text=(note("The customers that cost most to serve. The query returns all of them."),),
        tables=(
            Table(
                (
                    Column("customer_name", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("calls", "Calls", "count"),
                    Column("revenue_usd", "Revenue", "usd_table"),
                    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
                    Column("gross_margin_usd", "Margin", "usd_table"),
                    Column("gross_margin_share", "Of revenue", "percent"),
                    Column(
                        "cost_change_share",
                        "Cost against before",
                        "delta" if totals["prior_cost_usd"] is None else "delta_or_new",
                    ),
                ),
                ask.dearest_customers(warehouse),
                max_rows=20,
            ),
        ),
    )


def _unprofitable(losing: Evidence) -> tuple[Section, ...]:
    """The whole list, where the insight's table shows only its beginning."""
    if len(losing.rows) <= SUPPORTING_ROWS:
        return ()
    return (
        Section(
            "Unprofitable customers",
            text=(
                note(
                    "Customers whose cost exceeded their fee. A recurring loss is one in both periods; a "
                    "new one is a loss now and none before."
                ),
            ),
            tables=(Table(insights.LOSS_COLUMNS, losing, max_rows=50),),
        ),
    )
