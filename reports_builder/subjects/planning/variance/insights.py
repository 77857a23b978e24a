"""The insight block on what cost more than its budget."""

from reports_builder.evidence import Evidence, literal, note
from reports_builder.model import Insight, Recommendation
from reports_builder.subjects.allocation.teams.insights import approver, team_decision, team_outcome
from reports_builder.subjects.planning.budgets.statements import budget_of
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


def over_budget(budget: Evidence, causes: Evidence, ahead: Evidence) -> tuple[Insight, ...]:
    """A budget of a month that was missed by far, with the part that weighs most.

    ``causes`` are those of its scope, ``ahead`` is the advice on teams' budgets from this month on: a team
    in it gets that advice and no other.
    """
    is_team = budget["scope"] == "team"
    named = str(budget["scope_name"]) if is_team else budget_of(budget.records()[budget.focus])
    name = literal(named[:1].upper() + named[1:])
    largest = note(f", most of it by {in_words(budget['largest_part'])}: ") + budget.say(
        "**{largest_part_usd:delta_usd}**."
        + (
            ""
            if budget["prior_variance_usd"] is None
            else " It cost {prior_variance_usd:more_or_less_usd} than in the month before."
        )
    )
    advice = next(
        (
            row
            for row in ahead.each()
            if is_team and row["is_over"] and row["team_name"] == budget["scope_name"]
        ),
        None,
    )
    return (
        Insight(
            title=name
            + budget.say(
                " cost {total_variance_share:percent} more than its budget of {month_start_date:month}"
            ),
            problem=name
            + budget.say(
                " spent **{actual_usd:usd}** of **{compared_usd:usd}**, a {severity:text} difference"
            )
            + largest,
            domain_spec="Organizational Alignment (variance analysis)",
            domain_framework="Quantify Business Value: Budgeting",
            ubr_impact=budget.say("**{total_variance_usd:usd}** more than was planned."),
            recommendation=Recommendation(
                note("Settle with ")
                + (budget.say("{scope_name:text}") if is_team else note("who uses it"))
                + note(" whether that use earns its cost.")
                if advice is None
                else team_decision(advice),
                "Head of Finance" if advice is None else approver(advice),
                "days",
            ),
            outcome=budget.say(
                "Up to **{total_variance_usd:usd}** a month. Assumption: use goes on as in that month."
            )
            if advice is None
            else team_outcome(advice)
            + note(" Assumption: the work on savings begins now, and use stays as it is."),
            supporting=causes_table(causes),
        ),
    )
