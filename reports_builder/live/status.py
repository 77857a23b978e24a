"""What the watcher says of itself: ``refresh.json`` beside the published warehouse."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from dbt_project.landing.whole_files import write_note

FILE_NAME = "refresh.json"


@dataclass(frozen=True)
class Status:
    """The state of the refresh; times are UTC in ISO 8601, null while there is nothing to tell.

    ``arrived_at`` is when the newest raw file in the published figures arrived, ``sequence`` grows with each
    publication, the seconds of the phases are those of the last refresh that succeeded, ``error`` says in a
    sentence why the last attempt failed. ``is_watching`` is false once the watcher has ended; one that was
    killed cannot say so. ``delivery_error`` says why the executive summary did not reach everybody.
    """

    state: Literal["idle", "refreshing", "failed"] = "idle"
    is_watching: bool = True
    attempt: int = 0
    started_at: str | None = None
    finished_at: str | None = None
    published_at: str | None = None
    arrived_at: str | None = None
    seconds: float | None = None
    build_seconds: float | None = None
    render_seconds: float | None = None
    error: str | None = None
    next_retry_at: str | None = None
    changed_reports: tuple[str, ...] = ()
    sequence: int = 0
    delivered_at: str | None = None
    delivery_error: str | None = None
    delivery_next_try_at: str | None = None


def iso(seconds: float | None) -> str | None:
    """Seconds since 1970 as UTC in ISO 8601."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class StatusFile:
    """The status on disk, replaced in one step; several threads may change it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self.status = self._earlier()
        self._lock = threading.Lock()

    def update(self, **changes: object) -> None:
        """Change some of the status and write it; on a full disk the next change may fit again."""
        with self._lock, suppress(OSError):
            self.status = replace(self.status, **changes)  # type: ignore[arg-type]
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_note(self._path, asdict(self.status))

    def _earlier(self) -> Status:
        """What an earlier watcher published still stands; what it was doing does not."""
        try:
            earlier = json.loads(self._path.read_text(encoding="utf-8"))
            return Status(
                published_at=earlier["published_at"],
                arrived_at=earlier["arrived_at"],
                sequence=int(earlier["sequence"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Status()
