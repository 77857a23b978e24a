"""The insight blocks of the analysis of organizational alignment."""

from reports_builder.evidence import Evidence, Prose, join, literal
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.allocation.teams.statements import TEAM_COLUMNS

_RUNNING_COLUMNS = (
    Column("team_name", "Team"),
    Column("budget_usd", "Budget", "usd_table"),
    Column("actual_cost_usd", "Spent", "usd_table"),
    Column("variance_usd", "Against plan so far", "delta_usd_table"),
    Column("burn_rate", "Pace (1 is plan)", "ratio"),
    Column("projected_cost_usd", "Whole month", "usd_table"),
    Column("budget_status", "Status"),
)
# Of a month that is over, the whole is what was spent.
_ENDED_COLUMNS = (
    Column("team_name", "Team"),
    Column("budget_usd", "Budget", "usd_table"),
    Column("actual_cost_usd", "Spent", "usd_table"),
    Column("variance_usd", "Against budget", "delta_usd_table"),
    Column("burn_rate", "Of budget, times", "ratio"),
    Column("budget_status", "Status"),
)

# By the advice of the mart: the words of the decision, and of what it is worth.
_OVER = {
    "ask what took it over": ("allocation/teams/_over_ended", "allocation/teams/_worth_ended"),
    "change the use, not the budget": ("allocation/teams/_over_use", "allocation/teams/_worth_of_savings"),
    "change the use, then the budget": (
        "allocation/teams/_over_use_then_budget",
        "allocation/teams/_worth_of_savings",
    ),
    "change the budget, not the use": ("allocation/teams/_over_budget", "allocation/teams/_worth_of_budget"),
    "decide on a cut or on another budget": (
        "allocation/teams/_over_undecided",
        "allocation/teams/_worth_undecided",
    ),
}
_SAVED = ("open_savings_on_machines_usd", "open_savings_on_calls_usd", "lift_savings_usd")


def overrun(budgets: Evidence, month: Evidence, table: Evidence, ahead: Evidence) -> tuple[Insight, ...]:
    """The team furthest over its budget or heading over it; nothing when every team keeps its own."""
    if not budgets["is_over"]:
        return ()
    return (
        insight(
            "allocation/teams/overrun",
            budgets,
            month=month,
            decision=budget_decision(ahead),
            outcome=budget_outcome(ahead),
            approver=literal(approver(ahead)),
            supporting=Table(_ENDED_COLUMNS if budgets["is_ended"] else _RUNNING_COLUMNS, table),
        ),
    )


def approver(team: Evidence) -> str:
    """Who decides on the budget of a team."""
    return str(team["approver_role"] or "Head of Finance")


def budget_decision(budgets: Evidence) -> Prose:
    """What is decided on every team that is over in the month of the first: savings, budget, or both."""
    teams = _over_with(budgets)
    then = any(team["suggested_budget_usd"] for team in teams)
    return join(
        [
            *(team_decision(team) for team in teams),
            *([phrase("allocation/teams/_budgets_then", budgets)] if then else []),
        ]
    )


def _over_with(budgets: Evidence) -> list[Evidence]:
    """The rows of teams that are over in the month of the first row."""
    return [
        team
        for team in budgets.each()
        if team["is_over"] and team["month_start_date"] == budgets["month_start_date"]
    ]


def team_decision(team: Evidence) -> Prose:
    """What is decided on one team that is over its budget or heading over it; the same on every page."""
    return phrase(
        _OVER[str(team["advice"])][0],
        team,
        is_of_one_kind=[bool(team[column]) for column in _SAVED].count(True) == 1,
        is_kept_at_once=team["kept_from_date"] == team["month_start_date"],
        is_kept_at_low_end=team["kept_low_from_date"] == team["kept_from_date"],
    )


def budget_outcome(budgets: Evidence) -> Prose:
    """What these decisions are worth, in the month that they are about and after it."""
    return join(
        [
            *(team_outcome(team) for team in _over_with(budgets)),
            phrase("allocation/teams/_worth_assumes", budgets),
        ]
    )


def team_outcome(team: Evidence) -> Prose:
    """What the decision on one team is worth."""
    return phrase(_OVER[str(team["advice"])][1], team)


def too_large(budgets: Evidence) -> tuple[Insight, ...]:
    """Budgets that their teams never nearly used and will not; nothing where there is none."""
    if not budgets.rows:
        return ()
    return (
        insight(
            "allocation/teams/too_large",
            budgets,
            teams=budgets.each(),
            supporting=Table(
                (
                    Column("team_name", "Team"),
                    Column("budget_usd", "Budget", "usd_table"),
                    Column("projected_cost_usd", "Heading for", "usd_table"),
                    Column("suggested_budget_usd", "Proposed", "usd_table"),
                    Column("released_usd", "Released", "usd_table"),
                ),
                budgets,
            ),
        ),
    )


def dear_team(teams: Evidence) -> tuple[Insight, ...]:
    """The team whose calls cost most; nothing when there is no other to compare it with."""
    if len(teams.rows) < 2:
        return ()
    return (insight("allocation/teams/dear_team", teams, supporting=Table(TEAM_COLUMNS, teams)),)


def shown_only(shown: Evidence, sums: Evidence) -> tuple[Insight, ...]:
    """Teams that see their cost and are not billed, and the ``sums`` over them; nothing when all are."""
    if not shown.rows:
        return ()
    return (
        insight(
            "allocation/teams/shown_only",
            sums,
            shown,
            supporting=Table(
                (
                    Column("team_name", "Team"),
                    Column("cost_centre", "Cost centre"),
                    Column("allocated_cost_usd", "Cost", "usd_table"),
                    Column("cost_share", "Share of the month", "percent"),
                    Column("daily_cost_change_share", "Change of cost per day", "delta"),
                ),
                shown,
            ),
        ),
    )
