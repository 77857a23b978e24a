"""Analysis: every price plan on every customer's real use."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Page, Section, Table
from reports_builder.pages import _margin_insights as margin_insights
from reports_builder.pages import _margin_queries as ask_margins
from reports_builder.pages import _pricing_insights as insights
from reports_builder.pages import _pricing_queries as ask
from reports_builder.pages.pricing_proposal import ASSUMPTIONS, key_figures, plans_figure
from reports_builder.warehouse import Warehouse


def build(warehouse: Warehouse) -> Page:
    """Flat, tiered, usage and hybrid plans side by side."""
    plan = ask.recommended(warehouse)
    plans = ask.plans(warehouse)
    return Page(
        path="analyses/pricing.md",
        title="Price plans compared",
        period=warehouse.period,
        question=note(
            "Which way of charging earns most on the use that customers really have, and what does it risk?"
        ),
        answer=_answer(plan, plans),
        key_figures=key_figures(plan, ask_margins.totals(warehouse)),
        figures=(plans_figure(plan, plans),),
        insights=(
            margin_insights.pricing(plan, plans),
            *(
                ()
                if plan["is_current_plan"]
                else insights.hardest_hit(ask.largest_rises(warehouse), ask.concentration(warehouse))
            ),
        ),
        plan=margin_insights.plan_actions(warehouse, plan),
        confidence=confidence(warehouse, ASSUMPTIONS),
        sections=(_plans(warehouse, plans), _segments(warehouse), _rules(warehouse)),
    )


def _answer(plan: Evidence, plans: Evidence) -> tuple[Prose, ...]:
    first, last = plans.at(0), plans.at(len(plans.rows) - 1)
    return (
        first.say(
            "After base churn, “{plan_name:text}” would leave most margin, "
            "**{gross_margin_base_churn_usd:usd}** ({low_usd:usd} to {high_usd:usd})"
        )
        + last.say("; “{plan_name:text}” would leave least, **{gross_margin_base_churn_usd:usd}**."),
        plan.say(
            "The rules that you set recommend “{plan_name:text}”: **{margin_gain_usd:usd}** of "
            "margin a month against today ({margin_gain_low_usd:usd} to "
            "{margin_gain_high_usd:usd})."
        ),
        plan.say(
            "Under it {customers_paying_more:count} of {customers:count} customers pay more and "
            "{customers_paying_less:count} less; {unprofitable_customers:count} still cost more "
            "than they pay."
        ),
    )


def _plans(warehouse: Warehouse, plans: Evidence) -> Section:
    return Section(
        "Plans on the same use",
        tables=(
            Table(margin_insights.PLAN_COLUMNS, plans, note("Revenue and margin of the period")),
            Table(
                (
                    Column("plan_name", "Plan"),
                    Column("customers_paying_more", "Pay more", "count"),
                    Column("customers_paying_less", "Pay less", "count"),
                    Column("customers_lost_base_churn", "May leave", "count"),
                    Column("low_usd", "Margin, low", "usd_table"),
                    Column("gross_margin_base_churn_usd", "Margin, base churn", "usd_table"),
                    Column("high_usd", "Margin, high", "usd_table"),
                ),
                plans,
                note("Who wins, who loses, and what departures do to the margin"),
            ),
            Table(
                (
                    Column("plan_name", "Plan"),
                    Column("subscription_tier", "Tier"),
                    Column("base_fee_usd", "Base fee", "usd_table"),
                    Column("included", "Included a month"),
                    Column("usd_per_unit", "Each further one", "usd_unit"),
                    Column("unit", "Unit"),
                ),
                ask.price_lists(warehouse),
                note("Price lists"),
                max_rows=30,
            ),
        ),
    )


def _segments(warehouse: Warehouse) -> Section:
    return Section(
        "The recommended plan by segment",
        tables=(
            Table(
                insights.SEGMENT_COLUMNS,
                ask.segments(warehouse, "tier_and_archetype"),
                note("By tier and use"),
                max_rows=20,
            ),
            Table(insights.HISTORY_COLUMNS, ask.history(warehouse), note("Whole months, nobody leaving")),
        ),
    )


def _rules(warehouse: Warehouse) -> Section:
    rules = ask.rules(warehouse)
    return Section(
        "How the recommendation is made",
        text=(
            rules.say(
                "A plan is eligible when the invoice rises by more than {steep_rise:percent} for at "
                "most {steep_customers:percent} of paying customers, when it keeps today's margin even "
                "under high churn, and when it adds at least {margin_gain_wanted:percent} to the "
                "margin after base churn. Of the eligible plans the one with the highest margin after "
                "base churn is recommended; if there is none, today's."
            ),
        ),
        tables=(
            Table(insights.SCENARIO_COLUMNS, ask.departures(warehouse), note("Churn scenarios, assumed")),
        ),
    )
