"""The chargeback of one month as a table for finance."""

from dataclasses import replace
from datetime import date

from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.lineage.figure_ids import mart_figure_id
from reports_builder.marts import Mart
from reports_builder.warehouse import Warehouse

_STATEMENT = """
select *
from :mart
where month_start_date = :month
order by team_id, cost_centre
"""
_BY_OWNER = """
select *
from :mart
where month_start_date = :month and rollup_level = :level
order by total_cost_usd desc, owner_id
"""

STATEMENT = "statement"
BY_OWNER = ("business_unit", "team", "project", "user", "cost_centre")
BY = (STATEMENT, *BY_OWNER)
"""What the rows may be: the statement of what each team is billed or shown, or the owners of a level."""

_OF_STATEMENT = ("month_start_date", "team_id", "cost_centre")
_OF_OWNER = (
    *("month_start_date", "rollup_level", "business_unit_id", "team_id", "project_id", "user_id"),
    "cost_centre",
)


def read_chargeback(warehouse: Warehouse, month: date, by: str) -> Evidence:
    """The rows of a month, each with the id by which `explain` leads on; ReportError when there are none."""
    name = "rpt_chargebacks_monthly" if by == STATEMENT else "rpt_owner_costs_monthly"
    mart = Mart(f"allocation.{name}")
    query = _STATEMENT if by == STATEMENT else _BY_OWNER
    found = warehouse.evidence(query, mart=mart, month=month, level=by)
    if not found.rows:
        raise ReportError(f"{warehouse.path} has no cost by {by.replace('_', ' ')} in {month:%Y-%m}.")
    keys, cost = (_OF_STATEMENT, "allocated_cost_usd") if by == STATEMENT else (_OF_OWNER, "total_cost_usd")
    ids = [mart_figure_id(mart, {key: row[key] for key in keys}, cost) for row in found.each()]
    return replace(
        found,
        columns=(*found.columns, "figure_id"),
        rows=tuple((*row, name) for row, name in zip(found.rows, ids, strict=True)),
    )
