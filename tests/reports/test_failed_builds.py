"""Where the last build failed, everything that shows figures says that they are older."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbt_project.plugins.attempts import failure_of, summary
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


COLOURED = """Runtime Error in model fct_calls (models/core/fct_calls.sql)
  \x1b[31mConversion Error: Could not convert string 'n/a' to INT64\x1b[0m

  LINE 12:     cast(tokens as bigint)
               ^"""
UNIT_TEST = """

\x1b[0mactual differs from expected:

@@ ,spend_usd
\x1b[33m→  \x1b[0m ,10\x1b[31m→\x1b[0m20
"""
CONTRACT = """Compilation Error in model rpt_x (models/core/rpt_x.sql)
  This model has an enforced contract that failed.
  Please ensure the name, data_type, and number of columns in your contract match.

  | column_name | definition_type |
  | ----------- | --------------- |"""


@pytest.mark.parametrize(
    ("kind", "found", "message", "said"),
    [
        ("model", "", COLOURED, "The table x cannot be built: Conversion Error: Could not convert string 'n/a' to INT64."),
        ("model", "", CONTRACT, "The table x cannot be built: This model has an enforced contract that failed."),
        ("seed", "", "", "The seed x cannot be built: dbt gave no reason."),
        ("test", "3", "Got 3 results, configured to fail if != 0", "The check x found 3 row(s) that must not be."),
        ("test", "", COLOURED, "The check x cannot be built: Conversion Error"),
        ("unit_test", "1", UNIT_TEST, "The unit test x gives other rows than it expects."),
    ],
)  # fmt: skip
def test_a_failure_is_told_in_plain_words_with_what_to_do(
    kind: str, found: str, message: str, said: str
) -> None:
    told = failure_of(kind, "x", found, message, "")
    assert told.startswith(said)
    assert re.search(r"`[^`]+` (shows|has) ", told)
    assert not re.search(r"[\x00-\x1f]|LINE|@@|\|", told)


def test_a_check_says_what_it_holds() -> None:
    assert " It says: Each dollar once. " in failure_of("test", "x", "1", "", "Each dollar\n once.")


def test_of_many_refused_files_pages_name_the_first() -> None:
    refused = "The raw data cannot be read; nothing was changed.\n" + "".join(
        f"focus/{number}.csv: is\x1b[31m empty\x1b[0m\n" for number in range(90)
    )
    assert summary(refused) == (
        "The raw data cannot be read; nothing was changed. focus/0.csv: is empty. The build names the others too."
    )
    assert len(summary("word " * 900)) == 400
