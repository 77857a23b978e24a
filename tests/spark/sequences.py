"""Whatever happens to files and builds on Spark: what is published is what DuckDB builds of the same files from nothing.

    python -m tests.spark.sequences [--sequences 2] [--steps 8] [--seed 1] [--folder DIR]

Each build is a process of its own, with the metastore on disk, as users run it. Days come, change, go and return; builds
end, fail after they changed tables, and are killed with their Java. The published file stays whole through all of it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from dbt_project.spark.comparison import differences
from tests.spark.__main__ import JAVA_OPTIONS, SUBMIT_OPTIONS, say
from tests.warehouse.changing_files import DAYS, write_calls, write_customers
from tests.warehouse.test_any_sequence_of_builds import DAILY, put_first_files, variables
from tests.workspace import ROOT, Workspace

Step = tuple[str, str, str, int]
# A data test that never holds, after the usage of changed days was made anew.
NEVER_RIGHT = "assert_never_right"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--sequences", type=int, default=2)
    options.add_argument("--steps", type=int, default=8)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path)
    chosen = options.parse_args()
    found = []
    for seed in range(chosen.seed, chosen.seed + chosen.sequences):
        with tempfile.TemporaryDirectory() as name:
            found += Sequence(chosen.folder or Path(name), seed).follow(chosen.steps)
    sys.exit(1 if found else 0)


class Sequence:
    """Raw files, a warehouse on Spark, and what is to happen to them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        project = folder / "dbt_project"
        shutil.copytree(
            ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs", "__pycache__")
        )
        (project / "data-tests" / f"{NEVER_RIGHT}.sql").write_text(
            "select * from {{ ref('fct_usage_daily') }}\n"
        )
        self.workspace = Workspace(folder, folder / "target", str(project))
        self.published = folder / "spark" / "finops.duckdb"
        self.env = self.workspace.env | {
            "FINOPS_WAREHOUSE_DIR": str(folder / "spark"), "DBT_TARGET_PATH": str(folder / "spark-target"),
            "JAVA_TOOL_OPTIONS": JAVA_OPTIONS, "PYSPARK_SUBMIT_ARGS": SUBMIT_OPTIONS,
        }  # fmt: skip

    def follow(self, steps: int) -> list[str]:
        """Do that many random steps and one build more; what then differs from a build on DuckDB from nothing."""
        started = time.monotonic()
        put_first_files(self.workspace.raw)
        self.build(is_first=True)
        killed = 0
        for _ in range(steps):
            killed += self.do(
                self.chance.choice(["calls", "calls", "remove", "customers", "build", "fail", "kill", "kill"])
            )
        self.build()
        done = self.workspace.dbt(*self.command(is_first=True))
        assert done.returncode == 0, done.stdout[-3000:]
        # Only what the selection builds is in both files, and a refused record is shown in the types that it has on each engine.
        found = [
            line
            for line in differences(self.workspace.published, self.published)
            if ": is in " not in line and not line.startswith("core.rejected_records")
        ]
        say(
            f"seed {self.seed}: {steps} steps, {killed} builds killed, {len(found)} differences from DuckDB"
            f" in {time.monotonic() - started:.0f} s",
            *found,
        )
        return found

    def do(self, step: str) -> int:
        """Whether the step killed a build."""
        day, name, version = self.chance.choice(DAYS), self.chance.choice("ab"), self.chance.randrange(3)
        say(f"  {step} {day} {name} {version}")
        match step:
            case "calls":
                write_calls(
                    self.workspace.raw / "calls" / f"date={day}" / f"{name}.parquet", day, name, version
                )
            case "customers":
                write_customers(self.workspace.raw / "customers.parquet", version)
            case "remove":
                files = sorted(path for path in self.workspace.raw.rglob("[ab].parquet"))
                if files:
                    files[version % len(files)].unlink()
            case "fail":
                self.fail()
            case "kill":
                return self.kill(self.chance.uniform(15, 90))
            case _:
                self.build()
        return 0

    def command(self, is_first: bool = False, never_right: bool = False) -> list[str]:
        left_out = ["unit_test"] + ([] if is_first else ["seed"]) + ([] if never_right else ["test"])
        selected = [*DAILY, NEVER_RIGHT] if never_right else DAILY
        return [
            "build", "--exclude-resource-type", *left_out, "--indirect-selection", "empty", "--select", *selected,
            "--vars", json.dumps(variables({"calls"})),
        ]  # fmt: skip

    def started(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "dbt_project.spark", *command, "--project-dir", self.workspace.project],
            cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def build(self, is_first: bool = False) -> None:
        process = self.started(self.command(is_first))
        said, _ = process.communicate()
        assert process.returncode == 0, said[-5000:]

    def fail(self) -> None:
        before = self.contents()
        process = self.started(self.command(never_right=True))
        said, _ = process.communicate()
        assert process.returncode == 1, said[-5000:]
        assert NEVER_RIGHT in said, said[-5000:]
        assert self.contents() == before

    def kill(self, after: float) -> int:
        """Kill a build with its Java; the published file is the one before, or the one that the build just put there."""
        before = self.contents()
        process = self.started(self.command())
        try:
            process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            assert self.contents() == before
            return 1
        return 0

    def contents(self) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return connection.execute("from core.fct_usage_daily order by all").fetchall()


if __name__ == "__main__":
    main()
