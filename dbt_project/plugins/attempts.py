"""What became of the last build: `attempt.json` beside the published file.

Pages read it to say that their figures are older than the last attempt to renew them.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import weakref
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from dbt_project.landing.errors import with_remedy
from dbt_project.landing.whole_files import write_note

FILE_NAME = "attempt.json"
_LONGEST_PROBLEM = 400
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# dbt puts the kind of an error and its file above what the database says, and DuckDB the statement below.
_HEADING = re.compile(r"(?:\w+ )+Error(?: in .+)?")
_TRACE = re.compile(r"> in macro |called by ")
_STATEMENT = re.compile(r"LINE \d+:|\s*\^\s*$|compiled code at |\|")


def begin(warehouse_dir: Path) -> None:
    """Note that a build has begun.

    One that is killed stays `running`; `pid` on `host` says whether it is. `failures` counts those that
    failed in a row, a killed one with them as soon as another begins.
    """
    before = _read(warehouse_dir)
    failures = _failures(before) + (before.get("outcome") == "running")
    told = {"started_at": _now(), "finished_at": None, "outcome": "running", "problem": None}
    _write(warehouse_dir, told | {"failures": failures})


def end(warehouse_dir: Path, outcome: str, problem: str | None) -> None:
    """Note how the build ended: `published`, or `failed` with what went wrong, in one line."""
    before = _read(warehouse_dir)
    told = {"started_at": before.get("started_at") or _now(), "finished_at": _now(), "outcome": outcome}
    failures = _failures(before) + 1 if outcome == "failed" else 0
    _write(warehouse_dir, told | {"problem": summary(problem) if problem else None, "failures": failures})


def end_of_process(warehouse_dir: Path, opened: weakref.ref[duckdb.DuckDBPyConnection]) -> None:
    """Say of a run of this process that it failed, where it could not: its database broke under it."""
    before = _read(warehouse_dir)
    if (before.get("outcome"), before.get("pid"), before.get("host")) != ("running", *_process()):
        return
    problem, connection = "It was stopped before its end", opened()
    try:
        if connection:
            connection.execute("select 1")
    except duckdb.Error as error:
        problem = with_remedy(" ".join(str(error).split()))
    sys.stderr.write(f"The build failed, and readers keep the last good warehouse. {problem}.\n")
    end(warehouse_dir, "failed", problem)


def summary(problem: str) -> str:
    """What went wrong as one plain line: what was found first, and that there is more."""
    found = (line.strip(" .") for line in _COLOURS.sub("", problem).splitlines())
    lines = [line for line in found if line and not _HEADING.fullmatch(line) and not _TRACE.match(line)]
    more = " The build names the others too." if len(lines) > 2 else ""
    text = " ".join(f"{'. '.join(lines[:2])}.".split())
    return (text if len(text) <= _LONGEST_PROBLEM else f"{text[: _LONGEST_PROBLEM - 1]}…") + more


def failure_of(kind: str, name: str, found_rows: str, message: str, description: str) -> str:
    """What became of the first node that failed, and where to look: a sentence or two of plain text.

    `kind` is dbt's resource type, `found_rows` how many rows a check found ('' where it could not run).
    """
    if kind == "test" and found_rows.isdecimal():
        meaning = f" It says: {' '.join(description.split())}" if description.strip() else ""
        return (
            f"The check {name} found {found_rows} row(s) that must not be.{meaning}"
            f" `dbt show --project-dir dbt_project --select {name}` shows them."
        )
    if kind == "unit_test":
        return (
            f"The unit test {name} gives other rows than it expects."
            f" `dbt test --project-dir dbt_project --select {name}` shows both."
        )
    reason = next(
        (
            line
            for line in (line.strip() for line in _COLOURS.sub("", message).splitlines())
            if line and not _HEADING.fullmatch(line) and not _STATEMENT.match(line)
        ),
        "dbt gave no reason",
    )
    what = {"test": "check", "model": "table"}.get(kind, kind)
    reason = with_remedy(reason.rstrip("."))
    return f"The {what} {name} cannot be built: {reason}. `dbt_project/logs/dbt.log` has all of it."


def _read(warehouse_dir: Path) -> dict[str, Any]:
    try:
        told = json.loads((warehouse_dir / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _failures(told: dict[str, Any]) -> int:
    failures = told.get("failures")
    return failures if isinstance(failures, int) else 0


def _write(warehouse_dir: Path, attempt: dict[str, Any]) -> None:
    told = attempt | dict(zip(("pid", "host"), _process(), strict=True))
    write_note(warehouse_dir / FILE_NAME, told)


def _process() -> tuple[int, str]:
    return os.getpid(), socket.gethostname()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
