"""What each feature costs and earns, who uses it, and whether to invest, keep or close it."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence
from reports_builder.model import Section
from reports_builder.subjects import insights
from reports_builder.subjects.core.statements import split_section
from reports_builder.subjects.margin.features import queries as ask
from reports_builder.subjects.margin.features.statements import (
    adoption_table,
    cost_table,
    decisions_figure,
    judgement,
    key_figures,
    profit_table,
    revenue_and_cost,
    usage_figure,
    usage_table,
    what_they_bring,
)
from reports_builder.subjects.margin.statements import margin_named, margin_within_sentence


def build(warehouse: NarrowedWarehouse) -> View:
    """Feature economics."""
    totals = ask.totals(warehouse)
    everything = ask.features(warehouse)
    return View(
        title="Features",
        headline=(
            what_they_bring(totals, margin_within_sentence(warehouse.whole)),
            *([judgement(totals)] if totals["features"] else []),
        ),
        tiles=key_figures(totals, margin_named(warehouse.whole)),
        sections=(
            *_figures(warehouse, totals),
            split_section(warehouse, "feature", "Feature", "Spend by feature"),
            Section("Features and their judgement", tables=(profit_table(everything),)),
            Section("Adoption", tables=(adoption_table(everything),)),
            Section("Cost by call and customer", tables=(cost_table(everything),)),
            Section("Who uses what", tables=(usage_table(everything),)),
        ),
        period=warehouse.chosen_period,
        insights=insights.features(warehouse.whole),
    )


def _figures(warehouse: NarrowedWarehouse, totals: Evidence) -> tuple[Section, ...]:
    judged = ask.judged(warehouse)
    figures = {
        "Cost and revenue": revenue_and_cost(warehouse, totals, judged, narrow=True),
        "Use": usage_figure(judged),
        "Invest, keep or close": decisions_figure(warehouse, totals, judged),
    }
    return tuple(Section(title, figures=drawn) for title, drawn in figures.items() if drawn)
