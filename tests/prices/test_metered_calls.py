"""Audio, images, writes to the cache for an hour, searches: each part of a call at its own price, or the call unknown."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dbt_project.landing.price_book.book import Key
from dbt_project.landing.price_book.meters import genai_meters, litellm_meters
from reports_builder.exports.focus import _QUERY, focus_row
from tests.faults.cases import build, rows_of
from tests.workspace import Workspace

KEY = Key("litellm", "p", "m", "standard")


def stated(entry: dict[str, Any]) -> dict[str, Decimal | None]:
    return {key.meter: versions[0].bands[0].prices[0] for key, versions in litellm_meters(KEY, entry)}


def test_a_map_states_prices_of_meters() -> None:
    assert stated({"output_cost_per_audio_token": Decimal("8e-5"), "mode": "chat"}) == {
        "output_audio_tokens": Decimal("0.00008")
    }
    # One price of a second, stated for what goes in and for what comes out, or beside a zero.
    both = {"input_cost_per_second": Decimal("0.0001"), "output_cost_per_second": Decimal("0.0001")}
    assert stated({"mode": "audio_transcription", **both}) == {"audio_seconds": Decimal("0.0001")}
    assert stated({"mode": "rerank", "input_cost_per_query": Decimal("0.002")}) == {
        "rerank_units": Decimal("0.002")
    }


def test_a_search_priced_by_its_size_has_no_price() -> None:
    by_size = {"search_context_size_low": Decimal("0.01"), "search_context_size_high": Decimal("0.02")}
    assert stated({"search_context_cost_per_query": by_size}) == {}
    alike = dict.fromkeys(by_size, Decimal("0.01"))
    assert stated({"search_context_cost_per_query": alike}) == {"searches": Decimal("0.01")}


def test_a_price_that_is_no_longer_named_ends() -> None:
    timeline = [(1, {"output_audio_mtok": Decimal(20)}), (2, {}), (3, {"output_audio_mtok": Decimal(30)})]
    ((key, versions),) = genai_meters(KEY, timeline)  # type: ignore[arg-type]
    assert key.meter == "output_audio_tokens"
    assert [version.bands[0].prices[0] for version in versions] == [
        Decimal("0.00002"),
        None,
        Decimal("0.00003"),
    ]


def log(request_id: str, model: str, provider: str, usage: dict[str, Any], **fields: Any) -> str:
    row = {
        "request_id": request_id, "call_type": "acompletion", "spend": 0.0, "status": "success",
        "startTime": "2026-10-20 09:00:00.000", "endTime": "2026-10-20 09:00:02.000", "model": model,
        "custom_llm_provider": provider, "prompt_tokens": usage.get("prompt_tokens", 0),
        "completion_tokens": usage.get("completion_tokens", 0), "end_user": "acme", "metadata": {"usage_object": usage},
        **fields,
    }  # fmt: skip
    return json.dumps(row)


def written(five_minutes: int, hour: int) -> dict[str, Any]:
    details = {"ephemeral_5m_input_tokens": five_minutes, "ephemeral_1h_input_tokens": hour}
    whole = five_minutes + hour
    return {
        "prompt_tokens": whole + 10, "completion_tokens": 0, "cache_creation_input_tokens": whole,
        "prompt_tokens_details": {"cache_creation_tokens": whole, "cache_creation_token_details": details},
    }  # fmt: skip


def heard(text: int, audio: int) -> dict[str, Any]:
    details = {"text_tokens": text, "audio_tokens": audio}
    return {"prompt_tokens": 10, "completion_tokens": text + audio, "completion_tokens_details": details}


def on_other_days() -> list[str]:
    """Days of one kind each: priced alone, unknown alone with and without a charge, searches, all of them."""
    hour, audio, plain = written(0, 1000), heard(5, 100), {"prompt_tokens": 1000, "completion_tokens": 100}
    days: dict[int, list[tuple[str, dict[str, Any], float]]] = {
        1: [
            ("claude-opus-4-8", hour, 0.0),
            ("gemini-3.8-live", {**heard(200, 800), "prompt_tokens": 1000}, 0.0),
        ],
        2: [("claude-opus-4-8", audio, 0.25), ("claude-opus-4-8", audio, 0.0)],
        3: [("claude-opus-4-8", audio, 0.0)],
        4: [("claude-opus-4-8", {**plain, "server_tool_use": {"web_search_requests": 3}}, 0.0)],
        5: [
            ("claude-opus-4-8", {**hour, "server_tool_use": {"web_search_requests": 2}}, 0.3),
            ("claude-opus-4-8", plain, 0.0),
        ],
    }
    return [
        log(
            f"day {day}/{number}", model, "gemini" if "gemini" in model else "anthropic", usage, spend=spend,
            startTime=f"2026-10-{day:02} 09:00:00.000", endTime=f"2026-10-{day:02} 09:00:02.000",
        )
        for day, calls in days.items()
        for number, (model, usage, spend) in enumerate(calls)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def litellm(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    place: Path = tmp_path_factory.mktemp("metered")
    workspace = Workspace(place / "workspace", place / "target")
    folder = workspace.raw / "litellm"
    folder.mkdir(parents=True)
    lines = [
        log("all for an hour", "claude-opus-4-8", "anthropic", written(0, 1000)),
        log("both", "claude-opus-4-8", "anthropic", written(500, 1000)),
        log("audio without price", "claude-opus-4-8", "anthropic", heard(5, 100)),
        log("charged all the same", "claude-opus-4-8", "anthropic", heard(5, 100), spend=0.5),
        log("plain", "claude-opus-4-8", "anthropic", {"prompt_tokens": 1000, "completion_tokens": 100}),
        *on_other_days(),
    ]
    (folder / "spend.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    build(workspace, ["litellm"], "+rpt_usage_charges_daily")
    return workspace


def test_each_part_of_a_call_has_its_own_price(litellm: Workspace) -> None:
    found = rows_of(
        litellm,
        "select call_id, list_cost_usd, effective_cost_usd from core.fct_calls"
        " where call_id not like 'day %' order by call_id",
    )
    # Input 5, cache writes 6.25 for five minutes and 10 for an hour, output 25 USD per million; audio has no price.
    hour, both = Decimal("0.01005"), Decimal("0.013175")
    assert found == [
        ["all for an hour", hour, hour],
        ["audio without price", None, None],
        ["both", both, both],
        ["charged all the same", None, Decimal("0.5")],
        ["plain", Decimal("0.0075"), Decimal("0.0075")],
    ]


@pytest.mark.parametrize("table", ["core.fct_usage_daily", "intermediate.int_usage_slots"])
def test_days_and_hours_hold_metered_calls_too(litellm: Workspace, table: str) -> None:
    sums = "sum(list_cost_usd), sum(effective_cost_usd)"
    assert rows_of(litellm, f"select sum(calls), sum(input_tokens), {sums} from {table}") == rows_of(
        litellm, f"select count(*), sum(input_tokens), {sums} from core.fct_calls"
    )


def test_what_is_not_plain_tokens_has_a_sku_of_its_own(litellm: Workspace) -> None:
    """In the ledger and in the export: writes for an hour, searches and audio beside the tokens, each with its unit and price."""
    found = rows_of(
        litellm,
        "select charge_date, token_class, sku_meter, consumed_quantity, consumed_unit, list_cost_usd, list_unit_price_usd"
        " from core.rpt_usage_charges_daily where (extract(day from charge_date) in (1, 4, 5)) and token_class not in ('input', 'output')"
        " order by charge_date, model, token_class",
    )
    hour, search = Decimal("0.00001"), Decimal("0.01")
    assert [row[1:] for row in found] == [
        ["cache_write_1h_tokens", "cache write 1h tokens", 1000, "Tokens", 1000 * hour, hour],
        [
            "output_audio_tokens",
            "output audio tokens",
            800,
            "Tokens",
            800 * Decimal("0.000012"),
            Decimal("0.000012"),
        ],
        ["searches", "searches", 3, "Searches", 3 * search, search],
        ["cache_write_1h_tokens", "cache write 1h tokens", 1000, "Tokens", 1000 * hour, hour],
        ["searches", "searches", 2, "Searches", 2 * search, search],
    ]


COSTS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")


def test_the_focus_export_sums_to_the_ledger(litellm: Workspace) -> None:
    """To the last digit, each day and model, where parts of calls have prices of their own or none."""
    exported: defaultdict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for charge in charges_of(litellm):
        key = (charge["charge_period_start_at"].date(), charge["model"])
        row = focus_row(charge)
        if row is None:
            assert charge["billed_cost_usd"] is None and charge["effective_cost_usd"] is None
            continue
        estimated = str(row["x_EstimatedColumns"] or "").split(",")
        exported[key].update({name: row[name] for name in COSTS if name not in estimated})  # type: ignore[dict-item]
        for cost, price in {"ListCost": "ListUnitPrice", "ContractedCost": "ContractedUnitPrice"}.items():
            assert row["PricingQuantity"] * row[price] == row[cost], (key, row)  # type: ignore[operator]
    ledger = rows_of(
        litellm,
        "select usage_date, model, sum(billed_cost_usd), sum(effective_cost_usd), sum(list_cost_usd), sum(contracted_cost_usd)"
        " from core.fct_usage_daily group by all",
    )
    assert len(ledger) == 7
    for day, model, *costs in ledger:
        assert [exported[day, model][name] for name in COSTS] == [cost or 0 for cost in costs], (day, model)


def charges_of(workspace: Workspace) -> list[dict[str, Any]]:
    """What the export of any month reads."""
    query = _QUERY.replace("where billing_month_start_date = :month", "")
    names = [name.strip() for name in query.split("select")[1].split("from")[0].split(",")]
    return [dict(zip(names, row, strict=True)) for row in rows_of(workspace, query)]
