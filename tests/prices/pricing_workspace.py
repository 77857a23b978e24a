"""A copy of the dbt project with a price book of its own, over a handful of hand-made calls."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.schemas import CUSTOMER_SCHEMA
from generator.landing.records import CALLS_SCHEMA
from tests.workspace import ROOT, Workspace

# What the raw calls do not say and other sources' calls do: column, its type in the landed files and in the warehouse.
TOLD_BY_OTHERS = (
    ("cache_write_input_tokens", pa.int64(), "bigint"),
    ("metered_units", pa.string(), "string"),
)
CALLS_AS_OTHERS = pa.schema([*CALLS_SCHEMA, *(pa.field(name, kind) for name, kind, _ in TOLD_BY_OTHERS)])
CHARGES = "+rpt_charge_restatements +fct_usage_daily +fct_calls +fct_charges"


@dataclass(frozen=True)
class Call:
    """What a call used and, where its source says so, was charged."""

    call_id: str
    provider: str
    model: str
    at: datetime
    input_tokens: int
    output_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_input_tokens: int = 0
    cost_usd: Decimal | None = None
    service_tier: str = "standard"
    metered_units: Mapping[str, int] | None = None


@dataclass(frozen=True)
class PricingWorkspace:
    """Seeds and raw calls that a test may change; only what calls cost is built."""

    workspace: Workspace

    @property
    def project(self) -> Path:
        return Path(self.workspace.project)

    @property
    def seeds(self) -> Path:
        return self.project / "seeds"

    @classmethod
    def create(cls, folder: Path) -> PricingWorkspace:
        made = cls(Workspace(folder, folder / "target", str(folder / "dbt_project")))
        ignored = shutil.ignore_patterns("target", "logs", "__pycache__")
        shutil.copytree(ROOT / "dbt_project", made.project, ignore=ignored)
        for seed in ("price_book", "price_book_meters", "price_book_names"):
            made.empty(f"{seed}.csv")
        staging = made.project / "models" / "staging" / "raw" / "stg_raw__calls.sql"
        sql = staging.read_text(encoding="utf-8")
        for name, _, kind in TOLD_BY_OTHERS:
            assert f"cast(null as {kind}) as {name}" in sql
            sql = sql.replace(f"cast(null as {kind}) as {name}", name)
        staging.write_text(sql, encoding="utf-8")
        made.workspace.raw.mkdir(parents=True)
        pq.write_table(CUSTOMER_SCHEMA.empty_table(), made.workspace.raw / "customers.parquet")
        return made

    def empty(self, seed: str) -> None:
        """Keep the head of a seed only."""
        path = self.seeds / seed
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")

    def update_prices(self, *arguments: str) -> str:
        """Run the command that keeps the price book; returns what it printed."""
        command = [
            sys.executable,
            "-m",
            "generator",
            "prices",
            "update",
            "--seeds",
            str(self.seeds),
            *arguments,
        ]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    def write_calls(self, calls: list[Call]) -> None:
        """Put the calls in the raw folder, one file per day."""
        for day in {call.at.date() for call in calls}:
            rows = [_record(call) for call in calls if call.at.date() == day]
            path = self.workspace.raw / "calls" / f"date={day}" / "part-0.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(rows, schema=CALLS_AS_OTHERS), path)

    def build(self, *options: str, remember: bool = False, metered: bool = False) -> None:
        """Build what calls cost; `remember` does what the publication of a whole build does with the days.

        `metered` turns a source on, here without records, that may tell metered units: the raw calls alone do not.
        """
        sources = ["calls"]
        if metered:
            sources.append("litellm")
            (self.workspace.raw / "litellm").mkdir(exist_ok=True)
            (self.workspace.raw / "litellm" / "none.jsonl").touch()
        self._dbt(
            *("build", "--exclude-resource-type", "unit_test", "test", "--select", *CHARGES.split()),
            *("--vars", json.dumps({"sources": sources})),
            *options,
        )
        if remember:
            self._dbt("run-operation", "remember_build", "--vars", json.dumps({"sources": sources}))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the working file, which a selection does not publish."""
        with duckdb.connect() as connection:
            path = self.workspace.warehouse_dir / "build" / "finops.duckdb"
            connection.execute(f"attach '{path}' as finops (read_only)")
            connection.execute("use finops")
            return connection.execute(sql).fetchall()

    def _dbt(self, *arguments: str) -> None:
        done = self.workspace.dbt(*arguments)
        assert done.returncode == 0, done.stdout[-6000:]


def _record(call: Call) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "timestamp": call.at,
        "provider": call.provider,
        "model": call.model,
        "input_tokens": call.input_tokens,
        "cached_input_tokens": call.cached_input_tokens,
        "cache_write_input_tokens": call.cache_write_input_tokens,
        "output_tokens": call.output_tokens,
        "metered_units": json.dumps(dict(call.metered_units)) if call.metered_units else None,
        "cost_usd": call.cost_usd,
        "service_tier": call.service_tier,
        "status": "success",
        "customer_id": "c",
    }
