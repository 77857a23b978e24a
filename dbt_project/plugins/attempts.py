"""What became of the last build: `attempt.json` beside the published file.

Pages read it to say that their figures are older than the last attempt to renew them.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

FILE_NAME = "attempt.json"


def begin(warehouse_dir: Path) -> None:
    """Note that a build has begun. One that is killed stays `running`; its `pid` says whether it is."""
    _write(warehouse_dir, {"started_at": _now(), "finished_at": None, "outcome": "running", "problem": None})


def end(warehouse_dir: Path, outcome: str, problem: str | None) -> None:
    """Note how the build ended: `published`, or `failed` with what went wrong, in one line."""
    try:
        started_at = json.loads((warehouse_dir / FILE_NAME).read_text(encoding="utf-8"))["started_at"]
    except (OSError, ValueError, KeyError):
        started_at = None
    line = " ".join(problem.split())[:400] if problem else None
    _write(
        warehouse_dir,
        {"started_at": started_at or _now(), "finished_at": _now(), "outcome": outcome, "problem": line},
    )


def _write(warehouse_dir: Path, attempt: dict[str, str | None]) -> None:
    # A full disk must not be the reason why a build fails: what it did is what counts.
    with suppress(OSError):
        partial = warehouse_dir / f"{FILE_NAME}.partial"
        partial.write_text(json.dumps(attempt | {"pid": os.getpid()}, indent=1) + "\n", encoding="utf-8")
        partial.replace(warehouse_dir / FILE_NAME)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
