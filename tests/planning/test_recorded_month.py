"""The example of the docs: a month that is closed against the forecast that was written down on its eve."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.workspace import BIN, ROOT

[EXAMPLE] = re.findall(r"```bash\n(.*?)```", (ROOT / "docs" / "planning.md").read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands leave behind, run as they are printed, but for the folder."""
    made = tmp_path_factory.mktemp("eve")
    assert "data/eve" in EXAMPLE
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "FINOPS_"))}
    env |= {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "DBT_VERSION_CHECK": "false",
        "DBT_TARGET_PATH": str(made / "target"),
        "DBT_LOG_PATH": str(made / "logs"),
    }
    done = subprocess.run(
        ["bash", "-e", "-c", EXAMPLE.replace("data/eve", str(made)).replace("python ", f"{sys.executable} ")],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return made


def asked(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(folder / "warehouse" / "finops.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_month_is_closed_against_the_forecast_of_its_eve(folder: Path) -> None:
    [(basis, forecast_usd, actual_usd, is_in_time)] = asked(
        folder,
        """
        select forecast_basis, forecast_usd, actual_usd, cast(forecast_recorded_at as date) <= month_start_date
        from planning.rpt_month_close where is_latest and period = 'month' and scope = 'total'
        """,
    )
    assert (basis, is_in_time) == ("recorded", True)
    assert forecast_usd > 0
    assert actual_usd > 0
    # The month as forecast is the record's mean day for as many days as it has.
    [(recorded_usd, came_usd)] = asked(
        folder,
        """
        select round(record.forecast_usd / 30 * closed.days_in_month, 2), record.actual_usd
        from planning.rpt_forecast_record as record
        inner join planning.rpt_month_close as closed
            on closed.is_latest and closed.period = 'month' and record.scope = closed.scope and record.first_forecast_date = closed.month_start_date
        where record.scope = 'total'
        """,
    )
    assert recorded_usd == pytest.approx(float(forecast_usd), abs=0.01)
    assert 0 < came_usd <= actual_usd


def test_what_was_to_be_told_on_the_eve_is_on_record(folder: Path) -> None:
    told = asked(
        folder,
        """
        select distinct events.as_of_date, closed.month_start_date - 1
        from anomalies.fct_alert_events as events
        inner join planning.rpt_month_close as closed on closed.is_latest and closed.period = 'month' and closed.scope = 'total'
        """,
    )
    [(as_of, eve)] = told
    assert as_of == eve


def test_the_page_says_which_forecast_it_was(folder: Path) -> None:
    page = (folder / "reports" / "analyses" / "planning.md").read_text()
    assert "The forecast that was written down on " in page
    assert "No forecast was written down before the month began" not in page
