"""What was forecast stays written down: once, whatever is built after it, and through a kill."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from dbt_project.plugins.forecast_record import FORECASTS, record_forecasts


def published(folder: Path, forecast: float | None, first_date: date | None = None) -> Path:
    """A published file that forecasts the total from tomorrow on, nothing of a team without history, a rest, the other services and a customer
    without a budget."""
    file = folder / "finops.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema planning")
        connection.execute(
            """
            create table planning.rpt_cost_outlook as
            select scope, scope_id, first_date as first_forecast_date,
                first_date + 29 as last_forecast_date, 'combined' as forecast_method,
                usd::decimal(28, 12) as forecast_usd, scope = 'rest' as is_rest, null::decimal(28, 12) as lower_usd,
                null::decimal(28, 12) as upper_usd
            from (values ('total', 'total', ?), ('team', 'team', null), ('rest', 'rest', 7), ('service', '(all others)', 8), ('customer', 'unplanned', 9))
                as scopes (scope, scope_id, usd), (select cast(? as date)) as days (first_date)
            """,
            [forecast, first_date or datetime.now(UTC).date() + timedelta(days=1)],
        )
        connection.execute("create table planning.rpt_budgets (scope varchar, scope_id varchar)")
    (folder / FORECASTS).parent.mkdir(exist_ok=True)
    return file


def recorded(folder: Path) -> list[tuple[str, str]]:
    lines = []
    for line in (folder / FORECASTS).read_text().splitlines() if (folder / FORECASTS).exists() else ():
        try:
            told = json.loads(line)
        except ValueError:
            lines.append(("cut off", ""))
            continue
        lines.append((told["scope"], told["forecast_usd"]))
    return lines


def test_a_forecast_is_written_down_once_and_again_when_it_changes(tmp_path: Path) -> None:
    for forecast in (100, 100, 80, 80, 100):
        record_forecasts(published(tmp_path, forecast))
    assert recorded(tmp_path) == [
        ("total", "100.000000000000"),
        ("total", "80.000000000000"),
        ("total", "100.000000000000"),
    ]


def test_what_is_said_of_days_that_have_begun_is_no_forecast(tmp_path: Path) -> None:
    record_forecasts(published(tmp_path, 100, date(2026, 11, 1)))
    assert recorded(tmp_path) == []


def test_a_line_that_a_kill_cut_off_is_written_again_and_swallows_none(tmp_path: Path) -> None:
    file = published(tmp_path, 100)
    record_forecasts(file)
    whole = (tmp_path / FORECASTS).read_bytes()
    (tmp_path / FORECASTS).write_bytes(whole[:-9])
    record_forecasts(file)
    record_forecasts(file)
    assert recorded(tmp_path) == [("cut off", ""), ("total", "100.000000000000")]


def test_a_warehouse_without_plans_has_none(tmp_path: Path) -> None:
    file = tmp_path / "finops.duckdb"
    duckdb.connect(str(file)).close()
    record_forecasts(file)
    assert not (tmp_path / FORECASTS).exists()


def test_what_cannot_be_written_is_said_and_undoes_no_publication(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = published(tmp_path, 100)
    (tmp_path / FORECASTS).mkdir()
    record_forecasts(file)
    assert "the next build writes the forecasts down" in capsys.readouterr().err
    assert file.exists()
