"""Analysis: which team answers for which cost, what it is billed, and whether it keeps its budget."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, KeyFigure, Page, Section, Table
from reports_builder.subjects import insights
from reports_builder.subjects.allocation.breakdown.queries import breakdown
from reports_builder.subjects.allocation.breakdown.statements import breakdown_table
from reports_builder.subjects.allocation.teams import queries as ask
from reports_builder.subjects.allocation.teams.statements import (
    ENDED_COLUMNS,
    RUNNING_COLUMNS,
    TEAM_COLUMNS,
    budget_history_table,
    budget_kept,
    budget_status,
    budgets_figure,
    charged,
    dearest_call,
    key_figures,
    statement_table,
)
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
            charged(charges, month),
            budget_kept(month, budgets),
            _comparison(teams, movers),
        ),
        key_figures=(*key_figures(month, charges), *_next_month(ask.next_month_budget(warehouse))),
        figures=budgets_figure(month, budgets),
        insights=insights.alignment(warehouse),
        plan=None,
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            _statement_section(warehouse, month),
            _budgets_section(warehouse, month),
            _teams_section(teams),
            _products_section(warehouse),
            _history_section(warehouse),
        ),
    )


def _comparison(teams: Evidence, movers: Evidence) -> Prose:
    if not teams.rows:
        return note("No team has a cost, so there is nothing to compare.")
    dear = dearest_call(teams)
    if not movers.rows:
        return dear + note("; there is no full earlier period to compare teams with.")
    return dear + movers.say(
        "; the largest change is {team_name:text}, {cost_change_usd:delta_usd} on the period before."
    )


def _next_month(month: Evidence) -> tuple[KeyFigure, ...]:
    """The month to come, once the forecast reaches all of it."""
    if month["projected_usd"] is None:
        return ()
    return (
        KeyFigure(
            month.say("Forecast of {month_start_date:month}, teams with a budget"),
            month.cell("projected_usd", "usd_table"),
            target=month.cell("budget_usd", "usd_table"),
            status=budget_status(month) + note("; the sum of each team's own forecast"),
        ),
    )


def _statement_section(warehouse: Warehouse, month: Evidence) -> Section:
    return Section(
        "Chargeback and showback statement",
        text=(
            month.say("The account of {month_start_date:month}: what each cost centre is billed, or shown."),
        ),
        tables=(statement_table(warehouse),),
    )


def _budgets_section(warehouse: Warehouse, month: Evidence) -> Section:
    caption = month.say(
        "Budgets of {month_start_date:month}; what has no team counts in the last row, so that it adds up to "
        "the month."
    )
    columns = ENDED_COLUMNS if month["is_ended"] else RUNNING_COLUMNS
    return Section(
        "Budgets of the month", tables=(Table(columns, ask.budget_table(warehouse), caption, max_rows=40),)
    )


def _teams_section(teams: Evidence) -> Section:
    return Section(
        "Teams side by side",
        tables=(Table(TEAM_COLUMNS, teams, note("The period and its change on the period before.")),),
    )


def _products_section(warehouse: Warehouse) -> Section:
    return Section(
        "Cost by product and feature",
        tables=(
            breakdown_table(Column("value", "Product", "words"), breakdown(warehouse, "product")),
            breakdown_table(Column("value", "Product and feature", "words"), breakdown(warehouse, "feature")),
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
            budget_history_table(warehouse),
            Table(
                (
                    Column("month_start_date", "Month", "month"),
                    Column("team_name", "Team"),
                    Column("charging_method", "Method"),
                    Column("allocated_cost_usd", "Cost", "usd_table"),
                    Column("charged_cost_usd", "Billed", "usd_table"),
                    Column("cost_change_usd", "Change", "delta_usd_table"),
                    Column("daily_cost_change_share", "Change of cost per day", "delta"),
                ),
                ask.charge_history(warehouse),
                note("Cost and what was billed of it, the latest month first."),
                max_rows=15,
            ),
        ),
    )
