"""When commitments that are owned end, as a page says it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from reports_builder.subjects.rates.expiries import expiries_section
from reports_builder.warehouse import Warehouse
from tests.reports.warehouse_fixture import columns_of

RENEWALS = (
    "'no end' as commitment_id, 'find out what it covers' as advice",
    "'late' as commitment_id, date '2027-11-14' as ends_on, 364 as days_left, -10 as savings_usd, 100 as cost_usd, "
    "0.9 as utilization_share, 'let it end' as advice",
    "'soon' as commitment_id, date '2026-12-15' as ends_on, 30 as days_left, 40 as savings_usd, 100 as cost_usd, "
    "0.95 as utilization_share, 'renew it' as advice, 0.1 as hourly_cost_usd, 0.09 as renewed_hourly_usd, "
    "40 as renewed_monthly_savings_usd",
)
MART = "rates.rpt_commitment_renewals"


def test_the_next_to_end_stands_first() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema rates; create schema intermediate")
        columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(MART).items())
        connection.execute(f"create table {MART} ({columns})")
        connection.execute(
            "create table intermediate.int_as_of_date as select date '2026-11-15' as as_of_date,"
            " date '2026-10-17' as window_start_date, date '2026-09-17' as prior_window_start_date,"
            " date '2026-10-16' as prior_window_end_date, date '2026-01-01' as first_usage_date"
        )
        assert expiries_section(Warehouse(Path("finops.duckdb"), connection)) == ()
        for renewal in RENEWALS:
            connection.execute(
                f"insert into {MART} by name select 'AWS' as provider_name, commitment_id as commitment_name, "
                f"false as is_renewed_automatically, * from (select {renewal})"
            )
        (section,) = expiries_section(Warehouse(Path("finops.duckdb"), connection))
        (table,) = section.tables
        rows = [[str(cell) for cell in row] for row in table.cells]
    assert [row[1] for row in rows] == ["soon", "late", "no end"]
    assert rows[0][4:] == ["30", "no", "$100.00", "95 %", "+$40.00", "$0.10", "$0.09", "$40.00", "renew it"]
    assert rows[2][3:5] == ["unknown", "unknown"]
