"""The insight block on a team that cost more than its budget."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Insight, Recommendation
from reports_builder.subjects.planning.variance.statements import causes_table, in_words


def over_budget(teams: Evidence, causes: Evidence) -> tuple[Insight, ...]:
    """The team whose month was seriously over its budget, with the part that weighs most."""
    if not teams["is_serious"]:
        return ()
    largest = note(f", most of it by {in_words(teams['part'])}: ") + teams.say(
        "**{variance_usd:delta_usd}**."
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
            ubr_impact=teams.say("**{total_variance_usd:usd}** of margin that the plan had counted on."),
            recommendation=Recommendation(
                teams.say(
                    "Settle with {scope_name:text} which of it stays, and set the next budget by that: one "
                    "that is missed every month is itself wrong."
                    if teams["part"] == "starting point"
                    else "Settle with {scope_name:text} whether that use earns its cost."
                ),
                "Head of Finance",
                "days",
            ),
            outcome=teams.say(
                "Up to **{total_variance_usd:usd}** a month. Assumption: use goes on as in that month."
            ),
            supporting=causes_table(causes),
        ),
    )
