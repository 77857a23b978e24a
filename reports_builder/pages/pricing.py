"""Analysis: what every customer would have paid under each price plan, and which plan to choose."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, note
from reports_builder.missing import page_without_plans
from reports_builder.model import Column, Page, Section, Table, TextHistogram
from reports_builder.subjects import insights
from reports_builder.subjects.pricing import customers as ask_customers
from reports_builder.subjects.pricing import queries as ask
from reports_builder.subjects.pricing.actions import introduction
from reports_builder.subjects.pricing.answers import answer, behind_section
from reports_builder.subjects.pricing.frontier import front_section
from reports_builder.subjects.pricing.introducing import credits_section
from reports_builder.subjects.pricing.statements import (
    INVOICE_COLUMNS,
    KEY_FIGURE_HEADINGS,
    changes_table,
    history_figure,
    included,
    key_figures,
    margins_figure,
    metered,
    scenarios_table,
    segments_table,
)
from reports_builder.subjects.pricing.tracked import accepted_section
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note("Measured: use and cost of every customer, and what each plan would have invoiced for them."),
    note("Assumed: nobody calls less, or more, because a call has a price."),
    note(
        "Assumed: a customer takes a dearer tier where that is cheaper; the tables of the list leave each in "
        "its tier."
    ),
    note("Assumed: the chance to leave by the rise of the invoice, as the scenarios below list it."),
    note(
        "Assumed: fees and unit prices of the plans. They are a proposal; change them in your list of price "
        "plans and build again."
    ),
    note(
        "Assumed: today's cost of a call. Savings on models lower it and are counted apart, on all calls of "
        "today, so a part of them would go with the customers that leave."
    ),
)

_PATH = "analyses/pricing.md"
_TITLE = "Pricing: the same use under every plan"
_QUESTION = note(
    "A flat fee earns the same from a customer who calls ten times a day and from one who calls five "
    "hundred times, while their cost differs as their use does."
)


def build(warehouse: Warehouse) -> Page:
    """Revenue and margin per plan and segment, winners and losers, churn, and the recommended plan."""
    plan = ask.recommended(warehouse)
    if not plan.rows:
        return page_without_plans(warehouse, _PATH, _TITLE, _QUESTION)
    plans = ask.plans(warehouse)
    rules = ask.rules(warehouse)
    return Page(
        path=_PATH,
        title=_TITLE,
        period=warehouse.period,
        question=_QUESTION,
        answer=answer(warehouse, plan, rules),
        key_figures=key_figures(warehouse, plan, rules),
        key_figure_headings=KEY_FIGURE_HEADINGS,
        figures=(margins_figure(warehouse, plan),),
        insights=insights.pricing(warehouse),
        plan=introduction(warehouse),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            *accepted_section(warehouse),
            *behind_section(warehouse, plan),
            *front_section(warehouse),
            *credits_section(warehouse),
            _rule_section(warehouse, rules, plans),
            _customers_section(warehouse),
            _segments_section(warehouse),
            _history_section(warehouse, plan),
            _terms_section(warehouse),
        ),
    )


def _rule_section(warehouse: Warehouse, rules: Evidence, plans: Evidence) -> Section:
    return Section(
        "The rules of the recommendation, and the plan beside those of your list",
        text=(
            rules.say(
                "A plan of the list is eligible if at most {steep_limit_share:percent} of profitable "
                "customers see their invoice rise by more than {steep_rise_share:percent}, if even high "
                "churn leaves at least today's margin, and if base churn leaves "
                "{least_gain_share:percent} more than today's, each customer in its tier. The search asks "
                "of every plan that its worst scenario keeps today's margin, too, and that at most "
                "{departure_limit_share:percent} of profitable customers leave under high churn: at today's "
                "cost, and once the savings that come before a price are made. Of those that both allow it "
                "recommends the one that then earns most in its worst scenario; if there is "
                "none, today's stays."
            ),
        ),
        tables=(
            changes_table(plans),
            scenarios_table(warehouse),
        ),
    )


def _customers_section(warehouse: Warehouse) -> Section:
    rises, falls = (
        ask_customers.invoices(warehouse, rising=True),
        ask_customers.invoices(warehouse, rising=False),
    )
    return Section(
        "Winners and losers under the recommended plan",
        text=(note("No customer's invoice falls."),) if not falls.rows else (),
        tables=(
            *(
                (Table(INVOICE_COLUMNS, rises, note("invoices that rise."), max_rows=60),)
                if rises.rows
                else ()
            ),
            *(
                (Table(INVOICE_COLUMNS, falls, note("invoices that fall."), max_rows=60),)
                if falls.rows
                else ()
            ),
        ),
        histograms=(
            TextHistogram(
                note("Customers by the change of their invoice"),
                ask_customers.changes(warehouse),
                "band",
                "customers",
                "customers",
            ),
        ),
    )


def _segments_section(warehouse: Warehouse) -> Section:
    return Section(
        "Every plan by segment",
        text=(note("Nobody leaving; each table holds every customer once per plan."),),
        tables=(
            segments_table(warehouse, "subscription_tier", "Tier"),
            segments_table(warehouse, "usage_archetype", "Declared use"),
        ),
    )


def _history_section(warehouse: Warehouse, plan: Evidence) -> Section:
    return Section(
        "Every month re-rated",
        text=(note("A month that the data covers in part counts its days; the figure leaves it out."),),
        tables=(
            Table(
                (
                    Column("month_start_date", "Month", "month"),
                    Column("plan_name", "Plan"),
                    Column("is_complete_month", "Complete", "yes_no"),
                    Column("customers", "Customers", "count"),
                    Column("revenue_usd", "Revenue", "usd_table"),
                    Column("revenue_change_usd", "Against today", "delta_usd_table"),
                    Column("gross_margin_usd", "Margin", "usd_table"),
                    Column("gross_margin_share", "Of revenue", "percent"),
                    Column("unprofitable_customers", "Below cost", "count"),
                ),
                ask.history(warehouse),
                max_rows=40,
            ),
        ),
        figures=history_figure(warehouse, plan),
    )


def _terms_section(warehouse: Warehouse) -> Section:
    return Section(
        "The plans and why they are priced so",
        tables=(
            Table(
                (
                    Column("plan_name", "Plan"),
                    Column("subscription_tier", "Tier"),
                    Column("base_fee_usd", "Base fee a month", "usd_table"),
                    Column("usage_unit", "Metered", words=metered),
                    Column("included_units", "Included", words=included),
                    Column("usd_per_unit", "Price of a unit", "usd_price"),
                    Column("rationale", "Why"),
                ),
                ask.terms(warehouse),
                max_rows=40,
            ),
        ),
    )
