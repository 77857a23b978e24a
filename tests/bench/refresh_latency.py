"""How long a call waits from its arrival until the published warehouse and the reports know its cost.

`python -m tests.bench.refresh_latency [--customers 100] [--days 240] [--arrivals 100] [--every SECONDS]`: generates
the history, starts the watcher on it, then lets files arrive one by one: each when the one before is on the page, or
every so many seconds whatever the watcher does. Latencies are wall time from a file's rename to the end of its
publication, and of its rendering; processor time and memory are those of the watcher's process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from tests.workspace import ROOT, Workspace


@dataclass
class Arrival:
    """When a file appeared, when its calls were published, when the pages showed them (seconds since 1970)."""

    at: float
    published: float = 0.0
    shown: float = 0.0


def seconds(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


class Bench:
    """The watcher, the files that are to come, and what came of them."""

    def __init__(self, folder: Path) -> None:
        self.workspace = Workspace(folder, folder / "target")
        self.status_file = self.workspace.warehouse_dir / "refresh.json"
        self.arrivals: list[Arrival] = []
        self.phases: list[dict[str, Any]] = []
        self.seen = 0

    def status(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.status_file.read_text()))
        except FileNotFoundError:
            return {"state": "starting", "sequence": 0}

    def look(self) -> None:
        """Take from the status what happened since the last look."""
        status = self.status()
        if status["state"] == "failed":
            raise SystemExit(status["error"])
        covered = seconds(status.get("arrived_at")) + 0.001
        for arrival in self.arrivals:
            if not arrival.published and arrival.at <= covered:
                arrival.published = seconds(status["published_at"])
            if arrival.published and not arrival.shown and status["state"] == "idle":
                arrival.shown = seconds(status["finished_at"])
        if status["state"] == "idle" and status["sequence"] > self.seen:
            self.seen = status["sequence"]
            self.phases.append(status)

    def wait_for(self, count: int) -> None:
        """Until so many arrivals are on the page."""
        while sum(1 for arrival in self.arrivals if arrival.shown) < count:
            time.sleep(0.05)
            self.look()

    def arrive(self, file: Path, staged: Path) -> None:
        target = self.workspace.raw / file.relative_to(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = self.workspace.raw / "_incoming-bench" / file.name
        partial.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, partial)
        partial.replace(target)
        self.arrivals.append(Arrival(target.stat().st_mtime))


def generate(raw: Path, customers: int, days: int, arriving_days: int) -> list[Path]:
    """History in `raw`; returns the files that come after it, in order."""
    options = [
        "--customers",
        str(customers),
        "--days",
        str(days + arriving_days),
        "--history-days",
        str(days),
    ]
    command = [
        sys.executable,
        "-m",
        "generator",
        "--follow",
        *options,
        "--target-size",
        "100GB",
        "--out",
        str(raw),
    ]
    # The days end before the target: that is how much there is.
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    return sorted(raw.glob("calls/date=*/follow-*.parquet"))


def bench(customers: int, days: int, arrivals: int, every: float | None, folder: Path) -> None:
    staged, run = folder / "staged", Bench(folder)
    files = generate(staged, customers, days, 2 + arrivals * 500 // (60 * customers))[:arrivals]
    run.workspace.raw.mkdir(parents=True)
    for path in [*sorted(staged.glob("calls/date=*/part-0.parquet")), staged / "customers.parquet"]:
        target = run.workspace.raw / path.relative_to(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    command = [sys.executable, "-m", "reports_builder", "watch", "--out", str(folder / "reports")]
    started = time.time()
    watcher = subprocess.Popen(command, cwd=ROOT, env=run.workspace.env, stdout=subprocess.DEVNULL)
    try:
        process = psutil.Process(watcher.pid)
        while run.status()["state"] != "idle" or run.status()["sequence"] == 0:
            run.look()
            time.sleep(0.2)
        run.look()
        (count,) = run.workspace.query("select sum(calls) from core.fct_usage_daily")[0]
        sys.stdout.write(f"{count:,} calls of history, first refresh after {time.time() - started:.1f} s\n")
        before, first_memory = process.cpu_times(), process.memory_info().rss
        begun = time.time()
        for number, file in enumerate(files):
            if every:
                while time.time() < begun + number * every:
                    time.sleep(0.05)
                    run.look()
            run.arrive(file, staged)
            if not every:
                run.wait_for(len(run.arrivals))
        run.wait_for(len(files))
        after, memory = process.cpu_times(), process.memory_info().rss
        report(run, len(files), every)
        used = after.user + after.system - before.user - before.system
        peak = next(
            int(line.split()[1])
            for line in Path(f"/proc/{watcher.pid}/status").read_text().splitlines()
            if "VmHWM" in line
        )
        refreshes = len(run.phases) - 1
        sys.stdout.write(
            f"  {refreshes} refreshes, {used / refreshes:.1f} s of processor time each;"
            f" memory {first_memory >> 20} MB after the first, {memory >> 20} MB at the end, {peak >> 10} MB peak\n"
        )
    finally:
        watcher.terminate()
        try:
            watcher.wait(timeout=60)
        finally:
            watcher.kill()


def report(run: Bench, count: int, every: float | None) -> None:
    sys.stdout.write(f"{count} arrivals, {f'every {every:g} s' if every else 'one after the other'}\n")
    last = run.phases[1:]
    for name, values in (
        ("arrival to published", [arrival.published - arrival.at for arrival in run.arrivals]),
        ("arrival to pages", [arrival.shown - arrival.at for arrival in run.arrivals]),
        ("build", [phase["build_seconds"] for phase in last]),
        ("render", [phase["render_seconds"] for phase in last]),
    ):
        cut = sorted(values)
        p95 = cut[max(0, -(-95 * len(cut) // 100) - 1)]
        sys.stdout.write(
            f"  {name:22} p50 {statistics.median(cut):6.2f}  p95 {p95:6.2f}  max {cut[-1]:6.2f} s\n"
        )
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=100)
    parser.add_argument("--days", type=int, default=240)
    parser.add_argument("--arrivals", type=int, default=100)
    parser.add_argument("--every", type=float)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench(options.customers, options.days, options.arrivals, options.every, Path(folder))
    sys.stdout.write(f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
