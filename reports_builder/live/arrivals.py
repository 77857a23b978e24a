"""What lies in the landing folder, and when that changes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

NOTICE_SECONDS = 5.0
"""The folder is looked at so often even if no change is reported: it may be replaced, or lie on a network."""

_ABSENT_SECONDS = 0.5
_SETTLE_MS = 100


@dataclass(frozen=True)
class Arrivals:
    """Every data file below the landing folder with its size and time of change (nanoseconds)."""

    files: dict[str, tuple[int, int]]

    @property
    def newest_ns(self) -> int | None:
        """When the newest file arrived."""
        return max((changed for _, changed in self.files.values()), default=None)

    def changed_since(self, earlier: Arrivals) -> frozenset[str]:
        """Files that came, went or changed."""
        return frozenset(name for name, _ in self.files.items() ^ earlier.files.items())


NOTHING = Arrivals({})


def look(raw: Path) -> Arrivals:
    """The files below ``raw`` now; what a program keeps for itself (``_name``, ``.name``) is not data."""
    files: dict[str, tuple[int, int]] = {}
    _collect(raw, "", files)
    return Arrivals(files)


def _collect(folder: Path, prefix: str, files: dict[str, tuple[int, int]]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(("_", ".")) or entry.name.endswith(".partial") or entry.name == "truth":
            continue
        try:
            if entry.is_dir():
                _collect(Path(entry.path), f"{prefix}{entry.name}/", files)
            else:
                status = entry.stat()
                files[prefix + entry.name] = (status.st_size, status.st_mtime_ns)
        except FileNotFoundError:
            # Gone between the listing and the look.
            continue


class Bell(Protocol):
    """Something to wait at."""

    def wait(self, seconds: float) -> None:
        """Return when something may have changed, or after ``seconds``."""


@contextmanager
def listening(raw: Path) -> Iterator[Bell]:
    """Hear changes below ``raw`` from now on: what comes after this, and before the wait, ends the wait."""
    # Loaded by the one command that needs it.
    from watchfiles._rust_notify import RustNotify  # noqa: PLC0415

    if not raw.is_dir():
        yield _Absent(raw)
        return
    notify = RustNotify([str(raw)], False, False, 0, True, True)
    try:
        yield _Notified(notify)
    finally:
        notify.close()


@dataclass(frozen=True)
class _Absent:
    raw: Path

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.raw.is_dir() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _ABSENT_SECONDS))


@dataclass(frozen=True)
class _Notified:
    notify: RustNotify

    def wait(self, seconds: float) -> None:
        heard = self.notify.watch(_SETTLE_MS * 4, _SETTLE_MS, max(1, round(seconds * 1000)), None)
        if heard == "signal":
            # It takes the exception of a signal's handler for itself.
            raise KeyboardInterrupt
