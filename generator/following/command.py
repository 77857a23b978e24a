"""The options of --follow, and what it shows while it works."""

from __future__ import annotations

import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

import typer

from generator.errors import UsageError
from generator.plan import Plan

if TYPE_CHECKING:
    from generator.following.files import Progress

FOLLOWED_DAYS: Final = 366

_DEFAULT_SIZE: Final = "50MB"
_DEFAULT_FILE_CALLS: Final = 500
_UNITS: Final = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?B)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Following:
    """What the user said about --follow; None where nothing."""

    target_size: str | None
    rate: float | None
    speed_up: float | None
    file_calls: int | None
    history_days: int | None

    def check_unused(self) -> None:
        """Raise UsageError for an option that says nothing without --follow."""
        for item in fields(self):
            if getattr(self, item.name) is not None:
                raise UsageError(f"--{item.name.replace('_', '-')} goes with --follow")

    def carry_out(self, plan: Plan, out: Path) -> None:
        """Follow `plan` in `out` and say what it came to."""
        # Not needed, so not loaded, by a run that is not followed.
        from generator.following.files import Slicing  # noqa: PLC0415
        from generator.following.follow import COMPLETE, Pace, follow  # noqa: PLC0415

        if self.rate is not None and self.speed_up is not None:
            raise UsageError("--rate and --speed-up both say how fast: give one of them")
        pace = Pace(_positive("--rate", self.rate), _positive("--speed-up", self.speed_up))
        slicing = Slicing(
            file_calls=_whole("--file-calls", self.file_calls, _DEFAULT_FILE_CALLS, 1),
            history_days=_whole("--history-days", self.history_days, 0, 0),
        )
        target = size_in_bytes("--target-size", self.target_size or _DEFAULT_SIZE)
        with _stop_on_signal() as stop, _progress(target) as show:
            done = follow(plan, out, slicing, target, pace=pace, stop=stop, on_file=show)
        ending = "complete" if done.state == COMPLETE else "stopped; the same command continues"
        typer.echo(
            f"{done.calls:,} calls in {done.files:,} files,"
            f" {done.written_bytes / 1e6:,.1f} of {target / 1e6:,.1f} MB,"
            f" until {done.simulated_until}: {out} ({ending})"
        )


def size_in_bytes(option: str, text: str) -> int:
    """Bytes of a size such as 50MB or 1.5GB; units are powers of ten."""
    match = _SIZE.fullmatch(text.strip())
    size = round(float(match[1]) * _UNITS[(match[2] or "").upper()]) if match else 0
    if size < 1:
        raise UsageError(f"{option} {text}: give a size such as 50MB")
    return size


def _positive(option: str, value: float | None) -> float | None:
    if value is not None and not 0 < value < float("inf"):
        raise UsageError(f"{option} {value:g}: choose a number above 0")
    return value


def _whole(option: str, value: int | None, default: int, low: int) -> int:
    if value is not None and value < low:
        raise UsageError(f"{option} {value}: choose a number from {low:,} on")
    return default if value is None else value


@contextmanager
def _stop_on_signal() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set: the file at hand is finished, and nothing is lost."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(target: int) -> Iterator[Callable[[Progress], None]]:
    """A bar in MB on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    # Not needed, so not loaded, where nobody watches.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (DownloadColumn(), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("bytes", total=target)
        yield lambda now: bar.update(task, completed=now.written_bytes)
