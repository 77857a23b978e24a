"""Carry out a plan as simulated time advances: small files, one after the other, up to a size.

Which calls a file holds follows from the plan and the slicing alone, and a file appears whole. So the
files that are there say how far an earlier run came, whatever ended it: the next run goes through the same
files in the same order and writes those that are missing. The pace changes when a file appears, not what is
in it.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dbt_project.landing.errors import unwritten
from generator.calls.traffic import Calls, draw_calls
from generator.errors import UsageError
from generator.following.files import (
    Progress,
    Slicing,
    appearing,
    check_same_data_set,
    plain,
    slice_path,
    tell_progress,
    write_marker,
    write_slice,
)
from generator.landing.records import calls_table, customers_table
from generator.landing.truth import Tally, empty_tally, truth_tables
from generator.landing.writing import day_path, only_generator, write_table
from generator.plan import Ints, Plan
from generator.run import tally_of, write_day
from generator.scenarios.registry import MIXED, NAMES

RUNNING: Final = "running"
STOPPED: Final = "stopped"
COMPLETE: Final = "complete"

_TRUTH_EVERY_SECONDS: Final = 2.0
_EPOCH: Final = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a data set grows: by calls, by the simulated clock, or as fast as it can (neither)."""

    calls_per_s: float | None = None
    speed_up: float | None = None

    def due_seconds(self, calls: int, simulated: timedelta) -> float:
        """When the file is due that brings the run to so many calls and so much simulated time."""
        if self.calls_per_s:
            return calls / self.calls_per_s
        return simulated.total_seconds() / self.speed_up if self.speed_up else 0.0


@dataclass(slots=True)
class _Run:
    plan: Plan
    out: Path
    slicing: Slicing
    target_bytes: int
    pace: Pace
    stop: Event
    on_file: Callable[[Progress], None]
    size: int = 0
    calls: int = 0
    files: int = 0
    until: datetime | None = None
    tally: Tally = field(default_factory=empty_tally)
    started: tuple[float, int, datetime] | None = None
    has_news: bool = False
    truth_due: float = 0.0
    there_bytes: int = 0

    def progress(self, state: str) -> Progress:
        return Progress(
            state=state,
            target_bytes=self.target_bytes,
            written_bytes=self.size,
            calls=self.calls,
            files=self.files,
            simulated_until=self.until.replace(tzinfo=UTC).isoformat() if self.until else None,
            scenario=_name_of(self.plan.options.scenarios),
            seed=self.plan.options.seed,
            rate_calls_per_s=self.pace.calls_per_s,
        )


def _name_of(scenarios: tuple[str, ...]) -> str:
    return MIXED if scenarios == NAMES else ", ".join(scenarios) or "default"


def follow(
    plan: Plan,
    out: Path,
    slicing: Slicing,
    target_bytes: int,
    *,
    pace: Pace,
    stop: Event,
    on_file: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Let the data set of `plan` in `out` grow to `target_bytes` of calls, or until `stop` is set.

    Customers come before the first call, so that what is there can be built at any instant. Raises UsageError
    when `out` holds another data set, cannot be written, or the plan's days end before the target.
    """
    run = _Run(plan, out, slicing, target_bytes, pace, stop, on_file)
    with only_generator(out):
        check_same_data_set(out, plan.options, slicing)
        try:
            return _follow(run)
        except OSError as error:
            raise UsageError(f"{unwritten(out, error)}: the same command goes on") from error
        finally:
            shutil.rmtree(out / "_incoming-follow", ignore_errors=True)


def _follow(run: _Run) -> Progress:
    run.there_bytes = sum(path.stat().st_size for path in (run.out / "calls").glob("date=*/*.parquet"))
    write_marker(run.out, run.plan.options, run.slicing, run.calls)
    if not (run.out / "customers.parquet").is_file():
        with appearing(run.out, Path("customers.parquet")) as partial:
            write_table(partial, customers_table(run.plan))
    state = STOPPED
    day = run.plan.options.first
    for day in run.plan.options.dates():
        is_history = (day - run.plan.options.first).days < run.slicing.history_days
        state = _write_whole_day(run, day) if is_history else _write_slices(run, day)
        if state != RUNNING:
            break
        if run.has_news and time.monotonic() >= run.truth_due:
            _tell_truth(run, day)
    _tell_truth(run, day)
    if state == RUNNING:
        state = STOPPED
        tell_progress(run.out, run.progress(state))
        raise UsageError(
            f"the {run.plan.options.days} days of the data set are over at {run.size / 1e6:,.1f} MB:"
            " start one with more --days in another --out"
        )
    progress = run.progress(state)
    tell_progress(run.out, progress)
    return progress


def _write_whole_day(run: _Run, day: date) -> str:
    """A day of history, as the generator writes it without being followed."""
    path = run.out / day_path(day)
    drawn = [draw_calls(run.plan, day, block) for block in run.plan.blocks] if path.is_file() else None
    if drawn is None:
        if run.stop.is_set():
            return STOPPED
        with appearing(run.out, day_path(day)) as partial:
            done = write_day(run.plan, partial.parent, day)
            (partial.parent / day_path(day)).replace(partial)
        run.tally.add(done.tally)
        calls = done.calls
    else:
        for block in drawn:
            run.tally.add(tally_of(run.plan, day, block))
        calls = sum(len(block) for block in drawn)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time())
    return _count(run, calls, path.stat().st_size, end, is_new=drawn is None)


def _write_slices(run: _Run, day: date) -> str:
    blocks = [block for block in (draw_calls(run.plan, day, each) for each in run.plan.blocks) if len(block)]
    count = sum(len(block) for block in blocks)
    size = run.slicing.file_calls
    table: pa.Table | None = None
    times: Ints = (
        np.sort(np.concatenate([block.usage.timestamp_us for block in blocks]))
        if blocks
        else np.zeros(0, int)
    )
    for number, first in enumerate(range(0, count, size), start=1):
        path = slice_path(day, number)
        is_new = not (run.out / path).is_file()
        calls = min(size, count - first)
        end = _EPOCH + timedelta(microseconds=int(times[first + calls - 1]))
        if is_new:
            table = table or plain(list(_tables(run.plan, day, blocks)))
            if not _wait(run, calls, end):
                _tally_first(run, day, blocks, first)
                return STOPPED
            write_slice(run.out, path, table.slice(first, size))
        if _count(run, calls, (run.out / path).stat().st_size, end, is_new=is_new) == COMPLETE:
            _tally_first(run, day, blocks, first + calls)
            return COMPLETE
    _tally_first(run, day, blocks, count)
    return RUNNING


def _tables(plan: Plan, day: date, blocks: list[Calls]) -> Iterator[pa.Table]:
    calls = traces = 0
    for block in blocks:
        yield calls_table(plan, day, block, calls, traces)
        calls += len(block)
        traces += block.traces


def _wait(run: _Run, calls: int, until: datetime) -> bool:
    """Wait until the next file is due; False when the run is to stop."""
    if run.started is None:
        run.started = (time.monotonic(), run.calls, run.until or until)
    at, calls_before, until_before = run.started
    due = at + run.pace.due_seconds(run.calls + calls - calls_before, until - until_before)
    return not run.stop.wait(max(0.0, due - time.monotonic()))


def _count(run: _Run, calls: int, size: int, until: datetime, *, is_new: bool) -> str:
    run.calls += calls
    run.size += size
    run.files += 1
    run.until = until
    # A smaller target than an earlier run's does not end before what is there: its truth would be too small.
    state = COMPLETE if run.size >= max(run.target_bytes, run.there_bytes) else RUNNING
    progress = run.progress(state)
    if is_new:
        run.has_news = True
        tell_progress(run.out, run.progress(RUNNING))
    run.on_file(progress)
    return state


def _tally_first(run: _Run, day: date, blocks: list[Calls], rows: int) -> None:
    """Count what was planted in the first `rows` calls of a day, in the order of time."""
    if not blocks:
        return
    order = np.lexsort(
        (np.arange(sum(map(len, blocks))), np.concatenate([block.usage.timestamp_us for block in blocks]))
    )
    is_written = np.zeros(len(order), dtype=bool)
    is_written[order[:rows]] = True
    first = 0
    for block in blocks:
        kept = np.flatnonzero(is_written[first : first + len(block)])
        segment = np.repeat(np.arange(len(block.segments)), block.rows_per_segment)[kept]
        part = replace(
            block,
            usage=block.usage.take(kept),
            cost_nano_usd=block.cost_nano_usd[kept],
            rows_per_segment=np.bincount(segment, minlength=len(block.segments)),
        )
        run.tally.add(tally_of(run.plan, day, part))
        first += len(block)


def _tell_truth(run: _Run, day: date) -> None:
    """Write what was planted up to `day`, and how many calls there are."""
    options = run.plan.options
    so_far = replace(options, days=(day - options.first).days + 1, end_date=day)
    began = time.monotonic()
    for name, table in truth_tables(replace(run.plan, options=so_far), run.tally).items():
        known = table
        if "start_date" in table.column_names:
            known = table.filter(pc.less_equal(table["start_date"], pa.scalar(day, pa.date32())))
        with appearing(run.out, Path("truth") / name) as partial:
            write_table(partial, known)
    write_marker(run.out, options, run.slicing, run.calls)
    # The longer the data set, the longer its truth takes, and the less one day changes it.
    now = time.monotonic()
    run.truth_due = now + max(_TRUTH_EVERY_SECONDS, 10 * (now - began))
