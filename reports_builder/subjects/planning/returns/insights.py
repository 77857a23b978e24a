"""The insight block on an investment that is likely to lose money."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Insight, Recommendation
from reports_builder.subjects.planning.returns.statements import condition, investments_table


def likely_loss(doubtful: Evidence, investments: Evidence) -> tuple[Insight, ...]:
    """The investment likeliest to lose money, where it is not to be signed as it is; no example."""
    if doubtful["verdict"] in (None, "sign") or doubtful["is_illustrative"]:
        return ()
    return (
        Insight(
            title=doubtful.say("{investment_label:text} loses money in {loss_share:percent} of all draws"),
            problem=doubtful.say(
                "By its plan it is worth **{npv_usd:usd}**. Its drivers may come otherwise: four in "
                "five draws lie between **{p10_usd:usd}** and **{p90_usd:usd}**, and {driver_name:text} "
                "alone can bring it to {driver_low_usd:usd}."
            ),
            domain_spec="Organizational Alignment (return on investment)",
            domain_framework="Quantify Business Value: Planning & Estimating",
            ubr_impact=doubtful.say("**{p10_usd:usd}** of value if it goes badly."),
            recommendation=Recommendation(
                condition(doubtful) + _begin(doubtful) + _stop(doubtful),
                str(doubtful["owner_role"]),
                "weeks",
            ),
            outcome=_outcome(doubtful),
            supporting=investments_table(investments),
        ),
    )


def _begin(doubtful: Evidence) -> Prose:
    """The step on the driver that decides, and not on the one that is cheapest to move."""
    if doubtful["first_step"] is None:
        return note("")
    return doubtful.say(" First step on {first_step:text}")


def _stop(doubtful: Evidence) -> Prose:
    if doubtful["verdict"] == "sign after the steps":
        return note(" Stop if the steps do not come off.")
    return note(" Stop if that fails: the other steps do not make up for it.")


def _outcome(doubtful: Evidence) -> Prose:
    if doubtful["steps_usd"] is None:
        return note("Not signed, nothing is lost. No step is on record that would pay.")
    return doubtful.say(
        "Not signed, nothing is lost. Signed after all steps that pay, {steps_usd:usd} of them, it comes to "
        "**{p10_after_steps_usd:usd}** to **{p90_after_steps_usd:usd}** in four of five draws, and loses "
        "in {loss_share_after_steps:percent}. Assumption: the ranges of the drivers, as entered."
    )
