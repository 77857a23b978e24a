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
            provider_name, team_id, sum(covered_usd) as covered_usd,
            sum(covered_usd) / nullif(sum(eligible_usd)::double, 0) as coverage_share,
            sum(used_cost_usd) as used_cost_usd, sum(unused_cost_usd) as unused_cost_usd,
            sum(used_cost_usd) / nullif(sum(used_cost_usd + unused_cost_usd)::double, 0) as utilization_share,
            sum(savings_usd) as savings_usd
        from rates.rpt_commitment_coverage_daily
        where usage_date between :window_start and :as_of and not is_total
        group by provider_name, team_id
        having sum(used_cost_usd) > 0 or sum(unused_cost_usd) > 0
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
                    "it saves falls to the teams whose usage it covers."
                ),
            ),
            tables=(Table(_COLUMNS, teams, max_rows=20),),
        ),
    )
