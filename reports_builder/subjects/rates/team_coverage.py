"""What commitments cover of each team's usage, and who bears what is not used of them."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse

_COLUMNS = (
    Column("provider_name", "Provider"),
    Column("team_id", "Team"),
    Column("covered_usd", "Covered, at list price", "usd_table"),
    Column("coverage_share", "Coverage", "percent"),
    Column("used_cost_usd", "Paid for it", "usd_table"),
    Column("unused_cost_usd", "Unused", "usd_table"),
    Column("utilization_share", "Utilization", "percent"),
    Column("savings_usd", "Saved", "delta_usd_table"),
)


def _teams(warehouse: Warehouse) -> Evidence:
    """The window by team, the dearest unused commitment first; nothing where nothing is owned."""
    return warehouse.evidence(
        """
        select
            provider_name, team_id, covered_usd, coverage_share, used_cost_usd, unused_cost_usd,
            utilization_share, savings_usd
        from rates.rpt_commitment_coverage_by_team
        order by unused_cost_usd desc, provider_name, team_id
        """
    )


def team_coverage_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Whom commitments benefit, and who answers for the rest; nothing where nothing is owned."""
    teams = _teams(warehouse)
    if not teams.rows:
        return ()
    return (
        Section(
            "Commitments that you own: by team",
            text=(
                note(
                    "Who bears the unused part of a commitment is the owner of those lines of the bill; what "
                    "it saves falls to the teams whose usage it covers. These are the 30 days of the report; "
                    "what is covered now, and the table of ends, are of a calendar month, so that their "
                    "amounts differ."
                ),
            ),
            tables=(Table(_COLUMNS, teams, max_rows=20),),
        ),
    )
