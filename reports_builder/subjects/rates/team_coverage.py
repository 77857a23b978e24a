"""What commitments cover on each day and of each team's usage, and who bears what is not used of them."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Figure, Section, Table
from reports_builder.subjects.rates.charts import coverage_by_day
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


def _days(warehouse: Warehouse) -> Evidence:
    """The days on which something owned was paid for, by provider, of the last 90."""
    return warehouse.evidence(
        """
        select usage_date, provider_name, coverage_share, utilization_share
        from rates.rpt_commitment_coverage_daily
        where is_total and utilization_share is not null and usage_date between :as_of - 89 and :as_of
        order by usage_date, provider_name
        """
    )


def _figures(days: Evidence) -> tuple[Figure, ...]:
    """Coverage and utilization by day; one day alone is no line."""
    if len({row["usage_date"] for row in days.records()}) < 2:
        return ()
    title = note("How much of the usage commitments covered, and how far they were used, day by day")
    return (
        Figure(
            "commitment-coverage-by-day",
            coverage_by_day(days),
            title,
            title + note(". A dashed line for what is covered, a solid one for what is used, by provider."),
            days,
            height=200,
        ),
    )


def team_coverage_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Whom commitments benefit, and who answers for the rest; nothing where nothing is owned."""
    teams, days = _teams(warehouse), _days(warehouse)
    if not teams.rows:
        return ()
    return (
        Section(
            "Commitments that you own: by day and by team",
            text=(
                note(
                    "Who bears the unused part of a commitment is the owner of those lines of the bill; what "
                    "it saves falls to the teams whose usage it covers. These are the 30 days of the report; "
                    "what is covered now, and the table of ends, are of a calendar month, so that their "
                    "amounts differ."
                ),
            ),
            figures=_figures(days),
            tables=(Table(_COLUMNS, teams, max_rows=20),),
        ),
    )
