"""Helicone's requests, as its export tool, its API and its table in ClickHouse write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dbt_project.landing.column_conventions import Money
from dbt_project.landing.fields.nested import Fields, Problems, map_of
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.source import CALL_ATTRIBUTE_COLUMNS, CALL_ATTRIBUTES, CALL_SUFFIXES, LandedSource
from dbt_project.landing.usage.containment import metered, settled
from dbt_project.landing.usage.keys import number_of, stated_usage

_COUNTS = (
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "prompt_cache_read_tokens",
    "prompt_cache_write_tokens",
    "prompt_cache_write_5m",
    "prompt_cache_write_1h",
    "prompt_audio_tokens",
    "completion_audio_tokens",
)
_COSTS = ("cost_usd", "costUSD", "cost")
# Providers that other tools and price lists call otherwise.
_PROVIDERS = {"x": "x-ai", "togetherai": "together"}
# What stands where there is no id.
_NO_ID = "00000000-0000-0000-0000-000000000000"
# The table keeps costs as whole billionths of a dollar; the API divides.
_BILLIONTH = Decimal("0.000000001")
# What Helicone logs beside calls of models: its own events of tools and data bases.
_EVENTS = ("tool:", "data:", "vector_db", "assistant-polling")


def shape_helicone(record: Fields) -> tuple[Fields, Fields]:
    """Columns and attributes of a request.

    Its kinds of tokens exclude each other, and its total leaves the cache out, so that no total is read. Of
    the bodies only the model and the provider's id of the answer are.
    """
    problems = Problems()
    is_of_table = "status" in record and "response_status" not in record
    properties: Fields = {}
    for name in ("properties", "request_properties"):
        properties |= map_of(_once_quoted(record.pop(name, None)), name, problems)
    # Names of properties are names of HTTP headers, whose capitals and dashes do not matter.
    attributes = {name.lower().replace("-", "_"): value for name, value in properties.items()} | properties
    attributes |= {"user_id": record.get("request_user_id"), "provider": _provider(record)}
    asked = _body(record.pop("request_body", None))
    answered = _body(record.pop("response_body", None))
    is_cache_hit = _id(record.get("cache_reference_id")) is not None
    session = as_text(attributes.get("helicone_session_id"))
    model = _first(
        *(record.get(name) for name in ("model", "response_model", "model_override", "request_model")),
        answered.get("model"),
        asked.get("model"),
    )
    tokens = _tokens(record, f"{attributes['provider'] or ''} {model or ''}".lower(), problems)
    call_id = _first(_id(record.get("response_id")), _id(record.get("request_id")))
    if call_id is None:
        problems.add("response_id", "empty, so file and line identify the record")
    return {
        "call_id": call_id,
        "session_id": session,
        # The same answer read from the cache is a call of its own, which nobody charged.
        "answer_id": None if is_cache_hit else _first(answered.get("id"), answered.get("responseId")),
        "model": model,
        "is_event": str(str(model or "").lower().startswith(_EVENTS)).lower(),
        "request_created_at": record.get("request_created_at"),
        "response_created_at": record.get("response_created_at"),
        "updated_at": record.get("updated_at"),
        "latency_ms": _first(record.get("delay_ms"), record.get("latency")),
        "status": _first(record.get("response_status"), record.get("status")),
        "is_cache_hit": str(is_cache_hit).lower(),
        "cost": _cost(record, problems, is_of_table=is_of_table, is_cache_hit=is_cache_hit),
        "field_problems": problems.text(),
    } | tokens, attributes


def _tokens(record: Fields, maker: str, problems: Problems) -> Fields:
    stated: Fields = {}
    for name in _COUNTS:
        count = number_of(record.get(name))
        if count is not None and count < 0:
            problems.add(name, "below 0, which is how Helicone says that it does not know")
            stated[name] = None
        elif as_text(record.get(name)) is not None:
            stated[name] = record[name]
    usage = stated_usage(stated)
    tokens = settled(usage, "helicone", problems, maker=maker)
    return {
        "input_tokens": tokens.input_tokens,
        "cached_input_tokens": tokens.cached_input_tokens,
        "cache_write_input_tokens": tokens.cache_write_input_tokens,
        "output_tokens": tokens.output_tokens,
        "metered_units": metered(usage),
    }


def _cost(record: Fields, problems: Problems, *, is_of_table: bool, is_cache_hit: bool) -> object:
    name = next((name for name in _COSTS if as_text(record.get(name)) is not None), "cost")
    cost = record.get(name)
    amount = number_of(cost)
    if is_cache_hit:
        if amount:
            problems.add(name, "stated for an answer from the cache, which is free")
        return 0
    # A query on the table may have divided already: then the amount has a fraction.
    if is_of_table and amount is not None and amount == amount.to_integral_value():
        return amount * _BILLIONTH
    return cost


def _provider(record: Fields) -> str | None:
    """The provider; null for one that Helicone does not know, whose models are told by their names."""
    name = (as_text(record.get("provider")) or "custom").lower()
    return None if name in ("custom", "helicone") else _PROVIDERS.get(name, name)


def _body(value: object) -> Fields:
    """A body that was exported, too; one that cannot be read says nothing, and is no fault of the record."""
    return map_of(_once_quoted(value), "body", Problems())


def _once_quoted(value: object) -> object:
    """Helicone's CSV doubles the quotes of JSON twice over."""
    if isinstance(value, str) and value.lstrip().startswith('{""'):
        return value.replace('""', '"')
    return value


def _id(value: object) -> str | None:
    text = as_text(value)
    return None if text == _NO_ID else text


def _first(*values: object) -> Any:
    return next((value for value in values if as_text(value) is not None), None)


HELICONE = LandedSource(
    name="helicone",
    what="Helicone requests",
    columns={
        "call_id": "text",
        "session_id": "text",
        "answer_id": "text",
        "model": "text",
        "is_event": "text",
        "request_created_at": "instant",
        "response_created_at": "instant",
        "updated_at": "instant",
        "latency_ms": "number",
        "status": "number",
        "is_cache_hit": "text",
        "input_tokens": "count",
        "cached_input_tokens": "count",
        "cache_write_input_tokens": "count",
        "output_tokens": "count",
        "metered_units": "text",
        "cost": "number",
        "field_problems": "text",
    }
    | CALL_ATTRIBUTE_COLUMNS,
    required=frozenset({"request_created_at", "prompt_tokens", "completion_tokens"}),
    suffixes=CALL_SUFFIXES,
    reads=frozenset(
        {
            "request_id",
            "response_id",
            "request_created_at",
            "response_created_at",
            "updated_at",
            "response_status",
            "status",
            "request_user_id",
            "request_properties",
            "properties",
            "provider",
            "model",
            "request_model",
            "response_model",
            "model_override",
            "delay_ms",
            "latency",
            "cache_reference_id",
            # Large, and gone after the model and the id of the answer were read.
            "request_body",
            "response_body",
            *_COUNTS,
            *_COSTS,
        }
    ),
    # The names of the table.
    aliases={"user_id": "request_user_id"},
    shape=shape_helicone,
    mapped=CALL_ATTRIBUTES,
    time_column="request_created_at",
    money=Money({"cost": ""}, "USD"),
)
