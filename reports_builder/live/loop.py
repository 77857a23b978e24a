"""The loop: what arrived is built, published and rendered; what failed is tried again, and harms nothing."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from reports_builder.errors import ReportError
from reports_builder.live.arrivals import NOTHING, NOTICE_SECONDS, Arrivals, listening, look
from reports_builder.live.errors import RefreshError
from reports_builder.live.scope import sources_of
from reports_builder.live.status import StatusFile, iso

_FIRST_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 300.0
_AFTER_SECONDS = 60.0
_DAY_SECONDS = 86_400


class Builder(Protocol):
    """Builds and publishes the warehouse."""

    def is_stale(self) -> bool:
        """Whether everything must be built although no file arrived."""

    def build(self, sources: frozenset[str] | None) -> int:
        """Build what data of ``sources`` touches (None: everything), publish it; returns the nodes built."""


@dataclass
class Watcher:
    """Keeps the published warehouse and the reports up with ``raw``.

    ``render`` replaces the pages that changed and names them; ``after`` runs when figures were published and
    may fail without harm. ``working`` is the file that builds work in: another build there makes the next one
    whole, as is the first of each UTC day, since only a whole build runs all tests.
    """

    raw: Path
    working: Path
    status: StatusFile
    builder: Builder
    render: Callable[[], tuple[str, ...]]
    after: Callable[[], None]
    tell: Callable[[str], None]
    is_ended: Callable[[], bool] = lambda: False
    _built: Arrivals | None = None
    _failed: Arrivals | None = None
    _left_as: tuple[int, ...] = field(default=())
    _whole_on_day: int = 0
    _retry_at: float = 0.0
    _after_at: float = 0.0

    def run(self) -> None:
        """Watch for ever; ends by KeyboardInterrupt."""
        self.status.update(state="idle", attempt=0, error=None, next_retry_at=None)
        try:
            self._watch()
        except KeyboardInterrupt:
            # Nobody refreshes or retries any more.
            self.status.update(state="idle", is_watching=False, next_retry_at=None)
            raise

    def _watch(self) -> None:
        while not self.is_ended():
            with listening(self.raw) as bell:
                found = look(self.raw)
                while not self.is_due(found) and not self.is_ended():
                    if (self._built or self._failed) is not None and time.monotonic() >= self._after_at:
                        # No figure is new, but a failure is to be told, or a channel to be tried again.
                        self._run_after()
                    waiting = (
                        self._retry_at - time.monotonic() if self._failed is not None else NOTICE_SECONDS
                    )
                    bell.wait(min(NOTICE_SECONDS, max(0.01, waiting)))
                    found = look(self.raw)
                    if not found.files:
                        break
            if self.is_due(found) and not self.is_ended():
                self.refresh(found)
        # A library between here and the signal may have taken its exception for one of its own.
        raise KeyboardInterrupt

    def is_due(self, found: Arrivals) -> bool:
        """Whether there is something to build: new files, a changed project, or a failure to try again."""
        if not found.files:
            return False
        if self._failed is not None:
            return found != self._failed or self.builder.is_stale() or time.monotonic() >= self._retry_at
        return found != self._built or self.builder.is_stale()

    def refresh(self, found: Arrivals) -> None:
        """Bring the published figures and pages up to ``found``, or say why not."""
        attempt = self.status.status.attempt + 1 if self._failed is not None else 1
        started = time.time()
        self.status.update(state="refreshing", attempt=attempt, started_at=iso(started), next_retry_at=None)
        changed = found.changed_since(self._built or NOTHING)
        try:
            sources = self._sources(changed)
            nodes = self.builder.build(sources)
            built = time.time()
            if sources is None:
                self._whole_on_day = _day(started)
            newest = found.newest_ns
            self.status.update(
                published_at=iso(built),
                arrived_at=iso(newest / 1e9 if newest is not None else None),
                sequence=self.status.status.sequence + 1,
            )
            self._built = found
            pages = self.render()
        except (RefreshError, ReportError) as error:
            self._fail(found, attempt, started, str(error))
            return
        except Exception as error:
            # Whatever it is must not end the watcher; the log has all of it.
            self.tell(traceback.format_exc())
            reason = f"The refresh stopped by an unexpected {type(error).__name__}: {error}"
            self._fail(found, attempt, started, " ".join(reason.split()))
            return
        finished = time.time()
        self._failed = None
        self.status.update(
            state="idle",
            attempt=attempt,
            finished_at=iso(finished),
            seconds=round(finished - started, 3),
            build_seconds=round(built - started, 3),
            render_seconds=round(finished - built, 3),
            error=None,
            changed_reports=pages,
        )
        self.tell(
            f"{len(changed)} file(s), {nodes} steps in {built - started:.1f} s; "
            f"{len(pages)} report(s) changed in {finished - built:.1f} s"
        )
        self._run_after()
        self._left_as = self._working_version()

    def _sources(self, changed: frozenset[str]) -> frozenset[str] | None:
        """What a build may be limited to: nothing before today's whole one, or where another came since."""
        if self._built is None or self._failed is not None or self._working_version() != self._left_as:
            return None
        if _day(time.time()) != self._whole_on_day:
            return None
        return sources_of(changed)

    def _working_version(self) -> tuple[int, ...]:
        try:
            status = self.working.stat()
        except OSError:
            return ()
        return (status.st_ino, status.st_size, status.st_mtime_ns)

    def _fail(self, found: Arrivals, attempt: int, started: float, reason: str) -> None:
        now = time.time()
        self._failed = found
        wait = min(_LONGEST_RETRY_SECONDS, _FIRST_RETRY_SECONDS * 2 ** (attempt - 1))
        # A clock that is set back makes nobody wait longer.
        self._retry_at = time.monotonic() + wait
        self.status.update(
            state="failed",
            finished_at=iso(now),
            seconds=round(now - started, 3),
            error=reason,
            next_retry_at=iso(now + wait),
        )
        self.tell(f"attempt {attempt} failed, the last good figures stay: {reason}")

    def _run_after(self) -> None:
        self._after_at = time.monotonic() + _AFTER_SECONDS
        try:
            self.after()
        except Exception as error:
            self.tell(f"alerts could not be evaluated: {' '.join(str(error).split())}")


def _day(moment: float) -> int:
    return int(moment // _DAY_SECONDS)
