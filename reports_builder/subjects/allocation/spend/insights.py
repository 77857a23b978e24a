"""The insight block of cost without an owner."""

from reports_builder.evidence import Evidence
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.allocation.spend.statements import UNOWNED_SHARE


def unowned(month: Evidence, causes: Evidence) -> tuple[Insight, ...]:
    """Cost that no team answers for; nothing when teams answer for all.

    ``causes`` are why, the dearest first.
    """
    if not month.rows or not month["has_unowned"] or not causes.rows:
        return ()
    return (
        insight(
            "allocation/spend/unowned",
            month,
            dearest=causes,
            supporting=Table(
                (
                    Column("cause", "Cause"),
                    Column("cause_cost_usd", "Cost", "usd_table"),
                    UNOWNED_SHARE,
                    Column("next_step", "Next step"),
                ),
                causes,
            ),
        ),
    )
