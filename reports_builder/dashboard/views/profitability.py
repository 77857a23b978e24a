"""What each customer brings in and costs, who loses money, what a customer is worth."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence
from reports_builder.model import Section
from reports_builder.subjects import insights
from reports_builder.subjects.margin import queries as ask
from reports_builder.subjects.margin.revenue import queries as ask_revenue
from reports_builder.subjects.margin.revenue.statements import recurring_said, revenue_sections
from reports_builder.subjects.margin.statements import (
    bands_figure,
    customers_table,
    daily_margin_figure,
    key_figures,
    losses_figure,
    losses_said,
    margin_said,
    most_valuable_table,
    segments_figure,
    worth,
)


def build(warehouse: NarrowedWarehouse) -> View:
    """Customer profitability."""
    totals = ask.totals(warehouse)
    losing = ask.losing_customers(warehouse)
    lifetime = ask.lifetime_total(warehouse)
    movements = ask_revenue.movements(warehouse)
    has_customers = totals["revenue_usd"] is not None
    return View(
        title="Profitability",
        headline=(
            margin_said(warehouse, totals),
            *([losses_said(totals, losing)] if has_customers else []),
            *recurring_said(movements),
            worth(lifetime),
        ),
        tiles=key_figures(totals, lifetime),
        sections=(
            Section("Margin by day", figures=(daily_margin_figure(warehouse, totals),)),
            *_figures(warehouse, totals, losing),
            *revenue_sections(warehouse, movements),
            Section("Customers, the dearest first", tables=(customers_table(warehouse),)),
            Section("The most valuable customers", tables=(most_valuable_table(warehouse),)),
        ),
        period=warehouse.chosen_period,
        insights=insights.together(
            insights.customers(warehouse.whole), insights.profitability(warehouse.whole)
        ),
    )


def _figures(warehouse: NarrowedWarehouse, totals: Evidence, losing: Evidence) -> tuple[Section, ...]:
    segments, bands = ask.segments(warehouse), ask.distribution(warehouse)
    figures = {
        "Customers that cost more than their fees": (losing, losses_figure(totals, losing, narrow=True)),
        "Tiers and kinds of use": (segments, segments_figure(segments, narrow=True)),
        "Customers by margin": (bands, bands_figure(totals, bands)),
    }
    return tuple(
        Section(title, figures=(figure,)) for title, (evidence, figure) in figures.items() if evidence.rows
    )
