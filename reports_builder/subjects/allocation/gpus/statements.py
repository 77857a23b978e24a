"""Sentences and tables about GPUs; the report and the dashboard say the same."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Section, Table
from reports_builder.subjects.allocation.gpus import queries as ask
from reports_builder.warehouse import Warehouse


def gpus_said(gpus: Evidence) -> tuple[Prose, ...]:
    """What GPUs cost, and what of it was for unused hours; nothing where there are none."""
    if not gpus.rows or gpus["cost_usd"] is None:
        return ()
    said = gpus.say("From {first_date:day} to {last_date:day} GPUs cost **{cost_usd:usd}**")
    if gpus["idle_share"] is None:
        return (said + note("; nobody recorded their use."),)
    said += gpus.say(
        ". Of the {recorded_cost_usd:usd} whose use is recorded, **{idle_cost_usd:usd}** "
        "({idle_share:percent}) paid for unused hours"
    )
    if gpus["busy_share"] is not None:
        said += gpus.say("; cards that were held were busy {busy_share:percent} of the time")
    if gpus["unrecorded_cost_usd"]:
        said += gpus.say("; the use of the other {unrecorded_cost_usd:usd} is not known")
    return (said + note("."),)


def gpu_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """GPU hours requested, held and busy, and their cost; nothing where there are none."""
    by_type = ask.gpus_by_type(warehouse)
    if not by_type.rows:
        return ()
    hours = (
        Column("requested_gpu_hours", "Requested hours", "count"),
        Column("allocated_gpu_hours", "Held", "count"),
        Column("measured_gpu_hours", "Busy", "count"),
        Column("busy_share", "Busy while held", "percent"),
        Column("idle_gpu_hours", "Unused hours", "count"),
        Column("cost_usd", "Cost", "usd_table"),
        Column("idle_cost_usd", "Cost of unused hours", "usd_table"),
        Column("unrecorded_cost_usd", "Cost, use not recorded", "usd_table"),
    )
    types = (
        Column("provider_name", "Provider"),
        Column("instance_type", "Machine"),
        *hours,
        Column("usd_per_gpu_hour", "An hour", "usd_unit"),
    )
    teams = (
        Column("team_name", "Team"),
        *hours,
        Column("ledger_cost_usd", "By the ledger", "usd_table"),
        Column("use_less_ledger_usd", "By use less by the ledger", "delta_usd_table"),
    )
    return (
        Section(
            "GPUs",
            text=(
                note(
                    "Hours are those of whole cards: a slice is its part. Requested hours have the time in "
                    "the queue, too. Unused hours are borne by the owner of the machine."
                ),
                note(
                    "Teams are billed by machine, as the ledger has it. The cost by team here is by who held "
                    "the cards; what that moves stands beside it."
                ),
            ),
            tables=(Table(types, by_type), Table(teams, ask.gpus_by_team(warehouse), max_rows=20)),
        ),
    )
