"""`status` as a scheduler and Prometheus call it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from reports_builder.alerts.ledger import Ledger
from reports_builder.exports.openmetrics import as_openmetrics
from reports_builder.health.metrics import families
from reports_builder.health.problems import Limits, problems
from reports_builder.health.state import read_health
from tests.health.conftest import PUBLISHED_AT, note
from tests.servers import Endpoint
from tests.workspace import ROOT

# What the exposition format allows: metadata of a family, then its samples, each with a number.
_METADATA = re.compile(r"# (TYPE (\w+) gauge|UNIT (\w+) (\w+)|HELP (\w+) [^\n]+)")
_SAMPLE = re.compile(
    r'(\w+)(\{\w+="(?:[^"\\\n]|\\[\\"n])*"(?:,\w+="(?:[^"\\\n]|\\[\\"n])*")*\})? -?\d+(\.\d+)?(e[+-]?\d+)?'
)


def status(published: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reports_builder", "status", "--warehouse", str(published), *options],
        cwd=ROOT,
        env=os.environ | {"FINOPS_MAX_DATA_DAYS": "99999"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_exit_code_is_one_where_there_is_a_problem_and_metrics_are_written_all_the_same(
    published: Path, tmp_path: Path, endpoint: Endpoint
) -> None:
    os.utime(published)
    assert status(published).returncode == 0
    note(published)
    out = tmp_path / "finops.prom"
    done = status(published, "--openmetrics", str(out), "--notify", FINOPS_ALERT_URLS=endpoint.url())
    assert done.returncode == 1
    assert (
        "PROBLEM    The last build failed, at 2026-11-01 07:01 UTC: focus/a.csv, line 7: no amount."
        in done.stdout
    )
    assert done.stderr == "notice: webhook: sent\n"
    assert [message["title"] for message in endpoint.received] == ["AI FinOps: the build failed"]
    assert 'finops_problem{kind="build"} 1.0\n' in out.read_text()
    wrong = status(published, FINOPS_MAX_FAILURES="many")
    assert wrong.returncode == 2
    assert "FINOPS_MAX_FAILURES" in wrong.stderr


def test_a_disk_that_takes_nothing_does_not_silence_it(published: Path, endpoint: Endpoint) -> None:
    os.utime(published)
    note(published, finished_at=datetime.now(UTC).isoformat())
    (published.parent / "health").write_text("")  # no folder can be made here
    done = status(published, "--notify", "--json", FINOPS_ALERT_URLS=endpoint.url())
    assert "may come again" in done.stderr
    assert len(endpoint.received) == 1
    assert json.loads(done.stdout)["build"]["failures"] == 1


def test_metrics_have_what_an_alert_on_freshness_rows_failures_and_duration_needs(published: Path) -> None:
    note(published, failures=3)
    health = read_health(published)
    text = as_openmetrics(families(health, problems(health, Limits(), PUBLISHED_AT))).decode()
    lines = text.splitlines()
    assert lines.pop() == "# EOF"
    family = ""
    for line in lines:
        if line.startswith("#"):
            found = _METADATA.fullmatch(line)
            assert found, line
            family = found[2] or family
            assert (found[3] or found[5] or family) == family
            assert not found[4] or family.endswith(f"_{found[4]}")
        else:
            sample = _SAMPLE.fullmatch(line)
            assert sample, line
            assert sample[1] == family
    as_of = datetime(2026, 10, 31, tzinfo=UTC).timestamp()
    for wanted in (
        f"finops_published_timestamp_seconds {PUBLISHED_AT.timestamp()!r}",
        f"finops_as_of_timestamp_seconds {as_of!r}",
        "finops_build_duration_seconds 90.0",
        "finops_build_failures 3.0",
        "finops_rejected_records 0.0",
        'finops_problem{kind="age"} 0.0',
    ):
        assert wanted in lines
    assert any(line.startswith('finops_source_last_day_timestamp_seconds{source="calls"} ') for line in lines)


def test_metrics_of_nothing_are_metrics(tmp_path: Path) -> None:
    done = status(tmp_path / "finops.duckdb", "--openmetrics", "-")
    assert done.returncode == 1
    assert 'finops_problem{kind="age"} 1.0\n' in done.stdout
    assert "finops_published" not in done.stdout
    assert not Ledger(tmp_path / "finops.duckdb", "health").path.exists()
