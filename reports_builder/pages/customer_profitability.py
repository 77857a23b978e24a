"""Report 2: what each customer brings in and costs, who loses money, and what to charge instead."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.missing import NO_PLAN, page_without_customers
from reports_builder.model import (
    SUPPORTING_ROWS,
    Column,
    Page,
    Section,
    Table,
    TextHistogram,
)
from reports_builder.subjects import insights
from reports_builder.subjects.margin import queries as ask
from reports_builder.subjects.margin.insights import LOSS_COLUMNS
from reports_builder.subjects.margin.statements import (
    ASSUMPTIONS,
    bands_figure,
    costs_figure,
    customers_table,
    key_figures,
    losses_figure,
    losses_said,
    margin_said,
    worth,
)
from reports_builder.subjects.pricing import queries as ask_prices
from reports_builder.subjects.pricing.actions import plan_actions
from reports_builder.subjects.pricing.frontier import chosen
from reports_builder.subjects.pricing.statements import kept_said
from reports_builder.subjects.rates.decisions import hosting_said, losses_without_new_prices
from reports_builder.warehouse import Warehouse

_PATH = "customer_profitability.md"
_TITLE = "Customer profitability"
_QUESTION = note(
    "Customers pay a fixed fee and use as much AI as they like: nobody sees which of them "
    "cost more than their fees."
)


def build(warehouse: Warehouse) -> Page:
    """Customer profitability of the trailing window."""
    totals = ask.totals(warehouse)
    losing = ask.losing_customers(warehouse)
    lifetime = ask.lifetime_total(warehouse)
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
            *losses_without_new_prices(warehouse),
            _advice(plan, chosen(warehouse)),
            worth(lifetime),
        ),
        key_figures=key_figures(totals, lifetime),
        figures=(losses_figure(totals, losing) if losing.rows else costs_figure(warehouse),),
        insights=insights.customers(warehouse),
        plan=plan_actions(warehouse, plan),
        confidence=confidence(warehouse, ASSUMPTIONS),
        sections=(_distribution(warehouse, totals), _customers(warehouse), *_unprofitable(losing)),
    )


def _advice(plan: Evidence, proposal: Evidence) -> Prose:
    """What to do about the losses by price; why nothing where today's plan stays."""
    if not plan.rows:
        return note(NO_PLAN)
    if not proposal.rows or proposal["is_current_plan"]:
        return kept_said(plan)
    return proposal.say(
        "By price: “{chosen_name:text}”, first for those that lose money, then for "
        "the rest. With all moved it is expected to lift the margin by "
        "**{gain_base_usd:usd}** a month at today's cost, {gain_worst_usd:usd} in the worst "
        "scenario: departures "
        "follow illustrative churn assumptions."
    )


def _distribution(warehouse: Warehouse, totals: Evidence) -> Section:
    bands = ask.distribution(warehouse)
    return Section(
        "Margin distribution",
        text=(
            note(
                "Customers by margin as a share of their fees. Those without fees, and "
                "those without any activity in the period, stand apart: a share of nothing does not "
                "exist."
            ),
        ),
        histograms=(
            TextHistogram(note("Customers by margin share"), bands, "margin_band", "customers", "customers"),
        ),
        figures=(bands_figure(totals, bands),),
        tables=(
            Table(
                (
                    Column("margin_band", "Margin of fees"),
                    Column("customers", "Customers", "count"),
                    Column("revenue_usd", "Fees earned", "usd_table"),
                    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
                    Column("gross_margin_usd", "Margin", "usd_table"),
                ),
                bands,
                note("What the bands bring in and cost"),
            ),
        ),
    )


def _customers(warehouse: Warehouse) -> Section:
    return Section(
        "Fees and cost per customer",
        text=(note("The customers that cost most to serve. The query returns all of them."),),
        tables=(customers_table(warehouse),),
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
                    "new one is a loss now and none before. A customer that is new itself brings in fees "
                    "from its first day, named beside it, and had no margin before."
                ),
            ),
            tables=(Table(LOSS_COLUMNS, losing, max_rows=50),),
        ),
    )
