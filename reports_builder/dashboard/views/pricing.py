"""The same use under every price plan: revenue, margin, who pays more, who may leave."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.missing import NO_PLAN
from reports_builder.model import Figure, Section, Table, folded
from reports_builder.subjects import insights
from reports_builder.subjects.margin import queries as margins
from reports_builder.subjects.pricing import customers as ask_customers
from reports_builder.subjects.pricing import queries as ask
from reports_builder.subjects.pricing.answers import behind_section
from reports_builder.subjects.pricing.frontier import chosen_said, front_section
from reports_builder.subjects.pricing.introducing import (
    credits_section,
    moves_section,
    new_customers_section,
)
from reports_builder.subjects.pricing.statements import (
    INVOICE_COLUMNS,
    changes_table,
    history_figure,
    key_figures,
    listed_said,
    margins_figure,
    proposal_said,
    segments_table,
    today_said,
)
from reports_builder.subjects.rates.decisions import hosting_said


def build(warehouse: NarrowedWarehouse) -> View:
    """Pricing."""
    plan = ask.recommended(warehouse)
    said = _headline(warehouse, plan, margins.totals(warehouse))
    return View(
        title="Pricing",
        headline=said[:2],
        further=said[2:],
        tiles=key_figures(warehouse.whole, plan, ask.rules(warehouse)) if plan.rows else (),
        sections=(
            *behind_section(warehouse, plan),
            *front_section(warehouse),
            *credits_section(warehouse),
            *_plan_sections(warehouse, plan),
            *_changes_section(warehouse),
            *new_customers_section(warehouse),
            *moves_section(warehouse),
            *_invoices(warehouse, rising=True),
            *_invoices(warehouse, rising=False),
            *folded(
                [
                    Section(
                        "Every plan by tier", tables=(segments_table(warehouse, "subscription_tier", "Tier"),)
                    )
                ]
            ),
        ),
        period=warehouse.chosen_period,
        insights=insights.together(insights.proposal(warehouse.whole), insights.pricing(warehouse.whole)),
    )


def _headline(warehouse: NarrowedWarehouse, plan: Evidence, totals: Evidence) -> tuple[Prose, ...]:
    if not plan.rows and totals["customers"]:
        return (note(NO_PLAN),)
    if not plan.rows:
        return (
            note("No customer is on record, so no plan can be judged: put your customers into the raw data."),
        )
    today = (today_said(warehouse.whole, plan), *hosting_said(warehouse.whole))
    if not plan["is_current_plan"]:
        return (*chosen_said(warehouse), *today)
    return (
        join(today),
        *chosen_said(warehouse),
        proposal_said(plan),
        *listed_said(ask.best_listed(warehouse)),
    )


def _plan_sections(warehouse: NarrowedWarehouse, plan: Evidence) -> tuple[Section, ...]:
    if not plan.rows:
        return ()
    plans = ask.plans(warehouse)
    return (
        Section(
            "The recommended plan beside those of your list",
            figures=(margins_figure(warehouse, plan),),
            tables=(changes_table(plans),),
        ),
        *(Section("Every month re-rated", figures=(figure,)) for figure in history_figure(warehouse, plan)),
    )


def _changes_section(warehouse: NarrowedWarehouse) -> tuple[Section, ...]:
    changes = ask_customers.changes(warehouse)
    if not changes.rows:
        return ()
    title = note("Customers by how much their invoice changes under the recommended plan")
    chart = ranked_bars(
        changes, label="band", value="customers", style="count", axis_title="Customers", axis_format=",.0f"
    )
    said = title + note(". A bar per band of change.")
    figure = Figure("invoice-changes", chart, title, said, changes, height=70 + 26 * len(changes.rows))
    return (Section("Who pays more, who pays less", figures=(figure,)),)


def _invoices(warehouse: NarrowedWarehouse, *, rising: bool) -> tuple[Section, ...]:
    invoices = ask_customers.invoices(warehouse, rising=rising)
    if not invoices.rows:
        return ()
    title = "Invoices that rise" if rising else "Invoices that fall"
    return (Section(title, tables=(Table(INVOICE_COLUMNS, invoices),)),)
