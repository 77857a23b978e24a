"""Helicone's requests: each charge once, whichever of its exports tells it, and nothing of what was said."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.helicone import HELICONE, shape_helicone
from tests.faults.cases import build, rows_of
from tests.landing.test_otlp_documents import document, span
from tests.workspace import Workspace

NO_ID = "00000000-0000-0000-0000-000000000000"


# The second call, 2026-10-20 09:02:02 UTC, in nanoseconds.
SECOND_ENDED = 1_792_486_922 * 10**9


def request(number: int, **changes: Any) -> dict[str, Any]:
    """A request as the export tool writes it in JSON lines, with bodies."""
    return {
        "response_id": f"answer-{number}",
        "response_body": {"id": f"chatcmpl-{number}", "choices": [{"message": {"content": "SECRET"}}]},
        "response_created_at": f"2026-10-20 09:{number:02d}:02.500",
        "response_status": 200,
        "request_id": f"request-{number}",
        "request_body": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "SECRET"}]},
        "request_created_at": f"2026-10-20 09:{number:02d}:00.000",
        "request_user_id": "acme",
        "request_properties": {"Feature": "chat", "Helicone-Session-Id": "s1"},
        "provider": "OPENAI",
        "delay_ms": 1200,
        "request_model": "gpt-4o-mini",
        "total_tokens": 950,
        "completion_tokens": 50,
        "prompt_tokens": 900,
        "prompt_cache_read_tokens": 0,
        "prompt_cache_write_tokens": 0,
        "cache_reference_id": NO_ID,
        "cache_enabled": False,
        "cost": 0.0029,
        "updated_at": "2026-10-20 12:00:00.000",
        "signed_body_url": "https://SECRET.example",
    } | changes


def as_csv(*requests: dict[str, Any]) -> str:
    """The same in CSV: twelve columns, JSON with its quotes doubled twice, no model, no latency."""
    names = [
        "response_id",
        "response_created_at",
        "response_status",
        "request_created_at",
        "request_body",
        "request_properties",
        "request_user_id",
        "model",
        "prompt_tokens",
        "completion_tokens",
        "latency",
        "cost",
    ]

    def field(value: Any) -> str:
        if value is None:
            return ""
        text = json.dumps(value).replace('"', '""') if isinstance(value, dict) else str(value)
        return '"' + text.replace('"', '""') + '"'

    return "\n".join(
        [",".join(names), *(",".join(field(row.get(name)) for name in names) for row in requests)]
    )


def shaped(**fields: Any) -> dict[str, Any]:
    columns, _ = shape_helicone(request(1, **fields))
    return columns


@pytest.mark.parametrize(
    ("counts", "tokens", "units"),
    [
        ({}, (900, 0, 0, 50), None),
        # Beside each other: 900 + 100 read + 1,000 written.
        ({"prompt_cache_read_tokens": 100, "prompt_cache_write_tokens": 1000}, (2000, 100, 1000, 50), None),
        # The prompt was in the cache as a whole.
        ({"prompt_tokens": 0, "prompt_cache_read_tokens": 300, "total_tokens": 50}, (300, 300, 0, 50), None),
        ({"reasoning_tokens": 70}, (900, 0, 0, 120), {"output_reasoning_tokens": "70"}),
        (
            {"prompt_audio_tokens": 10, "completion_audio_tokens": 20},
            (910, 0, 0, 70),
            {"input_audio_tokens": "10", "output_audio_tokens": "20"},
        ),
        ({"prompt_tokens": "1.2E3", "completion_tokens": "50.0"}, (1200, 0, 0, 50), None),
    ],
)
def test_kinds_of_tokens_exclude_each_other(
    counts: dict[str, Any], tokens: tuple[int, ...], units: dict[str, str] | None
) -> None:
    found = shaped(**counts)
    names = ("input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens")
    assert tuple(found[name] for name in names) == tokens
    assert json.loads(found["metered_units"] or "null") == units
    assert found["field_problems"] is None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"prompt_tokens": -1}, "prompt_tokens: below 0"),
        ({"prompt_tokens": "many"}, "prompt_tokens: not a whole number"),
        ({"request_properties": "{not json"}, "request_properties: not JSON"),
        ({"response_id": NO_ID, "request_id": ""}, "response_id: empty"),
        ({"cache_reference_id": "request-9"}, "cost: stated for an answer from the cache"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_call_counts(fields: dict[str, Any], problem: str) -> None:
    found = shaped(**fields)
    assert problem in found["field_problems"]
    assert found["output_tokens"] == 50
    if "prompt_tokens" in fields:
        assert found["input_tokens"] is None


@pytest.mark.parametrize(
    ("fields", "cost"),
    [
        ({"cost": None, "costUSD": 0.5}, 0.5),
        ({"cost_usd": "0.25"}, "0.25"),
        ({"cost": None}, None),
        # The table counts billionths, unless the query divided.
        ({"cost": 2_900_000, "status": 200, "response_status": ...}, Decimal("0.0029")),
        ({"cost": "2900000", "status": 200, "response_status": ...}, Decimal("0.0029")),
        ({"cost": 0.0029, "status": 200, "response_status": ...}, 0.0029),
        ({"cost": 2}, 2),
    ],
)
def test_a_cost_is_read_in_the_unit_of_its_export(fields: dict[str, Any], cost: object) -> None:
    record = {name: value for name, value in request(1, **fields).items() if value is not ...}
    assert shape_helicone(record)[0]["cost"] == cost


def test_nothing_that_was_said_is_landed(tmp_path: Path) -> None:
    folder = tmp_path / "helicone"
    folder.mkdir()
    (folder / "a.jsonl").write_text(json.dumps(request(1)) + "\n" + json.dumps(request(2))[:-40])
    (folder / "b.json").write_text(json.dumps({"data": [request(3)], "error": None}))
    (folder / "c.csv").write_text(as_csv(request(4)) + "\n" + '"answer-5","SECRET",200,x,y,z,1,2,3,4,5,6,7')
    assert land(HELICONE, tmp_path, tmp_path / "landing", is_on=True) == []
    files = sorted((tmp_path / "landing" / "helicone").glob("*.parquet"))
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    assert "SECRET" not in json.dumps(rows, default=str)
    assert {row["call_id"] for row in rows} >= {"answer-1", "answer-3", "answer-4"}
    (from_csv,) = (row for row in rows if row["call_id"] == "answer-4")
    assert (from_csv["model"], from_csv["feature_id"], from_csv["session_id"]) == (
        "gpt-4o-mini",
        "chat",
        "s1",
    )


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "helicone").mkdir()
    (tmp_path / "helicone" / "a.csv").write_text("Date,Cost\n2026-10-01,1\n")
    (problem,) = land(HELICONE, tmp_path, tmp_path / "landing", is_on=True)
    assert "is not a file of Helicone requests: column completion_tokens" in problem


REQUESTS = [
    request(1),
    # 20 + 4,000 read + 1,000 written.
    request(2, provider="ANTHROPIC", request_model="claude-sonnet-4-20250514", prompt_tokens=20, completion_tokens=300,
            prompt_cache_read_tokens=4000, prompt_cache_write_tokens=1000, cost=0.00951,
            response_body={"id": "msg_013Zva2", "content": "SECRET"}, request_properties={"Team": "search"}),
    request(3, cache_reference_id="request-1", cost=0, response_body={"id": "chatcmpl-1"}),
    request(4, response_status=429, prompt_tokens=0, completion_tokens=0, cost=0, response_body={"error": {}}),
    request(5, provider="CUSTOM", request_model="our-own", cost=0),
    # A stream whose usage Helicone could not count.
    request(6, prompt_tokens=-1, completion_tokens=-1, cost=0),
    request(7, request_model="tool:search", prompt_tokens=0, completion_tokens=0, cost=0, response_body={}),
    # The same request again, told later and with more.
    request(8, updated_at="2026-10-20 09:08:03", cost=0.001, completion_tokens=10),
    request(8, updated_at="2026-10-20 09:08:09", cost=0.004, completion_tokens=50),
    request(9, request_created_at="yesterday"),
]  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Exports in each form; LiteLLM tells the first call too, OpenTelemetry the second."""
    folder = tmp_path_factory.mktemp("helicone")
    workspace = Workspace(folder, folder / "target")
    spend_log = {
        "request_id": "chatcmpl-1", "call_type": "acompletion", "spend": 0.0029, "startTime": "2026-10-20 09:01:00",
        "endTime": "2026-10-20 09:01:02", "model": "gpt-4o-mini", "custom_llm_provider": "openai", "prompt_tokens": 900,
        "completion_tokens": 50, "end_user": "acme", "status": "success", "metadata": "{}",
    }  # fmt: skip
    traced = span(
        2, gen_ai__operation__name="chat", gen_ai__provider__name="anthropic", gen_ai__response__id="msg_013Zva2",
        gen_ai__request__model="claude-sonnet-4-20250514", gen_ai__usage__input_tokens=5020,
        gen_ai__usage__output_tokens=300, gen_ai__usage__cache_read__input_tokens=4000,
        gen_ai__usage__cache_creation__input_tokens=1000,
    ) | {"startTimeUnixNano": str(SECOND_ENDED - 10**9), "endTimeUnixNano": str(SECOND_ENDED)}  # fmt: skip
    for name, content in (
        ("helicone/lines.jsonl", "\n".join(json.dumps(row) for row in REQUESTS)),
        ("helicone/page.json", json.dumps({"data": [request(10, cost=0.5)], "error": None})),
        # The first again, and one that stands in the CSV alone.
        ("helicone/table.csv", as_csv(request(1), request(11, cost=0.125, request_user_id="beta"))),
        ("litellm/a.jsonl", json.dumps(spend_log)),
        ("otel/a.json", json.dumps(document(traced))),
    ):
        path = workspace.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    build(workspace, ["helicone", "litellm", "otel"])
    return workspace


def test_each_request_counts_once_with_what_it_cost(told: Workspace) -> None:
    found = rows_of(
        told,
        "select call_id, status, input_tokens, cached_input_tokens, output_tokens, billed_cost_usd"
        " from core.fct_calls order by called_at, call_id",
    )
    free = Decimal(0)
    calls = {row[0]: tuple(row[1:]) for row in found}
    assert calls == {
        "answer-1": ("success", 900, 0, 50, Decimal("0.0029")),
        # Told by the span, which has more; the charge is Helicone's.
        f"{2:032x}-{2:016x}": ("success", 5020, 4000, 300, Decimal("0.00951")),
        "answer-3": ("success", 0, 0, 0, free),
        "answer-4": ("rate_limited", 0, 0, 0, free),
        "answer-5": ("success", 900, 0, 50, None),
        "answer-6": ("success", None, 0, None, None),
        "answer-8": ("success", 900, 0, 50, Decimal("0.004")),
        "answer-10": ("success", 900, 0, 50, Decimal("0.5")),
        "answer-11": ("success", 900, 0, 50, Decimal("0.125")),
    }
    # 0.0029 + 0.00951 + 0.004 + 0.5 + 0.125
    assert rows_of(told, "select sum(billed_cost_usd), count(*) from core.fct_calls") == [
        [Decimal("0.64141"), 9]
    ]


def test_owners_providers_and_sessions_are_told(told: Workspace) -> None:
    found = rows_of(
        told,
        "select call_id, provider, model, customer_id, feature_id, trace_id, latency_ms from core.fct_calls"
        " where call_id in ('answer-1', 'answer-11') order by 1",
    )
    assert found == [
        ["answer-1", "openai", "gpt-4o-mini", "acme", "chat", "s1", 1200],
        ["answer-11", "openai", "gpt-4o-mini", "beta", "chat", "s1", 2500],
    ]


def test_what_could_not_be_counted_is_shown(told: Workspace) -> None:
    rejected = rows_of(told, "select source, record_key, reason from core.rejected_records")
    assert rejected == [["helicone", "answer-9", "timestamp_malformed"]]
    read = "select sum(rows_read), sum(rows_rejected) from core.rpt_reconciliation where source = 'helicone'"
    assert rows_of(told, read) == [[12, 1]]
    unread = "select field_name from core.rpt_unreadable_fields where source = 'helicone' order by 1"
    assert [row[0] for row in rows_of(told, unread)] == ["completion_tokens", "prompt_tokens"]
