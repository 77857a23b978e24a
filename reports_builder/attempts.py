"""What became of the last build, where it failed: the published figures are then older than it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reports_builder.escaping import clean

FILE_NAME = "attempt.json"
"""Written by the build, beside the published file."""


@dataclass(frozen=True)
class FailedAttempt:
    """A build that failed: when it ended (UTC), and why, in one line; empty where it could not say."""

    finished_at: datetime
    problem: str

    @property
    def sentence(self) -> str:
        """One line for a page or a terminal."""
        ended = f"{self.finished_at:%Y-%m-%d %H:%M} UTC"
        why = f": {self.problem}" if self.problem else ""
        stop = "" if why.endswith((".", "!", "?")) else "."
        return f"These figures are older than the last build, which failed at {ended}{why}{stop}"


def failed_attempt(published: Path) -> FailedAttempt | None:
    """The last build, where it failed after ``published`` was written; None where nothing is to be said.

    A file that is absent or that nobody can read says nothing. Without a published file a failure counts.
    """
    told = _read(published.parent / FILE_NAME)
    if told.get("outcome") != "failed":
        return None
    ended = _instant(told.get("finished_at")) or _instant(told.get("started_at"))
    if ended is None:
        return None
    try:
        if published.stat().st_mtime > ended.timestamp():
            return None
    except OSError:
        pass
    return FailedAttempt(ended, clean(str(told.get("problem") or "")))


def _read(path: Path) -> Mapping[str, object]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _instant(value: object) -> datetime | None:
    """An ISO time; UTC where it names no zone."""
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
