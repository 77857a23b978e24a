"""The insight blocks of the analysis of organizational alignment."""

from reports_builder.evidence import Evidence, Prose, join, literal, note
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.allocation.teams.statements import TEAM_COLUMNS
from reports_builder.subjects.planning.budgets import advice

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
    said = join([team_decision(team) for team in _over_with(budgets)], " ")
    if not any(team["suggested_budget_usd"] for team in _over_with(budgets)):
        return said
    return said + budgets.say(
        " The teams' budgets, those that are too large cut to what is proposed, would then come to "
        "{suggested_team_budgets_usd:usd} a month, without what no team owns"
        + ("." if budgets["company_budget_usd"] is None else "; the company's is {company_budget_usd:usd}.")
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
    if team["is_ended"]:
        return team.say(
            "Ask {team_name:text} what took it {projected_variance_usd:usd} over in "
            "{month_start_date:month}, and settle the next budget by the answer, by {decide_by_date:day}."
        )
    if team["is_covered_by_savings"]:
        return (
            team.say(f"{{team_name:text}}: {advice.USE}. Open savings")
            + _savings_of(team)
            + team.say(
                " cover what it is heading over, {projected_variance_usd:usd_table} in "
                "{month_start_date:month} and up to {most_over_usd:usd_table} in a month to "
                "{last_date_ahead:month}, "
            )
            + _kept_from(team)
            + team.say(
                " The team says by {decide_by_date:day} which of them (optimization page) it makes; keep "
                "{budget_usd:usd_table}."
            )
            + _hard_stop(team)
        )
    if team["overrun_verdict"] == "both are":
        return (
            team.say(
                f"{{team_name:text}}: {advice.USE_FIRST}. "
                "It was over in {over_months:count} of "
                "{judged_months:count} whole months. Decide first on the open savings"
            )
            + _savings_of(team)
            + team.say(
                " from {all_saved_from_date:month} on: with all of them made the dearest month to "
                "{last_date_ahead:month} is still {most_over_after_savings_usd:usd_table} over. Then set the "
                "budget to {suggested_budget_usd:usd_table}, or to {suggested_without_savings_usd:usd_table} "
                "if nothing is saved, by {decide_by_date:day}, as proposed for the next quarter: "
            )
            + _holds(team)
            + _hard_stop(team)
        )
    if team["overrun_verdict"] == "the budget is wrong":
        return (
            team.say(
                f"{{team_name:text}}: {advice.BUDGET}. "
                "It was over in {over_months:count} of "
                "{judged_months:count} whole months, and no saving is open. Set it to "
                "{suggested_budget_usd:usd_table} by {decide_by_date:day}, as proposed for the next quarter: "
            )
            + _holds(team)
            + _hard_stop(team)
        )
    said = team.say(
        "{team_name:text}: decide by {decide_by_date:day} whether to raise its budget for "
        "{month_start_date:month} to {projected_cost_usd:usd_table}, or have the team say what it cuts to "
        "save {projected_variance_usd:usd_table}."
    )
    if team["open_savings_usd"]:
        said += note(" Open savings") + _savings_of(team) + note(" are a part of that.")
    return said + _hard_stop(team)


def _savings_of(team: Evidence) -> Prose:
    """The open savings of a team, by where they are made."""
    parts = [
        (column, words)
        for column, words in (
            ("open_savings_on_machines_usd", "on machines and storage"),
            ("open_savings_on_calls_usd", "on calls"),
            (
                "lift_savings_usd",
                "by moves that lift its tasks to their floor, if every such call moves "
                "({lifts_for_less:text}; “Which model for which task” has them)",
            ),
        )
        if team[column]
    ]
    if len(parts) == 1:
        return team.say(f" {parts[0][1]}, {{open_savings_usd:usd_table}} a month,")
    return team.say(
        ", {open_savings_usd:usd_table} a month ("
        + ", ".join(f"{{{column}:usd_table}} {words}" for column, words in parts)
        + "),"
    )


def _kept_from(team: Evidence) -> Prose:
    """From which month on savings keep a budget that they cover, and what stays over until then."""
    if team["kept_from_date"] == team["month_start_date"]:
        return team.say("in {month_start_date:month} already, if the work begins now.")
    if team["kept_low_from_date"] == team["kept_from_date"]:
        said = team.say("from {kept_from_date:month} on, at their low end as well.")
    else:
        said = team.say("from {kept_from_date:month} on, but not at their low end.")
    return said + team.say(
        " In {month_start_date:month} "
        + (
            "{month_savings_usd:usd_table} of them count if all the work begins now"
            if team["month_savings_usd"]
            else "none of them counts yet"
        )
        + ", and {overrun_after_savings_usd:usd_table} stay over: accept that once, or cut it."
    )


def _holds(team: Evidence) -> Prose:
    """Whether what is suggested is enough for each month ahead."""
    if team["suggested_missed_from_date"] is None:
        return team.say("as forecast, each month to {last_date_ahead:month} keeps that.")
    return team.say("as forecast, {suggested_missed_from_date:month} costs more than that.")


def _hard_stop(team: Evidence) -> Prose:
    """The budget beside the team's own that may refuse its calls in the month."""
    if team["hard_stop_of"] is None:
        return note("")
    return team.say(
        " The {hard_stop_of:text} has a hard stop at {hard_stop_usd:usd_table} in {month_start_date:month}: "
        "{hard_stop_forecast_usd:usd_table} are forecast, {hard_stop_upper_usd:usd_table} at the high end, "
        "and calls beyond it are refused; set it with this budget, to the same amount."
    )


def budget_outcome(budgets: Evidence) -> Prose:
    """What these decisions are worth, in the month that they are about and after it."""
    teams = _over_with(budgets)
    return join([team_outcome(team) for team in teams], " ") + note(
        " Assumption: the next months would cost what that one did."
        if budgets["is_ended"]
        else " Assumption: the work on savings begins now, use stays as it is, and the forecast of the "
        "teams holds."
    )


def team_outcome(team: Evidence) -> Prose:
    """What the decision on one team is worth."""
    if team["is_ended"]:
        return team.say(
            "{team_name:text}: nothing of the month that is over; up to "
            "**{projected_variance_usd:usd_table}** a month, if use is held to a budget of that size."
        )
    if team["is_covered_by_savings"] or team["overrun_verdict"] == "both are":
        return team.say(
            "{team_name:text}: up to **{open_savings_usd:usd_table}** a month from "
            "{all_saved_from_date:month} on, "
            + ("{month_savings_usd:usd_table}" if team["month_savings_usd"] else "none")
            + " of it in {month_start_date:month}."
        )
    if team["overrun_verdict"] == "the budget is wrong":
        return team.say(
            "{team_name:text}: no cost is saved; a budget that can be met says again when use changes."
        )
    return team.say(
        "{team_name:text}: between nothing, if the budget is raised, and "
        "**{projected_variance_usd:usd_table}** in {month_start_date:month}, if use is cut to it."
    )


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
