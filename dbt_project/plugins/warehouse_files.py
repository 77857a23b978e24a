"""The file work that SQL cannot do: check raw files before a build, publish the warehouse after it.

dbt-duckdb loads this module through `plugins` in profiles.yml and calls `Plugin`. The two functions are
registered in DuckDB, so that the dbt hooks in macros/publication/ can call them with a SELECT.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from dbt.adapters.duckdb.plugins import BasePlugin
from landed_sources import CALL_SOURCES, LANDED_SOURCES
from landing import land, prepare_landing, source_files

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
    """Registers `check_raw_files(raw_dir, sources)` and `publish_file(target)` on the build's connection."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Make the folder of the working file, and the empty files that give each source its columns."""
        self.warehouse_dir = Path(plugin_config["warehouse_dir"])
        contract = self.warehouse_dir / "build" / "contract"
        _write_empty(CALL_SCHEMA, contract / "date=1970-01-01" / "calls.parquet")
        self.customers_dir = contract / "customers"
        _write_empty(CUSTOMER_SCHEMA, self.customers_dir / "contract.parquet")
        # The ledger of alerts lives beside the published file. Who has never sent an alert has an empty one.
        alerts = self.warehouse_dir / "alerts"
        alerts.mkdir(parents=True, exist_ok=True)
        (alerts / "events.jsonl").touch()
        self.landing_dir = self.warehouse_dir / "build" / "landing"
        for source in LANDED_SOURCES:
            prepare_landing(source, self.landing_dir)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the two functions."""
        conn.create_function(
            "check_raw_files", self.check_raw_files, ["VARCHAR", "VARCHAR"], "VARCHAR", side_effects=True
        )
        conn.create_function("publish_file", self.publish_file, ["VARCHAR"], "VARCHAR", side_effects=True)

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
        problems = call_problems(root) if "calls" in switched_on else []
        problems += no_record_problems(root, switched_on)
        problems += self._take_customers(root / "customers.parquet", is_on="customers" not in switched_on)
        for source in LANDED_SOURCES:
            problems += land(source, root, self.landing_dir, is_on=source.name in switched_on)
        return "\n".join(problems)

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
        partial.replace(published)
        return str(published)


_COPY = """
import os, shutil, sys
shutil.copyfile(sys.argv[1], sys.argv[2])
with open(sys.argv[2], "rb+") as copy:
    os.fsync(copy.fileno())
"""


def call_problems(root: Path) -> list[str]:
    """What would make the build read wrong calls.

    Only footers are read. Looks at calls/date=*/*.parquet under `root`.
    """
    calls = sorted(root.glob("calls/date=*/*.parquet"))
    problems = []
    if not calls:
        problems.append(
            f"{root}/calls: no Parquet files found; run `python -m generator`, or put your own calls there"
            " as calls/date=YYYY-MM-DD/*.parquet"
        )
    for path in calls:
        problems += _file_problems(path, REQUIRED_CALL_COLUMNS)
    return problems


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


def _file_problems(path: Path, required: frozenset[str]) -> list[str]:
    """What is wrong with one file: unreadable, or a required column absent."""
    try:
        names = set(pq.read_schema(path).names)
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
