"""The insight blocks on abnormal cost and limits."""

from reports_builder.assumptions import assumption
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.anomalies import queries as ask
from reports_builder.subjects.anomalies.statements import EPISODE_COLUMNS, run_of
from reports_builder.subjects.capabilities import ANOMALIES, REAL_TIME, UNIT_ECONOMICS
from reports_builder.warehouse import Warehouse


def abnormal_days(episodes: Evidence) -> tuple[Insight, ...]:
    """The abnormal runs of the period, if there were any."""
    if not episodes.rows:
        return ()
    return (
        Insight(
            title=episodes.say("{customer:text} cost {cost_ratio:ratio} times the expected"),
            problem=episodes.say(
                f"From {{episode_start_date:day}}, {run_of(episodes)} cost "
                "**{observed_usd:usd}** instead of the {expected_usd:usd} that the {baseline:text} leads "
                "one to expect. The reason is {driver:text}; {cause_share:percent} of what was added is "
                "{cause_feature:words} on {cause_model:text}."
            ),
            domain_spec=REAL_TIME,
            domain_framework=ANOMALIES,
            ubr_impact=episodes.say(
                "**{excess_usd:usd}** of margin in 30 days, {excess_share:percent} of all that abnormal days "
                "cost above the expected."
            ),
            recommendation=Recommendation(
                episodes.say(
                    "Ask {customer:text} whether this use was meant; cap {cause_feature:words} for the "
                    "account if it was not."
                ),
                "Head of Customer Success",
                "a day",
                worth=episodes.say("up to {excess_usd:usd_table} each time"),
            ),
            outcome=episodes.say(
                "Between nothing, if it was meant or is over, and **{excess_usd:usd}** each time it happens "
                "again. A one-off, in no total of savings. Assumption: the days before show what is normal."
            ),
            supporting=Table(
                EPISODE_COLUMNS, episodes, note("abnormal days of the period, the dearest first.")
            ),
        ),
    )


def _next_tier(sums: Evidence, plan: Evidence) -> Prose:
    counted = (
        note("The pricing proposal counts these customers in the worth of its plan. ")
        if plan.rows
        else note("")
    )
    if sums["next_tier_gain_usd"] is None:
        return counted + note("Of a larger tier nothing can be said: there is none to move to.")
    return counted + sums.say(
        ("Without the plan: between nothing" if plan.rows else "Between nothing")
        + ", if they refuse, and **{next_tier_gain_usd:usd}** more in fees a month, if each that has a "
        "larger tier above it ({customers_with_next_tier:count} of {listed_customers:count}) moves there at "
        "its list fee; in no total of this page. Assumption: they stay and use as much as before."
    )


def over_limit(warehouse: Warehouse, plan: Evidence) -> tuple[Insight, ...]:
    """Customers whose cost is too large a part of their fees; ``plan`` is the price plan proposed."""
    customers, sums = ask.over_limit(warehouse), ask.over_limit_in_all(warehouse)
    if not customers.rows:
        return ()
    return (
        Insight(
            title=sums.say(
                "One customer costs"
                if sums["listed_customers"] == 1
                else "{listed_customers:count} customers cost"
            )
            + customers.say(" more than {limit_share:percent} of their fees"),
            problem=customers.say(
                "The furthest over is {customer:text}: **{cost_usd:usd}** of cost against {revenue_usd:usd}"
                " of fees in 30 days ({cost_share_of_revenue:percent})."
            ),
            domain_spec=REAL_TIME,
            domain_framework=f"{ANOMALIES}; {UNIT_ECONOMICS}",
            ubr_impact=sums.say("**{all_above_limit_usd:usd}** of cost in 30 days beyond the limit."),
            recommendation=Recommendation(
                note(
                    "Offer these customers the price plan of the pricing proposal; a larger tier only if "
                    "that plan is not introduced."
                    if plan.rows
                    else "Offer these customers the next tier, where there is one, or a price that follows "
                    "usage."
                ),
                "Head of Product",
                "weeks",
                worth=sums.say("{all_above_limit_usd:usd_table} of cost a month beyond the limit"),
            ),
            outcome=_next_tier(sums, plan),
            supporting=Table(
                (
                    Column("customer", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("revenue_usd", "Fees earned", "usd_table"),
                    Column("cost_usd", "Cost", "usd_table"),
                    Column("cost_share_of_revenue", "Cost of fees", "percent"),
                    Column("cost_above_limit_usd", "Above the limit", "usd_table"),
                ),
                customers,
                note("customers over the limit, 30 days."),
            ),
        ),
    )


def outgrown(warehouse: Warehouse, plan: Evidence) -> tuple[Insight, ...]:
    """Customers that have grown past their tier; ``plan`` is the price plan proposed."""
    customers, sums = ask.outgrown(warehouse), ask.outgrown_in_all(warehouse)
    if not customers.rows:
        return ()
    return (
        Insight(
            title=sums.say(
                "One customer has outgrown its tier"
                if sums["listed_customers"] == 1
                else "{listed_customers:count} customers have outgrown their tier"
            ),
            problem=say(
                "{customer:text} costs {growth_ratio:ratio} times what it did at first, abnormal days left "
                "out, and in its last {tier_outgrown_recent_days:count} days "
                "{recent_cost_share_of_revenue:percent} of its fees. This is a new level, not a spike.",
                customers,
                assumption(warehouse, "tier_outgrown_recent_days"),
            ),
            domain_spec=REAL_TIME,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=sums.say("**{all_loss_usd:usd}** of cost above fees in 30 days on these accounts."),
            recommendation=Recommendation(
                _larger_tier(customers, plan),
                "Head of Customer Success",
                "days",
                worth=sums.say("{all_loss_usd:usd_table} of cost a month above their fees"),
            ),
            outcome=_next_tier(sums, plan),
            supporting=Table(
                (
                    Column("customer", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("revenue_usd", "Fees, 30 days", "usd_table"),
                    Column("cost_usd", "Cost, 30 days", "usd_table"),
                    Column("next_tier", "Next tier"),
                    Column("next_tier_fee_usd", "Its list fee a month", "usd_table"),
                    Column("growth_ratio", "Growth, times", "ratio"),
                ),
                customers,
                note("customers whose cost has grown past the fee of their tier."),
            ),
        ),
    )


def _larger_tier(customers: Evidence, plan: Evidence) -> Prose:
    if plan.rows:
        return customers.say(
            "Call {customer:text} first, then the others below, once the price plan of the pricing proposal "
            "is introduced."
        )
    if customers["next_tier_fee_usd"] is None:
        return customers.say(
            "Agree a price of its own with {customer:text}: no tier is larger; then see the others below."
        )
    return customers.say("Offer {customer:text} the tier {next_tier:text} first; then the others below.")
