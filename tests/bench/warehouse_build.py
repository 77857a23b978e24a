"""How long a build takes, beside one DuckDB query that reads the same Parquet once.

`python -m tests.bench.warehouse_build [--customers 160 1600] [--days 120]`: for each size, generates the data but for the
last day, builds the warehouse from nothing with the tests of data, adds the day and builds again, renders the reports. Every
command is a process of its own; time is wall time, memory the peak of the process. Of one more day it names what took longest:
there it shows what grows with the calls before.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.workspace import BIN, ROOT, Workspace

LONGEST = 8
FLOOR = """
    select count(*) from (
        select date, customer_id, model, feature_id, count(*), sum(input_tokens), sum(output_tokens), sum(cost_usd)
        from read_parquet('{calls}/date=*/*.parquet', hive_partitioning = true)
        group by all
    )
"""


@dataclass(frozen=True)
class Measured:
    """Wall seconds, processor seconds and peak memory in MB of one process."""

    seconds: float
    processor_seconds: float
    megabytes: float


def measure(command: list[str], env: dict[str, str]) -> Measured:
    """Run a command, which must succeed."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=sys.stderr)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    return Measured(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def bench(customers: int, days: int, folder: Path) -> None:
    """Print the figures of one size."""
    workspace = Workspace(folder, folder / "target")
    calls_folder = workspace.raw / "calls"
    workspace.generate(customers, days)
    held_back = sorted(calls_folder.iterdir())[-1]
    shutil.move(held_back, folder / held_back.name)
    duckdb = [str(BIN / "duckdb"), ":memory:", "-c", "set threads = 2", "-noheader", "-list", "-c"]
    count = f"select count(*) from '{calls_folder}/date=*/*.parquet'"
    calls = int(subprocess.check_output([*duckdb, count], text=True))
    floor = measure([*duckdb, FLOOR.format(calls=calls_folder)], workspace.env)
    full = measure(workspace.dbt_command("--quiet", "build"), workspace.env)
    shutil.move(folder / held_back.name, held_back)
    one_day = measure(workspace.dbt_command("--quiet", "build"), workspace.env)
    longest = longest_nodes(workspace.target)
    report_command = [sys.executable, "-m", "reports_builder", "--warehouse", str(workspace.published)]
    reports = measure([*report_command, "--out", str(folder / "reports")], workspace.env)
    sys.stdout.write(f"{calls:,} calls of {customers:,} customers over {days} days\n")
    for name, measured in (
        ("floor", floor),
        ("full build", full),
        ("one more day", one_day),
        ("reports", reports),
    ):
        sys.stdout.write(
            f"  {name:13} {measured.seconds:7.2f} s  {measured.seconds / floor.seconds:6.1f} x floor"
            f"  {measured.processor_seconds:7.2f} s of processor time  {measured.megabytes:7,.0f} MB\n"
        )
    sys.stdout.write(f"  of one more day: {', '.join(longest)}\n")
    sys.stdout.flush()


def longest_nodes(target: Path) -> list[str]:
    """Models and tests of the last command that took longest, with their seconds; several run at a time."""
    results = json.loads((target / "run_results.json").read_text())["results"]
    results.sort(key=lambda result: -result["execution_time"])
    return [
        f"{result['unique_id'].split('.')[2]} {result['execution_time']:.1f} s"
        for result in results[:LONGEST]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, nargs="+", default=[160, 1600])
    parser.add_argument("--days", type=int, default=120)
    options = parser.parse_args()
    for customers in options.customers:
        with tempfile.TemporaryDirectory() as folder:
            bench(customers, options.days, Path(folder))
    sys.stdout.write(f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
