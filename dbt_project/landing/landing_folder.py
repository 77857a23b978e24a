"""What happens to raw files before a build reads them, on any engine: check, land, freeze.

A warehouse keeps what was landed below `build/`:

    contract/   empty files with the columns of calls and customers, and the customers that are read
    landing/    for each source its files in the columns that staging reads, and an empty one
    frozen/     links to the files of a build, see frozen_files.py
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.frozen_files import FrozenFiles
from dbt_project.landing.landed_files import land, prepare_landing
from dbt_project.landing.raw_files import call_files, call_problems, file_problems, no_record_problems
from dbt_project.landing.registry import LANDED_SOURCES
from dbt_project.landing.schemas import CALL_SCHEMA, CUSTOMER_SCHEMA, REQUIRED_CUSTOMER_COLUMNS

MOST_PROBLEMS = 20


class LandingFolder:
    """What was landed for the warehouse in a folder."""

    def __init__(self, warehouse_dir: Path) -> None:
        build = warehouse_dir / "build"
        self._calls_contract = build / "contract" / "calls.parquet"
        self._customers_dir = build / "contract" / "customers"
        self._landing_dir = build / "landing"
        self.frozen = FrozenFiles(build / "frozen")
        self._call_files: list[Path] = []

    def prepare(self) -> None:
        """Write the empty files that give each source its columns, whether it is on or not."""
        _write_empty(CALL_SCHEMA, self._calls_contract)
        _write_empty(CUSTOMER_SCHEMA, self._customers_dir / "contract.parquet")
        for source in LANDED_SOURCES:
            prepare_landing(source, self._landing_dir)

    def land(self, raw_dir: Path, sources: Collection[str]) -> list[str]:
        """Check the files of the sources that are on, and land those that are not in the layout of calls.

        Returns all problems, one a line, of which the first are shown; a file without any is landed all the
        same.
        """
        self._call_files = call_files(raw_dir) if "calls" in sources else []
        problems = call_problems(raw_dir, self._call_files) if "calls" in sources else []
        problems += no_record_problems(raw_dir, sources)
        problems += self._take_customers(raw_dir / "customers.parquet", is_on="customers" not in sources)
        for source in LANDED_SOURCES:
            problems += land(source, raw_dir, self._landing_dir, is_on=source.name in sources)
        more = len(problems) - MOST_PROBLEMS
        return [*problems[:MOST_PROBLEMS], f"... and {more} more"] if more > 0 else problems

    def freeze(self, raw_dir: Path) -> Path:
        """Fix the list of files to read: those that `land` found. Returns their folder."""
        files = {str(path.relative_to(raw_dir)): path for path in self._call_files}
        files["calls/date=1970-01-01/contract.parquet"] = self._calls_contract
        for source in LANDED_SOURCES:
            for path in (self._landing_dir / source.name).glob("*.parquet"):
                files[f"{source.name}/{path.name}"] = path
        slot = self.frozen.free_slot()
        self.frozen.fill(slot, files)
        return slot

    def _take_customers(self, customers: Path, *, is_on: bool) -> list[str]:
        """Copy the raw customers to where staging reads them, if there are any and none replace them."""
        taken = self._customers_dir / "customers.parquet"
        if not is_on or not customers.is_file():
            taken.unlink(missing_ok=True)
            return []
        problems = file_problems(customers, REQUIRED_CUSTOMER_COLUMNS)
        if not problems:
            partial = taken.with_name(f"customers.{os.getpid()}.partial")
            shutil.copyfile(customers, partial)
            partial.replace(taken)
        return problems


def _write_empty(schema: pa.Schema, target: Path) -> None:
    """An empty Parquet file that gives a source its columns."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.stem}.{os.getpid()}.partial")
    pq.write_table(schema.empty_table(), partial)
    partial.replace(target)
