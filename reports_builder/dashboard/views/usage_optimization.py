"""The right model, service class and machine for the work, what that saves, and what was saved."""

from dataclasses import replace

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table, folded
from reports_builder.savings import savings_figure, works
from reports_builder.subjects import insights
from reports_builder.subjects.rates import queries as ask
from reports_builder.subjects.rates.decided import tracked_section
from reports_builder.subjects.rates.decisions import decision_section, decisions_said
from reports_builder.subjects.rates.price_tiers import price_tier_section
from reports_builder.subjects.rates.realized import realized_sections
from reports_builder.subjects.rates.regions import provider_section, region_section
from reports_builder.subjects.rates.self_hosting import self_hosting_section
from reports_builder.subjects.rates.statements import (
    caching_figure,
    caching_section,
    kind_figure,
    refused_table,
    waterfall_figure,
    what_first,
    what_is_open,
)
from reports_builder.subjects.rates.transfer import transfer_section
from reports_builder.subjects.rates.usage import VALUE_KEY, usage_figure, usage_sections

ACTIONS = "Actions, the most valuable for their effort first"
"""The title of the section that lists what can be accepted."""

_MOST_BARS = 12


def build(warehouse: NarrowedWarehouse) -> View:
    """Usage optimization."""
    totals, best = ask.totals(warehouse), works(warehouse)
    return View(
        title="Usage optimization",
        headline=(what_is_open(totals), *what_first(best)),
        tiles=(savings_figure(totals), *_kinds(warehouse), *usage_figure(warehouse)),
        sections=(
            *_actions_chart(best),
            Section("Spend after the actions", figures=(waterfall_figure(warehouse, totals),)),
            Section(ACTIONS, tables=(_actions_table(best),)),
            *tracked_section(warehouse),
            *(
                replace(section, text=(*decisions_said(warehouse), *section.text))
                for section in decision_section(warehouse)
            ),
            *usage_sections(warehouse),
            *realized_sections(warehouse, with_decided=False),
            *folded(
                (
                    caching_section(warehouse),
                    *price_tier_section(warehouse),
                    *region_section(warehouse),
                    *provider_section(warehouse),
                    *transfer_section(warehouse),
                    *self_hosting_section(warehouse),
                    Section("Switches of models that were refused", tables=(refused_table(warehouse),)),
                )
            ),
        ),
        period=warehouse.chosen_period,
        insights=insights.usage_optimization(warehouse.whole),
    )


def _kinds(warehouse: NarrowedWarehouse) -> tuple[KeyFigure, ...]:
    """What a model, a service class and a cache could save."""
    return (
        *(kind_figure(name, ask.kind(warehouse, name)) for name in ("model_switch", "batch")),
        caching_figure(ask.kind(warehouse, "caching"), ask.caching_in_all(warehouse)),
    )


def _actions_chart(best: Evidence) -> tuple[Section, ...]:
    if not best.rows:
        return ()
    title = best.say("{subject:text}: worth most for its effort, {net_monthly_savings_usd:usd} a month")
    # More names than these are too many to compare; the list below has them all.
    shown = replace(best, rows=best.rows[:_MOST_BARS])
    chart = ranked_bars(
        shown,
        label="subject",
        value="net_monthly_savings_usd",
        style="usd",
        axis_title="US dollars a month, after overlap",
        marker="high_monthly_savings_usd",
    )
    figure = Figure(
        "actions",
        chart,
        title,
        title + note(". A bar per action, the most valuable for its effort first."),
        best,
        height=60 + 24 * len(shown.rows),
        key=VALUE_KEY,
    )
    return (Section("What each action is worth", figures=(figure,)),)


def _actions_table(best: Evidence) -> Table:
    columns = (
        Column("subject", "Action"),
        Column("net_monthly_savings_usd", "Value a month", "usd_table"),
        Column("effort", "Effort"),
        Column("owner_role", "Owner"),
        Column("payback_with_start_months", "Pays back after", "months"),
        Column("first_year_net_usd", "First year", "usd_table"),
        Column("pays_from_year", "Pays from year", "count"),
        Column("low_monthly_savings_usd", "Low", "usd_table"),
        Column("high_monthly_savings_usd", "High", "usd_table"),
        Column("confidence", "Confidence"),
        Column("first_step", "First step"),
    )
    return Table(columns, best, max_rows=25)
