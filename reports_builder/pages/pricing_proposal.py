"""Report 4: what to charge, what it brings, and whom it hits."""

from reports_builder.confidence import confidence
from reports_builder.domains.margins import insights as margin_insights
from reports_builder.domains.margins import queries as ask_margins
from reports_builder.domains.margins.charts import before_and_after, plan_margins
from reports_builder.domains.pricing import insights
from reports_builder.domains.pricing import queries as ask
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.missing import page_without_customers
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.warehouse import Warehouse

ASSUMPTIONS = (
    note("Assumed: customers use as much under a new price as they did. In truth some will use less."),
    note(
        "Assumed: how many leave at which rise. The probabilities are illustrative until your "
        "own price changes have been measured; the churn scenarios below list them."
    ),
    note(
        "Assumed: today's cost. The gain is one of revenue; savings on models lower cost and are counted "
        "apart, on the calls of the customers that stay."
    ),
    note("Not modelled: moves to another tier, discounts, and the cost of changing the invoice."),
    note(
        "Measured: each customer's use and cost; successful calls only are invoiced, on subscribed days only."
    ),
)

_PATH = "pricing_proposal.md"
_TITLE = "Usage-based pricing proposal"
_QUESTION = note(
    "The fee is flat and the cost is not: growth in use lowers the margin, and some "
    "customers cost more than they pay."
)


def build(warehouse: Warehouse) -> Page:
    """The pricing proposal on the use of the trailing window."""
    plan = ask.recommended(warehouse)
    if not plan.rows:
        return page_without_customers(warehouse, _PATH, _TITLE, _QUESTION)
    today = ask.today(warehouse)
    plans = ask.plans(warehouse)
    history = ask.history(warehouse)
    tiers = ask.segments(warehouse, "subscription_tier")
    archetypes = ask.segments(warehouse, "usage_archetype")
    losses = ask_margins.totals(warehouse)
    rules = ask.rules(warehouse)
    changes = not plan["is_current_plan"]
    return Page(
        path=_PATH,
        title=_TITLE,
        period=warehouse.period,
        question=_QUESTION,
        answer=_answer(plan, today, history, rules, ask.room(warehouse)) if changes else _keep(plan, today),
        key_figures=key_figures(plan, today, rules),
        key_figure_headings=("Figure", "Proposed", "Today", "Change", "Target or limit", "Status"),
        figures=(plans_figure(plan, plans),),
        insights=(
            insights.flat_fee(today, losses, archetypes),
            *(
                (
                    insights.structure(plan, ask.prices(warehouse), rules, ask.room(warehouse)),
                    insights.projection(plan, plans),
                    insights.spared(tiers),
                    *insights.hardest_hit(ask.largest_rises(warehouse), ask.concentration(warehouse)),
                )
                if changes
                else (margin_insights.pricing(plan, plans),)
            ),
        ),
        plan=margin_insights.plan_actions(warehouse, plan),
        confidence=confidence(warehouse, ASSUMPTIONS),
        sections=(
            _current(today, losses),
            _structure(warehouse),
            _projection(warehouse, plans, history),
            _segments(tiers, archetypes),
        ),
    )


def _answer(
    plan: Evidence, today: Evidence, history: Evidence, rules: Evidence, limits: Evidence
) -> tuple[Prose, ...]:
    sentences = [
        today.say(
            "Flat fees brought **{today_revenue_usd:usd}** and left **{today_margin_usd:usd}** of "
            "margin ({today_margin_share:percent}); {today_unprofitable:count} of "
            "{today_customers:count} customers paid less than they cost."
        ),
        plan.say(
            "We propose “{plan_name:text}”. On the same use it lifts revenue by "
            "**{revenue_gain_usd:usd}** and margin by **{margin_gain_usd:usd}** a month after "
            "expected departures, {margin_gain_low_usd:usd} to {margin_gain_high_usd:usd} if many "
            "or few leave: departures follow illustrative churn assumptions, and use is assumed to "
            "stay the same."
        ),
        say(
            "{customers_unchanged:count} customers see no change, {customers_paying_less:count} "
            "pay less, **{customers_paying_more:count}** pay more; for "
            "{customers_with_steep_rise:count}, {steep_rise_customer_share:percent} of all "
            "{paying_customers:count} paying customers, the rise is steep, which is more than "
            "{steep_rise:percent} on the invoice (your limit: {steep_customers:percent} of paying "
            "customers); about {customers_lost_base_churn:count} are expected to leave.",
            plan,
            rules,
        )
        + note(" ")
        + insights.closeness(limits),
    ]
    if history.rows:
        sentences.append(
            history.say(
                "In each of the last {months:count} whole months it would have invoiced "
                "{smallest_change_usd:usd} to {largest_change_usd:usd} more, nobody leaving."
            )
        )
    sentences.append(
        note(
            "The sequence: a pilot with new customers, measuring who signs; then the customers that "
            "lose money; then the rest."
        )
    )
    return tuple(sentences)


def _keep(plan: Evidence, today: Evidence) -> tuple[Prose, ...]:
    return (
        today.say(
            "Flat fees brought **{today_revenue_usd:usd}** and left **{today_margin_usd:usd}** of "
            "margin ({today_margin_share:percent}); {today_unprofitable:count} of "
            "{today_customers:count} customers paid less than they cost."
        ),
        plan.say("No plan on the list is better by the rules that you set: keep “{plan_name:text}”.")
        if plan["comparable_plans"]
        else note(
            "No plan on the list names the tiers of your customers, so there is nothing to compare with: "
            "add rows "
            "for them to the seed pricing_plans."
        ),
    )


def key_figures(plan: Evidence, today: Evidence, rules: Evidence) -> tuple[KeyFigure, ...]:
    """What the proposal would make of the period, beside the period as it was."""
    departures = note("after expected departures")
    return (
        KeyFigure(
            "Revenue",
            plan.cell("revenue_base_churn_usd", "usd_table"),
            plan.cell("current_revenue_usd", "usd_table"),
            plan.cell("revenue_gain_share", "delta"),
            status=departures,
        ),
        KeyFigure(
            "Gross margin",
            plan.cell("gross_margin_base_churn_usd", "usd_table"),
            plan.cell("current_gross_margin_usd", "usd_table"),
            plan.cell("margin_gain_share", "delta"),
            status=plan.say("gain of {margin_gain_low_usd:usd} to {margin_gain_high_usd:usd}"),
        ),
        KeyFigure(
            "Gross margin of revenue",
            plan.cell("new_margin_share", "percent"),
            plan.cell("current_margin_share", "percent"),
            plan.cell("margin_share_change", "delta_points"),
            status=departures,
        ),
        KeyFigure(
            "Customers with a loss",
            plan.cell("unprofitable_customers", "count"),
            today.cell("today_unprofitable", "count"),
            target=note("none"),
            status=note("nobody leaving"),
        ),
        KeyFigure(
            "Invoices that would rise",
            plan.say("{customers_paying_more:count} of {customers:count}"),
            status=plan.say("{customers_paying_less:count} would fall"),
        ),
        KeyFigure(
            "Steep rises",
            plan.cell("customers_with_steep_rise", "count"),
            target=rules.say("at most {steep_customers:percent} of paying customers"),
            status=plan.say(
                "{steep_rise_customer_share:percent} of {paying_customers:count} paying customers"
            ),
        ),
        KeyFigure(
            "Expected departures",
            plan.say("about {customers_lost_base_churn:count}"),
            status=plan.say("{customers_lost_low_churn:count} to {customers_lost_high_churn:count}, assumed"),
        ),
    )


def plans_figure(plan: Evidence, plans: Evidence) -> Figure:
    """The margin of each plan with its range of departures."""
    title = plan.say("“{plan_name:text}” is the best of the plans that your rules allow")
    return Figure(
        "plans",
        plan_margins(plans),
        title,
        title
        + note(". A bar of margin per plan, with its range when few or many customers leave: ")
        + plan.say("{gross_margin_base_churn_usd:usd} against {current_gross_margin_usd:usd} today."),
        plans,
        height=80 + 44 * len(plans.rows),
        key="Bar and figure: after expected departures. Line: from many to few departures. Dashed: today.",
    )


def _current(today: Evidence, losses: Evidence) -> Section:
    return Section(
        "Today: flat fees",
        text=(
            say(
                "“{today_name:text}”: {today_customers:count} customers pay "
                "{today_revenue_usd:usd_table} and cost {today_cost_usd:usd_table} in the period. The "
                "loss on {today_unprofitable:count} of them is {loss_usd:usd_table}; "
                "{recurring_customers:count} were at a loss in the period before as well.",
                today,
                losses,
            ),
        ),
    )


def _structure(warehouse: Warehouse) -> Section:
    return Section(
        "The proposed structure",
        text=(
            note(
                "An invoice is the base fee and the price of each unit beyond the included ones. For "
                "part of a month both accrue by day. Prices are planned cost divided by one less the "
                "target margin."
            ),
        ),
        tables=(
            Table(insights.PRICE_COLUMNS, ask.prices(warehouse), note("Price list")),
            Table((Column("subscription_tier", "Tier"), Column("rationale", "Why")), ask.prices(warehouse)),
        ),
    )


def _projection(warehouse: Warehouse, plans: Evidence, history: Evidence) -> Section:
    return Section(
        "Revenue impact",
        tables=(
            Table(margin_insights.PLAN_COLUMNS, plans, note("All plans on the use of the period")),
            Table(insights.HISTORY_COLUMNS, history, note("Whole months under the plan, nobody leaving")),
            Table(
                insights.SCENARIO_COLUMNS,
                ask.departures(warehouse),
                note("Churn scenarios, assumed"),
            ),
        ),
    )


def _segments(tiers: Evidence, archetypes: Evidence) -> Section:
    title = (
        note("No kind of customer would pay more or less")
        if not any(row["revenue_change_usd"] for row in archetypes.each())
        else archetypes.say(
            "Customers with {segment:words} use carry the largest part of the change: "
            "{revenue_change_usd:delta_usd}"
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
                    axis_title="Revenue by use, US dollars: open = today, full = under the plan",
                ),
                title,
                title + note(". A line per kind of use from today's revenue to that under the plan."),
                archetypes,
                height=80 + 40 * len(archetypes.rows),
            ),
        ),
        tables=(
            Table(insights.SEGMENT_COLUMNS, tiers, note("By tier")),
            Table(insights.SEGMENT_COLUMNS, archetypes, note("By use")),
        ),
    )
