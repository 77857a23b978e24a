"""The right model, service class and contract for each token, and what that saves."""

from dataclasses import replace

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Figure, Section, Table
from reports_builder.savings import works
from reports_builder.subjects import insights
from reports_builder.subjects.core.queries import spend
from reports_builder.subjects.rates import queries as ask
from reports_builder.subjects.rates.cloud_commitments import cloud_commitment_sections
from reports_builder.subjects.rates.decisions import decision_section, decisions_said
from reports_builder.subjects.rates.expiries import expiries_section
from reports_builder.subjects.rates.portfolio import portfolio_sections
from reports_builder.subjects.rates.price_tiers import price_tier_section
from reports_builder.subjects.rates.realized import realized_sections
from reports_builder.subjects.rates.regions import region_section
from reports_builder.subjects.rates.self_hosting import self_hosting_section
from reports_builder.subjects.rates.statements import (
    KINDS,
    commitment_section,
    key_figures,
    offers_table,
    refused_table,
    waterfall_figure,
    what_first,
    what_is_open,
)
from reports_builder.subjects.rates.team_coverage import team_coverage_section
from reports_builder.subjects.rates.usage import VALUE_KEY, usage_sections

_MOST_BARS = 12


def build(warehouse: NarrowedWarehouse) -> View:
    """Rate optimization."""
    totals = ask.totals(warehouse)
    best = works(warehouse)
    offer = ask.recommended_offer(warehouse)
    return View(
        title="Optimization",
        headline=(what_is_open(totals), *what_first(best), *decisions_said(warehouse)),
        tiles=key_figures(
            spend(warehouse),
            totals,
            {name: ask.kind(warehouse, name) for name in KINDS},
            ask.caching_in_all(warehouse),
        ),
        sections=(
            *decision_section(warehouse),
            Section("Spend after the actions", figures=(waterfall_figure(warehouse, totals),)),
            *_actions_chart(best),
            *commitment_section(warehouse, offer),
            *usage_sections(warehouse),
            *price_tier_section(warehouse),
            *region_section(warehouse),
            *self_hosting_section(warehouse),
            *cloud_commitment_sections(warehouse),
            *portfolio_sections(warehouse),
            *team_coverage_section(warehouse),
            *expiries_section(warehouse),
            *realized_sections(warehouse),
            _actions_table(best),
            Section("Reserved capacity against usage as it was", tables=(offers_table(warehouse),)),
            Section("Switches that were refused", tables=(refused_table(warehouse),)),
        ),
        period=warehouse.chosen_period,
        insights=insights.optimization(warehouse.whole),
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


def _actions_table(best: Evidence) -> Section:
    columns = (
        Column("subject", "Action"),
        Column("owner_role", "Owner"),
        Column("effort", "Effort"),
        Column("net_monthly_savings_usd", "Value a month", "usd_table"),
        Column("payback_months", "Pays back after", "months"),
        Column("first_year_net_usd", "First year", "usd_table"),
        Column("pays_from_year", "Pays from year", "count"),
        Column("low_monthly_savings_usd", "Low", "usd_table"),
        Column("high_monthly_savings_usd", "High", "usd_table"),
        Column("confidence", "Confidence"),
        Column("first_step", "First step"),
    )
    return Section(
        "Actions, the most valuable for their effort first", tables=(Table(columns, best, max_rows=25),)
    )
