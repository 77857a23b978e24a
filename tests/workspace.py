"""A folder with raw data and a warehouse of its own, and the commands that users run on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests import forked_dbt
from tests.forked_dbt import ROOT

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Workspace:
    """Raw data in `raw`, the warehouse in `warehouse_dir`; dbt keeps its parse results in `target`.

    `project` is the folder of the dbt project, this repository's or a copy of it.
    """

    folder: Path
    target: Path
    project: str = "dbt_project"

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def warehouse_dir(self) -> Path:
        return self.folder / "warehouse"

    @property
    def published(self) -> Path:
        return self.warehouse_dir / "finops.duckdb"

    @property
    def env(self) -> dict[str, str]:
        return os.environ | {
            "FINOPS_RAW_DIR": str(self.raw),
            "FINOPS_WAREHOUSE_DIR": str(self.warehouse_dir),
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_VERSION_CHECK": "false",
            "DBT_USE_COLORS": "false",
        }

    def generate(self, customers: int, days: int, *options: str) -> None:
        """Run the generator into the raw folder."""
        command = [sys.executable, "-m", "generator", "--customers", str(customers), "--days", str(days)]
        subprocess.run(
            [*command, "--out", str(self.raw), *options], cwd=ROOT, check=True, capture_output=True, text=True
        )

    def dbt_command(self, *arguments: str) -> list[str]:
        """The command that a user runs, from the root of the repository."""
        return [str(BIN / "dbt"), *arguments, "--project-dir", self.project]

    def run_command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run that command."""
        return subprocess.run(
            self.dbt_command(*arguments), cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )

    def dbt(self, *arguments: str, **special: Any) -> subprocess.CompletedProcess[str]:
        """The same in less time, without files in `target`: see tests/forked_dbt.py."""
        return forked_dbt.run(arguments, self.project, self.env, **special)

    def build(self, *arguments: str) -> str:
        """Run `dbt build`, of a selection, too, without unit tests; it must succeed. Returns what it printed."""
        done = self.dbt("build", "--exclude-resource-type", "unit_test", *arguments)
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published warehouse."""
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def copy_to(self, folder: Path) -> Workspace:
        """The same data and warehouse in another folder, to be changed there.

        Copies keep their parse results together, apart from those of the original: a later command would write the SQL of the
        days that it builds over that of all days.
        """
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        target = self.target.with_name("target of copies")
        if not target.exists():
            shutil.copytree(self.target, target)
        return Workspace(folder, target)

    def day_file(self, day: str) -> Path:
        """The first raw file of a day."""
        return sorted((self.raw / "calls" / f"date={day}").glob("*.parquet"))[0]
