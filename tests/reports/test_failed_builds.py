"""Where the last build failed, everything that shows figures says that they are older."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports_builder.attempts import failed_attempt
from reports_builder.build import build_reports
from reports_builder.dashboard.live import _strip_html
from reports_builder.dashboard.status import Refresh
from reports_builder.errors import ReportError
from reports_builder.warehouse import open_warehouse
from tests.workspace import ROOT

PUBLISHED_AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
PROBLEM = "litellm/spend.csv, line 7: <b>spend</b> is not an amount | 12,5"


@pytest.fixture
def published(tmp_path: Path, tiny_warehouse: Path) -> Path:
    """A published warehouse of 2 November 2026, 6:00 UTC."""
    path = Path(shutil.copy(tiny_warehouse, tmp_path / "finops.duckdb"))
    os.utime(path, (PUBLISHED_AT.timestamp(),) * 2)
    return path


def note(published: Path, **told: object) -> None:
    attempt = {"started_at": "2026-11-02T07:00:00.000Z", "finished_at": "2026-11-02T07:01:00.000Z"}
    attempt |= {"outcome": "failed", "problem": PROBLEM}
    (published.parent / "attempt.json").write_text(json.dumps(attempt | told))


def test_reports_and_terminal_say_it_in_one_line(published: Path, tmp_path: Path) -> None:
    note(published)
    command = [
        sys.executable,
        "-m",
        "reports_builder",
        "--warehouse",
        str(published),
        "--out",
        str(tmp_path / "reports"),
    ]
    done = subprocess.run(
        [*command, "--only", "finops_summary"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said = "These figures are older than the last build, which failed at 2026-11-02 07:01 UTC: "
    assert f"{said}{PROBLEM}." in done.stdout.splitlines()
    page = (tmp_path / "reports" / "finops_summary.md").read_text()
    head = page.split("## The answer", 1)[0]
    (line,) = (line for line in head.splitlines() if line.startswith("> "))
    assert line.startswith(f"> {said}litellm/spend.csv, line 7: ")
    assert "<b>" not in line
    assert "\\|" in line


@pytest.mark.parametrize(
    "told",
    [
        {"outcome": "published", "problem": None},
        {"outcome": "running", "finished_at": None, "problem": None},
        # It failed, and a later build was published.
        {"started_at": "2026-11-02T05:00:00Z", "finished_at": "2026-11-02T05:01:00Z"},
        {"started_at": None, "finished_at": "yesterday"},
        {"outcome": None},
    ],
)
def test_nothing_is_said_of_any_other_attempt(
    published: Path, tmp_path: Path, told: dict[str, object]
) -> None:
    build_reports(published, tmp_path / "before", only=["finops_summary"])
    note(published, **told)
    assert failed_attempt(published) is None
    build_reports(published, tmp_path / "after", only=["finops_summary"])
    before, after = (tmp_path / name / "finops_summary.md" for name in ("before", "after"))
    assert before.read_bytes() == after.read_bytes()


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"outcome": "failed"}', "\x00"])
def test_a_broken_note_says_nothing(published: Path, content: str) -> None:
    (published.parent / "attempt.json").write_text(content)
    assert failed_attempt(published) is None


def test_a_zone_in_the_note_is_minded(published: Path) -> None:
    # 06:30 in Kiritimati is 16:30 UTC of the day before: before the publication.
    note(published, finished_at="2026-11-02T06:30:00+14:00")
    assert failed_attempt(published) is None
    note(published, finished_at="2026-11-01T20:30:00-11:00")
    assert failed_attempt(published) is not None


def test_the_dashboard_says_it_above_every_page_and_once(published: Path) -> None:
    note(published)
    failed = failed_attempt(published)
    strip = _strip_html(None, None, failed)
    assert "older than the last build, which failed at 2026-11-02 07:01 UTC" in strip
    assert "<b>" not in strip
    watched = Refresh("failed", 1, 1, "no", "", "", "", ())
    assert "older than the last build" not in _strip_html(watched, None, failed)
    assert "The last refresh failed: no." in _strip_html(watched, None, failed)


def test_without_a_warehouse_the_failure_is_the_reason(published: Path) -> None:
    note(published, problem="customers.csv: column customer_id is missing")
    published.unlink()
    with (
        pytest.raises(ReportError, match=r"no warehouse at .*column customer_id is missing"),
        open_warehouse(published),
    ):
        pass
