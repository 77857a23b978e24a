"""The watcher as a user starts it, on a real warehouse: killed, restarted, fed, broken, mended, ended."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.warehouse.test_incremental_days import contents
from tests.workspace import ROOT, Workspace

# Each costs a whole build; the test below takes one kill, `FINOPS_KILLS=20 pytest -k kill` more.
KILLS = int(os.environ.get("FINOPS_KILLS", "0"))
TOTALS = "select sum(calls), sum(billed_cost_usd) from core.fct_usage_daily"
NEWEST = "2026-10-31"


class Watched:
    """A workspace with a watcher on it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        command = [
            sys.executable,
            "-m",
            "reports_builder",
            "watch",
            "--out",
            str(workspace.folder / "reports"),
        ]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=workspace.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    @property
    def status(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.workspace.warehouse_dir / "refresh.json").read_text()))
        except FileNotFoundError:
            return {"state": "starting", "sequence": 0}

    def until(self, reached: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        while not reached(self.status):
            assert self.process.poll() is None, self.process.communicate()[0]
            time.sleep(0.05)
        return self.status

    def end(self, number: signal.Signals) -> str:
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[0]


@contextmanager
def watching(workspace: Workspace) -> Iterator[Watched]:
    watched = Watched(workspace)
    try:
        yield watched
    finally:
        if watched.process.poll() is None:
            watched.process.kill()
        watched.process.communicate()


def figures(workspace: Workspace) -> dict[str, set[tuple[object, ...]]]:
    """All rows of all marts, but for the history of alerts: those that are evaluated meanwhile add to it."""
    growing = {"anomalies.fct_alert_events", "anomalies.rpt_open_alerts"}
    return {name: rows for name, rows in contents(workspace).items() if name not in growing}


def log_of_dbt(workspace: Workspace) -> bytes:
    return (workspace.folder / "logs" / "dbt.log").read_bytes()


def working_version(workspace: Workspace) -> list[int]:
    """Changes with every transaction of a build."""
    try:
        files = sorted((workspace.warehouse_dir / "build").glob("finops.duckdb*"))
        return [path.stat().st_mtime_ns for path in files]
    except FileNotFoundError:
        # The log of a transaction that was taken over just now.
        return []


def kill_in_its_first_build(workspace: Workspace, seed: int) -> bool:
    """Kill a watcher by progress, after some transactions of its build; whether it had published."""
    version = working_version(workspace)
    with watching(workspace) as watched:
        for _ in range(random.Random(seed).randint(1, 40)):
            while not watched.status["sequence"] and working_version(workspace) == version:
                assert watched.process.poll() is None
                time.sleep(0.005)
            version = working_version(workspace)
        watched.process.kill()
        watched.process.wait()
        return bool(watched.status["sequence"])


@pytest.fixture
def arriving(workspace: Workspace) -> Workspace:
    """The newest day is still to come, and was never published."""
    shutil.move(workspace.raw / "calls" / f"date={NEWEST}", workspace.folder / "held_back")
    workspace.build("--vars", "{accept_removed_days: true}")
    return workspace


def test_new_data_reaches_the_pages_and_bad_data_reaches_nothing(arriving: Workspace) -> None:
    log_before = log_of_dbt(arriving)
    published = arriving.published.read_bytes()
    assert not kill_in_its_first_build(arriving, seed=0)
    assert arriving.published.read_bytes() == published
    with watching(arriving) as watched:
        watched.until(lambda status: status["state"] == "idle" and status["sequence"] == 1)
        (calls, cost), *_ = arriving.query(TOTALS)
        summary = arriving.folder / "reports" / "finops_summary.md"
        before = summary.read_text()

        shutil.move(arriving.folder / "held_back", arriving.raw / "calls" / f"date={NEWEST}")
        status = watched.until(lambda status: status["state"] == "idle" and status["sequence"] == 2)
        arrived = arriving.query(
            f"select count(*), sum(cost_usd) from '{arriving.raw}/calls/date={NEWEST}/*.parquet'"
        )
        assert arrived[0][0] > 0
        assert arriving.query(TOTALS) == [(calls + arrived[0][0], cost + arrived[0][1])]
        assert "finops_summary.md" in status["changed_reports"]
        assert summary.read_text() != before
        limited = figures(arriving)

        second = subprocess.run(
            [sys.executable, "-m", "reports_builder", "watch"],
            cwd=ROOT, env=arriving.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert second.returncode == 2
        assert "another watcher" in second.stderr

        broken = arriving.raw / "calls" / f"date={NEWEST}" / "broken.parquet"
        broken.write_bytes(b"no parquet")
        status = watched.until(lambda status: status["state"] == "failed")
        assert "broken.parquet" in status["error"]
        assert status["sequence"] == 2
        assert status["next_retry_at"]
        assert figures(arriving) == limited

        broken.unlink()
        # A retry may have begun before the file was gone, and ends well without it: then another build follows.
        watched.until(lambda status: status["state"] == "idle" and status["sequence"] >= 3)
        # This one built and tested everything: what the limited one left out had not changed.
        assert figures(arriving) == limited
        said = watched.end(signal.SIGTERM)
        assert watched.process.returncode == 0
        assert "stopped" in said
        assert not watched.status["is_watching"]
        assert log_of_dbt(arriving) == log_before


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_watcher_killed_at_any_instant_loses_nothing_and_the_next_one_catches_up(
    arriving: Workspace, seed: int
) -> None:
    before = arriving.query(TOTALS)
    published = kill_in_its_first_build(arriving, seed)
    (held_back,) = arriving.query(
        f"select count(*), sum(cost_usd) from '{arriving.folder}/held_back/*.parquet'"
    )
    fewer = [(before[0][0] - held_back[0], before[0][1] - held_back[1])]
    assert arriving.query(TOTALS) == (fewer if published else before)
    with watching(arriving) as watched:
        watched.until(lambda status: status["state"] == "idle" and status["sequence"] == 1 + published)
        assert arriving.query(TOTALS) == fewer
        watched.end(signal.SIGINT)
        assert watched.process.returncode == 0
