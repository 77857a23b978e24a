"""A company of a few calls, whose warehouse is made from its raw files as a build reads them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.schemas import CALL_SCHEMA

OLD_DAYS, KEPT_DAYS = ("2026-07-30", "2026-07-31"), ("2026-08-01", "2026-10-03")
SECRET = "SECRET-PROMPT"


@dataclass(frozen=True)
class Company:
    """Raw files below ``folder``, and the published file that ``build`` makes of them."""

    folder: Path

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse" / "finops.duckdb"

    def day_file(self, day: str) -> Path:
        return self.raw / "calls" / f"date={day}" / "part.parquet"

    @property
    def export(self) -> Path:
        return self.raw / "litellm" / "2026-07.csv"

    def build(self, policy: str = "('call_details', 2), ('raw_exports', 2)") -> None:
        """Land and freeze as a build does, and publish usage by day of what it would read."""
        landing = LandingFolder(self.warehouse.parent)
        landing.prepare()
        assert landing.land(self.raw, {"calls", "litellm", "customers"}) == []
        slot = landing.freeze(self.raw)
        working = self.warehouse.with_suffix(".new")
        working.unlink(missing_ok=True)
        with duckdb.connect(str(working)) as connection:
            for schema in ("core", "intermediate", "seeds"):
                connection.execute(f"create schema {schema}")
            connection.execute(
                "create table seeds.retention_policies as select *, 'a rule' as reason from (values "
                f"{policy or '(null, 2)'}) as rows (data_class, months) where data_class is not null"
            )
            connection.execute(
                "create table intermediate.int_as_of_date as select date '2026-10-03' as as_of_date, "
                "date '2026-09-04' as window_start_date, date '2026-08-05' as prior_window_start_date, "
                "date '2026-09-03' as prior_window_end_date, date '2026-07-30' as first_usage_date"
            )
            connection.execute(
                f"""
                create table core.fct_usage_daily as
                select usage_date, count(*) as calls, sum(tokens) as input_tokens, sum(cost) as billed_cost_usd
                from (
                    select date::date as usage_date, input_tokens as tokens, cost_usd as cost
                    from read_parquet('{slot}/calls/date=*/*.parquet', hive_partitioning = true, union_by_name = true)
                    union all
                    select partition_date, input_tokens::bigint, spend::decimal(18, 9)
                    from read_parquet('{slot}/litellm/*.parquet')
                ) as calls
                group by usage_date
                """
            )
        landing.frozen.publishing(slot.name)
        working.replace(self.warehouse)
        landing.frozen.published(slot.name)

    def figures(self) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute("select * from core.fct_usage_daily order by all").fetchall()

    def files(self) -> dict[str, bytes]:
        """The raw files that builds read."""
        return {
            str(path.relative_to(self.raw)): path.read_bytes()
            for path in sorted(self.raw.rglob("*"))
            if path.is_file() and ".retention" not in path.parts
        }


def make_company(folder: Path) -> Company:
    """Two days that are older than two months, two that are not, an old export of LiteLLM; built."""
    company = Company(folder)
    for number, day in enumerate((*OLD_DAYS, *KEPT_DAYS), 1):
        rows = [
            {
                "call_id": f"{day}-{call}",
                "timestamp": datetime.fromisoformat(f"{day}T09:00:0{call}"),
                "provider": "openai",
                "model": "gpt-4o",
                "input_tokens": 10 * number + call,
                "output_tokens": 1,
                "cost_usd": Decimal("0.000000001") * number,
                "trace_id": f"TRACE-{day}-{call}",
                "agent_id": "an agent",
            }
            for call in range(3)
        ]
        table = pa.Table.from_pylist(rows, CALL_SCHEMA)
        users = pa.array([f"user{call}@example.com" for call in range(3)])
        company.day_file(day).parent.mkdir(parents=True)
        pq.write_table(table.append_column("user_mail", users), company.day_file(day))
    company.export.parent.mkdir()
    with company.export.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["request_id", "spend", "prompt_tokens", "completion_tokens", "startTime", "endTime", "model", "user",
             "end_user", "metadata", "messages"]
        )  # fmt: skip
        for call in range(3):
            at = f"2026-07-31 10:00:0{call}"
            writer.writerow(
                [f"r{call}", "0.25", 100, 20, at, at, "gpt-4o", "user9@example.com", "acme", "{}", SECRET]
            )
    company.build()
    return company
