"""When commitments that are owned end, and whether to renew them."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse


def expiries(warehouse: Warehouse) -> Evidence:
    """Commitments that have not ended, the next to end first, those without an end on record last."""
    return warehouse.evidence(
        """
        select
            provider_name, commitment_name, team_id, ends_on, days_left, is_renewed_automatically, cost_usd,
            utilization_share, savings_usd, hourly_cost_usd, renewed_hourly_usd, renewed_monthly_savings_usd,
            advice
        from rates.rpt_commitment_renewals
        order by ends_on nulls last, provider_name, commitment_id
        """
    )


def expiries_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """The terms that run, and what their end takes away; nothing where nothing is owned."""
    owned = expiries(warehouse)
    if not owned.rows:
        return ()
    return (
        Section(
            "Commitments that you own: when they end",
            text=(
                note(
                    "Cost, use and savings are those of the last month that is over. What to sign again is "
                    "what the engine would sign on the usage that it covers. The day on which a term ends is "
                    "that of the bill, or a row of the seed owned_commitments: without either it is unknown, "
                    "and no alert is raised before it."
                ),
            ),
            tables=(
                Table(
                    (
                        Column("provider_name", "Provider"),
                        Column("commitment_name", "Commitment"),
                        Column("team_id", "Team"),
                        Column("ends_on", "Ends on", "day_short"),
                        Column("days_left", "Days left", "count"),
                        Column("is_renewed_automatically", "Renews by itself", "yes_no"),
                        Column("cost_usd", "Cost a month", "usd_table"),
                        Column("utilization_share", "Used", "percent"),
                        Column("savings_usd", "Saves", "delta_usd_table"),
                        Column("hourly_cost_usd", "Costs an hour", "usd_table"),
                        Column("renewed_hourly_usd", "Sign again", "usd_table"),
                        Column("renewed_monthly_savings_usd", "That saves", "usd_table"),
                        Column("advice", "What to do"),
                    ),
                    owned,
                    max_rows=20,
                ),
            ),
        ),
    )
