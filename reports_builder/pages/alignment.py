"""Analysis: which team answers for which cost, what it is billed, and whether it keeps its budget."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.confidence import confidence
from reports_builder.domains.alignment import insights
from reports_builder.domains.alignment import queries as ask
from reports_builder.domains.spend import queries as summary_queries
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note("Set by you: which team owns a feature, who is billed and who is only shown, and every budget."),
    note(
        "Assumed: the days to come cost what the forecast of the team says; shared costs go on at their "
        "daily rate."
    ),
)


def build(warehouse: Warehouse) -> Page:
    """Teams, products and features; chargeback and showback; budgets."""
    month = ask.month_budget(warehouse)
    budgets = ask.team_budgets(warehouse)
    charges = ask.charges(warehouse)
    teams = ask.teams(warehouse)
    movers = ask.movers(warehouse)
    return Page(
        path="analyses/alignment.md",
        title="Organizational alignment",
        period=warehouse.period,
        question=note(
            "A cost that no team sees on its own account is nobody's to reduce, and a budget that is "
            "looked at after the month is over cannot be kept."
        ),
        answer=(
            _charged(charges, month),
            _budget(month, budgets),
            _comparison(teams, movers),
        ),
        key_figures=(*_key_figures(month, charges), *_next_month(ask.next_month_budget(warehouse))),
        figures=_budget_figures(budgets, month),
        insights=(
            *insights.overrun(
                budgets, month, ask.budget_table(warehouse), summary_queries.team_budgets(warehouse)
            ),
            *insights.dear_team(teams),
            *insights.shown_only(ask.shown_only(warehouse)),
        ),
        plan=None,
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            _statement_section(warehouse, month),
            _teams_section(teams),
            _products_section(warehouse),
            _history_section(warehouse),
        ),
    )


def _charged(charges: Evidence, month: Evidence) -> Prose:
    return say(
        "In {month_start_date:month} AI cost **{month_cost_usd:usd}**: **{charged_usd:usd}** is billed to "
        "teams, {shown_usd:usd} is only shown to them, and {without_team_usd:usd} has no team.",
        charges,
        month,
    )


def _budget(month: Evidence, budgets: Evidence) -> Prose:
    if not month["teams"]:
        return note("No team has a budget for this month, so nothing can be held against one.")
    if not month["budgeted_actual_usd"]:
        return note(
            "No cost reaches a team that has a budget: the seeds cost_centres and budgets speak of other "
            "features "
            "and teams than the calls do. Put yours there."
        )
    held = month.say(
        "Teams with a budget spent **{budgeted_actual_usd:usd}** where {planned_usd:usd} was planned for "
        "the days so far"
    )
    if not month["teams_over"]:
        return held + note("; no team is over its budget or heading over it.")
    return held + say(
        "; over budget or heading over it: {teams_over:count} of {teams:count} teams, {team_name:text} "
        "most ({projected_variance_usd:usd} over).",
        month,
        budgets,
    )


def _comparison(teams: Evidence, movers: Evidence) -> Prose:
    if not teams.rows:
        return note("No team has a cost, so there is nothing to compare.")
    dear = teams.say(
        "A call of {team_name:text} costs {cost_per_call_usd:usd_unit}, {cost_per_call_to_average:ratio} "
        "times the average"
    )
    if not movers.rows:
        return dear + note("; there is no full earlier period to compare teams with.")
    return dear + movers.say(
        "; the largest change is {team_name:text}, {cost_change_usd:delta_usd} on the period before."
    )


def _key_figures(month: Evidence, charges: Evidence) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure(
            month.say("Cost of {month_start_date:month}"),
            charges.cell("month_cost_usd", "usd_table"),
            charges.cell("prior_month_cost_usd", "usd_table"),
            _daily_change(charges),
            status=charges.cell("month_status", "text"),
        ),
        KeyFigure(
            "Of it, teams with a budget",
            month.cell("budgeted_actual_usd", "usd_table"),
            target=month.say("{planned_usd:usd_table} so far, {budget_usd:usd_table} in all"),
            status=month.cell("status", "text"),
        ),
        KeyFigure(
            "Of it, cost without a budget",
            month.cell("unbudgeted_actual_usd", "usd_table"),
            status=note("belongs to no team that has one"),
        ),
        KeyFigure("Variance to the budget so far", month.cell("total_variance_usd", "delta_usd_table")),
        KeyFigure(
            "Whole month, spent and forecast",
            month.cell("projected_usd", "usd_table"),
            target=month.cell("budget_usd", "usd_table"),
        ),
        KeyFigure(
            "Billed to teams (chargeback)",
            charges.cell("charged_usd", "usd_table"),
            status=charges.say("{charged_share:percent} of the month's cost"),
        ),
        KeyFigure(
            "Only shown to teams (showback)",
            charges.cell("shown_usd", "usd_table"),
            status=charges.say("and {without_team_usd:usd_table} without a team"),
        ),
    )


def _daily_change(charges: Evidence) -> Prose:
    """Months differ in length, so they are compared by cost per day."""
    known = charges["daily_change_share"] is not None
    return charges.say("{daily_change_share:delta} a day" if known else "{daily_change_share:delta}")


def _next_month(month: Evidence) -> tuple[KeyFigure, ...]:
    """The month to come, once the forecast reaches all of it."""
    if month["projected_usd"] is None:
        return ()
    return (
        KeyFigure(
            month.say("Forecast of {month_start_date:month}"),
            month.cell("projected_usd", "usd_table"),
            target=month.cell("budget_usd", "usd_table"),
            status=month.cell("status", "text"),
        ),
    )


def _budget_figures(budgets: Evidence, month: Evidence) -> tuple[Figure, ...]:
    if not budgets.rows or not month["budgeted_actual_usd"]:
        return ()
    if month["teams_over"]:
        title = month.say(
            "{teams_over:count} of {teams:count} teams are over budget, or heading over it, in "
            "{month_start_date:month}"
        )
    else:
        title = month.say("Every team keeps its budget in {month_start_date:month}")
    return (
        Figure(
            "budgets",
            ranked_bars(
                budgets,
                label="team_name",
                value="actual_usd",
                style="usd",
                axis_title="US dollars in the month",
                highlight="is_over",
                marker="budget_usd",
                end_label=("spent, budget", "budget_usd"),
            ),
            title,
            title + budgets.say(". {team_name:text} spent {actual_usd:usd} of {budget_usd:usd}."),
            budgets,
            height=240,
            key=(
                "Bar: spent so far. Upright mark: budget of the whole month. Dark bar: over budget or "
                "heading over it."
            ),
        ),
    )


def _statement_section(warehouse: Warehouse, month: Evidence) -> Section:
    return Section(
        "Chargeback and showback statement",
        text=(
            month.say("The account of {month_start_date:month}: what each cost centre is billed, or shown."),
        ),
        tables=(
            Table(
                (
                    Column("team_name", "Team"),
                    Column("cost_centre", "Cost centre"),
                    Column("charging_method", "Method"),
                    Column("direct_cost_usd", "Own calls", "usd_table"),
                    Column("shared_cost_usd", "Shared costs", "usd_table"),
                    Column("allocated_cost_usd", "Cost", "usd_table"),
                    Column("charged_cost_usd", "Billed", "usd_table"),
                    Column("cost_share", "Share", "percent"),
                    Column("daily_cost_change_share", "Change a day", "delta"),
                ),
                ask.statement(warehouse),
            ),
        ),
    )


def _teams_section(teams: Evidence) -> Section:
    return Section(
        "Teams side by side",
        tables=(
            Table(insights.TEAM_COLUMNS, teams, note("The period and its change on the period before.")),
        ),
    )


def _products_section(warehouse: Warehouse) -> Section:
    columns = (
        Column("spend_usd", "Cost", "usd_table"),
        Column("prior_spend_usd", "Period before", "usd_table"),
        Column("spend_change_share", "Change", "delta"),
        Column("spend_share", "Share", "percent"),
        Column("calls", "Calls", "count"),
    )
    return Section(
        "Cost by product and feature",
        tables=(
            Table((Column("value", "Product", "words"), *columns), ask.products(warehouse)),
            Table((Column("value", "Feature", "words"), *columns), ask.features(warehouse)),
        ),
    )


def _history_section(warehouse: Warehouse) -> Section:
    return Section(
        "Months",
        text=(
            note(
                "Months that the data does not cover wholly are held against the part of the budget that "
                "belongs to the covered days, and compared with the month before by cost per day."
            ),
        ),
        tables=(
            Table(
                (
                    Column("month_start_date", "Month", "month"),
                    Column("team_name", "Team"),
                    Column("budget_usd", "Budget", "usd_table"),
                    Column("actual_cost_usd", "Spent", "usd_table"),
                    Column("variance_usd", "Against plan", "delta_usd_table"),
                    Column("projected_cost_usd", "Whole month", "usd_table"),
                    Column("budget_status", "Status"),
                ),
                ask.budget_history(warehouse),
                note("Budget against actual, the latest month first."),
                max_rows=15,
            ),
            Table(
                (
                    Column("month_start_date", "Month", "month"),
                    Column("team_name", "Team"),
                    Column("charging_method", "Method"),
                    Column("allocated_cost_usd", "Cost", "usd_table"),
                    Column("charged_cost_usd", "Billed", "usd_table"),
                    Column("cost_change_usd", "Change", "delta_usd_table"),
                    Column("daily_cost_change_share", "Change a day", "delta"),
                ),
                ask.charge_history(warehouse),
                note("Cost and what was billed of it, the latest month first."),
                max_rows=15,
            ),
        ),
    )
