"""From which size on Spark pays: what is built of the calls, at growing sizes, on both engines.

`python -m tests.spark.growth [--customers 22 220 2200] [--days 120]`: about 45 calls a customer and day. Built is
`core.fct_usage_daily` and all above it, once with DuckDB and once with a Spark session of its own on this machine; what
stands below it is by day, and does not grow with the calls. The crossover is where the two straight lines through the
smallest and the largest size meet.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psutil

from tests.workspace import ROOT, Workspace

CHOSEN = (
    "--select",
    "+fct_usage_daily",
    "--exclude-resource-type",
    "test",
    "--exclude-resource-type",
    "unit_test",
)
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Used:
    """Seconds, seconds of processor time, and the peak of memory in GB, of a command with its children."""

    seconds: float
    processor_seconds: float
    gigabytes: float


def used_by(command: list[str], env: dict[str, str]) -> Used:
    """Run a command, which must succeed."""
    started, cpu, peak = time.monotonic(), 0.0, 0
    process = psutil.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        time.sleep(LOOK_SECONDS)
        try:
            all_of_it = [process, *process.children(recursive=True)]
            times = [each.cpu_times() for each in all_of_it]
            peak = max(peak, sum(each.memory_info().rss for each in all_of_it))
        except psutil.Error:
            continue  # one of them has just ended
        cpu = max(cpu, sum(each.user + each.system for each in times))
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}")
    return Used(time.monotonic() - started, cpu, peak / 1e9)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--customers", type=int, nargs="+", default=[22, 220, 2200])
    options.add_argument("--days", type=int, default=120)
    chosen = options.parse_args()
    engines = {"DuckDB": "dbt.cli.main", "Spark": "dbt_project.spark"}
    sizes: list[int] = []
    measured: dict[str, list[Used]] = {name: [] for name in engines}
    for customers in chosen.customers:
        with tempfile.TemporaryDirectory() as folder:
            workspace = Workspace(Path(folder), Path(folder) / "target")
            workspace.generate(customers, chosen.days)
            for name, module in engines.items():
                command = [sys.executable, "-m", module, "build", "--project-dir", workspace.project, *CHOSEN]
                measured[name].append(used_by(command, workspace.env))
            (calls,) = duckdb.sql(f"select count(*) from '{workspace.raw}/calls/*/*.parquet'").fetchall()[0]
            sizes.append(calls)
        line = ", ".join(
            f"{name} {last.seconds:.0f} s ({last.processor_seconds:.0f} s of CPU, {last.gigabytes:.1f} GB)"
            for name, (*_, last) in measured.items()
        )
        sys.stdout.write(f"{sizes[-1]:,} calls: {line}\n")
        sys.stdout.flush()
    if len(sizes) > 1:
        sys.stdout.write(f"{crossover(sizes, measured['DuckDB'], measured['Spark'])}\n")


def crossover(sizes: list[int], one: list[Used], other: list[Used]) -> str:
    """Where the straight lines of wall time through the first and the last size meet, in words."""
    span = sizes[-1] - sizes[0]
    slopes = [(used[-1].seconds - used[0].seconds) / span for used in (one, other)]
    per_million = " and ".join(f"{slope * 1e6:.2f}" for slope in slopes)
    text = f"seconds for another million calls: {per_million}"
    if slopes[1] >= slopes[0]:
        return f"{text}; the lines do not meet"
    start = (other[0].seconds - one[0].seconds) / (slopes[0] - slopes[1]) + sizes[0]
    return f"{text}; extrapolated, the lines meet at {start:,.0f} calls"


if __name__ == "__main__":
    main()
