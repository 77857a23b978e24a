"""The file work that SQL cannot do: check and freeze raw files before a build, publish after it.

dbt-duckdb loads this module through `plugins` in profiles.yml and calls `Plugin`. Its functions are
registered in DuckDB, so that the dbt hooks in macros/publication/ can call them with a SELECT.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import attempts
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from dbt.adapters.duckdb.plugins import BasePlugin
from frozen_files import FrozenFiles
from landed_sources import CALL_SOURCES, LANDED_SOURCES
from landing import land, prepare_landing, source_files
from variables import variable_problems

# The raw call record. Columns that are not required read as null where a file lacks them.
CALL_SCHEMA = pa.schema(
    [
        ("call_id", pa.string()),
        ("trace_id", pa.string()),
        ("timestamp", pa.timestamp("us")),
        ("provider", pa.string()),
        ("model", pa.string()),
        ("input_tokens", pa.int64()),
        ("cached_input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("cost_usd", pa.decimal128(18, 9)),
        ("latency_ms", pa.int64()),
        ("customer_id", pa.string()),
        ("organization_id", pa.string()),
        ("product_id", pa.string()),
        ("feature_id", pa.string()),
        ("task_type", pa.string()),
        ("subscription_tier", pa.string()),
        ("status", pa.string()),
        ("service_tier", pa.string()),
        ("quality_score", pa.float64()),
        ("environment", pa.string()),
        ("region", pa.string()),
        ("agent_id", pa.string()),
    ]
)
REQUIRED_CALL_COLUMNS = frozenset(
    {
        "call_id",
        "timestamp",
        "provider",
        "model",
        "input_tokens",
        "output_tokens",
        "cost_usd",
        "customer_id",
        "product_id",
        "feature_id",
        "task_type",
    }
)
# The raw customer record, with what may be absent from it.
CUSTOMER_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("customer_name", pa.string()),
        ("organization_id", pa.string()),
        ("subscription_tier", pa.string()),
        ("monthly_fee", pa.decimal128(18, 2)),
        ("usage_archetype", pa.string()),
        ("signup_date", pa.date32()),
        ("churned_date", pa.date32()),
        ("region", pa.string()),
    ]
)
REQUIRED_CUSTOMER_COLUMNS = frozenset({"customer_id", "subscription_tier", "monthly_fee", "signup_date"})


class Plugin(BasePlugin):
    """Registers the functions of the hooks on the build's connection."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Make the folder of the working file, and the empty files that give each source its columns."""
        self.warehouse_dir = Path(plugin_config["warehouse_dir"])
        contract = self.warehouse_dir / "build" / "contract"
        self.calls_contract = contract / "calls.parquet"
        _write_empty(CALL_SCHEMA, self.calls_contract)
        self.customers_dir = contract / "customers"
        _write_empty(CUSTOMER_SCHEMA, self.customers_dir / "contract.parquet")
        # The ledger of alerts lives beside the published file. Who has never sent an alert has an empty one.
        alerts = self.warehouse_dir / "alerts"
        alerts.mkdir(parents=True, exist_ok=True)
        (alerts / "events.jsonl").touch()
        self.landing_dir = self.warehouse_dir / "build" / "landing"
        for source in LANDED_SOURCES:
            prepare_landing(source, self.landing_dir)
        self.frozen = FrozenFiles(self.warehouse_dir / "build" / "frozen")
        self.slot = self.frozen.free_slot()

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the functions."""
        for name, function, parameters in (
            ("check_variables", self.check_variables, 1),
            ("check_raw_files", self.check_raw_files, 2),
            ("freeze_files", self.freeze_files, 1),
            ("publish_file", self.publish_file, 1),
            ("note_attempt", self.note_attempt, 2),
        ):
            conn.create_function(
                name,
                function,
                ["VARCHAR"] * parameters,
                "VARCHAR",
                side_effects=True,
                null_handling="special",
            )

    def check_variables(self, given: str) -> str:
        """Check the variables of the project and of the command (YAML); returns problems in one line."""
        return "; ".join(variable_problems(yaml.safe_load(given)))

    def check_raw_files(self, raw_dir: str, sources: str) -> str:
        """Check the raw files of the sources that are on, and land those that are not in the layout of calls.

        `sources` is the variable of that name, joined by commas. Returns problems, one a line; '' when all is
        well.
        """
        switched_on = {name.strip() for name in sources.split(",") if name.strip()}
        known = {"calls", *(source.name for source in LANDED_SOURCES)}
        if switched_on - known:
            return (
                f"variable sources: {', '.join(sorted(switched_on - known))} is not a source;"
                f" there are {', '.join(sorted(known))}"
            )
        root = Path(raw_dir)
        self.call_files = call_files(root) if "calls" in switched_on else []
        problems = call_problems(root, self.call_files) if "calls" in switched_on else []
        problems += no_record_problems(root, switched_on)
        problems += self._take_customers(root / "customers.parquet", is_on="customers" not in switched_on)
        for source in LANDED_SOURCES:
            problems += land(source, root, self.landing_dir, is_on=source.name in switched_on)
        return "\n".join(problems)

    def freeze_files(self, raw_dir: str) -> str:
        """Fix the list of files to read: those that `check_raw_files` found. Returns their folder."""
        root = Path(raw_dir)
        files = {str(path.relative_to(root)): path for path in self.call_files}
        files["calls/date=1970-01-01/contract.parquet"] = self.calls_contract
        for source in LANDED_SOURCES:
            for path in (self.landing_dir / source.name).glob("*.parquet"):
                files[f"{source.name}/{path.name}"] = path
        self.slot = self.frozen.free_slot()
        self.frozen.fill(self.slot, files)
        return str(self.slot)

    def _take_customers(self, customers: Path, *, is_on: bool) -> list[str]:
        """Copy the raw customers to where staging reads them, if there are any and none replace them."""
        taken = self.customers_dir / "customers.parquet"
        if not is_on or not customers.is_file():
            taken.unlink(missing_ok=True)
            return []
        problems = _file_problems(customers, REQUIRED_CUSTOMER_COLUMNS)
        if not problems:
            partial = taken.with_name(f"customers.{os.getpid()}.partial")
            shutil.copyfile(customers, partial)
            partial.replace(taken)
        return problems

    def publish_file(self, file_name: str) -> str:
        """Put a copy of the working file where readers look, in one step.

        Returns the published path. A kill at any instant leaves the old file: the copy is complete and on
        disk before the rename. Readers that have the old file open keep it until they close it.
        """
        working = self.warehouse_dir / "build" / file_name
        published = self.warehouse_dir / file_name
        partial = self.warehouse_dir / "build" / f"{file_name}.publishing"
        # A child process copies: opening and closing the file in this one would drop DuckDB's lock on it.
        subprocess.run([sys.executable, "-c", _COPY, str(working), str(partial)], check=True)
        self.frozen.publishing(self.slot.name)
        partial.replace(published)
        self.frozen.published(self.slot.name)
        return str(published)

    def note_attempt(self, outcome: str, problem: str) -> str:
        """Write what becomes of this build beside the published file."""
        if outcome == "running":
            attempts.begin(self.warehouse_dir)
        else:
            attempts.end(self.warehouse_dir, outcome, problem or None)
        return outcome


_COPY = """
import os, shutil, sys
shutil.copyfile(sys.argv[1], sys.argv[2])
with open(sys.argv[2], "rb+") as copy:
    os.fsync(copy.fileno())
"""


def call_files(root: Path) -> list[Path]:
    """The files in the layout of calls, hidden ones (an unfinished copy) left out."""
    return sorted(path for path in root.glob("calls/date=*/*.parquet") if not path.name.startswith("."))


def call_problems(root: Path, files: list[Path]) -> list[str]:
    """What would make the build read wrong calls from `files` under `root`. Only footers are read."""
    problems = []
    if not files:
        problems.append(
            f"{root}/calls: no Parquet files found; run `python -m generator`, or put your own calls there"
            " as calls/date=YYYY-MM-DD/*.parquet"
        )
    for folder in sorted({path.parent for path in files}):
        if not _is_day(folder.name.removeprefix("date=")):
            problems.append(f"{folder}: is no day; name the folder date=YYYY-MM-DD, then build again")
    for path in files:
        problems += _file_problems(path, REQUIRED_CALL_COLUMNS)
    return problems


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def no_record_problems(root: Path, switched_on: set[str]) -> list[str]:
    """The sources of call records that are on, if none has a file; without records there is no report."""
    on = sorted(switched_on & set(CALL_SOURCES))
    if not on or "calls" in switched_on or any(source_files(root / name) for name in on):
        return []
    folders = ", ".join(str(root / name) for name in on)
    return [f"{folders}: no files found; put your exports there, then build again"]


def _write_empty(schema: pa.Schema, target: Path) -> None:
    """An empty Parquet file that gives a source its columns."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.stem}.{os.getpid()}.partial")
    pq.write_table(schema.empty_table(), partial)
    partial.replace(target)


_COLUMNS_READ: dict[Path, tuple[tuple[int, int], frozenset[str]]] = {}
"""Size, time and columns of files whose footers this process has read; a watcher builds again and again."""


def _columns(path: Path) -> frozenset[str]:
    status = path.stat()
    version = (status.st_size, status.st_mtime_ns)
    known = _COLUMNS_READ.get(path)
    if known is None or known[0] != version:
        known = _COLUMNS_READ[path] = (version, frozenset(pq.read_schema(path).names))
    return known[1]


def _file_problems(path: Path, required: frozenset[str]) -> list[str]:
    """What is wrong with one file: unreadable, or a required column absent."""
    try:
        names = _columns(path)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        return [
            f"{path}: not a readable Parquet file ({reason}); replace it or move it away, then build again"
        ]
    absent = sorted(required - names)
    if absent:
        return [
            f"{path}: column {', '.join(absent)} is missing; add it (null where unknown), then build again"
        ]
    return []
