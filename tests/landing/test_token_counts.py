"""Tokens of a call by class, whoever counted them: which count holds which, what a total says, what is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dbt_project.landing.fields.nested import Problems
from dbt_project.landing.usage.containment import CONTAINMENT, Settled, settled, shape_of
from dbt_project.landing.usage.keys import class_of, stated_usage

OPENAI = {"prompt_tokens": 100, "completion_tokens": 50}
# One row of the table each: usage, then input, cached, written, output and what else is metered.
BY_SHAPE: dict[str, tuple[dict[str, Any], tuple[int | None, ...], dict[str, str]]] = {
    "openai_chat": (
        OPENAI | {"prompt_tokens_details": {"cached_tokens": 60, "audio_tokens": 10},
                  "completion_tokens_details": {"reasoning_tokens": 30, "audio_tokens": 5}},
        (100, 60, None, 50),
        {"input_audio_tokens": "10", "output_audio_tokens": "5", "output_reasoning_tokens": "30"},
    ),
    "openai_responses": (
        {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 60}, "output_tokens": 50,
         "output_tokens_details": {"reasoning_tokens": 30}},
        (100, 60, None, 50), {"output_reasoning_tokens": "30"},
    ),
    "xai": (
        OPENAI | {"completion_tokens_details": {"reasoning_tokens": 30}},
        (100, None, None, 80), {"output_reasoning_tokens": "30"},
    ),
    "anthropic": (
        {"input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 7, "output_tokens": 2,
         "cache_creation": {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4},
         "server_tool_use": {"web_search_requests": 2}, "total_tokens": 12},
        (22, 5, 7, 2), {"cache_write_1h_tokens": "4", "searches": "2"},
    ),
    "gemini": (
        {"promptTokenCount": 100, "cachedContentTokenCount": 60, "candidatesTokenCount": 50, "thoughtsTokenCount": 30,
         "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 70}, {"modality": "AUDIO", "tokenCount": 30}]},
        (100, 60, None, 80), {"input_audio_tokens": "30", "output_reasoning_tokens": "30"},
    ),
    "bedrock_converse": (
        {"inputTokens": 10, "cacheReadInputTokens": 5, "cacheWriteInputTokens": 7, "outputTokens": 2},
        (22, 5, 7, 2), {},
    ),
    "litellm": (
        OPENAI | {"cache_read_input_tokens": 60, "prompt_tokens_details": {"cached_tokens": 60}}, (100, 60, None, 50), {},
    ),
    "langfuse": (
        {"input": 40, "input_cached_tokens": 60, "output": 20, "output_reasoning_tokens": 30}, (100, 60, None, 50),
        {"output_reasoning_tokens": "30"},
    ),
    "otel": ({"input_tokens": 100, "cached": 60, "output_tokens": 50, "reasoning_tokens": 30}, (100, 60, None, 50),
             {"output_reasoning_tokens": "30"}),
    "ai_sdk_anthropic": (
        {"inputTokens": 40, "cachedInputTokens": 60, "outputTokens": 50, "totalTokens": 90}, (100, 60, None, 50), {},
    ),
    "codex": (
        {"input_tokens": 100, "cached_input_tokens": 60, "output_tokens": 50, "reasoning_output_tokens": 30,
         "total_tokens": 150},
        (100, 60, None, 50), {"output_reasoning_tokens": "30"},
    ),
    "helicone": (
        {"prompt_tokens": 10, "prompt_cache_read_tokens": 5, "prompt_cache_write_tokens": 7, "completion_tokens": 2,
         "prompt_audio_tokens": 3, "reasoning_tokens": 4},
        (25, 5, 7, 6), {"input_audio_tokens": "3", "output_reasoning_tokens": "4"},
    ),
    "ccusage": (
        {"inputTokens": 10, "cacheReadTokens": 5, "cacheCreationTokens": 7, "outputTokens": 2, "totalTokens": 24},
        (22, 5, 7, 2), {},
    ),
}  # fmt: skip


def settle(usage: dict[str, Any], shape: str, **options: Any) -> tuple[Settled, str | None]:
    problems = Problems()
    return settled(stated_usage(usage), shape, problems, **options), problems.text()


def counts(tokens: Settled) -> tuple[int | None, ...]:
    return (
        tokens.input_tokens,
        tokens.cached_input_tokens,
        tokens.cache_write_input_tokens,
        tokens.output_tokens,
    )


def test_every_row_of_the_table_has_a_case() -> None:
    assert BY_SHAPE.keys() == CONTAINMENT.keys()


@pytest.mark.parametrize("shape", CONTAINMENT)
def test_the_parts_of_a_count_are_where_the_table_says(shape: str) -> None:
    usage, expected, metered = BY_SHAPE[shape]
    tokens, problem = settle(usage, shape)
    assert counts(tokens) == expected
    assert json.loads(tokens.metered_units or "{}") == metered
    assert problem is None


@pytest.mark.parametrize("shape", ["openai_responses", "anthropic", "gemini", "bedrock_converse"])
def test_a_provider_is_told_by_its_own_words(shape: str) -> None:
    assert shape_of(stated_usage(BY_SHAPE[shape][0]), None, "otel") == shape


@pytest.mark.parametrize(
    ("usage", "shape", "maker", "expected"),
    [
        # Where the parts are inside although the tool usually counts them apart, and the other way round.
        ({"input": 100, "cache_read_tokens": 60, "output": 50, "total": 150}, "langfuse", "", (100, 50)),
        ({"input": 100, "output": 50, "output_reasoning": 30, "total": 150}, "langfuse", "", (100, 50)),
        ({"input": 40, "cached_tokens": 60, "output": 50, "total": 150}, "otel", "", (100, 50)),
        ({"input": 100, "input_audio": 60, "output": 50, "total": 150}, "langfuse", "", (100, 50)),
        (
            {"prompt_tokens": 9, "completion_tokens": 4, "reasoning_tokens": 7, "total_tokens": 20},
            "litellm",
            "",
            (9, 11),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 11, "reasoning_tokens": 7, "total_tokens": 20},
            "xai",
            "",
            (9, 11),
        ),
        # Thinking that is in the total alone.
        ({"input": 949, "output": 301, "total": 2188}, "otel", "gcp.gemini gemini-2.5-pro", (949, 1239)),
        (
            {"promptTokenCount": 7, "toolUsePromptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 14},
            "gemini",
            "",
            (12, 2),
        ),
        # One side is missing.
        ({"input": 100, "total": 150}, "langfuse", "", (100, 50)),
        ({"output": 50, "total": 150}, "otel", "", (100, 50)),
        # A part larger than the whole is beside it.
        ({"prompt_tokens": 10, "cached_tokens": 60, "completion_tokens": 5}, "litellm", "", (70, 5)),
        ({"prompt_tokens": 10, "completion_tokens": 5, "reasoning_tokens": 60}, "litellm", "", (10, 65)),
        # What a count leaves out is stated by name.
        (
            {"prompt_cache_hit_tokens": 60, "prompt_cache_miss_tokens": 40, "completion_tokens": 5},
            "litellm",
            "",
            (100, 5),
        ),
        (
            {"inputTokens": 40, "inputTokenDetails": {"noCacheTokens": 40, "cacheReadTokens": 60}, "outputTokens": 5},
            "otel",
            "",
            (100, 5),
        ),
        # Notations of whole numbers.
        ({"input": "1.3E2", "output": "5.0"}, "langfuse", "", (130, 5)),
    ],
)  # fmt: skip
def test_a_total_decides_what_holds_what(
    usage: dict[str, Any], shape: str, maker: str, expected: tuple[int, int]
) -> None:
    tokens, problem = settle(usage, shape, maker=maker)
    assert (tokens.input_tokens, tokens.output_tokens) == expected
    assert problem is None


@pytest.mark.parametrize(
    ("usage", "expected", "problem"),
    [
        ({"input": None, "output": None}, (None, None), None),
        ({"input": None, "input_cached_tokens": 60, "output": 5}, (None, 5), None),
        ({"input_cached_tokens": 60, "output": 5}, (60, 5), None),
        ({"input": "n/a", "output": 20}, (None, 20), "input: not a whole number of tokens"),
        ({"input": 12.5, "output": 20}, (None, 20), "input: not a whole number of tokens"),
        (
            {"input": True, "output": "NaN"},
            (None, None),
            "input: not a whole number of tokens; output: not a",
        ),
        (
            {"input": 10, "input_cached_tokens": "?", "output": 2},
            (None, 2),
            "input_cached_tokens: not a whole",
        ),
        ({"input": 10, "output": 5, "total": 9}, (10, 5), "total_tokens: less than input and output"),
        ({"input": 10, "output": 5, "total": 90}, (10, 80), "total_tokens: more than input and output"),
        ({"latency": "fast", "unit": "TOKENS"}, (None, None), None),
    ],
)
def test_what_is_no_number_is_unknown_and_named(
    usage: dict[str, Any], expected: tuple[int | None, int | None], problem: str | None
) -> None:
    tokens, found = settle(usage, "langfuse")
    assert (tokens.input_tokens, tokens.output_tokens) == expected
    assert (found or "").startswith(problem or "")
    assert bool(found) == bool(problem)


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("cacheReadInputTokens", "cached"),
        ("input_cache_read", "cached"),
        ("input_token_details.cache_read", "cached"),
        ("cached_tokens_details.audio_tokens", "cached_audio"),
        ("cacheTokensDetails.audio", "cached_audio"),
        ("input_cache_creation_1h", "written_1h"),
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens", "written_1h"),
        ("input_ephemeral_5m_input_tokens", "written_5m"),
        ("cache_write_tokens", "written"),
        ("candidatesTokensDetails.image", "output_image"),
        ("output_token_details.audio", "output_audio"),
        ("thoughtsTokenCount", "reasoning"),
        ("server_tool_use.web_search_requests", "searches"),
        ("billed_units.search_units", "rerank_units"),
        ("usage_info.pages_processed", "pages"),
        ("prompt_tokens_details.web_search_requests", "searches"),
        ("seconds", "audio_seconds"),
        ("latency_seconds", None),
        ("input_cost", None),
        ("prompt_cost_usd", None),
        ("trafficType", None),
    ],
)
def test_a_key_is_told_by_its_words(name: str, of: str | None) -> None:
    assert class_of(name) == of
