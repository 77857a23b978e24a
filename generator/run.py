"""Carry out a plan: days in parallel, one file each."""

import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from dbt_project.landing.errors import unwritten
from generator.calls.costing import added_nano, wasted_nano
from generator.calls.traffic import Calls, draw_calls
from generator.cloud.writing import write_cloud
from generator.errors import UsageError
from generator.landing.records import CALLS_SCHEMA, calls_table, customers_table
from generator.landing.truth import (
    Tally,
    empty_tally,
    truth_tables,
)
from generator.landing.writing import (
    day_path,
    day_writer,
    description,
    only_generator,
    open_incoming,
    publish,
    refuse_calls_of_others,
    write_table,
)
from generator.plan import Plan

_ORPHAN_CHECK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class DayDone:
    """What one day came to."""

    calls: int
    cost_nano_usd: int
    size_bytes: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class RunDone:
    """What a run came to."""

    calls: int
    cost_nano_usd: int
    size_bytes: int


def generate(
    plan: Plan,
    out: Path,
    workers: int,
    on_day: Callable[[DayDone], None] = lambda _: None,
) -> RunDone:
    """Write all tables of `plan` below `out`; the bytes do not depend on `workers`.

    Memory holds one block of calls per worker, however many days there are. Raises UsageError
    when `out` cannot be used.
    """
    refuse_calls_of_others(out)
    with only_generator(out):
        incoming = open_incoming(out)
        try:
            return _generate(plan, out, incoming, workers, on_day)
        except OSError as error:
            raise UsageError(f"{unwritten(out, error)}, or choose another --out") from error
        finally:
            shutil.rmtree(incoming, ignore_errors=True)


def _generate(
    plan: Plan,
    out: Path,
    incoming: Path,
    workers: int,
    on_day: Callable[[DayDone], None],
) -> RunDone:
    tally = empty_tally()
    calls = cost = size = 0
    for done in _days(plan, incoming, min(workers, plan.options.days)):
        calls += done.calls
        cost += done.cost_nano_usd
        size += done.size_bytes
        tally.add(done.tally)
        on_day(done)
    write_table(incoming / "customers.parquet", customers_table(plan))
    for name, table in truth_tables(plan, tally).items():
        write_table(incoming / "truth" / name, table)
    if plan.options.with_cloud:
        write_cloud(plan, incoming)
    publish(out, incoming, description(plan.options, calls))
    return RunDone(calls, cost, size)


def _days(plan: Plan, root: Path, workers: int) -> Iterator[DayDone]:
    days = plan.options.dates()
    if workers <= 1:
        for day in days:
            yield write_day(plan, root, day)
        return
    pool = ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(plan, root))
    try:
        for future in as_completed([pool.submit(_write_day_in_worker, day) for day in days]):
            yield future.result()
    except BrokenProcessPool as error:
        raise UsageError(
            "a worker process was ended from outside, perhaps for lack of memory:"
            " run again with fewer --workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def write_day(plan: Plan, root: Path, day: date) -> DayDone:
    """Write one day's calls below `root`."""
    calls = traces = cost = 0
    tally = empty_tally()
    with day_writer(root, day, CALLS_SCHEMA) as writer:
        for block in plan.blocks:
            drawn = draw_calls(plan, day, block)
            if len(drawn) == 0:
                continue
            writer.write_table(calls_table(plan, day, drawn, calls, traces))
            calls += len(drawn)
            traces += drawn.traces
            cost += int(drawn.cost_nano_usd.sum())
            tally.add(tally_of(plan, day, drawn))
    return DayDone(calls, cost, (root / day_path(day)).stat().st_size, tally)


def tally_of(plan: Plan, day: date, calls: Calls) -> Tally:
    """What calls of a day come to in the truth, by their segments, usage and cost."""
    customers = len(plan.population)
    end = np.cumsum(calls.rows_per_segment)
    segments, rows, cost = calls.segments, calls.rows_per_segment, calls.cost_nano_usd
    tally = Tally(added_nano(calls.anomaly, rows, cost), {}, {})
    tally.add(Tally(wasted_nano(plan, day, segments, rows, calls.usage, cost=cost), {}, {}))
    for at in np.flatnonzero(calls.segments.customer >= customers).tolist():
        job = int(calls.segments.customer[at]) - customers
        count = int(calls.rows_per_segment[at])
        spent = int(calls.cost_nano_usd[end[at] - count : end[at]].sum())
        tally.add(Tally({}, {job: count}, {job: spent}))
    return tally


_worker: dict[str, Any] = {}
"""Plan and root of this worker process, given once rather than with every day."""


def _start_worker(plan: Plan, root: Path) -> None:
    _worker.update(plan=plan, root=root)
    # Ctrl-C reaches every process of the terminal; the parent alone decides what follows.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """A pool's workers outlive a killed parent, waiting for work: end them."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_SECONDS)
    os._exit(1)


def _write_day_in_worker(day: date) -> DayDone:
    return write_day(_worker["plan"], _worker["root"], day)


def default_workers() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return multiprocessing.cpu_count()
