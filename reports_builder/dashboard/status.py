"""What the watcher and the follower say of themselves, in the files that they write."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Refresh:
    """The last word of the watcher; ``sequence`` grows with each publication."""

    state: str
    sequence: int
    attempt: int
    error: str
    published_at: str
    arrived_at: str
    next_retry_at: str
    changed_reports: tuple[str, ...]
    finished_at: str = ""
    delivery_error: str = ""
    delivery_next_try_at: str = ""

    @property
    def is_rendered(self) -> bool:
        """Whether the reports of the last publication are there, so that it is known which changed.

        Where data arrives without end the watcher refreshes without end: the next refresh may have begun.
        """
        if self.state == "refreshing":
            return not self.error and bool(self.finished_at) and self.finished_at >= self.published_at
        return self.state == "idle"

    @property
    def without_reasons(self) -> "Refresh":
        """The same without why something failed, which is for whoever runs it."""
        return replace(self, error=self.error and "ask who runs this dashboard", delivery_error="")


@dataclass(frozen=True)
class Following:
    """How far the continuous generation has come."""

    state: str
    written_bytes: int
    target_bytes: int
    calls: int
    simulated_until: str
    scenario: str

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where no target is known."""
        return min(1.0, self.written_bytes / self.target_bytes) if self.target_bytes > 0 else 1.0

    @property
    def stage(self) -> str:
        """The word for the stage, which also picks the colour of the bar."""
        if self.state == "complete" or self.share >= 1:
            return "complete"
        if self.state == "stopped":
            return "stopped"
        if self.share < 1 / 3:
            return "beginning"
        return "half way" if self.share < 2 / 3 else "nearly there"


def read_refresh(path: Path) -> Refresh | None:
    """What the watcher wrote; None where no watcher has run."""
    told = _read(path)
    if told is None:
        return None
    changed = told.get("changed_reports")
    return Refresh(
        state=_text(told, "state"),
        sequence=_number(told, "sequence"),
        attempt=_number(told, "attempt"),
        error=_text(told, "error"),
        published_at=_text(told, "published_at"),
        arrived_at=_text(told, "arrived_at"),
        next_retry_at=_text(told, "next_retry_at"),
        changed_reports=tuple(str(name) for name in changed) if isinstance(changed, list) else (),
        finished_at=_text(told, "finished_at"),
        delivery_error=_text(told, "delivery_error"),
        delivery_next_try_at=_text(told, "delivery_next_try_at"),
    )


def read_following(path: Path) -> Following | None:
    """What the follower wrote; None where none has run."""
    told = _read(path)
    if told is None:
        return None
    return Following(
        state=_text(told, "state"),
        written_bytes=_number(told, "written_bytes"),
        target_bytes=_number(told, "target_bytes"),
        calls=_number(told, "calls"),
        simulated_until=_text(told, "simulated_until"),
        scenario=_text(told, "scenario"),
    )


def moment(text: str) -> str:
    """An ISO time as ``2026-11-21 16:53:07 UTC``; the text itself where it is none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    known = read if read.tzinfo else read.replace(tzinfo=UTC)
    return f"{known.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _read(path: Path) -> Mapping[str, object] | None:
    # A file that is absent or half-written by a stranger says nothing; the next look may.
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name)
    return "" if value is None else str(value)


def _number(told: Mapping[str, object], name: str) -> int:
    value = told.get(name)
    return int(value) if isinstance(value, int | float) else 0
