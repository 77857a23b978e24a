"""The records of LiteLLM's spend logs, brought into columns, whichever release wrote them."""

from __future__ import annotations

import hashlib
from typing import Any

from dbt_project.landing.column_conventions import Money
from dbt_project.landing.fields.nested import Fields, Problems, map_of, tags_of
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.source import CALL_ATTRIBUTE_COLUMNS, CALL_ATTRIBUTES, CALL_SUFFIXES, LandedSource
from dbt_project.landing.usage.containment import metered, settled, shape_of
from dbt_project.landing.usage.keys import Stated, number_of, stated_usage
from dbt_project.landing.usage.stated_charges import stated_charge

# Where LiteLLM keeps what is known of a caller from its team and key, and what was said of the call itself.
# Of several that know a name the last counts: a call knows more of itself than its key, a key than its team.
_KEY_METADATA = ("user_api_key_team_metadata", "user_api_key_metadata", "user_api_key_auth_metadata")
_CALLER_METADATA = ("requester_metadata", "spend_logs_metadata")
# Kinds of calls that are billed by something else than tokens: (word of the call type, meter, quantity of
# a call that does not state it). An image's number is not in old logs, and nobody may guess it.
_METERED_CALLS = (
    ("rerank", "rerank_units", "1"),
    ("image", None, None),
    ("speech", None, None),
    ("transcription", None, None),
    ("ocr", None, None),
    ("video", None, None),
    ("search", None, None),
)
_TOKEN_CALLS = (
    "completion",
    "embedding",
    "responses",
    "messages",
    "generate_content",
    "pass_through",
    "passthrough",
    "realtime",
)
_READS_ONLY = (
    "get",
    "list",
    "retrieve",
    "delete",
    "cancel",
    "file",
    "batch",
    "vector_store",
    "assistant",
    "thread",
    "health",
)


def shape_litellm(record: Fields) -> tuple[Fields, Fields]:
    """Columns and attributes of a spend log.

    What it used stands in `metadata.usage_object`, in releases before that in
    `metadata.additional_usage_values`, in the oldest in the counts of the row alone.
    """
    problems = Problems()
    metadata = map_of(record.pop("metadata", None), "metadata", problems)
    error = map_of(metadata.get("error_information"), "metadata.error_information", problems)
    price = map_of(metadata.get("model_map_information"), "metadata.model_map_information", problems)
    price = map_of(price.get("model_map_value"), "metadata.model_map_value", problems)
    attributes = _plain(record)
    for name in _KEY_METADATA:
        attributes |= _stated(map_of(metadata.get(name), f"metadata.{name}", problems))
    said = _plain(metadata)
    attributes |= _stated(
        {name.removeprefix("user_api_key_"): said[name] for name in said if name.startswith("user_api_key_")}
    )
    # Beside fields of its own (of which the seed names the attempts) LiteLLM keeps here what a caller sent
    # as metadata: releases and routes without `requester_metadata` have it nowhere else.
    attributes |= _stated({name: said[name] for name in said if not name.startswith("user_api_key_")})
    for name in _CALLER_METADATA:
        attributes |= _stated(map_of(metadata.get(name), f"metadata.{name}", problems))
    for tags, name in (
        (metadata.get("tags"), "metadata.tags"),
        (record.pop("request_tags", None), "request_tags"),
    ):
        attributes |= tags_of(tags, name, problems)
    key = record.pop("api_key", None) or metadata.get("user_api_key")
    columns = _usage(record, metadata, problems)
    if as_text(record.get("request_id")) is None:
        problems.add("request_id", "empty, so file and line identify the record")
    record["spend"] = _charge(record, metadata, problems)
    return record | columns | {
        "response_id": record.get("request_id"),
        "session_key": _session_key(record.get("session_id"), key),
        "error_code": error.get("error_code"),
        "error_class": error.get("error_class"),
        "gateway_usd_per_input_token": price.get("input_cost_per_token"),
        "gateway_usd_per_output_token": price.get("output_cost_per_token"),
        "field_problems": problems.text(),
    }, attributes


def _plain(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if not isinstance(value, dict | list)}


def _stated(fields: Fields) -> Fields:
    """What is not blank: an empty field of one place hides nothing that another place knows."""
    return {name: value for name, value in fields.items() if as_text(value) is not None}


def _usage(record: Fields, metadata: Fields, problems: Problems) -> Fields:
    usage = map_of(metadata.get("usage_object"), "metadata.usage_object", problems)
    older = map_of(metadata.get("additional_usage_values"), "metadata.additional_usage_values", problems)
    of_usage = stated_usage(older | {name: value for name, value in usage.items() if value is not None})
    row = {name: record.get(name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    call_type = str(record.get("call_type") or "").lower()
    maker = f"{record.get('custom_llm_provider') or ''} {record.get('model') or ''}".lower()
    shape = shape_of(of_usage, record.get("custom_llm_provider") or maker.strip().split("/")[0], "litellm")
    stated = _with_counts_of_row(of_usage, row)
    written = max(stated.known("written"), stated.known("written_5m") + stated.known("written_1h"))
    whole = of_usage.known("input") + stated.known("cached") + written
    if shape in ("anthropic", "bedrock_converse") and stated.known("input") >= whole > of_usage.known(
        "input"
    ):
        # LiteLLM added the cache to the count of the row, and passed the provider's words on beside it.
        shape = "litellm"
    _default_meters(stated, call_type)
    tokens = settled(stated, shape, problems, maker=maker, has_no_output="embedding" in call_type)
    is_measured = any(stated.known(name) for name in ("input", "output", "cached", "total")) or bool(
        stated.units
    )
    needs_usage = _needs_usage(call_type)
    tier = _first(
        usage.get("service_tier"),
        usage.get("trafficType"),
        usage.get("traffic_type"),
        "batch" if "batch" in call_type else None,
    )
    return {
        "input_tokens": _as_stated(row["prompt_tokens"], tokens.input_tokens),
        "completion_tokens": _as_stated(row["completion_tokens"], tokens.output_tokens),
        "cached_input_tokens": tokens.cached_input_tokens,
        "cache_write_input_tokens": tokens.cache_write_input_tokens,
        "metered_units": metered(stated),
        "service_tier": tier,
        "is_measured": str(is_measured or not needs_usage).lower(),
        "needs_usage": str(needs_usage).lower(),
    }


def _with_counts_of_row(of_usage: Stated, row: dict[str, Any]) -> Stated:
    """The usage with the counts of the row before its own: they are whole, whatever the provider says."""
    stated = Stated(
        dict(of_usage.tokens), dict(of_usage.units), dict(of_usage.unreadable), set(of_usage.names)
    )
    for name, of in (("prompt_tokens", "input"), ("completion_tokens", "output"), ("total_tokens", "total")):
        count = number_of(row[name])
        # A row that was written before the answer was complete holds zeros.
        if count is not None and count == count.to_integral_value() and (count or of not in stated.tokens):
            stated.tokens[of] = int(count)
    return stated


def _default_meters(stated: Stated, call_type: str) -> None:
    for word, meter, quantity in _METERED_CALLS:
        if word not in call_type:
            continue
        if meter and quantity and meter not in stated.units:
            stated.units[meter] = number_of(quantity) or stated.units[meter]
        # All that an image model writes are image tokens, where it counts tokens at all.
        if word == "image" and stated.known("output") and "output_image" not in stated.tokens:
            stated.tokens["output_image"] = stated.known("output") - stated.known("output_text")
        return


def _needs_usage(call_type: str) -> bool:
    """Whether a call of this kind, when it succeeds, must have used something that costs."""
    words = call_type.split("_")
    if any(word in call_type for word in _READS_ONLY) or words[0] in (
        "aget",
        "alist",
        "aretrieve",
        "adelete",
        "acancel",
    ):
        return False
    return not call_type or any(
        word in call_type for word in _TOKEN_CALLS + tuple(word for word, *_ in _METERED_CALLS)
    )


def _as_stated(value: object, count: int | None) -> object:
    """The count, unless it is that of the row, whose notation (1.000) is read with the whole file.

    What is no whole number stays as well, for validation to refuse.
    """
    number = number_of(value)
    is_as_it_was = number is None or number == count or number != number.to_integral_value()
    return value if as_text(value) is not None and is_as_it_was else count


def _charge(record: Fields, metadata: Fields, problems: Problems) -> object:
    """What LiteLLM computed. Where it computed nothing, what the provider itself said that the call cost."""
    breakdown = map_of(metadata.get("cost_breakdown"), "metadata.cost_breakdown", problems)
    hidden = map_of(metadata.get("hidden_params"), "metadata.hidden_params", problems)
    usage = map_of(metadata.get("usage_object"), "metadata.usage_object", problems)
    spend = record.get("spend")
    if as_text(spend) is None or number_of(spend) == 0:
        others = (metadata.get("response_cost"), hidden.get("response_cost"), _charge_of_provider(usage))
        spend = next((cost for cost in others if number_of(cost)), spend)
    return stated_charge("spend", spend, breakdown, problems)


def _charge_of_provider(usage: Fields) -> object:
    """What the provider says in the usage that it charged, for calls that LiteLLM has no price for.

    Null where a key of one's own was used: what OpenRouter states then is its fee alone.
    """
    costs = (usage.get("cost"), usage.get("estimated_cost"))
    return None if usage.get("is_byok") else next((cost for cost in costs if number_of(cost)), None)


def _session_key(session: object, key: object) -> str | None:
    """The session with a digest of the caller's key, which is never landed as it is."""
    if as_text(session) is None:
        return None
    return f"{session}:{hashlib.sha256(str(key).encode()).hexdigest()[:12]}" if key else str(session)


def _first(*values: object) -> object:
    return next((value for value in values if as_text(value) is not None), None)


LITELLM = LandedSource(
    name="litellm",
    what="LiteLLM spend logs",
    columns={
        "request_id": "text",
        "call_type": "text",
        "spend": "number",
        "prompt_tokens": "count",
        "completion_tokens": "count",
        "startTime": "instant",
        "endTime": "instant",
        "request_duration_ms": "number",
        "model": "text",
        "custom_llm_provider": "text",
        "cache_hit": "text",
        "session_id": "text",
        "status": "text",
        "input_tokens": "count",
        "cached_input_tokens": "count",
        "cache_write_input_tokens": "count",
        "service_tier": "text",
        "error_code": "text",
        "error_class": "text",
        "gateway_usd_per_input_token": "plain",
        "gateway_usd_per_output_token": "plain",
        "response_id": "text",
        "session_key": "text",
        "metered_units": "text",
        "is_measured": "text",
        "needs_usage": "text",
        "field_problems": "text",
    }
    | CALL_ATTRIBUTE_COLUMNS,
    required=frozenset({"request_id", "spend", "startTime", "model", "prompt_tokens", "completion_tokens"}),
    suffixes=CALL_SUFFIXES,
    reads=frozenset(
        {
            "request_id",
            "call_type",
            "spend",
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "startTime",
            "endTime",
            "request_duration_ms",
            "model",
            "model_group",
            "custom_llm_provider",
            "user",
            "metadata",
            "cache_hit",
            "request_tags",
            "team_id",
            "organization_id",
            "end_user",
            "session_id",
            "status",
            "agent_id",
            "api_key",
        }
    ),
    aliases={"start_time": "startTime", "end_time": "endTime"},
    shape=shape_litellm,
    mapped=CALL_ATTRIBUTES,
    time_column="startTime",
    money=Money({"spend": ""}, "USD"),
)
