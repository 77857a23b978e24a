"""From spans to cost: the OpenAI SDK, an agent's run, spans exported twice, spans that cannot be read."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_project.landing.tracking import track_ai_call
from tests.landing.test_otlp_documents import document, span
from tests.warehouse.openai_server import ANSWER, openai_server
from tests.workspace import ROOT, Workspace

pytest.importorskip(
    "opentelemetry.instrumentation.openai_v2", reason="the packages of the extra `otel` are not there"
)

GPT4 = {
    "gen_ai__operation__name": "chat",
    "gen_ai__provider__name": "openai",
    "gen_ai__response__model": "gpt-4",
}
SECOND = 10**9


def step(number: int, parent: int | None, start: int, end: int, **attributes: object) -> dict[str, Any]:
    """A span of trace 10 from second `start` to second `end`."""
    first = int(span(0)["startTimeUnixNano"])
    times = {"startTimeUnixNano": str(first + start * SECOND), "endTimeUnixNano": str(first + end * SECOND)}
    above = {"parentSpanId": f"{parent:016x}"} if parent else {}
    return span(number, **attributes) | {"traceId": f"{10:032x}"} | times | above


RUN = [
    step(11, None, 0, 20, gen_ai__operation__name="invoke_agent", gen_ai__agent__name="planner",
         gen_ai__usage__input_tokens=3200, gen_ai__usage__output_tokens=140),
    # Old names; 1000 x 0.00003 + 20 x 0.00006 USD.
    step(12, 11, 0, 3, gen_ai__operation__name="chat", gen_ai__system="openai", gen_ai__request__model="gpt-4",
         gen_ai__usage__prompt_tokens=1000, gen_ai__usage__completion_tokens=20, gen_ai__prompt__0__content="SECRET"),
    step(13, 11, 3, 8, gen_ai__operation__name="execute_tool", gen_ai__tool__name="search"),
    step(14, 11, 8, 9, **GPT4, error__type="RateLimitError"),
    # Cached tokens counted apart: 100 + 1000 + 100 of input.
    step(15, 11, 9, 15, gen_ai__operation__name="chat", gen_ai__provider__name="anthropic", gen_ai__response__model="claude-opus-4",
         gen_ai__usage__input_tokens=100, gen_ai__usage__cache_read__input_tokens=1000,
         gen_ai__usage__cache_creation__input_tokens=100, gen_ai__usage__output_tokens=20),
    # 1000 x 0.00003 + 100 x 0.00006 USD.
    step(16, 11, 9, 12, **GPT4, gen_ai__usage__input_tokens=1000, gen_ai__usage__output_tokens=100, customer__id="other"),
]  # fmt: skip


def date_as_the_run(folder: Path) -> None:
    """Move what was recorded by the clock to the day of the run, order and durations kept.

    The marts look at the days before the newest call: by the clock, the run would leave them one day.
    """
    stated = re.compile(r'(?<=TimeUnixNano":)(\s*"?)(\d{10,})')
    texts = {file: file.read_text() for file in folder.iterdir()}
    first = min(int(found[1]) for text in texts.values() for found in stated.findall(text))
    later = int(span(0)["startTimeUnixNano"]) - first
    for file, text in texts.items():
        file.write_text(stated.sub(lambda found: f"{found[1]}{int(found[2]) + later}", text))


@pytest.fixture(scope="module")
def otel(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Spans of every kind, and the marts that are made of them."""
    workspace = Workspace(tmp_path_factory.mktemp("otel"), tmp_path_factory.mktemp("target"))
    folder = workspace.raw / "otel"
    folder.mkdir(parents=True)
    with openai_server() as address:
        subprocess.run(
            [sys.executable, "-m", "generator.examples.openai_sdk"],
            cwd=ROOT,
            env=os.environ
            | {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "none", "FINOPS_RAW_DIR": str(workspace.raw)},
            check=True,
            capture_output=True,
        )
    track_ai_call(
        "openai", "gpt-4", 10, 10, Decimal("0.123456789012"), 800, {"customer_id": "cust_t"}, folder=folder
    )
    date_as_the_run(folder)
    run = document(
        *RUN, customer__id="cust_a", product__id="agents", feature__id="agent_run", team__id="research"
    )
    (folder / "run.json").write_text(json.dumps(run, indent=2))
    # The collector sent two spans again, one of them twice; one span has no id, one no number of tokens.
    broken = [span(30) | {"spanId": ""}, span(31, **GPT4, gen_ai__usage__input_tokens="twelve")]
    lines = [document(RUN[1], RUN[2]), document(RUN[1]), document(*broken)]
    (folder / "again.jsonl").write_text(
        "\n".join(json.dumps(line) for line in lines) + '\n{"resourceSpans": [{"SECR'
    )
    (folder / "copy of run.json").write_bytes((folder / "run.json").read_bytes())
    done = workspace.dbt(
        "build", "--vars", "{sources: [otel]}", "--resource-type", "model", "--resource-type", "seed",
        "--select", "+rpt_workflow_costs", "+rpt_reconciliation", "+rejected_records",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    return workspace


def test_the_unit_tests_that_only_spans_have_hold(otel: Workspace) -> None:
    # Off with the sources that all other unit tests run with.
    done = otel.dbt(
        "test", "--select", "test_type:unit,int_call_records_nested", "--vars", "{sources: [otel]}"
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "test_int_call_records_nested_goes_up_through_spans" in done.stdout


def rows(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(
        str(workspace.warehouse_dir / "build" / "finops.duckdb"), read_only=True
    ) as connection:
        return connection.execute(sql).fetchall()


def test_the_openai_sdk_shows_up_with_its_cost(otel: Workspace) -> None:
    found = rows(otel, """
        select model, input_tokens, cached_input_tokens, output_tokens, status, product_id, list_cost_usd, effective_cost_usd
        from core.fct_calls where customer_id = 'cust_0001' order by called_at""")  # fmt: skip
    # No price for the cache is published of this model: what is read from it costs as other input.
    chat = Decimal(2000 * 30 + 100 * 60) / 1_000_000
    assert found == [
        ("gpt-4", 2000, 0, 100, "success", "assistant", chat, chat),
        ("gpt-4", 2000, 1024, 100, "success", "assistant", chat, chat),
        # A stream that tells no usage is a call of unknown cost, not one that cost nothing; so is a failure.
        ("gpt-4", None, 0, None, "success", "assistant", None, None),
        ("no-such-model", None, 0, None, "failed", "assistant", None, None),
    ]


def test_a_tracked_call_keeps_its_charge_to_the_last_digit(otel: Workspace) -> None:
    assert rows(
        otel, "select billed_cost_usd, latency_ms from core.fct_calls where customer_id = 'cust_t'"
    ) == [(Decimal("0.123456789012"), 800)]


def test_an_agents_run_has_a_price_and_its_agent_is_not_billed_again(otel: Workspace) -> None:
    calls = rows(otel, """
        select provider, model, status, customer_id, team_id, input_tokens, cached_input_tokens, cache_write_input_tokens
        from core.fct_calls where feature_id = 'agent_run' order by call_id""")  # fmt: skip
    assert calls == [
        ("openai", "gpt-4", "success", "cust_a", "research", 1000, 0, 0),
        ("openai", "gpt-4", "rate_limited", "cust_a", "research", None, 0, 0),
        ("anthropic", "claude-opus-4", "success", "cust_a", "research", 1200, 1000, 100),
        ("openai", "gpt-4", "success", "other", "research", 1000, 0, 0),
    ]
    (trace,) = rows(otel, """
        select workflow_name, customer_id, is_failed, calls, failed_calls, retried_calls, uncosted_calls, agent_spans, tool_spans,
            retried_cost_usd, wall_time_ms, critical_path_ms, critical_call_ms
        from core.fct_traces where workflow_name = 'planner'""")  # fmt: skip
    # 0-3 call, 3-8 tool, 8-9 failure, 9-15 call: 15 of 20 seconds, 5 of them in the tool.
    assert trace[:6] == ("planner", "several", False, 4, 1, 1)
    assert trace[7:] == (1, 1, Decimal("0.036"), 20_000, 15_000, 10_000)
    # The failed call was repeated on its model; the other one beside that is no fallback.
    assert rows(otel, """
        select operations, fallback_calls, superseded_cost_usd, possible_resends
        from core.fct_traces where workflow_name = 'planner'""") == [(3, 0, 0, 0)]  # fmt: skip
    (cost,) = rows(otel, """
        select traces.effective_cost_usd = sum(calls.effective_cost_usd) from core.fct_traces as traces
        inner join core.fct_calls as calls on traces.trace_id = calls.trace_id
        where workflow_name = 'planner' group by traces.effective_cost_usd""")  # fmt: skip
    assert cost == (True,)


def test_every_trace_is_in_its_workflow(otel: Workspace) -> None:
    assert rows(
        otel, "select sum(traces), sum(calls), sum(effective_cost_usd) from core.rpt_workflow_costs"
    ) == rows(otel, "select count(*), sum(calls), sum(effective_cost_usd) from core.fct_traces")


def test_a_span_exported_again_counts_once_and_what_cannot_be_read_is_kept(otel: Workspace) -> None:
    # The example's 4, the tracked one, the run's agent and 4 calls twice, two more copies of one, three broken records.
    assert rows(otel, """
        select sum(rows_read), sum(rows_accepted), sum(rows_duplicate), sum(rows_rejected), sum(difference_usd)
        from core.rpt_reconciliation""") == [(4 + 1 + 10 + 2 + 3, 9, 8, 3, 0)]  # fmt: skip
    assert rows(
        otel, "select file_name, line_number, reason from core.rejected_records order by line_number, reason"
    ) == [
        ("otel/again.jsonl", 3, "span_id_malformed"),
        ("otel/again.jsonl", 3, "tokens_malformed"),
        ("otel/again.jsonl", 4, "line_cut_off"),
    ]


def test_no_message_reaches_the_warehouse(otel: Workspace) -> None:
    landed = rows(otel, f"from read_parquet('{otel.warehouse_dir}/build/landing/otel/*.parquet')")
    kept = rows(otel, "from core.rejected_records") + rows(otel, "from intermediate.int_calls_duplicated")
    assert landed
    assert kept
    for secret in ("SECR", ANSWER, "Say hello"):
        assert secret not in str(landed) + str(kept)
