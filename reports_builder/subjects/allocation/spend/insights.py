"""The insight blocks of the analysis of all spend."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.capabilities import INVOICING


def unowned(month: Evidence, teams: Evidence) -> tuple[Insight, ...]:
    """Cost that no team answers for; nothing when teams answer for nearly all."""
    if not month.rows or month["is_owned_enough"]:
        return ()
    return (
        Insight(
            title=month.say("{unowned_cost_usd:usd} of {month_start_date:month} belong to no team"),
            problem=month.say(
                "The owner rules find a team for **{owned_share:percent}** of **{total_cost_usd:usd}**; "
                "nobody "
                "looks after the other **{unowned_cost_usd:usd}**."
            ),
            domain_spec="Understanding Usage & Cost (allocation)",
            domain_framework=f"Understand Usage & Cost: Allocation; {INVOICING}",
            ubr_impact=month.say("**{unowned_cost_usd:usd}** a month that no budget holds."),
            recommendation=Recommendation(
                note(
                    "Find the owner of the largest part: send product and feature with each call, tag "
                    "what the "
                    "bills name, and add the rest to the seed owner_assignments."
                ),
                "FinOps",
                "days",
            ),
            outcome=month.say(
                "Between nothing and **{unowned_cost_usd:usd}** a month with an owner who can reduce it. "
                "Assumption: the next months are like this one."
            ),
            supporting=Table(
                (
                    Column("owner_name", "Team"),
                    Column("total_cost_usd", "Cost", "usd_table"),
                    Column("cost_share", "Share", "percent"),
                ),
                teams,
                month.say("cost of {month_start_date:month} by team, what has none in a row of its own."),
                max_rows=10,
            ),
        ),
    )
