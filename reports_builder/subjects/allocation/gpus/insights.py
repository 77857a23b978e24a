"""The insight block of GPUs."""

from reports_builder.evidence import Evidence
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table


def unused(gpus: Evidence, machines: Evidence) -> tuple[Insight, ...]:
    """GPU hours that were paid for and not used; nothing where there are none.

    ``machines`` are those with such hours, the dearest first.
    """
    if not gpus.rows or not gpus["idle_cost_usd"] or not machines.rows:
        return ()
    return (
        insight(
            "allocation/gpus/unused",
            gpus,
            machine=machines,
            supporting=Table(
                (
                    Column("provider_name", "Provider"),
                    Column("instance_type", "Machine"),
                    Column("team_name", "Its team"),
                    Column("machine_idle_gpu_hours", "Unused hours", "count"),
                    Column("machine_idle_cost_usd", "Cost of unused hours", "usd_table"),
                ),
                machines,
            ),
        ),
    )
