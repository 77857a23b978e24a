"""The insight block on what cost more than its budget."""

from reports_builder.evidence import Evidence, literal, note
from reports_builder.insight_words import insight
from reports_builder.model import Insight
from reports_builder.subjects.allocation.teams.insights import approver, team_decision, team_outcome
from reports_builder.subjects.planning.scopes import scope_in_words
from reports_builder.subjects.planning.variance.statements import causes_table, in_words


def worst(budgets: Evidence, ahead: Evidence | None) -> Evidence | None:
    """The budget of the month that was furthest over by share; ``ahead`` has an insight of its own."""
    spoken_of = None if ahead is None else (ahead["scope"], ahead["scope_name"])
    return next(
        (
            row
            for row in budgets.each()
            if row["is_seriously_over"] and (row["scope"], row["scope_name"]) != spoken_of
        ),
        None,
    )


def over_budget(budget: Evidence, causes: Evidence, decided: Evidence) -> tuple[Insight, ...]:
    """A budget of a month that was missed by far, with the part that weighs most.

    ``causes`` are those of its scope, ``decided`` is what teams decide on their budgets: a team in it gets
    that advice and no other.
    """
    is_team = budget["scope"] == "team"
    named = str(budget["scope_name"]) if is_team else scope_in_words(budget.records()[budget.focus])
    advice = next(
        (row for row in decided.each() if is_team and row["team_name"] == budget["scope_name"]),
        None,
    )
    nothing = note("")
    return (
        insight(
            "planning/variance/over_budget",
            budget,
            named=literal(named[:1].upper() + named[1:]),
            largest_part_in_words=note(in_words(budget["largest_part"])),
            is_advised=advice is not None,
            decision=nothing if advice is None else team_decision(advice),
            approver=nothing if advice is None else literal(approver(advice)),
            team_outcome=nothing if advice is None else team_outcome(advice),
            supporting=causes_table(causes),
        ),
    )
