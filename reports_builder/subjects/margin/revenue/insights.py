"""The insight block on fees that customers took along."""

from reports_builder.evidence import Evidence
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table


def low_retention(movements: Evidence, left: Evidence) -> tuple[Insight, ...]:
    """That a month kept too little of the fees that it began with; nothing where it kept enough.

    ``left`` are the customers that left in it, the largest fee first.
    """
    if not movements.rows or not movements["is_retention_low"]:
        return ()
    return (
        insight(
            "margin/revenue/low_retention",
            movements,
            left,
            has_left=bool(left.rows),
            supporting=Table(
                (
                    Column("customer_name", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("monthly_fee_usd", "Fee a month", "usd_table"),
                    Column("churned_date", "Left on", "day"),
                ),
                left,
            ),
        ),
    )
