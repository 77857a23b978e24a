"""What counts as a problem of the pipeline, and what does not."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dbt_project.plugins import attempts
from reports_builder.errors import ReportError
from reports_builder.health.problems import Limits, limits_of, problems
from reports_builder.health.state import read_health
from tests.health.conftest import PUBLISHED_AT, note

_DEFAULT = Limits()
NOON = PUBLISHED_AT + timedelta(hours=6)


def kinds(published: Path, *, after: timedelta = timedelta(hours=6), limits: Limits = _DEFAULT) -> list[str]:
    return [each.kind for each in problems(read_health(published), limits, PUBLISHED_AT + after)]


def test_a_fresh_warehouse_has_none(published: Path) -> None:
    note(published, outcome="published", problem=None, failures=0)
    assert kinds(published) == []


def test_figures_are_old_beyond_the_limit_and_not_at_it(published: Path) -> None:
    assert kinds(published, after=timedelta(hours=26)) == []
    assert kinds(published, after=timedelta(hours=26, seconds=1)) == ["age"]
    assert kinds(published, after=timedelta(hours=2), limits=Limits(max_age_hours=1.5)) == ["age"]


def test_data_that_no_longer_arrives_is_another_problem_than_a_build_that_does_not_run(
    published: Path,
) -> None:
    # Of 31 October; as if built anew each night.
    os.utime(published, ((PUBLISHED_AT + timedelta(days=3)).timestamp(),) * 2)
    assert kinds(published, after=timedelta(days=2)) == []
    assert kinds(published, after=timedelta(days=3)) == ["data"]


def test_a_failed_build_says_why_and_a_limit_may_bear_some(published: Path) -> None:
    note(published, failures=2)
    (problem,) = problems(read_health(published), Limits(), NOON)
    assert problem.sentence == (
        "The last 2 builds failed, at 2026-11-01 07:01 UTC: focus/a.csv, line 7: no amount. "
        "The published figures are older."
    )
    assert kinds(published, limits=Limits(max_failures=2)) == []
    assert kinds(published, limits=Limits(max_failures=1)) == ["build"]


def test_a_build_that_runs_does_not_make_the_failures_before_it_good(published: Path) -> None:
    note(published, outcome="running", finished_at=None, problem=None, failures=1, pid=os.getppid(), host="")
    assert kinds(published) == ["build"]


def test_a_build_whose_process_is_gone_has_failed_and_one_elsewhere_is_let_be(published: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    running = {"outcome": "running", "finished_at": None, "problem": None, "failures": 0}
    note(published, **running, pid=gone.pid, host=socket.gethostname())
    assert kinds(published) == ["build"]
    note(published, **running, pid=gone.pid, host="another")
    assert kinds(published) == []
    note(published, **running, pid=os.getppid(), host=socket.gethostname())
    assert kinds(published) == []
    # The watcher asks while it builds itself; in a container that starts again, who asks may have the same number.
    own = {"pid": os.getpid(), "host": socket.gethostname()}
    note(published, **running, **own, started_at=datetime.now(UTC).isoformat())
    assert kinds(published) == []
    note(published, **running, **own, started_at="2020-01-01T00:00:00Z")
    assert kinds(published) == ["build"]


def test_nothing_published_and_a_file_that_nobody_can_read(published: Path) -> None:
    published.write_bytes(b"no database")
    os.utime(published, (PUBLISHED_AT.timestamp(),) * 2)
    assert kinds(published) == ["file"]
    published.unlink()
    assert kinds(published) == ["age"]


def test_a_step_of_the_night_that_failed_counts_but_a_build_speaks_for_itself(published: Path) -> None:
    def nightly(*steps: tuple[str, int]) -> None:
        told = [{"step": step, "exit_code": code, "seconds": 1.5, "problem": "why"} for step, code in steps]
        (published.parent / "nightly.json").write_text(json.dumps({"steps": told}))

    nightly(("build", 0), ("report", 2))
    (problem,) = problems(read_health(published), Limits(), NOON)
    assert problem.sentence == "`finops report` of the last nightly run ended with exit code 2: why."
    nightly(("build --full-refresh", 1))
    assert kinds(published) == []
    (published.parent / "nightly.json").write_text('{"steps": [{}]}')
    assert kinds(published) == []


def test_builds_that_fail_are_counted_until_one_is_published(tmp_path: Path) -> None:
    def failures() -> int:
        return int(json.loads((tmp_path / "attempt.json").read_text())["failures"])

    for expected in (1, 2):
        attempts.begin(tmp_path)
        attempts.end(tmp_path, "failed", "why")
        assert failures() == expected
    attempts.begin(tmp_path)
    assert failures() == 2
    # That one was killed: the next one knows.
    attempts.begin(tmp_path)
    assert failures() == 3
    attempts.end(tmp_path, "published", None)
    assert failures() == 0


@pytest.mark.parametrize("text", ["-1", "a day", "nan", "1e3"])
def test_a_limit_that_is_no_number_is_named(text: str) -> None:
    with pytest.raises(ReportError, match="FINOPS_MAX_AGE_HOURS"):
        limits_of({"FINOPS_MAX_AGE_HOURS": text})
    assert limits_of({"FINOPS_MAX_DATA_DAYS": "40"}) == Limits(max_data_days=40)
