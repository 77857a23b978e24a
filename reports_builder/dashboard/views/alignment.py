"""Which team answers for which cost, what it is billed, and whether it keeps its budget."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence, note
from reports_builder.model import TEAM_PAGE, Figure, Section, Table
from reports_builder.subjects import insights
from reports_builder.subjects.allocation.teams import queries as ask
from reports_builder.subjects.allocation.teams.statements import (
    TEAM_COLUMNS,
    budget_history_table,
    budget_kept,
    budgets_figure,
    charged,
    dearest_call,
    key_figures,
    statement_table,
)
from reports_builder.subjects.core.statements import split_section


def build(warehouse: NarrowedWarehouse) -> View:
    """Organizational alignment."""
    month = ask.month_budget(warehouse)
    budgets = ask.team_budgets(warehouse)
    charges = ask.charges(warehouse)
    return View(
        title="Alignment",
        headline=(charged(charges, month), budget_kept(month, budgets)),
        tiles=key_figures(month, charges),
        sections=(
            *(
                Section("Budgets", figures=(figure,))
                for figure in budgets_figure(month, budgets, narrow=True)
            ),
            *_teams_section(ask.teams(warehouse)),
            split_section(warehouse, "product", "Product", "Products"),
            split_section(warehouse, "organization", "Organization", "Organizations"),
            Section("Chargeback and showback of the month", tables=(statement_table(warehouse),)),
            Section("Budgets by month", tables=(budget_history_table(warehouse),)),
        ),
        period=warehouse.chosen_period,
        insights=insights.alignment(warehouse.whole),
    )


def _teams_section(teams: Evidence) -> tuple[Section, ...]:
    if not teams.rows:
        return ()
    title = dearest_call(teams)
    chart = ranked_bars(
        teams,
        label="team_name",
        value="cost_per_call_usd",
        style="usd_unit",
        axis_title="US dollars a call",
        axis_format="$,.4~f",
    )
    figure = Figure(
        "teams",
        chart,
        title,
        title + note(". A bar per team, the dearest call first."),
        teams,
        height=70 + 28 * len(teams.rows),
        page=TEAM_PAGE,
    )
    return (Section("Teams side by side", figures=(figure,), tables=(Table(TEAM_COLUMNS, teams),)),)
