"""The insight block on an investment that is likely to lose money."""

from reports_builder.evidence import Evidence
from reports_builder.model import Insight, Recommendation
from reports_builder.subjects.planning.returns.statements import investments_table

_LIKELY = 0.25


def likely_loss(doubtful: Evidence, investments: Evidence) -> tuple[Insight, ...]:
    """The investment that loses money in a quarter of the draws or more; nothing where none does."""
    if not doubtful.rows or doubtful["loss_share"] is None or float(str(doubtful["loss_share"])) < _LIKELY:
        return ()
    return (
        Insight(
            title=doubtful.say("{investment_name:text} loses money in {loss_share:percent} of all draws"),
            problem=doubtful.say(
                "By its plan it is worth **{npv_usd:usd}**. Its drivers may come otherwise: four in "
                "five draws lie between **{p10_usd:usd}** and **{p90_usd:usd}**, and {driver_name:text} "
                "alone can bring it to {driver_low_usd:usd}."
            ),
            domain_spec="Organizational Alignment (return on investment)",
            domain_framework="Quantify Business Value: Planning & Estimating",
            ubr_impact=doubtful.say("**{p10_usd:usd}** of value if it goes badly."),
            recommendation=Recommendation(
                doubtful.say("Before any money is spent, narrow what decides: {first_step:text}"),
                str(doubtful["owner_role"]),
                "weeks",
            ),
            outcome=doubtful.say(
                "From **{p10_usd:usd}** to **{p90_usd:usd}**. Assumption: the ranges of the drivers, as "
                "entered."
            ),
            supporting=investments_table(investments),
        ),
    )
