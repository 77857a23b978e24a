"""The insight blocks of the analysis of organizational alignment."""

from collections.abc import Mapping

from reports_builder.evidence import Evidence, Prose, join, literal
from reports_builder.formatting import Value, plain
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.allocation.teams.statements import TEAM_COLUMNS

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
_SAVED = (
    ("open_savings_on_machines_usd", "on machines and storage"),
    ("open_savings_on_calls_usd", "on calls"),
    ("lift_savings_usd", "by moves to the quality floor"),
)


def _of(record: Mapping[str, Value]) -> str:
    """The open savings of a team, by where they are made."""
    parts = [f"{plain(record[column], 'usd_table')} {where}" for column, where in _SAVED if record[column]]
    return ", ".join(parts) or "none is open"


def _kept(record: Mapping[str, Value]) -> str:
    """From which month on savings keep the budget."""
    if record["kept_from_date"] is None:
        return "not by them"
    kept = plain(record["kept_from_date"], "month")
    is_at_low_end = record["kept_low_from_date"] == record["kept_from_date"]
    return kept if is_at_low_end else f"{kept}, not at their low end"


def _new_budget(record: Mapping[str, Value]) -> str:
    """The budget that is proposed, and the first month that is forecast above it."""
    if record["suggested_budget_usd"] is None:
        return "to decide" if record["kept_from_date"] is None else "as it is"
    proposed = plain(record["suggested_budget_usd"], "usd_table")
    missed = record["suggested_missed_from_date"]
    return proposed if missed is None else f"{proposed}, missed in {plain(missed, 'month')}"


def _if_not_saved(record: Mapping[str, Value]) -> str:
    unsaved = record["suggested_without_savings_usd"]
    return "none proposed" if unsaved is None else plain(unsaved, "usd_table")


def _hard_stop(record: Mapping[str, Value]) -> str:
    """The budget beside the team's own that may refuse its calls in the month."""
    if record["hard_stop_of"] is None:
        return "none"
    stop, upper = (plain(record[column], "usd_table") for column in ("hard_stop_usd", "hard_stop_upper_usd"))
    return f"{record['hard_stop_of']} at {stop}, at most {upper} forecast"


_DECISIONS = (
    Column("team_name", "Team"),
    Column("budget_usd", "Budget", "usd_table"),
    Column("projected_variance_usd", "Over", "usd_table"),
    Column("advice", "What to do"),
    Column("open_savings_usd", "Open savings a month", words=_of),
    Column("kept_from_date", "They keep it from", words=_kept),
    Column("suggested_budget_usd", "New budget", words=_new_budget),
    Column("suggested_without_savings_usd", "If nothing is saved", words=_if_not_saved),
    Column("hard_stop_of", "Hard stop in the month", words=_hard_stop),
    Column("decide_by_date", "Decide by", "day_short"),
    Column("approver_role", "Who approves"),
)


def overrun(budgets: Evidence, decided: Evidence) -> tuple[Insight, ...]:
    """The team furthest over its budget or heading over it; nothing when every team keeps its own.

    ``decided`` is what the teams decide that are over in the month ahead, or in this one.
    """
    if not budgets["is_over"] or not decided.rows:
        return ()
    return (
        insight(
            "allocation/teams/overrun",
            budgets,
            decision=budget_decision(decided),
            outcome=budget_outcome(decided),
            approver=literal(approver(decided)),
            supporting=decisions_table(decided),
        ),
    )


def approver(team: Evidence) -> str:
    """Who decides on the budget of a team."""
    return str(team["approver_role"] or "Head of Finance")


def budget_decision(over: Evidence) -> Prose:
    """What the first of the teams decides that are over in a month, and where the others stand."""
    others = phrase("allocation/teams/_others_decide")
    return join([team_decision(over), *([others] if len(over.rows) > 1 else [])])


def decisions_table(over: Evidence) -> Table:
    """Each team that is over in a month: what it decides, by when, and which budget it has then."""
    has_new_budgets = any(record["suggested_budget_usd"] for record in over.records())
    caption = phrase("allocation/teams/_what_each_decides", over, has_new_budgets=has_new_budgets)
    return Table(_DECISIONS, over, caption, max_rows=20)


def team_decision(team: Evidence) -> Prose:
    """What is decided on one team that is over its budget or heading over it; the same on every page."""
    return phrase(
        _OVER[str(team["advice"])][0],
        team,
        is_kept_at_once=team["kept_from_date"] == team["month_start_date"],
        is_kept_at_low_end=team["kept_low_from_date"] == team["kept_from_date"],
    )


def budget_outcome(over: Evidence) -> Prose:
    """What the decision on the first of the teams is worth, in the month and after it."""
    return join([team_outcome(over), phrase("allocation/teams/_worth_assumes", over)])


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
