"""Analysis: cost to serve, margin and lifetime value of each customer."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.missing import page_without_customers
from reports_builder.model import Column, Page, Section, Table
from reports_builder.subjects import insights
from reports_builder.subjects.margin import queries as ask
from reports_builder.subjects.margin.insights import LIFETIME_COLUMNS, SEGMENT_MARGIN_COLUMNS
from reports_builder.subjects.margin.revenue import queries as ask_revenue
from reports_builder.subjects.margin.revenue.statements import recurring_said, revenue_sections
from reports_builder.subjects.margin.statements import (
    ASSUMPTIONS,
    daily_margin_figure,
    key_figures,
    losses_said,
    margin_said,
    most_valuable_table,
    segments_figure,
    worth,
)
from reports_builder.subjects.pricing import queries as ask_prices
from reports_builder.subjects.pricing.actions import plan_actions
from reports_builder.subjects.rates.decisions import hosting_said
from reports_builder.warehouse import Warehouse

_PATH = "analyses/profitability.md"
_TITLE = "Customer profitability in detail"
_QUESTION = note(
    "A total margin hides who earns it: some customers carry others that cost more than their fees."
)


def build(warehouse: Warehouse) -> Page:
    """Customer profitability in detail: margin over time, by segment, and what customers are worth."""
    totals = ask.totals(warehouse)
    losing = ask.losing_customers(warehouse)
    segments = ask.segments(warehouse)
    tiers = ask.lifetime_by_tier(warehouse)
    lifetime = ask.lifetime_total(warehouse)
    movements = ask_revenue.movements(warehouse)
    plan = ask_prices.recommended(warehouse)
    if not plan.rows and not totals["customers"]:
        return page_without_customers(warehouse, _PATH, _TITLE, _QUESTION)
    return Page(
        path=_PATH,
        title=_TITLE,
        period=warehouse.period,
        question=_QUESTION,
        answer=(
            margin_said(warehouse, totals),
            *hosting_said(warehouse),
            losses_said(totals, losing),
            *recurring_said(movements),
            _groups(segments),
            worth(lifetime),
            *_payback(tiers),
        ),
        key_figures=key_figures(totals, lifetime),
        figures=(segments_figure(segments),),
        insights=insights.profitability(warehouse),
        plan=plan_actions(warehouse, plan),
        confidence=confidence(warehouse, ASSUMPTIONS),
        sections=(
            _months(warehouse, totals),
            *revenue_sections(warehouse, movements),
            _segments(segments),
            _lifetimes(warehouse, tiers, lifetime),
        ),
    )


def _groups(segments: Evidence) -> Prose:
    best = segments.at(len(segments.rows) - 1)
    return segments.say("The worst group is {segment:text} with a margin of **{margin_usd:usd}**") + best.say(
        "; the best is {segment:text} with **{margin_usd:usd}**."
    )


def _payback(tiers: Evidence) -> tuple[Prose, ...]:
    if tiers["payback_months"] is None or tiers["is_example"]:
        return ()
    return (
        tiers.say(
            "Winning a {subscription_tier:text} customer costs {acquisition_usd:usd} and is paid back in "
            "{payback_months:count} months of its margin."
        ),
    )


def _months(warehouse: Warehouse, totals: Evidence) -> Section:
    return Section(
        "Margin by month",
        text=(note("Whole months only; a month that the data covers in part would look small."),),
        figures=(daily_margin_figure(warehouse, totals),),
        tables=(
            Table(
                (
                    Column("month_start_date", "Month", "month"),
                    Column("customers", "Customers", "count"),
                    Column("revenue_usd", "Fees earned", "usd_table"),
                    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
                    Column("gross_margin_usd", "Margin", "usd_table"),
                    Column("gross_margin_share", "Of fees", "percent"),
                    Column("unprofitable_customers", "With a loss", "count"),
                ),
                ask.by_month(warehouse),
            ),
        ),
    )


def _segments(segments: Evidence) -> Section:
    return Section("Margin by tier and use", tables=(Table(SEGMENT_MARGIN_COLUMNS, segments, max_rows=20),))


def _lifetimes(warehouse: Warehouse, tiers: Evidence, lifetime: Evidence) -> Section:
    return Section(
        "Lifetime value",
        text=(
            note(
                "Lifetime value is the margin of a month divided by the share of customers of the tier "
                "that leaves in a month. It is never taken on revenue. A customer without a margin has "
                "none."
            ),
            lifetime.say(
                "No value is given for {customers_without_margin:count} active customers without a "
                "margin and for {customers_too_new:count} that are too new; for "
                "{customers_churn_unknown:count} only a least value, because nobody of their tier has "
                "left yet."
            ),
        ),
        tables=(
            Table(LIFETIME_COLUMNS, tiers, note("By tier, means of all its customers")),
            most_valuable_table(warehouse),
        ),
    )
