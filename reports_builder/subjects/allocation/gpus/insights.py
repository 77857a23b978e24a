"""The insight block of GPUs."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.capabilities import USAGE


def unused(gpus: Evidence, machines: Evidence) -> tuple[Insight, ...]:
    """GPU hours that were paid for and not used; nothing where there are none.

    ``machines`` are those with such hours, the dearest first.
    """
    if not gpus.rows or not gpus["idle_cost_usd"] or not machines.rows:
        return ()
    return (
        Insight(
            title=gpus.say("{idle_cost_usd:usd} paid for GPU hours that nobody used"),
            problem=gpus.say(
                "From {first_date:day} to {last_date:day} **{idle_gpu_hours:count}** hours of cards were "
                "paid for and held by nobody: **{idle_cost_usd:usd}**, {idle_share:percent} of the "
                "{recorded_cost_usd:usd} whose use is recorded."
            ),
            domain_spec="Usage Optimization (GPUs)",
            domain_framework=USAGE,
            ubr_impact=gpus.say("**{idle_cost_usd:usd}** of cost in the period that serves nobody."),
            recommendation=Recommendation(
                machines.say(
                    "Ask {team_name:text} what its {instance_type:text} with {provider_name:text} waits for, "
                    "which stood unused for {machine_idle_cost_usd:usd}: let other teams have the hours in "
                    "place of cards that they rent, and stop it while nobody holds any of its cards."
                ),
                "Head of Engineering",
                "days",
            ),
            outcome=gpus.say(
                "Between nothing and **{idle_cost_usd:usd}** in a period of this length. Assumption: at the "
                "high end other work that pays for cards elsewhere takes each unused hour. A machine is "
                "billed whole: only hours in which none of its cards is held can be given back, and the "
                "analysis of savings counts these alone."
            ),
            supporting=Table(
                (
                    Column("provider_name", "Provider"),
                    Column("instance_type", "Machine"),
                    Column("team_name", "Its team"),
                    Column("machine_idle_gpu_hours", "Unused hours", "count"),
                    Column("machine_idle_cost_usd", "Cost of unused hours", "usd_table"),
                ),
                machines,
                note("machines with unused hours, the dearest first."),
            ),
        ),
    )
