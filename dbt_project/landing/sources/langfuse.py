"""Langfuse observations in columns, from version 2 to today: exports, the API, the interface, tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dbt_project.landing.column_conventions import Money
from dbt_project.landing.fields.nested import Fields, Problems, map_of, tags_of
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.source import CALL_ATTRIBUTE_COLUMNS, CALL_ATTRIBUTES, CALL_SUFFIXES, LandedSource
from dbt_project.landing.usage.containment import metered, settled, shape_of
from dbt_project.landing.usage.keys import Stated, stated_usage
from dbt_project.landing.usage.stated_charges import stated_charge

# Units of version 2: (meter, how many units of the meter one is).
_UNITS = {
    "CHARACTERS": ("characters", Decimal(1)),
    "SECONDS": ("audio_seconds", Decimal(1)),
    "MILLISECONDS": ("audio_seconds", Decimal("0.001")),
    "IMAGES": ("images", Decimal(1)),
    "REQUESTS": ("requests", Decimal(1)),
}
# Counts and costs of version 2 and of the interface, outside any map.
_FLAT_COUNTS = {"prompt_tokens": "input", "completion_tokens": "output", "total_tokens": "total"}
_FLAT_COSTS = {"input_cost": "input", "output_cost": "output"}


def shape_langfuse(record: Fields) -> tuple[Fields, Fields]:
    """Columns and attributes of an observation.

    Usage stands in `usage_details`, before version 3 in `usage` or in fields of their own. The kinds of input
    in usage_details exclude each other, unless the total says that `input` holds the others.
    """
    problems = Problems()
    metadata = map_of(record.pop("metadata", None), "metadata", problems)
    model = as_text(record.get("provided_model_name")) or as_text(record.pop("model", None))
    attributes = {name: value for name, value in record.items() if not isinstance(value, dict | list)}
    for nested in ("resourceAttributes", "attributes"):
        attributes |= map_of(metadata.pop(nested, None), f"metadata.{nested}", problems)
    attributes |= metadata
    attributes |= tags_of(record.pop("tags", None), "tags", problems)
    older = map_of(record.pop("usage", None), "usage", problems)
    usage = map_of(record.pop("usage_details", None), "usage_details", problems) or older
    usage = usage or {to: record.get(name) for name, to in _FLAT_COUNTS.items()}
    stated = _in_units(stated_usage(usage), usage.get("unit"))
    maker = f"{_provider(attributes)} {model or ''}".lower()
    tokens = settled(
        stated,
        shape_of(stated, _provider(attributes), "langfuse"),
        problems,
        maker=maker,
        has_no_output=str(record.get("type")).upper() == "EMBEDDING",
    )
    if as_text(record.get("id")) is None:
        problems.add("id", "empty, so file and line identify the record")
    has_input = tokens.input_tokens is not None
    return record | {
        "provided_model_name": model,
        "response_id": _first(metadata.get("response_id"), attributes.get("gen_ai.response.id")),
        "input_tokens": tokens.input_tokens,
        "cached_input_tokens": (tokens.cached_input_tokens or 0) if has_input else None,
        "cache_write_input_tokens": (tokens.cache_write_input_tokens or 0) if has_input else None,
        "output_tokens": tokens.output_tokens,
        "metered_units": metered(stated),
        "service_tier": _first(
            attributes.get("service_tier"),
            attributes.get("openai.response.service_tier"),
            attributes.get("gen_ai.openai.response.service_tier"),
        ),
        "cache_hit": metadata.get("cache_hit"),
        "cost": _charge(record, older, metadata, problems),
        "field_problems": problems.text(),
    }, attributes


def _in_units(stated: Stated, unit: object) -> Stated:
    """The counts of version 2 in the unit that it names, which need not be tokens."""
    name = str(as_text(unit) or "TOKENS").upper()
    if name not in _UNITS:
        return stated
    meter, each = _UNITS[name]
    counted = stated.tokens.get("total") or stated.known("input") + stated.known("output")
    return Stated({}, {meter: counted * each} if counted else {}, stated.unreadable, stated.names)


def _charge(record: Fields, older: Fields, metadata: Fields, problems: Problems) -> object:
    """The total cost, held against the costs by kind where both are there."""
    breakdown = map_of(record.pop("cost_details", None), "cost_details", problems)
    if not breakdown:
        flat: dict[str, Any] = {to: record.get(name) for name, to in _FLAT_COSTS.items()}
        flat |= {
            to: older[name]
            for name, to in (("inputCost", "input"), ("outputCost", "output"))
            if name in older
        }
        breakdown = {name: value for name, value in flat.items() if as_text(value) is not None}
    hidden = map_of(metadata.get("hidden_params"), "metadata.hidden_params", problems)
    amount = _first(
        record.get("total_cost"),
        record.get("calculated_total_cost"),
        older.get("totalCost"),
        None if breakdown else _first(metadata.get("response_cost"), hidden.get("response_cost")),
    )
    return stated_charge("total_cost", amount, breakdown, problems)


def _provider(attributes: Fields) -> str:
    names = ("gen_ai.provider.name", "gen_ai.system", "ls_provider", "provider")
    return str(_first(*(attributes.get(name) for name in names)) or "")


def _first(*values: object) -> object:
    return next((value for value in values if as_text(value) is not None), None)


LANGFUSE = LandedSource(
    name="langfuse",
    what="Langfuse observations",
    columns={
        "id": "text",
        "trace_id": "text",
        "type": "text",
        "start_time": "instant",
        "end_time": "instant",
        "level": "text",
        "provided_model_name": "text",
        "input_tokens": "count",
        "cached_input_tokens": "count",
        "cache_write_input_tokens": "count",
        "output_tokens": "count",
        "cost": "number",
        "parent_observation_id": "text",
        "session_id": "text",
        "updated_at": "instant",
        "response_id": "text",
        "metered_units": "text",
        "service_tier": "text",
        "cache_hit": "text",
        "field_problems": "text",
    }
    | CALL_ATTRIBUTE_COLUMNS,
    # Versions before 3 have usage and costs in other fields, some exports only those that are not empty.
    required=frozenset({"id", "type", "start_time"}),
    suffixes=CALL_SUFFIXES,
    reads=frozenset(
        {
            "id",
            "trace_id",
            "environment",
            "type",
            "start_time",
            "end_time",
            "name",
            "metadata",
            "level",
            "provided_model_name",
            "model",
            "usage",
            "usage_details",
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "cost_details",
            "input_cost",
            "output_cost",
            "total_cost",
            "calculated_total_cost",
            "user_id",
            "session_id",
            "tags",
            "parent_observation_id",
            "updated_at",
        }
    ),
    # The API and the export of the user interface write the same names without underscores.
    aliases={
        "traceid": "trace_id",
        "starttime": "start_time",
        "endtime": "end_time",
        "providedmodelname": "provided_model_name",
        "usagedetails": "usage_details",
        "costdetails": "cost_details",
        "totalcost": "total_cost",
        "calculatedtotalcost": "calculated_total_cost",
        "inputcost": "input_cost",
        "calculatedinputcost": "input_cost",
        "calculated_input_cost": "input_cost",
        "outputcost": "output_cost",
        "calculatedoutputcost": "output_cost",
        "calculated_output_cost": "output_cost",
        "prompttokens": "prompt_tokens",
        "inputtokens": "prompt_tokens",
        "inputusage": "prompt_tokens",
        "completiontokens": "completion_tokens",
        "outputtokens": "completion_tokens",
        "outputusage": "completion_tokens",
        "totaltokens": "total_tokens",
        "totalusage": "total_tokens",
        "userid": "user_id",
        "sessionid": "session_id",
        "parentobservationid": "parent_observation_id",
        "updatedat": "updated_at",
    },
    shape=shape_langfuse,
    mapped=CALL_ATTRIBUTES,
    time_column="start_time",
    money=Money({"cost": ""}, "USD"),
)
