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

# A kill costs a whole build; the test suite takes one, `FINOPS_KILLS=20 pytest -k kill` the rest.
KILLS = int(os.environ.get("FINOPS_KILLS", "1"))
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

    def until(self, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
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


def working_version(workspace: Workspace) -> int:
    return (workspace.warehouse_dir / "build" / "finops.duckdb").stat().st_mtime_ns


@pytest.fixture
def arriving(workspace: Workspace) -> Workspace:
    """The newest day is still to come."""
    shutil.move(workspace.raw / "calls" / f"date={NEWEST}", workspace.folder / "held_back")
    return workspace


def test_new_data_reaches_the_pages_and_bad_data_reaches_nothing(arriving: Workspace) -> None:
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
        limited = contents(arriving)

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
        assert contents(arriving) == limited

        broken.unlink()
        watched.until(lambda status: status["state"] == "idle" and status["sequence"] == 3)
        # This one built and tested everything: what the limited one left out had not changed.
        assert contents(arriving) == limited
        said = watched.end(signal.SIGTERM)
        assert watched.process.returncode == 0
        assert "stopped" in said
        assert not watched.status["is_watching"]
        assert not list((arriving.folder / "logs").glob("dbt.log*"))


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_watcher_killed_at_any_instant_loses_nothing_and_the_next_one_catches_up(
    arriving: Workspace, seed: int
) -> None:
    before = arriving.query(TOTALS)
    version = working_version(arriving)
    with watching(arriving) as watched:
        # By progress: after so many changes of the file that builds work in.
        for _ in range(random.Random(seed).randint(1, 12)):
            while watched.process.poll() is None and working_version(arriving) == version:
                if watched.status["sequence"]:
                    break
                time.sleep(0.005)
            version = working_version(arriving)
        watched.process.kill()
        watched.process.communicate()
        published = bool(watched.status["sequence"])
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
