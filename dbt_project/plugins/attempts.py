"""What became of the last build: `attempt.json` beside the published file.

Pages read it to say that their figures are older than the last attempt to renew them.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

FILE_NAME = "attempt.json"
_LONGEST_PROBLEM = 400
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# dbt puts the kind of an error and its file above what the database says, and DuckDB the statement below.
_HEADING = re.compile(r"(?:\w+ )+Error(?: in .+)?")
_TRACE = re.compile(r"> in macro |called by ")
_STATEMENT = re.compile(r"LINE \d+:|\s*\^\s*$|compiled code at |\|")


def begin(warehouse_dir: Path) -> None:
    """Note that a build has begun. One that is killed stays `running`; its `pid` says whether it is."""
    _write(warehouse_dir, {"started_at": _now(), "finished_at": None, "outcome": "running", "problem": None})


def end(warehouse_dir: Path, outcome: str, problem: str | None) -> None:
    """Note how the build ended: `published`, or `failed` with what went wrong, in one line."""
    try:
        started_at = json.loads((warehouse_dir / FILE_NAME).read_text(encoding="utf-8"))["started_at"]
    except (OSError, ValueError, KeyError):
        started_at = None
    told = {"started_at": started_at or _now(), "finished_at": _now(), "outcome": outcome}
    _write(warehouse_dir, told | {"problem": summary(problem) if problem else None})


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
    return (
        f"The {what} {name} cannot be built: {reason.rstrip('.')}. `dbt_project/logs/dbt.log` has all of it."
    )


def _write(warehouse_dir: Path, attempt: dict[str, str | None]) -> None:
    # A full disk must not be the reason why a build fails: what it did is what counts.
    with suppress(OSError):
        partial = warehouse_dir / f"{FILE_NAME}.partial"
        partial.write_text(json.dumps(attempt | {"pid": os.getpid()}, indent=1) + "\n", encoding="utf-8")
        partial.replace(warehouse_dir / FILE_NAME)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
