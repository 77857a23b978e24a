"""The records of other tools' exports, brought into columns: LLM gateways, tracing tools, billing tools.

What a tool alone knows is settled here: where it keeps the cached tokens, what its tags look like.
"""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from field_values import as_text

Fields = dict[str, Any]

# A tag such as `customer:acme` or `customer=acme`.
_TAG = re.compile(r"\s*([\w.\-]+)\s*[:=]\s*(.+)", re.DOTALL)
# Where LiteLLM keeps what the caller said of a call; the last of these that knows a name counts.
_LITELLM_METADATA = ("requester_metadata", "spend_logs_metadata")


def shape_litellm(record: Fields) -> tuple[Fields, Fields]:
    """Columns and attributes of a LiteLLM spend log.

    Cached tokens stand in the metadata alone. LiteLLM counts them among the prompt tokens, but passes a usage
    of Anthropic's own shape (`input_tokens`) through, and old releases left them out: then they are added.
    """
    metadata = _object(record.pop("metadata", None))
    usage = _object(metadata.get("usage_object"))
    details = _object(usage.get("prompt_tokens_details"))
    cached = _first(details.get("cached_tokens"), usage.get("cache_read_input_tokens"))
    written = _first(details.get("cache_creation_tokens"), usage.get("cache_creation_input_tokens"))
    is_apart = "input_tokens" in usage and "prompt_tokens" not in usage
    prompt = record.get("prompt_tokens")
    if is_apart or _count(cached) + _count(written) > _count(prompt):
        prompt = _plus(prompt, _count(cached) + _count(written))
    price = _object(_object(metadata.get("model_map_information")).get("model_map_value"))
    error = _object(metadata.get("error_information"))
    attributes = {name: value for name, value in record.items() if not isinstance(value, dict | list)}
    attributes |= {
        name.removeprefix("user_api_key_"): value
        for name, value in metadata.items()
        if name.startswith("user_api_key_")
    }
    for name in _LITELLM_METADATA:
        attributes |= _object(metadata.get(name))
    attributes |= _tags(record.pop("request_tags", None))
    key = record.pop("api_key", None) or metadata.get("user_api_key")
    return record | {
        "response_id": record.get("request_id"),
        "session_key": _session_key(record.get("session_id"), key),
        "input_tokens": prompt,
        "cached_input_tokens": cached,
        "cache_write_input_tokens": written,
        "service_tier": _first(usage.get("service_tier"), "batch" if _is_batch(record) else None),
        "error_code": error.get("error_code"),
        "error_class": error.get("error_class"),
        "gateway_usd_per_input_token": price.get("input_cost_per_token"),
        "gateway_usd_per_output_token": price.get("output_cost_per_token"),
    }, attributes


def shape_langfuse(record: Fields) -> tuple[Fields, Fields]:
    """Columns and attributes of a Langfuse observation.

    The kinds of input in usage_details exclude each other (`input`, `input_cached_tokens`, ...), unless a
    total that is smaller than their sum says that `input` holds the others.
    """
    usage = {name.lower(): value for name, value in _object(record.pop("usage_details", None)).items()}
    inputs = {name: _count(value) for name, value in usage.items() if _is_input(name)}
    outputs = {name: _count(value) for name, value in usage.items() if _is_output(name)}
    cached = sum(count for name, count in inputs.items() if "cache" in name and not _is_write(name))
    written = sum(count for name, count in inputs.items() if "cache" in name and _is_write(name))
    total = usage.get("total", usage.get("total_tokens"))
    is_apart = total is None or _count(total) >= sum(inputs.values()) + sum(outputs.values())
    attributes = {name: value for name, value in record.items() if not isinstance(value, dict | list)}
    metadata = _object(record.pop("metadata", None))
    for nested in ("resourceAttributes", "attributes"):
        attributes |= _object(metadata.pop(nested, None))
    attributes |= metadata
    response_id = _first(metadata.get("response_id"), metadata.get("gen_ai.response.id"))
    attributes |= _tags(record.pop("tags", None))
    cost = _object(record.pop("cost_details", None))
    costs = [value for name, value in cost.items() if name.lower() != "total" and value is not None]
    return record | {
        "response_id": _first(response_id, attributes.get("gen_ai.response.id")),
        "input_tokens": _combined(inputs, is_apart=is_apart),
        "cached_input_tokens": cached if inputs else None,
        "cache_write_input_tokens": written if inputs else None,
        "output_tokens": _combined(outputs, is_apart=is_apart),
        "cost": _first(record.get("total_cost"), cost.get("total"), _sum(costs)),
    }, attributes


def shape_customer(record: Fields) -> tuple[Fields, Fields]:
    """The fields as they are; ValueError for a fee in another currency, which would be taken for dollars."""
    currency = str(as_text(record.get("currency")) or "USD").strip().upper()
    if currency != "USD":
        raise ValueError(f"the fee is in {currency}; fees are read in USD, so convert them first")
    return record, {}


def _session_key(session: object, key: object) -> str | None:
    """The session with a digest of the caller's key, which is never landed as it is."""
    if not session:
        return None
    return f"{session}:{hashlib.sha256(str(key).encode()).hexdigest()[:12]}" if key else str(session)


def _combined(counts: dict[str, int], *, is_apart: bool) -> int | None:
    """All tokens of one direction: the kinds added up, or the largest where it holds the others."""
    if not counts:
        return None
    return sum(counts.values()) if is_apart else max(counts.values())


def _is_input(name: str) -> bool:
    return "input" in name or "prompt" in name


def _is_output(name: str) -> bool:
    return not _is_input(name) and ("output" in name or "completion" in name)


def _is_write(name: str) -> bool:
    return "creation" in name or "write" in name


def _is_batch(record: Fields) -> bool:
    return "batch" in str(record.get("call_type") or "")


def _object(value: object) -> Fields:
    """A JSON object that stands as such or as text; empty where it is none."""
    value = _parsed(value)
    if isinstance(value, list) and all(isinstance(item, tuple) for item in value):
        value = dict(value)
    return value if isinstance(value, dict) else {}


def _tags(value: object) -> Fields:
    """Tags of the form name:value, whether in a list, an object or as text."""
    value = _parsed(value)
    if isinstance(value, dict):
        return value
    found = (_TAG.fullmatch(tag) for tag in value if isinstance(tag, str)) if isinstance(value, list) else ()
    return {match[1]: match[2] for match in found if match}


def _parsed(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _first(*values: object) -> object:
    return next((value for value in values if value is not None), None)


def _count(value: object) -> int:
    try:
        return int(float(as_text(value) or 0))
    except (ValueError, OverflowError):
        return 0


def _plus(value: object, more: int) -> object:
    """A number of tokens raised by some; what is no number is left for validation to refuse."""
    text = as_text(value) or "0"
    return int(text) + more if re.fullmatch(r"\d+", text) else value


def _sum(values: list[object]) -> object:
    try:
        return sum(Decimal(str(value)) for value in values) if values else None
    except InvalidOperation:
        return None
