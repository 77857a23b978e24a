"""The insight block of cost without an owner."""

from reports_builder.evidence import Evidence, say
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.allocation.spend.statements import UNOWNED_SHARE
from reports_builder.subjects.capabilities import INVOICING


def unowned(month: Evidence, causes: Evidence) -> tuple[Insight, ...]:
    """Cost that no team answers for; nothing when teams answer for all.

    ``causes`` are why, the dearest first.
    """
    if not month.rows or not month["has_unowned"] or not causes.rows:
        return ()
    return (
        Insight(
            title=month.say(
                "{unowned_cost_usd:usd} of {month_start_date:month} belong to no team"
                + (", which is within the target" if month["is_owned_enough"] else "")
            ),
            problem=say(
                "The owner rules find a team for **{owned_share:percent}** of **{total_cost_usd:usd}** "
                "(target {owned_target_share:percent}); nobody looks after the other "
                "**{unowned_cost_usd:usd}**. The largest part of it is {cause_cost_usd:usd} ({cause:text}).",
                month,
                causes,
            ),
            domain_spec="Understanding Usage & Cost (allocation)",
            domain_framework=f"Understand Usage & Cost: Allocation; {INVOICING}",
            ubr_impact=month.say("**{unowned_cost_usd:usd}** a month that no budget holds."),
            recommendation=Recommendation(
                causes.say("For “{cause:text}”: {next_step:text}. Then the next of the list."),
                "FinOps",
                "hours" if month["is_owned_enough"] else "days",
            ),
            outcome=month.say(
                "Between nothing and **{unowned_cost_usd:usd}** a month with an owner who can reduce it. "
                "Assumption: the next months are like this one."
            ),
            supporting=Table(
                (
                    Column("cause", "Cause"),
                    Column("cause_cost_usd", "Cost", "usd_table"),
                    UNOWNED_SHARE,
                    Column("next_step", "Next step"),
                ),
                causes,
                month.say("why cost of {month_start_date:month} has no team."),
            ),
        ),
    )
