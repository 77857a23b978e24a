"""A customer whose id is a mail address: built, sealed, erased, built from nothing. No figure moves, and the name is nowhere."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from dbt_project.landing.pseudonyms import key_table
from reports_builder.retention import erasing, plan
from reports_builder.retention.erasing import erase, erased_customers
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from tests.retention.test_erasure import everything
from tests.seals.books import KEY
from tests.workspace import Workspace

ADA, NAME, BOB = "ada@example.com", "Ada Lovelace Ltd", "bob@example.com"
IDS = ["customer_id"]
# A refresh as the watcher does it publishes a selection: what is sealed, and what has names of customers and their records.
MARTS = (
    "fct_charges",
    "fct_allocated_costs_daily",
    "fct_calls",
    "rejected_records",
    "dim_customers",
    "rpt_billing_monthly",
)
VARIABLES = json.dumps(
    {"sources": ["litellm", "customers", "billing"], "pseudonymised": IDS, "is_live_refresh": True}
)
COLUMNS = "request_id,spend,prompt_tokens,completion_tokens,startTime,endTime,model,end_user,metadata"
SUMS = (
    "select count(*), sum(effective_cost_usd), count(distinct customer_id) from core.fct_charges",
    "select sum(allocated_cost_usd), count(distinct customer_id) from allocation.fct_allocated_costs_daily",
    "select customer_id, count(*), sum(input_tokens) from core.fct_calls group by all order by all",
)


def fill(raw: Path) -> None:
    (raw / "litellm").mkdir(parents=True)
    for day in (1, 2, 3):
        with (raw / "litellm" / f"{day}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS.split(","))
            for number, who in enumerate((ADA, BOB, BOB) if day < 3 else (BOB,)):
                at = f"2026-10-0{day} 10:00:0{number}"
                said = json.dumps({"user_api_key_alias": f"key of {who}", "feature_id": "chat"})
                # Every fifth record states no usage, so that what was rejected of whom is kept, too.
                writer.writerow([f"{day}-{number}", "0.5", 100, 20, at, at, "gpt-4o", who, said])
            writer.writerow(
                [f"{day}-bad", "n/a", "many", 20, f"2026-10-0{day} 11:00:00", "", "gpt-4o", ADA, "{}"]
            )
    (raw / "customers").mkdir()
    (raw / "customers" / "all.csv").write_text(
        f"customer_id,customer_name,monthly_fee,signup_date,contact\n{ADA},{NAME},10,2026-01-05,{ADA}\n{BOB},Bob,20,2026-01-05,\n"
    )
    (raw / "billing").mkdir()
    (raw / "billing" / "all.csv").write_text(
        "document_type,document_id,customer_id,document_date,amount,currency,buyer\n"
        f"invoice,I-1,{ADA},2026-10-01,5,USD,{NAME}\ninvoice,I-2,{BOB},2026-10-01,7,USD,Bob\n"
    )


def build(workspace: Workspace) -> None:
    chosen = ("--select", "resource_type:seed", *(f"+{name}" for name in MARTS))
    workspace.build("--exclude-resource-type", "test", "--full-refresh", "--vars", VARIABLES, *chosen)


def held(warehouse: Path) -> str:
    """All values of all tables: the bytes of the file are compressed."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return "\n".join(
            str(connection.execute(f'select * from "{schema}"."{table}"').fetchall())
            for schema, table in tables
        )


def test_a_customer_is_erased_and_neither_figures_nor_seals_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (erasing, plan):
        monkeypatch.setattr(module, "project_variables", lambda: {"pseudonymised": IDS})
    workspace, seals = Workspace(tmp_path / "company", tmp_path / "target"), tmp_path / "seals"
    fill(workspace.raw)
    build(workspace)
    before = [workspace.query(each) for each in SUMS]
    pseudonym = next(
        told["pseudonym"]
        for told in map(json.loads, key_table(workspace.raw).read_text().splitlines())
        if told["id"] == ADA
    )
    assert {row[0] for row in before[2]} >= {pseudonym}
    assert NAME in held(workspace.published) and ADA not in held(workspace.published)
    assert len(seal(workspace.published, seals, KEY).added) > 0

    erase(workspace.published, workspace.raw, ADA)
    build(workspace)

    assert [workspace.query(each) for each in SUMS] == before
    assert seal(workspace.published, seals, KEY).added == ()
    assert verify(workspace.published, seals, [KEY]).problems == ()
    assert [each.customer_id for each in erased_customers(workspace.published)] == [pseudonym]
    # Raw files, key table, what landed, the published file, logs and seals; files of DuckDB by their values, too.
    left = everything(tmp_path) + held(workspace.published)
    for gone in (ADA, NAME):
        assert gone not in left
    assert pseudonym in left and BOB in left
