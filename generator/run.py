"""Carry out a plan: days in parallel, one file each."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from generator.plan import Plan
from generator.records import CALLS_SCHEMA, calls_table, customers_table
from generator.traffic import Calls, draw_calls
from generator.truth import Tally, anomalies_table, empty_tally, untagged_table
from generator.writing import day_path, day_writer, open_incoming, publish, write_table

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
    incoming = open_incoming(out)
    tally = empty_tally()
    calls = cost = size = 0
    for done in _days(plan, incoming, min(workers, plan.options.days)):
        calls += done.calls
        cost += done.cost_nano_usd
        size += done.size_bytes
        tally.add(done.tally)
        on_day(done)
    write_table(incoming / "customers.parquet", customers_table(plan))
    write_table(
        incoming / "truth" / "planted_anomalies.parquet", anomalies_table(plan, tally)
    )
    write_table(incoming / "truth" / "untagged_spend.parquet", untagged_table(tally))
    options = plan.options
    publish(
        out,
        incoming,
        {
            "customers": options.customers,
            "days": options.days,
            "end_date": options.end_date.isoformat(),
            "seed": options.seed,
            "calls": calls,
        },
    )
    return RunDone(calls, cost, size)


def _days(plan: Plan, root: Path, workers: int) -> Iterator[DayDone]:
    days = plan.options.dates()
    if workers <= 1:
        for day in days:
            yield write_day(plan, root, day)
        return
    with ProcessPoolExecutor(
        workers, initializer=_start_worker, initargs=(plan, root)
    ) as pool:
        for future in as_completed(
            [pool.submit(_write_day_in_worker, day) for day in days]
        ):
            yield future.result()


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
            tally.add(_tally(plan, drawn))
    return DayDone(calls, cost, (root / day_path(day)).stat().st_size, tally)


def _tally(plan: Plan, calls: Calls) -> Tally:
    customers = len(plan.population)
    end = np.cumsum(calls.rows_per_segment)
    tally = Tally(dict(calls.planted_nano_usd), {}, {})
    for at in np.flatnonzero(calls.segments.customer >= customers).tolist():
        job = int(calls.segments.customer[at]) - customers
        count = int(calls.rows_per_segment[at])
        spent = int(calls.cost_nano_usd[end[at] - count : end[at]].sum())
        tally.add(Tally({}, {job: count}, {job: spent}))
    return tally


_worker_plan: tuple[Plan, Path] | None = None


def _start_worker(plan: Plan, root: Path) -> None:
    global _worker_plan
    _worker_plan = (plan, root)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """A pool's workers outlive a killed parent, waiting for work: end them."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_SECONDS)
    os._exit(1)


def _write_day_in_worker(day: date) -> DayDone:
    assert _worker_plan is not None
    return write_day(*_worker_plan, day)


def default_workers() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return multiprocessing.cpu_count()
