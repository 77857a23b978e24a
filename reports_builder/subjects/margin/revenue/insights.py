"""The insight block on fees that customers took along."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.capabilities import UNIT_ECONOMICS


def low_retention(movements: Evidence, left: Evidence) -> tuple[Insight, ...]:
    """That a month kept too little of the fees that it began with; nothing where it kept enough.

    ``left`` are the customers that left in it, the largest fee first.
    """
    if not movements.rows or not movements["is_retention_low"]:
        return ()
    return (
        Insight(
            title=movements.say(
                "Of the fees that {month_start_date:month} began with {nrr_share:percent_fine} stayed, "
                "less than the {nrr_target_share:percent} of a month without questions"
            ),
            problem=movements.say(
                "Departures took **{lost_mrr_usd:usd}** a month away (customers: {churned_customers:count})"
                + (", smaller plans {smaller_mrr_usd:usd}" if movements["smaller_mrr_usd"] else "")
                + ("; larger plans brought {expansion_mrr_usd:usd}" if movements["expansion_mrr_usd"] else "")
                + (". New customers, with {new_mrr_usd:usd}, hide it." if movements["new_mrr_usd"] else ".")
            )
            + (
                left.say(
                    " The largest was {customer_name:text} ({subscription_tier:text}, "
                    "{monthly_fee_usd:usd} a month), on {churned_date:day}."
                )
                if left.rows
                else note("")
            ),
            domain_spec="Understanding Usage & Cost; usage-based revenue: customer retention",
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=movements.say("**{lost_mrr_usd:usd}** of recurring fees a month, from this month on."),
            recommendation=Recommendation(
                note("Ask each customer that left why, ")
                + (left.say("{customer_name:text} first, ") if left.rows else note(""))
                + note(
                    "and say before the next month closes whether it was price, use or service; hold the "
                    "price plan's departures against the answer."
                ),
                "Head of Customer Success",
                "days",
            ),
            outcome=movements.say(
                "Nothing of the {lost_mrr_usd:usd} by asking alone: what is learned keeps up to as much a "
                "month from going the same way. Assumption: the reasons hold for others, too."
            ),
            supporting=Table(
                (
                    Column("customer_name", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("monthly_fee_usd", "Fee a month", "usd_table"),
                    Column("churned_date", "Left on", "day"),
                ),
                left,
                note("customers that left in the month, the largest fee first."),
            ),
        ),
    )
