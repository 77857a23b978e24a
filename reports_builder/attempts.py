"""What became of the last build: where it failed, the published figures are older than it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reports_builder.escaping import clean

FILE_NAME = "attempt.json"
"""Written by the build, beside the published file."""

_LOADED_AT = datetime.now(UTC)
"""About when this process began; no build of its own began before."""


@dataclass(frozen=True)
class Attempt:
    """The last build as it noted itself: ``outcome`` is ``running``, ``published`` or ``failed``.

    ``failures`` counts builds that failed in a row, this one with them. ``problem`` is one line, empty where
    there is none to tell. Times are UTC, None where nobody can read them.
    """

    outcome: str
    started_at: datetime | None
    finished_at: datetime | None
    problem: str
    failures: int
    pid: int | None
    host: str

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def is_killed(self) -> bool:
        """Whether it never ended and its process is gone; of another machine's process nobody knows."""
        if self.outcome != "running" or self.pid is None or self.host != socket.gethostname():
            return False
        if self.pid == os.getpid():
            # The watcher's own refresh; or in a container that was started again, the same number by chance.
            return self.started_at is None or self.started_at < _LOADED_AT
        return not _is_alive(self.pid)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


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


def last_attempt(published: Path) -> Attempt | None:
    """The last build of the warehouse at ``published``; None where no note of one can be read."""
    told = _read(published.parent / FILE_NAME)
    if "outcome" not in told:
        return None
    failures, pid = told.get("failures"), told.get("pid")
    outcome = str(told["outcome"])
    return Attempt(
        outcome,
        _instant(told.get("started_at")),
        _instant(told.get("finished_at")),
        clean(str(told.get("problem") or "")),
        failures if isinstance(failures, int) else int(outcome == "failed"),
        pid if isinstance(pid, int) else None,
        str(told.get("host") or ""),
    )


def failed_attempt(published: Path) -> FailedAttempt | None:
    """The last build, where it failed after ``published`` was written; None where nothing is to be said.

    A file that is absent or that nobody can read says nothing. Without a published file a failure counts.
    """
    attempt = last_attempt(published)
    if attempt is None or attempt.outcome != "failed":
        return None
    ended = attempt.finished_at or attempt.started_at
    if ended is None:
        return None
    try:
        if published.stat().st_mtime > ended.timestamp():
            return None
    except OSError:
        pass
    return FailedAttempt(ended, attempt.problem)


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
