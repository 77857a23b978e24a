"""Exports of gateways and tracing tools: formats, tokens, tags, times, and that no message gets in."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.fields.values import canonical_instant
from dbt_project.landing.landed_files import land
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.source import LandedSource
from dbt_project.landing.sources.customers import CUSTOMERS
from dbt_project.landing.sources.langfuse import LANGFUSE
from dbt_project.landing.sources.litellm import LITELLM
from tests.real_files import real_file

LITELLM_ROW: dict[str, Any] = {
    "request_id": "r1",
    "call_type": "acompletion",
    "spend": "0.5",
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "startTime": "2026-10-01 09:00:00",
    "endTime": "2026-10-01 09:00:02",
    "model": "gpt-4o",
    "custom_llm_provider": "openai",
    "metadata": "{}",
    "request_tags": "[]",
    "messages": '[{"role": "user", "content": "SECRET"}]',
    "response": '{"choices": "SECRET"}',
    "proxy_server_request": '{"body": "SECRET"}',
}
LANGFUSE_ROW: dict[str, Any] = {
    "id": "o1",
    "trace_id": "t1",
    "type": "GENERATION",
    "start_time": "2026-10-01T09:00:00.000Z",
    "end_time": "2026-10-01T09:00:01.500Z",
    "provided_model_name": "gpt-4o",
    "usage_details": {"input": 60, "input_cached_tokens": 40, "output": 20, "total": 120},
    "cost_details": {"input": "0.1", "output": "0.2", "total": "0.3"},
    "input": "SECRET",
    "output": "SECRET",
}


def landed(folder: Path, source: LandedSource) -> list[dict[str, Any]]:
    rows = pq.read_table(folder / "landing" / source.name).to_pylist()
    return sorted(rows, key=lambda row: (row["file_name"], row["line_number"]))


def land_text(folder: Path, source: LandedSource, text: str, name: str = "a.jsonl") -> list[str]:
    path = folder / "raw" / source.name / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return land(source, folder / "raw", folder / "landing", is_on=True)


def land_one(folder: Path, source: LandedSource, record: dict[str, Any]) -> dict[str, Any]:
    assert land_text(folder, source, json.dumps(record)) == []
    (row,) = landed(folder, source)
    return row


def as_csv(records: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", json.dumps(LITELLM_ROW) + "\n\n" + json.dumps(LITELLM_ROW | {"request_id": "r2"})),
        (
            "a.jsonl.gz",
            json.dumps(LITELLM_ROW) + "\n" + json.dumps(LITELLM_ROW | {"request_id": "r2"}) + "\n",
        ),
        ("a.json", json.dumps([LITELLM_ROW, LITELLM_ROW | {"request_id": "r2"}])),
        ("a.json", json.dumps([LITELLM_ROW, LITELLM_ROW | {"request_id": "r2"}], indent=2)),
        (
            "a.json",
            json.dumps(LITELLM_ROW, indent=1) + json.dumps(LITELLM_ROW | {"request_id": "r2"}, indent=1),
        ),
        ("a.csv", as_csv([LITELLM_ROW, LITELLM_ROW | {"request_id": "r2"}])),
    ],
)
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str, text: str) -> None:
    assert land_text(tmp_path, LITELLM, text, name) == []
    rows = landed(tmp_path, LITELLM)
    assert [row["request_id"] for row in rows] == ["r1", "r2"]
    for row in rows:
        assert (row["spend"], row["input_tokens"], row["completion_tokens"]) == ("0.5", "100", "20")
        assert row["partition_date"] == date(2026, 10, 1)


def test_parquet_with_nested_columns_reads_as_json_does(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "langfuse" / "a.parquet"
    path.parent.mkdir(parents=True)
    start = datetime(2026, 10, 1, 9, tzinfo=UTC)
    record = LANGFUSE_ROW | {"start_time": start, "end_time": start + timedelta(seconds=1)}
    table = pa.Table.from_pylist([record | {"tags": ["customer:acme"]}])
    usage = pa.array([list(LANGFUSE_ROW["usage_details"].items())], pa.map_(pa.string(), pa.int64()))
    table = table.set_column(table.schema.get_field_index("usage_details"), "usage_details", usage)
    pq.write_table(table, path)
    assert land(LANGFUSE, tmp_path / "raw", tmp_path / "landing", is_on=True) == []
    (row,) = landed(tmp_path, LANGFUSE)
    assert (row["input_tokens"], row["cached_input_tokens"], row["cost"]) == ("100", "40", "0.3")
    assert (row["customer_id"], row["start_time"]) == ("acme", "2026-10-01 09:00:00")


def test_an_array_larger_than_what_is_read_at_once_keeps_lines_and_records(tmp_path: Path) -> None:
    long = LITELLM_ROW | {"messages": "SECRET " * 200_000}
    records = [long | {"request_id": f"r{number}"} for number in range(5)]
    assert land_text(tmp_path, LITELLM, json.dumps(records, indent=1), "a.json") == []
    rows = landed(tmp_path, LITELLM)
    assert [row["request_id"] for row in rows] == [f"r{number}" for number in range(5)]
    assert [row["line_number"] for row in rows] == [
        2 + number * (len(LITELLM_ROW) + 2) for number in range(5)
    ]


def test_messages_are_in_no_column_and_in_no_kept_record(tmp_path: Path) -> None:
    nested = {
        "usage_object": {"prompt_tokens": 100},
        "messages": "SECRET",
        "requester_metadata": {"p": "SECRET"},
    }
    broken = json.dumps(LITELLM_ROW)[:-20]
    lines = [json.dumps(LITELLM_ROW | {"metadata": json.dumps(nested)}), broken, '"SECRET"']
    assert land_text(tmp_path, LITELLM, "\n".join(lines)) == []
    shifted = as_csv([LITELLM_ROW]) + "r2,SECRET,more\r\n"
    assert land_text(tmp_path, LITELLM, shifted, "b.csv") == []
    assert land_text(tmp_path, LANGFUSE, json.dumps(LANGFUSE_ROW | {"metadata": {"prompt": "SECRET"}})) == []
    rows = landed(tmp_path, LITELLM) + landed(tmp_path, LANGFUSE)
    assert len(rows) == 6
    assert "SECRET" not in str(rows)
    for folder in (tmp_path / "landing").iterdir():
        for path in folder.iterdir():
            assert b"SECRET" not in path.read_bytes()


def test_a_broken_line_is_kept_with_its_number_on_the_day_of_the_line_before(tmp_path: Path) -> None:
    next_day = LITELLM_ROW | {"startTime": "2026-10-02T23:30:00-01:00"}
    lines = ["{torn", json.dumps(LITELLM_ROW), "[1]", json.dumps(next_day), json.dumps(LITELLM_ROW)[:40]]
    assert land_text(tmp_path, LITELLM, "\n".join(lines)) == []
    assert [
        (row["line_number"], row["line_problem"], row["partition_date"].day)
        for row in landed(tmp_path, LITELLM)
    ] == [
        (1, "line_not_json", 1),
        (2, None, 1),
        (3, "line_not_an_object", 1),
        (4, None, 3),
        (5, "line_not_json", 3),
    ]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.jsonl", "not\njson\n", "line 1 has no startTime that is a time (line_not_json)"),
        (
            "a.jsonl",
            json.dumps(LANGFUSE_ROW),
            "is not a file of LiteLLM spend logs: column completion_tokens, ",
        ),
        ("a.json", json.dumps([LITELLM_ROW])[:-1], "line 1 is not JSON (the array does not end)"),
        ("a.json", "[" + json.dumps(LITELLM_ROW) + ",\n{]", "line 2 is not JSON"),
        ("a.json", json.dumps([LITELLM_ROW]) + "[]", "something follows the array"),
        ("a.jsonl", json.dumps(LITELLM_ROW | {"startTime": None}), "line 1 has no startTime that is a time"),
        ("a.txt", "", "are read from .csv, .csv.gz, .json"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_one_clear_error(
    tmp_path: Path, name: str, text: str, problem: str
) -> None:
    (found,) = land_text(tmp_path, LITELLM, text, name)
    assert found.startswith(f"{tmp_path / 'raw' / 'litellm' / name}: ")
    assert problem in found
    assert landed(tmp_path, LITELLM) == []


@pytest.mark.parametrize(
    ("moment", "read"),
    [
        ("1790845200.25", "2026-10-01 09:00:00.250000"),
        ("1790845200250", "2026-10-01 09:00:00.250000"),
        ("1790845200250000", "2026-10-01 09:00:00.250000"),
        ("1790845200250000000", "2026-10-01 09:00:00.250000"),
        ("2026-10-01T11:00:00+02:00", "2026-10-01 09:00:00"),
        ("2026-10-01 09:00:00.123456", "2026-10-01 09:00:00.123456"),
        ("12345", "12345"),
    ],
)
def test_instants_are_read_in_every_shape_that_exports_have(moment: str, read: str) -> None:
    assert canonical_instant(moment) == read


@pytest.mark.parametrize(
    ("prompt", "usage", "tokens"),
    [
        # The gateway's own count holds the cache.
        (100, {"prompt_tokens": 100, "prompt_tokens_details": {"cached_tokens": 40}}, ("100", "40", None)),
        (
            100,
            {"prompt_tokens": 100, "cache_read_input_tokens": 30, "cache_creation_input_tokens": 20},
            ("100", "30", "20"),
        ),
        # A usage passed through from Anthropic does not; neither can a count that is smaller than its cache.
        (
            50,
            {"input_tokens": 50, "cache_read_input_tokens": 30, "cache_creation_input_tokens": 20},
            ("100", "30", "20"),
        ),
        (
            10,
            {"prompt_tokens": 10, "cache_read_input_tokens": 70, "cache_creation_input_tokens": 20},
            ("100", "70", "20"),
        ),
        (100, None, ("100", None, None)),
    ],
)
def test_cached_tokens_of_litellm_are_part_of_the_input_once(
    tmp_path: Path, prompt: int, usage: dict[str, Any] | None, tokens: tuple[str, str | None, str | None]
) -> None:
    metadata = json.dumps({"usage_object": usage})
    row = land_one(tmp_path, LITELLM, LITELLM_ROW | {"prompt_tokens": prompt, "metadata": metadata})
    assert (row["input_tokens"], row["cached_input_tokens"], row["cache_write_input_tokens"]) == tokens


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"input": 60, "input_cached_tokens": 40, "output": 20, "total": 120}, ("100", "40", "0", "20")),
        # The total says that `input` holds the cached ones.
        ({"input": 100, "input_cached_tokens": 40, "output": 20, "total": 120}, ("100", "40", "0", "20")),
        (
            {"input": 10, "cache_read_input_tokens": 70, "cache_creation_input_tokens": 20, "output": 5},
            ("100", "70", "20", "5"),
        ),
        ({"input": 100, "output": 15, "output_reasoning_tokens": 5, "total": 120}, ("100", "0", "0", "20")),
        ({}, (None, None, None, None)),
    ],
)
def test_tokens_of_langfuse_sum_over_their_kinds(
    tmp_path: Path, usage: dict[str, int], tokens: tuple[str | None, ...]
) -> None:
    row = land_one(tmp_path, LANGFUSE, LANGFUSE_ROW | {"usage_details": usage})
    names = ("input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens")
    assert tuple(row[name] for name in names) == tokens


def test_tags_and_metadata_carry_the_owner_by_priority(tmp_path: Path) -> None:
    metadata = {
        "spend_logs_metadata": {"customer": "from metadata", "feature": "chat"},
        "user_api_key_team_alias": "core",
    }
    record = LITELLM_ROW | {
        "metadata": json.dumps(metadata),
        "request_tags": json.dumps(["customer_id:from tag", "task=summarize", "loose"]),
        "end_user": "from the field",
        "organization_id": "org",
    }
    row = land_one(tmp_path, LITELLM, record)
    assert (row["customer_id"], row["feature_id"], row["task_type"]) == ("from tag", "chat", "summarize")
    assert (row["team_id"], row["product_id"], row["organization_id"]) == ("core", None, "org")


@pytest.mark.parametrize(
    ("metadata", "owner"),
    [
        ({"customer_id": "acme", "feature": "chat"}, "acme"),
        ({"user_api_key_metadata": {"customer_id": "acme", "feature": "chat"}}, "acme"),
        ({"user_api_key_auth_metadata": "{'tenant_id': 'acme', 'feature': 'chat'}"}, "acme"),
        ({"user_api_key_team_metadata": {"customer": "acme", "feature_id": "chat"}}, "acme"),
        ({"tags": ["customer:acme", "feature=chat"]}, "acme"),
        # The nearer to the call, the more it counts; a blank counts nothing.
        (
            {
                "user_api_key_team_metadata": {"customer_id": "of the team"},
                "user_api_key_metadata": {"customer_id": "of the key", "feature": "chat"},
                "requester_metadata": {"customer_id": ""},
            },
            "of the key",
        ),
        (
            {
                "user_api_key_metadata": {"customer_id": "of the key", "feature": "other"},
                "customer_id": "of the call",
                "spend_logs_metadata": {"feature": "chat"},
            },
            "of the call",
        ),
    ],
)
def test_an_owner_is_read_wherever_litellm_keeps_it(
    tmp_path: Path, metadata: dict[str, Any], owner: str
) -> None:
    row = land_one(tmp_path, LITELLM, LITELLM_ROW | {"metadata": json.dumps(metadata)})
    assert (row["customer_id"], row["feature_id"]) == (owner, "chat")


def test_the_old_and_the_new_shape_of_the_spend_log_both_land(tmp_path: Path) -> None:
    row = land_one(tmp_path, LITELLM, json.loads(real_file("litellm/spend_logs_payload.json").read_text()))
    assert (row["input_tokens"], row["completion_tokens"]) == ("10", "20")
    assert row["spend"] == "0.00022500000000000002"
    assert (row["gateway_usd_per_input_token"], row["partition_date"]) == ("0.0000025", date(2025, 1, 24))


def test_a_fee_in_another_currency_is_refused_by_file_and_line(tmp_path: Path) -> None:
    text = "customer,plan,fee,start_date,currency\na,Team,49,2026-01-01,usd\n"
    text += "b,Team,49,2026-01-01,EUR\nc,Team,49,2026-01-01,\nd,Team,49,2026-01-01,CHF\n"
    found = land_text(tmp_path, CUSTOMERS, text, "billing.csv")
    where = tmp_path / "raw/customers/billing.csv"
    assert [line.split(";")[0] for line in found] == [
        f"{where}: line 3: the fee is in EUR",
        f"{where}: line 5: the fee is in CHF",
    ]


def test_all_that_is_refused_is_named_in_one_go_up_to_twenty_lines(tmp_path: Path) -> None:
    for name, text in (("customers/a.csv", "x\n1\n"), ("focus/b.csv", "y\n1\n"), ("invoices/c.txt", "z")):
        (tmp_path / "raw" / name).parent.mkdir(parents=True)
        (tmp_path / "raw" / name).write_text(text)
    folder = LandingFolder(tmp_path / "warehouse")
    found = folder.land(tmp_path / "raw", ["customers", "focus", "invoices"])
    assert [line.split(":")[0].rpartition("/")[2] for line in found] == ["a.csv", "b.csv", "c.txt"]
    fees = "".join(f"c{number},9,2026-01-01,EUR\n" for number in range(30))
    (tmp_path / "raw/customers/a.csv").write_text(f"customer,fee,start_date,currency\n{fees}")
    found = folder.land(tmp_path / "raw", ["customers", "focus", "invoices"])
    assert len(found) == 21
    assert found[-1] == "... and 12 more"


@pytest.mark.parametrize("seed", range(5))
def test_no_record_and_no_digit_of_a_charge_is_lost(tmp_path: Path, seed: int) -> None:
    """Random logs with broken lines among them: every line is there once, and the charges sum to the last digit."""
    chance = random.Random(seed)
    lines, charges = [json.dumps(LITELLM_ROW)], Decimal("0.5")
    for number in range(chance.randrange(200)):
        spend = Decimal(chance.randrange(10**12)).scaleb(-chance.randrange(6, 18))
        line = json.dumps(LITELLM_ROW | {"request_id": f"r{number}"}).replace('"0.5"', format(spend, "e"))
        is_broken = chance.random() < 0.1
        charges += 0 if is_broken else spend
        lines.append(line[: chance.randrange(1, len(line))] if is_broken else line)
    assert land_text(tmp_path, LITELLM, "\n".join(lines)) == []
    rows = landed(tmp_path, LITELLM)
    assert [row["line_number"] for row in rows] == list(range(1, len(lines) + 1))
    assert sum((Decimal(row["spend"]) for row in rows if not row["line_problem"]), Decimal(0)) == charges
