"""Bad records are kept aside with a reason, unknown names are shown, unreadable files stop the build."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.workspace import Workspace

DAY = "2026-10-31"
EARLY = "2026-09-20"
WIDER = "2026-10-20"
NOON = datetime(2026, 10, 31, 12)

SOUND: dict[str, Any] = {
    "call_id": "sound",
    "timestamp": NOON,
    "provider": "openai",
    "model": "gpt-4",
    "input_tokens": 1000,
    "cached_input_tokens": 0,
    "output_tokens": 100,
    "cost_usd": "0.036",
    "latency_ms": 900,
    "customer_id": "cust_0001",
    "organization_id": "org_001",
    "product_id": "assistant",
    "feature_id": "chat",
    "task_type": "chat",
    "subscription_tier": "starter",
}

# What is changed in a sound record, and the reason under which it must be found.
REJECTED = {
    "call_id_missing": {"call_id": None},
    "timestamp_missing": {"timestamp": None},
    "timestamp_after_its_day": {"timestamp": NOON + timedelta(days=400)},
    "timestamp_before_its_day": {"timestamp": NOON - timedelta(days=1)},
    "cost_malformed": {"cost_usd": "n/a"},
    "cost_negative": {"cost_usd": "-0.5"},
    "cost_absurd": {"cost_usd": "123456"},
    "tokens_negative": {"output_tokens": -1},
    "tokens_absurd": {"input_tokens": 10**12},
    "cached_tokens_exceed_input": {"cached_input_tokens": 1001},
}

KEPT = {
    "sound": {},
    "unknown_model": {"model": "gpt-99"},
    "unknown_provider": {"provider": None},
    "unknown_customer": {"customer_id": "nobody | `x`\n<b>"},
    "no_customer": {"customer_id": None},
    "no_usage": {"input_tokens": None, "output_tokens": None},
    "copy": {"call_id": "sound"},
    # Two clocks; the call happened and was charged.
    "ends_before_it_starts": {"latency_ms": -5},
}


def write_calls(path: Path, records: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # The charge as text, as a careless export has it.
    schema = pa.schema(
        [
            (
                name,
                pa.timestamp("us")
                if name == "timestamp"
                else pa.int64()
                if isinstance(value, int)
                else pa.string(),
            )
            for name, value in SOUND.items()
        ]
    )
    pq.write_table(pa.Table.from_pylist(records, schema=schema), path)


def early_customer(workspace: Workspace) -> str:
    found = workspace.query(
        f"select customer_id from core.dim_customers where signup_date > date '{EARLY}' order by 1 limit 1"
    )
    return str(found[0][0])


@pytest.fixture(scope="module")
def dirty(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The built workspace with one file of bad records more, built again."""
    workspace = built.copy_to(tmp_path_factory.mktemp("dirty"))
    records = [SOUND | {"call_id": reason} | change for reason, change in REJECTED.items()]
    records += [SOUND | {"call_id": name} | change for name, change in KEPT.items()]
    write_calls(workspace.raw / "calls" / f"date={DAY}" / "late.parquet", records)
    customers = pq.read_table(workspace.raw / "customers.parquet")
    first = customers.slice(0, 1)
    minus = first.set_column(
        customers.schema.get_field_index("monthly_fee"),
        "monthly_fee",
        pa.array([Decimal("-29")]).cast(first.schema.field("monthly_fee").type),
    )
    minus = minus.set_column(0, "customer_id", pa.array(["cust_minus"]))
    pq.write_table(pa.concat_tables([customers, first, minus]), workspace.raw / "customers.parquet")
    # The only call of a day on which its customer had not signed up yet.
    ahead = workspace.raw / "calls" / f"date={EARLY}" / "early.parquet"
    noon = datetime.fromisoformat(f"{EARLY}T12:00:00")
    write_calls(
        ahead, [SOUND | {"call_id": "early", "customer_id": early_customer(built), "timestamp": noon}]
    )
    wider = workspace.day_file(WIDER)
    table = pq.ParquetFile(wider).read()
    pq.write_table(table.append_column("note", pa.array(["x"] * table.num_rows)), wider)
    # A day without any call, between days with calls.
    shutil.rmtree(workspace.raw / "calls" / "date=2026-10-10")
    workspace.build("--vars", "{accept_removed_days: true}")
    return workspace


def test_each_broken_rule_is_named_and_the_record_kept(dirty: Workspace) -> None:
    found = dirty.query(
        "select reason, record_key, raw_record from core.rejected_records where source = 'calls' order by reason"
    )
    assert sorted(reason for reason, _, _ in found) == sorted(REJECTED)
    for reason, key, record in found:
        assert key == REJECTED[reason].get("call_id", reason)
        assert '"customer_id":"cust_0001"' in record
    assert [r for reason, _, r in found if reason == "cost_malformed" and '"cost_usd":"n/a"' in r]


def test_rejected_customers_are_named(dirty: Workspace) -> None:
    found = dirty.query(
        "select record_key, reason from core.rejected_records where source = 'customers' order by 1"
    )
    assert found == [("cust_0001", "customer_id_duplicate"), ("cust_minus", "monthly_fee_negative")]


def test_unknown_names_are_counted_and_visible(dirty: Workspace, built: Workspace) -> None:
    unpriced = dirty.query(
        "select provider, model, calls, list_cost_usd, billed_cost_usd from core.fct_usage_daily"
        " where unpriced_calls > 0 and calls_without_usage = 0 order by provider, model"
    )
    assert unpriced == [("openai", "gpt-99", 1, None, Decimal("0.036"))]
    # Only one maker has a model of the name, so that the call that names no provider is its.
    assert dirty.query(
        f"select provider, is_priced from core.fct_calls where usage_date = date '{DAY}' and call_id = 'unknown_provider'"
    ) == [("openai", True)]
    assert dirty.query("select sum(calls_without_usage) from core.fct_usage_daily") == [(1,)]
    assert dirty.query("select is_known from core.dim_customers where customer_id like 'nobody%'") == [
        (False,)
    ]

    def unallocated(workspace: Workspace) -> Decimal:
        cost = workspace.query(
            "select sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily"
            f" where customer_id = 'unallocated' and usage_date = date '{DAY}'"
        )[0][0]
        return Decimal(cost or 0)

    assert unallocated(dirty) - unallocated(built) == Decimal("0.072")


def test_rows_and_cents_are_conserved(dirty: Workspace) -> None:
    day = dirty.query(
        "select rows_rejected, rows_duplicate, rows_read - rows_accepted, difference_usd"
        f" from core.rpt_reconciliation where usage_date = date '{DAY}'"
    )
    assert day == [(len(REJECTED), 1, len(REJECTED) + 1, 0)]
    assert dirty.query(
        "select sum(billed_cost_usd) - sum(billed_cost_in_marts_usd) from"
        " (select sum(billed_cost_usd) as billed_cost_usd from core.fct_usage_daily),"
        " (select sum(billed_cost_in_marts_usd) as billed_cost_in_marts_usd from core.rpt_reconciliation)"
    ) == [(0,)]


def test_an_empty_day_is_no_row_and_no_failure(dirty: Workspace) -> None:
    assert dirty.query(
        "select count(*) from core.rpt_reconciliation where usage_date = date '2026-10-10'"
    ) == [(0,)]
    assert dirty.query("select count(*) from core.dim_dates where date_day = date '2026-10-10'") == [(1,)]


def test_a_call_before_signup_is_kept(dirty: Workspace) -> None:
    assert dirty.query(
        "select cast(usage.usage_date as varchar), sum(usage.calls) from core.fct_usage_daily as usage"
        " inner join core.dim_customers as customers on usage.customer_id = customers.customer_id"
        " where usage.usage_date < customers.signup_date group by 1"
    ) == [(EARLY, 1)]


def test_an_extra_column_does_no_harm(dirty: Workspace, built: Workspace) -> None:
    day = f"""
        select count(*), sum(calls), sum(billed_cost_usd), sum(input_tokens), sum(output_tokens)
        from core.fct_usage_daily where usage_date = date '{WIDER}'
    """
    assert dirty.query(day) == built.query(day)


def spoil_truncated(workspace: Workspace) -> str:
    path = workspace.day_file(DAY)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return str(path)


def spoil_turned_bit(workspace: Workspace) -> str:
    path = workspace.day_file(DAY)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return f"{path}: not a readable Parquet file (could not verify page integrity, CRC checksum"


def spoil_missing_column(workspace: Workspace) -> str:
    path = workspace.day_file(DAY)
    pq.write_table(pq.ParquetFile(path).read().drop_columns(["output_tokens"]), path)
    return f"{path}: column output_tokens is missing"


def spoil_empty(workspace: Workspace) -> str:
    shutil.rmtree(workspace.raw)
    return f"{workspace.raw}/calls: no Parquet files found"


def spoil_customers(workspace: Workspace) -> str:
    path = workspace.raw / "customers.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["monthly_fee"]), path)
    return "customers.parquet: column monthly_fee is missing"


@pytest.mark.parametrize(
    "spoil", [spoil_truncated, spoil_turned_bit, spoil_missing_column, spoil_empty, spoil_customers]
)
def test_an_unreadable_source_stops_the_build_and_leaves_the_warehouse(
    workspace: Workspace, spoil: Any
) -> None:
    before = workspace.published.read_bytes()
    expected = spoil(workspace)
    done = workspace.dbt("build")
    assert done.returncode != 0
    assert expected in done.stdout
    assert workspace.published.read_bytes() == before


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ("{as_of_date: yesterday}", "variable as_of_date is yesterday; it takes latest, or a day"),
        ('{as_of_date: "2027-10-01"}', "variable as_of_date is 2027-10-01; the data has calls from 20"),
    ],
)
def test_a_variable_that_cannot_be_meant_stops_the_build_before_anything_changes(
    workspace: Workspace, variables: str, said: str
) -> None:
    before = workspace.published.read_bytes()
    working = workspace.warehouse_dir / "build" / "finops.duckdb"
    tables = "select count(*), max(usage_date) from core.fct_usage_daily"
    figures = duckdb.connect(str(working)).execute(tables).fetchall()
    done = workspace.dbt("build", "--quiet", "--vars", variables)
    assert done.returncode == 2
    assert f"Nothing was changed: {said}" in done.stdout
    assert workspace.published.read_bytes() == before
    assert duckdb.connect(str(working)).execute(tables).fetchall() == figures
    attempt = json.loads((workspace.warehouse_dir / "attempt.json").read_text())
    assert attempt["outcome"] == "failed"
    assert said in attempt["problem"]
