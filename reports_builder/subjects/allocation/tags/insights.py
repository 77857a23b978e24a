"""The insight block of tags."""

from reports_builder.evidence import Evidence
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.allocation.tags.statements import tags_said


def untagged(tagged: Evidence, teams: Evidence) -> tuple[Insight, ...]:
    """Cost that is not tagged as the policy wants; nothing where the target is reached.

    ``teams`` are those with something to put right.
    """
    if not tagged.rows or not teams.rows or tagged["target_outlook"] in (None, "reached"):
        return ()
    return (
        insight(
            "allocation/tags/untagged",
            tagged,
            team=teams,
            tagged_so_far=tags_said(tagged),
            supporting=Table(
                (
                    Column("scope_name", "Team"),
                    Column("wrong_resources", "Resources to put right", "count"),
                    Column("team_wrong_cost_usd", "Cost not tagged right", "usd_table"),
                    Column("compliant_cost_share", "Cost tagged right", "percent"),
                ),
                teams,
            ),
        ),
    )
