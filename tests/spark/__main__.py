"""`make spark`: a small company built on Spark and on DuckDB, every mart compared, then a day removed and a day changed.

    python -m tests.spark [--customers 30] [--days 30] [--folder DIR] [--cluster]

Spark runs in this process, so that its tables outlast a build without a metastore; with --cluster it is a Thrift server on a
standalone master with two workers.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import duckdb
import psutil
import pyarrow.parquet as pq

from dbt_project.landing.errors import UsageError
from dbt_project.spark.command import run
from dbt_project.spark.comparison import differences
from dbt_project.spark.surroundings import check_surroundings
from tests.spark.cluster import cluster
from tests.spark.dialect_tests import dialect_tests
from tests.spark.small_company import SOURCES, write_small_company
from tests.workspace import ROOT, Workspace

# For seconds of work, Java's best compiler and Spark's generated code cost more than they save.
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SUBMIT_OPTIONS = (
    "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN pyspark-shell"
)
TIMES = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?( UTC|Z)?")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--customers", type=int, default=30)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--folder", type=Path)
    options.add_argument("--cluster", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.folder or Path(name)
        try:
            check_surroundings("spark", folder)
        except UsageError as error:
            sys.exit(f"spark: {error}")
        with cluster(folder / "cluster") if chosen.cluster else nullcontext({}) as surroundings:
            os.environ |= surroundings
            target = "thrift" if chosen.cluster else "spark"
            found = failures(folder, target, chosen.customers, chosen.days)
        sys.exit(1 if found else 0)


def failures(folder: Path, target: str, customers: int, days: int) -> list[str]:
    """Build, change, build again; what was not equal."""
    duck = Workspace(folder / "duckdb", folder / "duckdb" / "target")
    write_small_company(duck, customers, days)
    os.environ |= {
        "FINOPS_RAW_DIR": str(duck.raw), "FINOPS_WAREHOUSE_DIR": str(folder / "spark" / "warehouse"),
        "FINOPS_SPARK_CATALOG": "in-memory", "DBT_TARGET_PATH": str(folder / "spark" / "target"),
        "DBT_LOG_PATH": str(folder / "spark" / "logs"), "JAVA_TOOL_OPTIONS": JAVA_OPTIONS,
        "PYSPARK_SUBMIT_ARGS": SUBMIT_OPTIONS,
    }  # fmt: skip
    found = compared(duck, folder, target, "from nothing", [])
    found += failed_unit_tests(folder, target)
    calls = sorted((duck.raw / "calls").iterdir())
    for file in calls[2].iterdir():
        file.unlink()
    changed = next(calls[5].iterdir())
    table = pq.ParquetFile(changed).read()
    pq.write_table(table.slice(table.num_rows // 10), changed)
    return found + compared(
        duck, folder, target, "a day removed and a day changed", ["accept_removed_days: true"]
    )


def compared(duck: Workspace, folder: Path, target: str, what: str, others: list[str]) -> list[str]:
    """Build on both engines; what differs in marts and reports."""
    command = ["build", "--exclude-resource-type", "unit_test", "--vars", variables(others)]
    started = time.monotonic()
    done = duck.run_command(*command)
    if done.returncode:
        sys.exit(f"{what}: the build on DuckDB failed\n{done.stdout[-3000:]}")
    on_duckdb = time.monotonic() - started
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    if run([*command, "--target", target]):
        sys.exit(f"{what}: the build on Spark failed")
    on_spark = time.monotonic() - started
    published = folder / "spark" / "warehouse" / "finops.duckdb"
    found = [f"{what}: {line}" for line in differences(duck.published, published)]
    found += [f"{what}: {line}" for line in reports_apart(duck.published, published, folder)]
    with duckdb.connect(str(published), read_only=True) as connection:
        (tables,) = connection.execute("select count(*) from information_schema.tables").fetchone() or (0,)
    say(
        f"{what}: DuckDB {on_duckdb:.0f} s ({cpu.ru_utime + cpu.ru_stime:.0f} s of CPU, with the generator), Spark {on_spark:.0f} s",
        f"{what}: Java so far {java_usage()}; {tables} tables and all pages compared, {len(found)} differences",
        *found,
    )
    return found


def failed_unit_tests(folder: Path, target: str) -> list[str]:
    """Run the unit tests of what differs by engine."""
    manifest = json.loads((folder / "spark" / "target" / "manifest.json").read_text())
    names = dialect_tests(manifest)
    started = time.monotonic()
    failed = run(["test", "--vars", variables([]), "--target", target, "--select", *names])
    say(f"{len(names)} unit tests on Spark: {time.monotonic() - started:.0f} s")
    return ["a unit test failed on Spark"] if failed else []


def variables(others: list[str]) -> str:
    return "{" + ", ".join([f"sources: [{', '.join(SOURCES)}]", *others]) + "}"


def java_usage() -> str:
    """CPU and memory of Spark's processes: they are the children that live on."""
    cpu, peak = 0.0, 0
    for process in psutil.Process().children(recursive=True):
        if process.name() == "java":
            times, status = process.cpu_times(), Path(f"/proc/{process.pid}/status").read_text()
            cpu += times.user + times.system
            peak += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return f"{cpu:.0f} s of CPU and {peak / 1e6:.1f} GB"


def say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def reports_apart(one: Path, other: Path, folder: Path) -> list[str]:
    """The names of pages that differ in more than times."""
    pages: list[dict[str, str]] = []
    for name, file in (("duckdb", one), ("spark", other)):
        out = folder / name / "reports"
        command = [sys.executable, "-m", "reports_builder", "--warehouse", str(file), "--out", str(out)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        pages.append({
            str(path.relative_to(out)): TIMES.sub("", path.read_text(encoding="utf-8"))
            for path in sorted(out.rglob("*.md")) + sorted(out.rglob("*.svg"))
        })  # fmt: skip
    return [
        f"{name} differs"
        for name in pages[0].keys() | pages[1].keys()
        if pages[0].get(name) != pages[1].get(name)
    ]


if __name__ == "__main__":
    main()
