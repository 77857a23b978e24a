"""A user with exports alone: LiteLLM logs, Langfuse observations and a billing export, from files to reports."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reports_builder.build import build_reports
from reports_builder.pages import page_modules
from tests.real_files import real_file
from tests.workspace import Workspace

OLD_COLUMNS = [
    "request_id",
    "call_type",
    "api_key",
    "spend",
    "total_tokens",
    "prompt_tokens",
    "completion_tokens",
    "startTime",
    "endTime",
    "completionStartTime",
    "model",
    "model_id",
    "model_group",
    "custom_llm_provider",
    "api_base",
    "user",
    "metadata",
    "cache_hit",
    "cache_key",
    "request_tags",
    "end_user",
    "requester_ip_address",
    "messages",
]
SOURCES = "{sources: [litellm, langfuse, customers]}"


def logged(request_id: str, **changes: Any) -> dict[str, Any]:
    """A spend log of one dollar: 1,000 prompt and 100 completion tokens of gpt-4, two seconds, customer acme."""
    return {
        "request_id": request_id,
        "call_type": "acompletion",
        "spend": "1.0",
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "startTime": "2026-10-01 09:00:00",
        "endTime": "2026-10-01 09:00:02",
        "model": "gpt-4",
        "custom_llm_provider": "openai",
        "metadata": "{}",
        "cache_hit": "None",
        "request_tags": "[]",
        "end_user": "acme",
        "messages": "SECRET, of two\nlines",
    } | changes


OLD = [
    logged("plain"),
    logged("plain"),
    logged("no price", spend="0.0", model="house-model"),
    logged("answered from the cache", spend="0.0", cache_hit="True"),
    logged("no cost", spend="n/a"),
    logged("no tokens", prompt_tokens="many"),
    logged("stranger", end_user="nobody-we-know", spend="0.000000000123"),
]
CACHED = {
    "usage_object": {"prompt_tokens": 1000, "prompt_tokens_details": {"cached_tokens": 400}},
    "user_api_key_team_alias": "core",
}
FREE = {"model_map_information": {"model_map_value": {"input_cost_per_token": 0, "output_cost_per_token": 0}}}
FAILED = {"error_information": {"error_code": "429", "error_class": "RateLimitError"}}
NEW = [
    json.dumps(logged("cached", metadata=json.dumps(CACHED), startTime=1790931600.5, endTime=1790931601.0)),
    json.dumps(
        logged(
            "free",
            spend=0.0,
            model="own-model",
            metadata=FREE,
            startTime="2026-10-02T23:59:00Z",
            endTime=None,
        )
    ),
    json.dumps(
        logged(
            "failed",
            spend=0.0,
            status="failure",
            prompt_tokens=0,
            completion_tokens=0,
            metadata=FAILED,
            startTime="2026-10-02T10:00:00+00:00",
            endTime="",
        )
    ),
    json.dumps(logged("torn"))[:60],
    json.dumps(logged("no time", startTime=None)),
]
OBSERVATIONS = [
    {
        "id": "generation",
        "trace_id": "t1",
        "type": "GENERATION",
        "start_time": "2026-10-02T12:00:00Z",
        "end_time": "2026-10-02T12:00:01.250Z",
        "provided_model_name": "gpt-4",
        "usage_details": {"input": 60, "input_cached_tokens": 40, "output": 20, "total": 120},
        "cost_details": {"total": 0.25},
        "metadata": {"gen_ai.system": "openai", "team_id": "agents-team"},
        "user_id": "beta",
        "input": "SECRET",
    },
    {
        "id": "span",
        "type": "SPAN",
        "start_time": "2026-10-02T12:00:00Z",
        "end_time": None,
        "usage_details": {},
        "input": "SECRET",
    },
]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("exported"), tmp_path_factory.mktemp("target"))
    for name in ("litellm", "langfuse", "customers"):
        (workspace.raw / name).mkdir(parents=True)
    with (workspace.raw / "litellm" / "old.csv").open("w", newline="") as text:
        writer = csv.DictWriter(text, OLD_COLUMNS)
        writer.writeheader()
        writer.writerows(OLD)
    (workspace.raw / "litellm" / "new.jsonl").write_text("\n".join(NEW))
    (workspace.raw / "langfuse" / "observations.json").write_text(json.dumps(OBSERVATIONS))
    (workspace.raw / "customers" / "billing.csv").write_text(
        "customer,plan,fee,start_date,end_date,currency\n"
        "acme,Team,$31.00,2026-01-15,,USD\nbeta,Growth,62,2026-10-02,,USD\nlost,Team,minus,2026-01-01,,\n"
    )
    workspace.build("--vars", SOURCES)
    return workspace


def test_the_unit_tests_hold_with_exports_too(exported: Workspace) -> None:
    # Of those models that the choice of sources makes other SQL of: see test_unit_tests.py.
    units = [f"test_type:unit,path:models/{folder}" for folder in ("core", "intermediate/core")]
    done = exported.dbt("test", "--select", *units, "--vars", SOURCES)
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_record_and_every_cent_is_accounted_for(exported: Workspace) -> None:
    assert exported.query(
        "select source, usage_date::varchar, rows_read, rows_accepted, rows_rejected, rows_duplicate,"
        " billed_cost_read_usd, billed_cost_in_marts_usd, difference_usd"
        " from core.rpt_reconciliation order by 1, 2"
    ) == [
        ("langfuse", "2026-10-02", 1, 1, 0, 0, Decimal("0.25"), Decimal("0.25"), 0),
        # Twice plain; the tokens that are no number stand beside a charge, so that the call counts; the stranger.
        ("litellm", "2026-10-01", 7, 5, 1, 1, Decimal("3.000000000123"), Decimal("2.000000000123"), 0),
        # The torn line, and the one without a time that was charged 1.00, stand on the day of the line before.
        ("litellm", "2026-10-02", 5, 3, 2, 0, Decimal("2"), Decimal("1"), 0),
    ]


def test_what_was_refused_is_named_by_file_line_and_reason(exported: Workspace) -> None:
    found = exported.query(
        "select source, file_name, line_number, record_key, reason from core.rejected_records order by 2, 3"
    )
    assert found == [
        ("customers", "customers/billing.csv", 4, "lost", "monthly_fee_malformed"),
        ("litellm", "litellm/new.jsonl", 4, None, "line_not_json"),
        ("litellm", "litellm/new.jsonl", 5, "no time", "timestamp_missing"),
        # Each record of the CSV file takes two lines, because its message does.
        ("litellm", "litellm/old.csv", 10, "no cost", "cost_malformed"),
    ]


def test_calls_cost_what_was_charged_for_them(exported: Workspace) -> None:
    found = exported.query(
        "select call_id, billed_cost_usd, list_cost_usd, effective_cost_usd, input_tokens, cached_input_tokens,"
        " output_tokens, latency_ms, status from core.fct_calls order by call_id"
    )
    # At the published price of gpt-4: 30 USD per million input tokens, read from a cache or not, 60 per million output.
    assert found == [
        (
            "answered from the cache",
            Decimal("0"),
            Decimal("0"),
            Decimal("0"),
            0,
            0,
            0,
            2000,
            "success",
        ),
        ("cached", Decimal("1"), Decimal("0.036"), Decimal("1"), 1000, 400, 100, 500, "success"),
        ("failed", Decimal("0"), Decimal("0"), Decimal("0"), 0, 0, 0, None, "rate_limited"),
        ("free", Decimal("0"), None, Decimal("0"), 1000, 0, 100, None, "success"),
        ("generation", Decimal("0.25"), Decimal("0.0042"), Decimal("0.25"), 100, 40, 20, 1250, "success"),
        ("no price", None, None, None, 1000, 0, 100, 2000, "success"),
        ("no tokens", Decimal("1"), None, Decimal("1"), None, 0, 100, 2000, "success"),
        ("plain", Decimal("1"), Decimal("0.036"), Decimal("1"), 1000, 0, 100, 2000, "success"),
        (
            "stranger",
            Decimal("0.000000000123"),
            Decimal("0.036"),
            Decimal("0.000000000123"),
            1000,
            0,
            100,
            2000,
            "success",
        ),
    ]


def test_customers_of_the_billing_export_have_margins_and_strangers_are_shown(exported: Workspace) -> None:
    assert exported.query(
        "select customer_id, subscription_tier, revenue_usd, cost_to_serve_usd"
        " from margin.fct_customer_margins_daily where usage_date = '2026-10-02' order by 1"
    ) == [
        ("acme", "Team", Decimal(1), Decimal(1)),
        ("beta", "Growth", Decimal(2), Decimal("0.25")),
    ]
    assert exported.query("select is_known from core.dim_customers where customer_id = 'nobody-we-know'") == [
        (False,)
    ]


def test_the_team_that_a_call_names_is_shown_its_cost(exported: Workspace) -> None:
    assert exported.query(
        "select team_id, team_name, cost_centre, allocated_cost_usd from allocation.rpt_chargebacks_monthly"
        " where allocated_cost_usd > 0 order by team_id"
    ) == [
        # Of one team the seed owners knows the account, of the other nothing.
        ("agents-team", "Agents", "CC-400", Decimal("0.25")),
        ("core", "core", "unallocated", Decimal("1")),
        ("unallocated", "Unallocated", "unallocated", Decimal("2.000000000123")),
    ]


def test_no_message_is_anywhere_in_the_warehouse(exported: Workspace) -> None:
    for path in exported.warehouse_dir.rglob("*"):
        assert path.is_dir() or b"SECRET" not in path.read_bytes(), path
    assert exported.query("select count(*) from core.rejected_records where raw_record like '%SECRET%'") == [
        (0,)
    ]


def test_every_report_renders_and_says_what_is_missing(exported: Workspace, tmp_path: Path) -> None:
    built = build_reports(exported.published, tmp_path)
    assert len(built.pages) == len(page_modules())
    texts = {path.name: path.read_text() for path in tmp_path.rglob("*.md")}
    assert "do not say what kind of task they are" in texts["model_efficiency.md"]
    assert "no plan on the list names the tiers" in texts["customer_profitability.md"]
    assert "No plan on the list names the tiers of your customers" in texts["pricing_proposal.md"]
    assert "History is too short to call a day abnormal: it takes 14 days of it." in texts["realtime.md"]
    assert "| limit: 80 % of fees |" in texts["realtime.md"]


def test_a_file_that_changed_rebuilds_its_own_days_alone(exported: Workspace, tmp_path: Path) -> None:
    workspace = exported.copy_to(tmp_path / "later")
    (workspace.raw / "litellm" / "later.jsonl").write_text(
        json.dumps(logged("late", startTime="2026-10-01T00:00:00Z"))
        + "\n"
        + json.dumps(logged("new", startTime="2026-10-03T23:00:00Z"))
    )
    workspace.build("--vars", SOURCES, "--select", "+int_raw_days")
    assert touched(workspace) == ["2026-10-01", "2026-10-03"]


def touched(workspace: Workspace) -> list[str]:
    """The days that the working file of the last build would build anew."""
    with duckdb.connect(
        str(workspace.warehouse_dir / "build" / "finops.duckdb"), read_only=True
    ) as connection:
        rows = connection.execute(
            "select day_date::varchar from intermediate.int_raw_days where is_touched order by 1"
        ).fetchall()
    return [day for (day,) in rows]


def test_calls_alone_without_any_customer_still_give_every_report(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "alone", tmp_path / "target")
    (workspace.raw / "litellm").mkdir(parents=True)
    (workspace.raw / "litellm" / "row.json").write_bytes(
        real_file("litellm/spend_logs_payload.json").read_bytes()
    )
    workspace.build("--vars", "{sources: [litellm]}")
    assert workspace.query(
        "select calls, input_tokens, output_tokens, billed_cost_usd from core.fct_usage_daily"
    ) == [(1, 10, 20, Decimal("0.000225000000"))]
    build_reports(workspace.published, tmp_path / "reports")
    page = (tmp_path / "reports" / "customer_profitability.md").read_text()
    assert "No customer is on record" in page


def test_a_source_that_is_on_without_files_says_where_to_put_them(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "empty", tmp_path / "target")
    done = workspace.dbt("build", "--vars", "{sources: [litellm]}")
    assert done.returncode != 0
    assert f"{workspace.raw / 'litellm'}: no files found" in done.stdout
