"""What happens to raw files before a build reads them, on any engine: check, land, freeze.

A warehouse keeps what was landed below `build/`:

    contract/   empty files with the columns of calls and customers, and the customers that are read
    landing/    for each source its files in the columns that staging reads, and an empty one; notes and days
    frozen/     links to the files of a build, see frozen_files.py
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.frozen_days import frozen_days
from dbt_project.landing.frozen_files import FrozenFiles
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.landed_files import land, prepare_landing
from dbt_project.landing.notes import (
    NOTE_SCHEMA,
    Note,
    files_switched_off,
    generated_calls_beside_own,
    lost_customers,
    notes_table,
    of_no_source,
    unread_columns,
    unread_columns_of_raw_customers,
)
from dbt_project.landing.pseudonyms import pseudonyms
from dbt_project.landing.raw_files import call_files, call_problems, file_problems, no_record_problems
from dbt_project.landing.registry import LANDED_SOURCES
from dbt_project.landing.schemas import CALL_SCHEMA, CUSTOMER_SCHEMA, REQUIRED_CUSTOMER_COLUMNS
from dbt_project.landing.sources.billing import BILLING
from dbt_project.landing.sources.customers import CUSTOMERS
from dbt_project.landing.sources.tenant_activity import TENANT_ACTIVITY

MOST_PROBLEMS = 20
_RAW_CUSTOMERS = "customers.parquet"
_NAMING_CUSTOMERS = (CUSTOMERS.name, BILLING.name, TENANT_ACTIVITY.name)


class LandingFolder:
    """What was landed for the warehouse in a folder."""

    def __init__(self, warehouse_dir: Path) -> None:
        build = warehouse_dir / "build"
        self._calls_contract = build / "contract" / "calls.parquet"
        self._customers_dir = build / "contract" / "customers"
        self._raw_customers = self._customers_dir / _RAW_CUSTOMERS
        self.landing_dir = build / "landing"
        self._notes = self.landing_dir / "notes" / "notes.parquet"
        self._checked = build / "contract" / "checked.json"
        self._days = self.landing_dir / "days" / "days.parquet"
        self.frozen = FrozenFiles(build / "frozen")
        self._call_files: list[Path] = []
        self.notes: list[Note] = []

    def prepare(self) -> None:
        """Write the empty files that give each source its columns, whether it is on or not."""
        _write(CALL_SCHEMA.empty_table(), self._calls_contract)
        _write(CUSTOMER_SCHEMA.empty_table(), self._customers_dir / "contract.parquet")
        # Another build may be at work, which reads what it noted; this one learns later that it has to wait.
        if not self._notes.exists():
            _write(NOTE_SCHEMA.empty_table(), self._notes)
        for source in LANDED_SOURCES:
            prepare_landing(source, self.landing_dir)

    def land(self, raw_dir: Path, sources: Collection[str], pseudonymised: Collection[str] = ()) -> list[str]:
        """Check the files of the sources that are on, and land those that are not in the layout of calls.

        The ids that `pseudonymised` names are landed as pseudonyms.
        Returns all problems, one a line, of which the first are shown; a file without any is landed all the
        same.
        """
        if str(raw_dir).startswith("s3:/"):
            return [
                f"{raw_dir}: builds read files from a folder; bring them to one with `finops fetch "
                "s3://bucket/prefix`, and let FINOPS_RAW_DIR name the folder"
            ]
        self._call_files = call_files(raw_dir) if "calls" in sources else []
        problems = call_problems(raw_dir, self._call_files, self._checked) if "calls" in sources else []
        problems += no_record_problems(raw_dir, sources)
        problems += self._take_customers(raw_dir / "customers.parquet", is_on="customers" not in sources)
        problems += self._land(raw_dir, sources, pseudonymised)
        if not problems:
            self.notes = self._noted(raw_dir, sources)
            _write(notes_table(self.notes), self._notes)
        more = len(problems) - MOST_PROBLEMS
        return [*problems[:MOST_PROBLEMS], f"... and {more} more"] if more > 0 else problems

    def _land(self, raw_dir: Path, sources: Collection[str], pseudonymised: Collection[str]) -> list[str]:
        in_layout = [raw_dir / "calls"] if "calls" in sources else []
        if "customers" not in sources and (raw_dir / _RAW_CUSTOMERS).is_file():
            in_layout.append(raw_dir / _RAW_CUSTOMERS)
        if pseudonymised and in_layout:
            return [
                f"{path}: is read as it is, so that its ids get no pseudonyms (variable pseudonymised); bring"
                " these records through another source, or write pseudonyms yourself and empty the variable"
                for path in in_layout
            ]
        try:
            with pseudonyms(raw_dir, pseudonymised) as keys:
                return [
                    problem
                    for source in LANDED_SOURCES
                    for problem in land(
                        source, raw_dir, self.landing_dir, is_on=source.name in sources, pseudonyms=keys
                    )
                ]
        except UnreadableFileError as error:
            return [str(error)]

    def freeze(self, raw_dir: Path) -> Path:
        """Fix the list of files to read: those that `land` found. Returns their folder."""
        files = {str(path.relative_to(raw_dir)): path for path in self._call_files}
        files["calls/date=1970-01-01/contract.parquet"] = self._calls_contract
        files["notes/notes.parquet"] = self._notes
        if self._raw_customers.is_file():
            files[_RAW_CUSTOMERS] = self._raw_customers
        for source in LANDED_SOURCES:
            for path in (self.landing_dir / source.name).glob("*.parquet"):
                files[f"{source.staged_as}/{path.name}"] = path
        _write(frozen_days(files), self._days)
        files["days/days.parquet"] = self._days
        slot = self.frozen.free_slot()
        self.frozen.fill(slot, files)
        return slot

    def copies_of_customers(self) -> list[Path]:
        """What landed of the sources that name customers, here and in the folders that readers may be in.

        The empty files stay: views of a published warehouse read them together with what is there.
        """
        folders = [self.landing_dir, *self.frozen.published_slots()]
        copies = [folder / name for folder in folders for name in (_RAW_CUSTOMERS, *_NAMING_CUSTOMERS)]
        landed = [path for copy in copies if copy.is_dir() for path in copy.glob("*.parquet")]
        kept = [path for path in landed if path.name != "contract.parquet"]
        return [path for path in (self._raw_customers, *copies, *kept) if path.is_file()]

    def _noted(self, raw_dir: Path, sources: Collection[str]) -> list[Note]:
        """What is to be said of the files that were landed."""
        slots = self.frozen.published_slots()
        # A source that was switched on or off since has other customers, as somebody meant.
        if CUSTOMERS.name in sources:
            notes = unread_columns(CUSTOMERS, raw_dir)
            now = {path.name: path for path in (self.landing_dir / CUSTOMERS.name).glob("*.parquet")}
            before = [path for slot in slots for path in (slot / CUSTOMERS.name).glob("*.parquet")]
            # A landed file is named for what is in it: where all are there still, nobody is lost.
            if any(path.name not in now for path in before):
                notes += lost_customers(before, now.values())
        else:
            notes = unread_columns_of_raw_customers(self._raw_customers, CUSTOMERS)
            notes += lost_customers([slot / _RAW_CUSTOMERS for slot in slots], [self._raw_customers])
        notes += generated_calls_beside_own(raw_dir, sources)
        return notes + files_switched_off(raw_dir, sources) + of_no_source(raw_dir)

    def _take_customers(self, customers: Path, *, is_on: bool) -> list[str]:
        """Copy the raw customers to where staging reads them, if there are any and none replace them."""
        taken = self._raw_customers
        if not is_on or not customers.is_file():
            taken.unlink(missing_ok=True)
            return []
        problems = file_problems(customers, REQUIRED_CUSTOMER_COLUMNS)
        if not problems:
            partial = taken.with_name(f"customers.{os.getpid()}.partial")
            shutil.copyfile(customers, partial)
            partial.replace(taken)
        return problems


def _write(table: pa.Table, target: Path) -> None:
    """A Parquet file that appears whole; an empty one gives a source its columns."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.stem}.{os.getpid()}.partial")
    pq.write_table(table, partial)
    partial.replace(target)
