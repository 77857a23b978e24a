"""Which team answers for which cost, what it is billed, and whether it keeps its budget."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.domains.alignment import queries as ask
from reports_builder.domains.spend.statements import split_section
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Figure, KeyFigure, Section, Table


def build(warehouse: NarrowedWarehouse) -> View:
    """Organizational alignment."""
    month = ask.month_budget(warehouse)
    budgets = ask.team_budgets(warehouse)
    charges = ask.charges(warehouse)
    teams = ask.teams(warehouse)
    return View(
        title="Alignment",
        headline=(_charged(charges, month), _budget(month)),
        tiles=(
            KeyFigure(
                month.say("Cost of {month_start_date:month}"),
                charges.cell("month_cost_usd", "usd_table"),
                charges.cell("prior_month_cost_usd", "usd_table"),
                status=charges.cell("month_status", "text"),
            ),
            KeyFigure(
                "Spent by teams with a budget",
                month.cell("budgeted_actual_usd", "usd_table"),
                target=month.cell("budget_usd", "usd_table"),
                status=month.cell("status", "text"),
            ),
            KeyFigure("Against the budget so far", month.cell("total_variance_usd", "delta_usd_table")),
            KeyFigure(
                "Billed to teams",
                charges.cell("charged_usd", "usd_table"),
                status=charges.say("{charged_share:percent} of the month's cost"),
            ),
            KeyFigure("Only shown to teams", charges.cell("shown_usd", "usd_table")),
            KeyFigure("Without a team", charges.cell("without_team_usd", "usd_table")),
        ),
        sections=(
            *_budget_section(budgets, month),
            *_teams_section(teams),
            split_section(warehouse, "product", "Product", "Products"),
            split_section(warehouse, "organization", "Organization", "Organizations"),
            _statement(warehouse),
            _history(warehouse),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def _charged(charges: Evidence, month: Evidence) -> Prose:
    return say(
        "In {month_start_date:month} AI cost **{month_cost_usd:usd}**: **{charged_usd:usd}** is billed to "
        "teams, {shown_usd:usd} is only shown to them, and {without_team_usd:usd} has no team.",
        charges,
        month,
    )


def _budget(month: Evidence) -> Prose:
    if not month["teams"]:
        return note("No team has a budget for this month.")
    return month.say(
        "Teams with a budget spent **{budgeted_actual_usd:usd}** where {planned_usd:usd} was planned for the "
        "days so far; {teams_over:count} of {teams:count} are over it or heading over it."
    )


def _budget_section(budgets: Evidence, month: Evidence) -> tuple[Section, ...]:
    if not budgets.rows:
        return ()
    title = month.say("{teams_over:count} of {teams:count} teams are over budget, or heading over it")
    chart = ranked_bars(
        budgets,
        label="team_name",
        value="actual_usd",
        style="usd",
        axis_title="US dollars in the month",
        highlight="is_over",
        marker="budget_usd",
    )
    figure = Figure(
        "budgets",
        chart,
        title,
        title + budgets.say(". {team_name:text} spent {actual_usd:usd} of {budget_usd:usd}."),
        budgets,
        height=70 + 28 * len(budgets.rows),
        key="Bar: spent so far. Upright mark: budget of the month. Dark: over it or heading over it.",
    )
    return (Section("Budgets", figures=(figure,)),)


def _teams_section(teams: Evidence) -> tuple[Section, ...]:
    if not teams.rows:
        return ()
    title = teams.say(
        "A call of {team_name:text} costs {cost_per_call_usd:usd_unit}, {cost_per_call_to_average:ratio} "
        "times the average"
    )
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
    )
    columns = (
        Column("team_name", "Team"),
        Column("customers", "Customers", "count"),
        Column("calls", "Calls", "count"),
        Column("cost_usd", "Cost", "usd_table"),
        Column("cost_share", "Share", "percent"),
        Column("failure_share", "Failures", "percent"),
        Column("cost_change_share", "Change", "delta"),
    )
    return (Section("Teams side by side", figures=(figure,), tables=(Table(columns, teams),)),)


def _statement(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("team_name", "Team"),
        Column("cost_centre", "Cost centre"),
        Column("charging_method", "Method"),
        Column("direct_cost_usd", "Own calls", "usd_table"),
        Column("shared_cost_usd", "Shared costs", "usd_table"),
        Column("allocated_cost_usd", "Cost", "usd_table"),
        Column("charged_cost_usd", "Billed", "usd_table"),
        Column("cost_share", "Share", "percent"),
    )
    return Section("Chargeback and showback of the month", tables=(Table(columns, ask.statement(warehouse)),))


def _history(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("month_start_date", "Month", "month"),
        Column("team_name", "Team"),
        Column("budget_usd", "Budget", "usd_table"),
        Column("actual_cost_usd", "Spent", "usd_table"),
        Column("variance_usd", "Against plan", "delta_usd_table"),
        Column("projected_cost_usd", "Whole month", "usd_table"),
        Column("budget_status", "Status"),
    )
    return Section("Budgets by month", tables=(Table(columns, ask.budget_history(warehouse), max_rows=15),))
