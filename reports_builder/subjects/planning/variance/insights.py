"""The insight block on a team that cost more than its budget."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Insight, Recommendation
from reports_builder.subjects.allocation.teams.insights import approver, team_decision, team_outcome
from reports_builder.subjects.planning.variance.statements import causes_table, in_words


def over_budget(teams: Evidence, causes: Evidence, ahead: Evidence) -> tuple[Insight, ...]:
    """The team whose month was seriously over its budget, with the part that weighs most.

    ``causes`` are those of the team, ``ahead`` is the advice on budgets from this month on: a team in it
    gets that advice and no other.
    """
    if not teams["is_seriously_over"]:
        return ()
    largest = note(f", most of it by {in_words(teams['largest_part'])}: ") + teams.say(
        "**{largest_part_usd:delta_usd}**."
        + (
            ""
            if teams["prior_variance_usd"] is None
            else " Its calls cost {prior_variance_usd:more_or_less_usd} than in the month before."
        )
    )
    advice = next(
        (row for row in ahead.each() if row["is_over"] and row["team_name"] == teams["scope_name"]), None
    )
    return (
        Insight(
            title=teams.say(
                "{scope_name:text} cost {total_variance_share:percent} more than its budget of "
                "{month_start_date:month}"
            ),
            problem=teams.say(
                "{scope_name:text} spent **{actual_usd:usd}** of **{compared_usd:usd}**, a {severity:text} "
                "difference"
            )
            + largest,
            domain_spec="Organizational Alignment (variance analysis)",
            domain_framework="Quantify Business Value: Budgeting",
            ubr_impact=teams.say("**{total_variance_usd:usd}** more than was planned."),
            recommendation=Recommendation(
                teams.say("Settle with {scope_name:text} whether that use earns its cost.")
                if advice is None
                else team_decision(advice),
                "Head of Finance" if advice is None else approver(advice),
                "days",
            ),
            outcome=teams.say(
                "Up to **{total_variance_usd:usd}** a month. Assumption: use goes on as in that month."
            )
            if advice is None
            else team_outcome(advice)
            + note(" Assumption: the work on savings begins now, and use stays as it is."),
            supporting=causes_table(causes),
        ),
    )
