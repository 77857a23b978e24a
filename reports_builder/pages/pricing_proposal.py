"""Report 4: what to charge, what it brings, and whom it hits."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.missing import page_without_plans
from reports_builder.model import Column, Figure, Page, Section, Table
from reports_builder.subjects import insights
from reports_builder.subjects.margin import queries as ask_margins
from reports_builder.subjects.pricing import customers as ask_customers
from reports_builder.subjects.pricing import queries as ask
from reports_builder.subjects.pricing.actions import plan_actions
from reports_builder.subjects.pricing.answers import answer, behind_section
from reports_builder.subjects.pricing.charts import before_and_after
from reports_builder.subjects.pricing.frontier import chosen, front_section
from reports_builder.subjects.pricing.insights import HISTORY_COLUMNS, PRICE_COLUMNS, SEGMENT_COLUMNS
from reports_builder.subjects.pricing.introducing import (
    credits_section,
    moves_section,
    new_customers_section,
)
from reports_builder.subjects.pricing.pilot import pilot_section, sequence_said, units_section
from reports_builder.subjects.pricing.statements import (
    KEY_FIGURE_HEADINGS,
    PLAN_COLUMNS,
    key_figures,
    margins_figure,
    scenarios_table,
)
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note("Assumed: customers use as much under a new price as they did. In truth some will use less."),
    note(
        "Assumed: how many leave at which rise. The probabilities are illustrative until your "
        "own price changes have been measured; the churn scenarios below list them."
    ),
    note(
        "Assumed: today's cost of a call. The gain is more revenue, and the cost that goes with those who "
        "leave. Savings on models are counted apart, on all calls, so a part of them would go as well."
    ),
    note(
        "Assumed: a customer takes a dearer tier where that is cheaper; the tables of the list leave each in "
        "its tier. Cheaper tiers are open to it today as well, and it "
        "does not take them. Not modelled: discounts, and the cost of changing the invoice."
    ),
    note(
        "Measured: each customer's use and cost; successful calls only are invoiced, on subscribed days only."
    ),
)

_PATH = "pricing_proposal.md"
_TITLE = "Usage-based pricing proposal"
_QUESTION = note(
    "The fee is flat and the cost is not: growth in use lowers the margin, and some "
    "customers cost more than their fees."
)


def build(warehouse: Warehouse) -> Page:
    """The pricing proposal on the use of the trailing window."""
    plan = ask.recommended(warehouse)
    if not plan.rows:
        return page_without_plans(warehouse, _PATH, _TITLE, _QUESTION)
    today = ask.today(warehouse)
    plans = ask.plans(warehouse)
    history = ask.whole_months(warehouse)
    tiers = ask_customers.segments(warehouse, "subscription_tier")
    archetypes = ask_customers.segments(warehouse, "usage_archetype")
    losses = ask_margins.totals(warehouse)
    rules = ask.rules(warehouse)
    return Page(
        path=_PATH,
        title=_TITLE,
        period=warehouse.period,
        question=_QUESTION,
        answer=(*answer(warehouse, plan, rules), *_sequence(warehouse, plan)),
        key_figures=key_figures(warehouse, plan, rules),
        key_figure_headings=KEY_FIGURE_HEADINGS,
        figures=(margins_figure(warehouse, plan),),
        insights=insights.proposal(warehouse),
        plan=plan_actions(warehouse, plan),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            *behind_section(warehouse, plan),
            *front_section(warehouse),
            *credits_section(warehouse),
            *units_section(warehouse),
            *pilot_section(warehouse),
            _current(today, losses),
            _structure(warehouse, chosen(warehouse)),
            *new_customers_section(warehouse),
            *moves_section(warehouse),
            _projection(warehouse, plans, history),
            _segments(tiers, archetypes),
        ),
    )


def _sequence(warehouse: Warehouse, plan: Evidence) -> tuple[Prose, ...]:
    if plan["is_current_plan"]:
        return ()
    return (sequence_said(warehouse),)


def _current(today: Evidence, losses: Evidence) -> Section:
    return Section(
        "Today: flat fees",
        text=(
            say(
                "“{today_name:text}”: {today_customers:count} customers brought fees of "
                "{today_revenue_usd:usd_table} and cost {today_cost_usd:usd_table} in the period. The "
                "loss on {today_unprofitable:count} of them is {loss_usd:usd_table}; "
                "{recurring_customers:count} were at a loss in the period before as well.",
                today,
                losses,
            ),
        ),
    )


def _structure(warehouse: Warehouse, choice: Evidence) -> Section:
    return Section(
        "The price list of the recommended plan",
        text=(
            note(
                "An invoice is the base fee and the price of each unit beyond the included ones. For "
                "part of a month both accrue by day. Prices are the cost of a unit divided by one less "
                "the target margin. "
            )
            + _origin(choice),
        ),
        tables=(
            Table(PRICE_COLUMNS, ask.prices(warehouse), note("Price list")),
            Table((Column("subscription_tier", "Tier"), Column("rationale", "Why")), ask.prices(warehouse)),
        ),
    )


def _origin(choice: Evidence) -> Prose:
    if choice["is_current_plan"]:
        return note("The plan is today's.")
    cost = (
        "The prices are those of your list, at planned cost. "
        if choice["is_listed"]
        else "The search took them from the cost that was measured in the period. "
    )
    return choice.say(cost + "How it comes: {chosen_transition:text}.")


def _projection(warehouse: Warehouse, plans: Evidence, history: Evidence) -> Section:
    return Section(
        "Revenue impact",
        tables=(
            Table(
                PLAN_COLUMNS,
                plans,
                note("The recommended plan and those of your list"),
            ),
            Table(HISTORY_COLUMNS, history, note("Whole months under the plan, nobody leaving")),
            scenarios_table(warehouse),
        ),
    )


def _segments(tiers: Evidence, archetypes: Evidence) -> Section:
    title = (
        note("No kind of customer would pay more or less")
        if not any(row["revenue_change_usd"] for row in archetypes.each())
        else archetypes.say(
            (
                "Customers without a declared use carry the largest part of the change: "
                if archetypes["segment"] == "unknown"
                else "Customers declared as {segment:words} users carry the largest part of the change: "
            )
            + "{revenue_change_usd:delta_usd}"
        )
    )
    return Section(
        "Segment impact",
        text=(title + note("."),),
        figures=(
            Figure(
                "segments",
                before_and_after(
                    archetypes,
                    label="segment",
                    before="current_revenue_usd",
                    after="revenue_usd",
                    axis_title="Revenue by declared use, US dollars: open = today, full = under the plan",
                ),
                title,
                title + note(". A line per declared use from today's revenue to that under the plan."),
                archetypes,
                height=80 + 40 * len(archetypes.rows),
            ),
        ),
        tables=(
            Table(SEGMENT_COLUMNS, tiers, note("By tier")),
            Table(SEGMENT_COLUMNS, archetypes, note("By declared use")),
        ),
    )
