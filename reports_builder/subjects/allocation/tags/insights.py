"""The insight block of tags."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.allocation.tags.statements import tags_said


def untagged(tagged: Evidence, teams: Evidence) -> tuple[Insight, ...]:
    """Cost that is not tagged as the policy wants; nothing where the target is reached.

    ``teams`` are those with something to put right.
    """
    if not tagged.rows or not teams.rows or tagged["target_outlook"] in (None, "reached"):
        return ()
    return (
        Insight(
            title=tagged.say(
                "{compliant_cost_share:percent} of the cost of resources is tagged right; the target is "
                "{target_share:percent}"
            ),
            problem=tags_said(tagged),
            domain_spec="Understanding Usage & Cost (allocation)",
            domain_framework="Understand Usage & Cost: Allocation",
            ubr_impact=tagged.say(
                "**{wrong_cost_usd:usd}** a month of which the tags alone do not say whose it is and what "
                "for."
            ),
            recommendation=Recommendation(
                teams.say(
                    "Give each team its rows of “Tags to put right”, and FinOps those without a team. Begin "
                    "with {scope_name:text}, which has {wrong_resources:count} of them. Set the tags where "
                    "machines are made, so that new ones are right."
                ),
                "Head of Engineering",
                "days",
            ),
            outcome=tagged.say(
                "Between nothing and **{wrong_cost_usd:usd}** a month tagged right; nothing is saved by that "
                "alone. Assumption: the next months have the resources of this one."
            ),
            supporting=Table(
                (
                    Column("scope_name", "Team"),
                    Column("wrong_resources", "Resources to put right", "count"),
                    Column("team_wrong_cost_usd", "Cost not tagged right", "usd_table"),
                    Column("compliant_cost_share", "Cost tagged right", "percent"),
                ),
                teams,
                note("whose resources have something wrong, the dearest first."),
            ),
        ),
    )
