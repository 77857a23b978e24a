"""What is said of unusual days and hours of series."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from reports_builder.subjects.anomalies.series.statements import series_section
from reports_builder.warehouse import Warehouse
from tests.reports.warehouse_fixture import build_warehouse

INCIDENT = """
    insert into anomalies.fct_series_anomalies by name select
        date '2026-10-30' as usage_date, 9 as hour_of_day, '09:00' as time_of_day, 'provider' as scope,
        'anthropic' as scope_id, 'drop' as direction, 0 as observed_cost_usd, 4 as expected_cost_usd, -4 as excess_usd,
        'provider' as cause_scope, 'anthropic' as cause_scope_id, true as is_without_records,
        '2026-10-30/drop/provider/anthropic' as incident_id, date '2026-10-30' as incident_start_date,
        date '2026-10-30' as incident_end_date, true as is_headline,
        'nothing was recorded: look for missing logs' as next_step
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into seeds.assumptions (name, value) values"
            " ('anomaly_hourly_days', 2), ('anomaly_min_history_days', 14)"
        )
    return path


def test_silence_is_called_missing_logs_and_not_a_saving(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(INCIDENT)
        (section,) = series_section(Warehouse(path, connection))
    said = " ".join(map(str, section.text))
    assert "Incidents in the period: 1, rises: 0, drops: 1" in said
    assert "core.rpt_reconciliation" in said
    (row,) = section.tables[0].cells
    assert "09:00" in row
    assert row[-1] == "nothing was recorded: look for missing logs"


def test_no_incident_is_not_the_same_as_too_little_history(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        (found,) = series_section(Warehouse(path, connection))
        connection.execute("update intermediate.int_as_of_date set first_usage_date = date '2026-10-01'")
        (short,) = series_section(Warehouse(path, connection))
    assert "None in the period" in str(found.text[0])
    assert "it takes 35 days" in str(short.text[0])
