"""What LiteLLM, Langfuse and spans say of a call: maps in any print, charges wherever they stand, zeros that are none."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from dbt_project.landing.fields.nested import Problems, UnreadableFieldError, parsed, tags_of
from dbt_project.landing.sources.langfuse import shape_langfuse
from dbt_project.landing.sources.litellm import shape_litellm
from dbt_project.landing.usage.stated_charges import stated_charge
from tests.faults.cases import build_tables, rows_of
from tests.landing.test_otlp_documents import document, span
from tests.workspace import Workspace


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1.50}', {"a": "1.50"}),
        # ClickHouse, a data frame, DuckDB, a client that wrote JSON within JSON.
        ("{'a':1,'b':-2.5}", {"a": 1, "b": "-2.5"}),
        ("{'a': None, 'b': True, 'c': nan}", {"a": None, "b": True, "c": None}),
        ("{'a': Decimal('0.000000000001')}", {"a": "0.000000000001"}),
        ("{'a': 0.00022500000000000002}", {"a": "0.00022500000000000002"}),
        ("{input=10, output=2.5}", {"input": "10", "output": "2.5"}),
        ("['a:1','b']", ["a:1", "b"]),
        ("[a:1, b]", ["a:1", "b"]),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ("NULL", None),
        ([("a", 1), ("b", 2)], {"a": 1, "b": 2}),
    ],
)
def test_maps_are_read_as_other_programs_print_them(text: object, value: object) -> None:
    assert parsed(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "{'a': __import__('os')}",
        "{'a': [x for x in (1,)]}",
        "{a: 1}",
        "{'a': 1",
        "hello",
        "{" + "'a':1," * 50_000 + "}",
        "[" * 5_000,
        "{**{}}",
    ],
)
def test_what_is_no_map_is_never_evaluated_and_never_empty(text: str) -> None:
    with pytest.raises(UnreadableFieldError):
        parsed(text)
    problems = Problems()
    shape_langfuse({"id": "1", "usage_details": text, "type": "GENERATION"})
    assert tags_of(text, "tags", problems) in ({}, {"a": "1"})


@pytest.mark.parametrize(
    ("amount", "breakdown", "charge", "problem"),
    [
        ("0.5", {}, "0.5", None),
        (None, {"input": 0.1, "output": 0.2}, "0.3", None),
        (None, {"input": "0.1", "output": None}, "0.1", None),
        (None, {"total": "0.25"}, "0.25", None),
        # A total that was written before the answer was complete.
        (0, {"input_cost": 45.0, "output_cost": 0.38, "total_cost": 45.38}, "45.38", "differs"),
        ("0.7", {"input": 0.1, "output": 0.2, "total": 0.3}, "0.3", "differs"),
        # Parts of the input within the input, and parts without their fee, agree with the total.
        ("0.3", {"input": 0.1, "input_cached": 0.05, "output": 0.2, "total": 0.3}, "0.3", None),
        ("0.3", {"input": 0.1, "total": 0.3}, "0.3", None),
        ("0.3", {"input": "free", "total": 0.3}, "0.3", "not a number"),
        # Nothing stated is nothing known; what is no number is for staging to refuse.
        (None, {}, None, None),
        ("n/a", {"total": 1}, "n/a", None),
    ],
)
def test_a_charge_is_read_from_a_total_or_from_its_parts(
    amount: object, breakdown: dict[str, Any], charge: str | None, problem: str | None
) -> None:
    problems = Problems()
    found = stated_charge("cost", amount, breakdown, problems)
    assert (None if found is None else str(found)) == charge
    assert (problem or "") in (problems.text() or "")
    assert bool(problem) == bool(problems.found)


LITELLM: dict[str, Any] = {
    "request_id": "r", "call_type": "acompletion", "spend": 0.0, "total_tokens": 150, "prompt_tokens": 100,
    "completion_tokens": 50, "startTime": "2026-10-20 09:00:00", "endTime": "2026-10-20 09:00:02",
    "model": "gpt-4o", "custom_llm_provider": "openai", "metadata": {}, "cache_hit": "False", "end_user": "acme",
}  # fmt: skip
GENERATION: dict[str, Any] = {
    "id": "g", "trace_id": "t", "type": "GENERATION", "start_time": "2026-10-20 09:00:00", "level": "DEFAULT",
    "end_time": "2026-10-20 09:00:02", "provided_model_name": "openai/gpt-4o", "user_id": "acme",
    "usage_details": {"input": 100, "output": 50},
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "input_tokens", "cached", "output"),
    [
        # The oldest log, the middle one, today's; a row of zeros whose usage came later.
        ({}, 100, None, 50),
        (
            {"metadata": {"additional_usage_values": {"prompt_tokens_details": {"cached_tokens": 60}}}},
            100,
            60,
            50,
        ),
        ({"metadata": "{'usage_object': {'prompt_tokens_details': {'cached_tokens': 60}}}"}, 100, 60, 50),
        (
            {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0,
             "metadata": {"usage_object": {"prompt_tokens": 7, "completion_tokens": 3}}},
            7, None, 3,
        ),
        # Anthropic's words with the cache already in the row, and without it.
        ({"metadata": {"usage_object": {"input_tokens": 40, "cache_read_input_tokens": 60}}}, 100, 60, 50),
        ({"metadata": {"usage_object": {"input_tokens": 100, "cache_read_input_tokens": 60}}}, 160, 60, 50),
        # Gemini passed through, its thoughts in the total alone.
        (
            {"total_tokens": 180, "model": "gemini/gemini-2.5-pro", "custom_llm_provider": "gemini"},
            100, None, 80,
        ),
        ({"prompt_tokens": "100.0", "completion_tokens": "5E1"}, 100, None, 50),
    ],
)  # fmt: skip
def test_litellm_counts_every_token_once(
    changes: dict[str, Any], input_tokens: int, cached: int | None, output: int
) -> None:
    columns, _ = shape_litellm(LITELLM | changes)
    assert float(columns["input_tokens"]) == input_tokens
    assert (columns["cached_input_tokens"], float(columns["completion_tokens"])) == (cached, output)


@pytest.mark.parametrize(
    ("metadata", "spend", "charge"),
    [
        # OpenRouter says in its answer what the call cost; LiteLLM had no price.
        ({"usage_object": {"cost": 0.002}}, 0.0, 0.002),
        ({"hidden_params": "{'response_cost': 0.5}"}, None, "0.5"),
        ({"usage_object": {"cost": 0}}, 0.0, 0.0),
        ({"usage_object": {"cost": 0.002}}, 0.003, 0.003),
    ],
)
def test_litellm_is_read_beside_what_the_provider_charged(
    metadata: dict[str, Any], spend: float | None, charge: object
) -> None:
    columns, _ = shape_litellm(LITELLM | {"spend": spend, "metadata": metadata})
    assert columns["spend"] == charge


@pytest.mark.parametrize(
    ("changes", "tokens", "cost"),
    [
        # Version 2, the interface's export, the API of today, an embedding.
        ({"usage": {"input": 10, "output": 5, "unit": "TOKENS", "totalCost": 0.5}}, (10, 5), "0.5"),
        (
            {"prompt_tokens": "10", "completion_tokens": "5", "input_cost": "0.1", "output_cost": "0.2"},
            (10, 5),
            "0.3",
        ),
        ({"usage_details": "{'input': 10, 'output': 5}", "cost_details": "{'total':0.5}"}, (10, 5), "0.5"),
        ({"type": "EMBEDDING", "usage_details": {"input": 10}}, (10, 0), "None"),
        (
            {"usage_details": {"input": 10, "output": 5}, "metadata": {"hidden_params": {"response_cost": 0.5}}},
            (10, 5),
            "0.5",
        ),
    ],
)  # fmt: skip
def test_langfuse_is_read_in_every_version(
    changes: dict[str, Any], tokens: tuple[int, int], cost: str
) -> None:
    record = {name: value for name, value in GENERATION.items() if name != "usage_details"}
    columns, _ = shape_langfuse(record | changes)
    assert (columns["input_tokens"], columns["output_tokens"]) == tokens
    assert str(columns["cost"]) == cost


def test_what_is_counted_in_other_units_is_no_number_of_tokens() -> None:
    columns, _ = shape_langfuse(
        GENERATION | {"usage_details": None, "usage": {"input": 900, "unit": "CHARACTERS"}}
    )
    assert columns["input_tokens"] is None
    assert json.loads(columns["metered_units"]) == {"characters": "900"}
    columns, _ = shape_litellm(LITELLM | {"call_type": "arerank", "prompt_tokens": 0, "completion_tokens": 0})
    assert json.loads(columns["metered_units"]) == {"rerank_units": "1"}
    usage = {"output_tokens": 272, "input_tokens": 9, "input_tokens_details": {"image_tokens": 4}}
    columns, _ = shape_litellm(
        LITELLM
        | {
            "call_type": "aimage_generation",
            "metadata": {"usage_object": usage},
            "completion_tokens": 272,
            "total_tokens": 0,
        }
    )
    assert json.loads(columns["metered_units"]) == {"input_image_tokens": "4", "output_image_tokens": "272"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Records of three tools, each with something that is zero, empty, printed oddly or impossible."""
    place = tmp_path_factory.mktemp("told")
    workspace = Workspace(place / "workspace", place / "target")
    litellm = [
        LITELLM | {"request_id": "no price"},
        LITELLM | {"request_id": "free", "model": "deepseek/deepseek-r1:free"},
        LITELLM | {"request_id": "local", "custom_llm_provider": "ollama", "model": "ollama/llama3"},
        LITELLM | {"request_id": "hit", "cache_hit": "True"},
        LITELLM
        | {"request_id": "not measured", "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        LITELLM | {"request_id": "failed", "status": "failure", "prompt_tokens": 0, "completion_tokens": 0,
                   "total_tokens": 0},
        LITELLM | {"request_id": "deleted", "call_type": "adelete_responses", "prompt_tokens": 0,
                   "completion_tokens": 0, "total_tokens": 0},
        LITELLM | {"request_id": None, "spend": 0.25},
        LITELLM | {"request_id": "torn", "spend": 0.125, "metadata": "{'customer': open('x')}"},
        LITELLM | {"request_id": "broken down", "metadata": {"cost_breakdown": {"total_cost": 45.38}}},
    ]  # fmt: skip
    langfuse = [
        GENERATION | {"id": "zero", "total_cost": 0},
        GENERATION | {"id": "nothing", "usage_details": {"input": 0, "output": 0, "total": 0}},
        GENERATION | {"id": "backwards", "total_cost": 0.5, "end_time": "2026-10-20 08:59:59"},
        GENERATION | {"id": "refused", "level": "ERROR", "usage_details": {"input": 0, "output": 0}},
        GENERATION | {"id": "old", "usage_details": None, "usage": {"input": 3, "output": 4, "unit": "TOKENS"}},
    ]  # fmt: skip
    spans = [
        span(1, gen_ai__operation__name="chat", gen_ai__request__model="gpt-4o", gen_ai__usage__input_tokens=100,
             gen_ai__usage__output_tokens=50, llm__usage__total_cost=0),
        span(2, gen_ai__operation__name="chat", gen_ai__request__model="x", llm__cost__prompt=0.25, llm__cost__completion=0.5),
        span(3, gen_ai__operation__name="chat", gen_ai__request__model="x", langfuse__observation__cost_details='{"total": 0.125}',
             langfuse__observation__usage_details="{'input': 5, 'input_cached_tokens': 2, 'output': 1}"),
        span(4, gen_ai__operation__name="chat", gen_ai__request__model="x", gen_ai__usage__input_tokens=0,
             gen_ai__usage__output_tokens=0),
        span(5, openinference__span__kind="LLM", llm__token_count__prompt=100, llm__token_count__completion=20,
             llm__token_count__prompt_details__cache_read=60, llm__token_count__completion_details__reasoning=30,
             llm__token_count__total=150, llm__model_name="x", openai__response__service_tier="on_demand"),
        span(6, gen_ai__operation__name="chat", gen_ai__request__model="x", ai__usage__cost=0.75) | {"spanId": ""},
    ]  # fmt: skip
    for name, content in (
        ("litellm/a.jsonl", "\n".join(json.dumps(row) for row in litellm)),
        ("langfuse/a.jsonl", "\n".join(json.dumps(row) for row in langfuse)),
        ("otel/a.json", json.dumps(document(*spans))),
    ):
        path = workspace.raw / name
        path.parent.mkdir(parents=True)
        path.write_text(content)
    tables = {"fct_calls", "rpt_unreadable_fields", "rpt_data_quality"}
    build_tables(workspace, ["litellm", "langfuse", "otel"], tables)
    return workspace


def test_a_zero_is_a_charge_only_where_the_tool_says_so(told: Workspace) -> None:
    found = rows_of(
        told,
        "select call_id, input_tokens, billed_cost_usd from core.fct_calls where source_name <> 'otel' order by 1",
    )
    # The row that deletes a stored answer is no call of a model, and is set aside.
    assert {name: (tokens, charge) for name, tokens, charge in found} == {
        "no price": (100, None),
        "free": (100, 0),
        "local": (100, 0),
        "hit": (0, 0),
        "not measured": (None, None),
        "failed": (0, 0),
        "litellm/a.jsonl:8": (100, Decimal("0.25")),
        "torn": (100, Decimal("0.125")),
        "broken down": (100, Decimal("45.38")),
        "zero": (100, None),
        "nothing": (None, None),
        "backwards": (100, Decimal("0.5")),
        "refused": (0, None),
        "old": (3, None),
    }


def test_spans_state_their_charge_under_many_names(told: Workspace) -> None:
    found = rows_of(
        told,
        "select input_tokens, cached_input_tokens, output_tokens, billed_cost_usd, service_tier"
        " from core.fct_calls where source_name = 'otel' order by called_at",
    )
    assert found == [
        [100, 0, 50, None, "standard"],
        [None, 0, None, Decimal("0.75"), "standard"],
        [7, 2, 1, Decimal("0.125"), "standard"],
        [None, 0, None, None, "standard"],
        [100, 60, 50, None, "standard"],
        # Its span has no id, so it is told by its place.
        [None, 0, None, Decimal("0.75"), "standard"],
    ]


def test_nothing_is_refused_and_every_unread_field_is_named(told: Workspace) -> None:
    assert rows_of(told, "select count(*) from core.rejected_records") == [[0]]
    assert rows_of(
        told, "select field_name, reason, records, example from core.rpt_unreadable_fields order by 4, 1"
    ) == [
        ["duration", "ends before it starts", 1, "langfuse/a.jsonl:3"],
        ["spend", "differs from its breakdown, which counts", 1, "litellm/a.jsonl:10"],
        ["request_id", "empty, so file and line identify the record", 1, "litellm/a.jsonl:8"],
        ["metadata", "not JSON", 1, "litellm/a.jsonl:9"],
        ["span_id", "malformed, so file and line identify the record", 1, "otel/a.json:1"],
    ]
    assert rows_of(
        told, "select affected_calls from core.rpt_data_quality where check_name = 'field_unreadable'"
    ) == [[4]]  # The day of the spans, the last one, is not over yet.
    assert rows_of(told, "select max(latency_ms) from core.fct_calls where call_id = 'backwards'") == [[None]]
