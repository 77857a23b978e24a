"""Land the spans of OTLP files, with those attributes that the seed attribute_mappings lists.

Files are JSON or protobuf. Names of attributes, old and new, stand in the seed alone. Events, messages and
any other attribute are not landed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from dbt_project.landing.attribute_mappings import Targets
from dbt_project.landing.fields.nested import Problems
from dbt_project.landing.fields.values import canonical_number
from dbt_project.landing.formats.otlp_documents import NotOtlpError, read_spans
from dbt_project.landing.formats.otlp_messages import SUFFIX, read_messages
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.landed_rows import ROWS_PER_BATCH, arrow_array
from dbt_project.landing.source import LandedSource
from dbt_project.landing.usage.keys import number_of
from dbt_project.landing.usage.spans import HELPERS, SpanUsage

_NUMBERS = frozenset(
    {
        "cache_write_input_tokens",
        "cached_input_tokens",
        "cost_usd",
        "input_tokens",
        "output_tokens",
        "quality_score",
    }
)
_LANDED_COLUMNS = (
    *sorted(_NUMBERS),
    "agent_id",
    "agent_name",
    "attempted_fallbacks",
    "attempted_retries",
    "cache_hit",
    "conversation_id",
    "customer_id",
    "environment",
    "error_type",
    "feature_id",
    "finish_reasons",
    "operation_name",
    "organization_id",
    "product_id",
    "provider",
    "region",
    "request_model",
    "response_id",
    "response_model",
    "service_name",
    "service_tier",
    "subscription_tier",
    "task_type",
    "team_id",
    "tool_name",
    "workflow_name",
)
MAPPED_COLUMNS = (*_LANDED_COLUMNS, *HELPERS)
_OWN_COLUMNS = (
    ("trace_id", pa.string()),
    ("span_id", pa.string()),
    ("parent_span_id", pa.string()),
    ("span_name", pa.string()),
    ("is_error", pa.bool_()),
    ("started_at", pa.timestamp("us")),
    ("ended_at", pa.timestamp("us")),
    ("latency_ms", pa.int64()),
)
_SCHEMA = pa.schema(
    [
        ("file_name", pa.string()),
        ("file_version", pa.string()),
        ("line_number", pa.int64()),
        ("span_number", pa.int64()),
        ("line_problem", pa.string()),
        ("partition_date", pa.date32()),
        ("metered_units", pa.string()),
        ("field_problems", pa.string()),
        *_OWN_COLUMNS,
        *((name, pa.string()) for name in _LANDED_COLUMNS),
    ]
)
_DAY_US = 86_400_000_000
# Exporters write 0 for a time that they do not know; a later one than this is no time in nanoseconds.
_FIRST_NS, _LAST_NS = 946_684_800 * 10**9, 4_102_444_800 * 10**9
_NO_RANK = 1 << 62
# A tool without a price writes 0: any other attribute that states a cost counts before it.
_RANK_OF_ZERO = 1 << 61
_COST = MAPPED_COLUMNS.index("cost_usd")

_STATED = tuple(MAPPED_COLUMNS.index(name) for name in ("input_tokens", "output_tokens", "cost_usd"))
_Ranked = tuple[list[str | None], list[int]]
_Index = dict[str, tuple[tuple[int, int], ...]]
# Own columns, landed columns, the problem of the record, metered units and the problems of its fields.
_Row = tuple[tuple[Any, ...], list[str | None], str | None, str | None, str | None]
_USAGE = SpanUsage(MAPPED_COLUMNS)


@dataclass(frozen=True)
class OtlpSource(LandedSource):
    """Spans, one row each: its identity, time and outcome, and the attributes that are mapped.

    A span may stand in several files, as exporters send again what was not confirmed: staging tells it by
    its id.
    """

    @property
    def schema(self) -> pa.Schema:
        """Unlike those of other sources its times are times already."""
        return _SCHEMA

    def batches(self, path: Path, name: str, version: str, targets: Targets) -> Iterator[pa.RecordBatch]:
        """The rows of a file."""
        try:
            yield from _batches(path, name, version, targets)
        except NotOtlpError as error:
            raise UnreadableFileError(str(error)) from error


OTEL = OtlpSource(
    name="otel",
    what="OTLP spans",
    columns={name: "number" if name in _NUMBERS else "text" for name in _LANDED_COLUMNS},
    required=frozenset(),
    suffixes=(".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", SUFFIX),
    mapped=frozenset(MAPPED_COLUMNS),
    has_record_ids=True,
)


def _batches(path: Path, name: str, version: str, targets: Targets) -> Iterator[pa.RecordBatch]:
    index = {
        attribute: tuple((MAPPED_COLUMNS.index(column), rank) for column, rank in filled)
        for attribute, filled in targets.items()
    }
    rows: list[tuple[Any, ...]] = []
    # Rows at the head of a file without a time, until the first that has one.
    waiting: list[tuple[Any, ...]] = []
    day: int | None = None
    last_line, number = 0, 0
    resource: object = None
    of_resource: _Ranked = _filled(None, index, _nothing())
    read = read_messages if path.name.lower().endswith(SUFFIX) else read_spans
    for line, span_resource, span, line_problem in read(path):
        number = number + 1 if line == last_line else 1
        last_line = line
        if span_resource is not resource:
            resource, of_resource = span_resource, _of_resource(span_resource, index)
        own, values, problem, units, faults = (
            _row(span, index, of_resource) if line_problem is None else _EMPTY
        )
        head = (name, version, line, number, line_problem or problem)
        if own[5] is not None:
            day = own[5] // _DAY_US
        if day is None:
            waiting.append((*head, None, units, faults, *own, *values))
            if len(waiting) > ROWS_PER_BATCH:
                break
            continue
        if waiting:
            rows.extend((*row[:5], day, *row[6:]) for row in waiting)
            waiting.clear()
        rows.append((*head, day, units, faults, *own, *values))
        if len(rows) >= ROWS_PER_BATCH:
            yield _batch(rows)
            rows.clear()
    if waiting:
        raise UnreadableFileError(
            f"is not a file of spans: line {waiting[0][2]} has no start time"
            f" ({waiting[0][4] or 'it is absent'}), and neither has any line after it"
        )
    if rows:
        yield _batch(rows)


def _batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [
            arrow_array(values, kind.type)
            for values, kind in zip(zip(*rows, strict=True), _SCHEMA, strict=True)
        ],
        schema=_SCHEMA,
    )


def _nothing() -> _Ranked:
    return [None] * len(MAPPED_COLUMNS), [_NO_RANK] * len(MAPPED_COLUMNS)


def _of_resource(resource: object, index: _Index) -> _Ranked:
    """What the attributes of a resource fill; any attribute of a span counts before them."""
    attributes = resource.get("attributes") if isinstance(resource, dict) else None
    try:
        values, _ = _filled(attributes, index, _nothing())
    except (AttributeError, KeyError, TypeError, ValueError):
        values, _ = _nothing()
    return values, [_NO_RANK] * len(MAPPED_COLUMNS)


_EMPTY: _Row = (
    (None,) * len(_OWN_COLUMNS),
    [None] * len(_LANDED_COLUMNS),
    None,
    None,
    None,
)


def _row(span: Any, index: _Index, of_resource: _Ranked) -> _Row:
    """The own columns of a span, the mapped ones, and the first thing that is wrong with it."""
    if not isinstance(span, dict):
        return *_EMPTY[:2], "span_not_an_object", None, None
    trace_id, span_id, started, ended, problem = _identity(span)
    try:
        values, _ = _filled(span.get("attributes"), index, (of_resource[0].copy(), of_resource[1].copy()))
    except (AttributeError, KeyError, TypeError, ValueError):
        values, problem = of_resource[0].copy(), problem or "attributes_malformed"
    faults = Problems()
    units = _USAGE.settle(values, faults)
    if problem in ("trace_id_malformed", "span_id_malformed") and any(values[at] for at in _STATED):
        # What it used is known, and that it happened, too.
        faults.add(problem.removesuffix("_malformed"), "malformed, so file and line identify the record")
        problem = None
    status = span.get("status")
    code = status.get("code") if isinstance(status, dict) else None
    own = (
        trace_id,
        span_id,
        _hex(span.get("parentSpanId"), 16) if span.get("parentSpanId") else None,
        name if isinstance(name := span.get("name"), str) else None,
        code in (2, "2", "STATUS_CODE_ERROR", "Error"),
        started // 1000 if started is not None else None,
        ended // 1000 if ended is not None else None,
        (ended - started + 500_000) // 1_000_000 if started is not None and ended is not None else None,
    )
    return own, values[: len(_LANDED_COLUMNS)], problem, units, faults.text() if faults.found else None


def span_problem(span: Any) -> str | None:
    """Why a span cannot be told from others or has no day, by the name of that reason; else null."""
    if not isinstance(span, dict):
        return "span_not_an_object"
    _, _, started, _, problem = _identity(span)
    return problem or ("timestamp_missing" if started is None else None)


def _identity(span: dict[str, Any]) -> tuple[str | None, str | None, int | None, int | None, str | None]:
    """The ids of a span, when it started and ended, and the first thing that is wrong with these."""
    problem = None
    trace_id, span_id = _hex(span.get("traceId"), 32), _hex(span.get("spanId"), 16)
    if trace_id is None or span_id is None:
        problem = "trace_id_malformed" if trace_id is None else "span_id_malformed"
    try:
        started = _nanoseconds(span.get("startTimeUnixNano"))
        ended = _nanoseconds(span.get("endTimeUnixNano"))
    except (TypeError, ValueError):
        started, ended, problem = None, None, problem or "time_malformed"
    return trace_id, span_id, started, ended, problem


def _filled(attributes: Any, index: _Index, ranked: _Ranked) -> _Ranked:
    """The columns with what attributes fill; of several the one with the lowest rank, a cost of 0 last."""
    values, ranks = ranked
    for attribute in attributes or ():
        filled = index.get(attribute["key"])
        if filled:
            text = _text(attribute.get("value"))
            for column, stated_rank in filled if text is not None else ():
                rank = _RANK_OF_ZERO if column == _COST and number_of(text) == 0 else stated_rank
                if rank < ranks[column]:
                    values[column], ranks[column] = text, rank
    return ranked


def _text(value: Any) -> str | None:
    """An attribute's value as text: `{"intValue": "12"}` is `12`. Null for maps and bytes."""
    if not value:
        return None
    if (content := value.get("stringValue")) is not None:
        return content.strip() or None
    for kind, content in value.items():
        if kind in ("intValue", "doubleValue"):
            text = str(content)
            return text if text.isdecimal() else canonical_number(text)
        if kind == "boolValue":
            return str(content).lower()
        if kind == "arrayValue":
            return ",".join(_text(item) or "" for item in content.get("values") or ()) or None
    return None


def _hex(text: Any, length: int) -> str | None:
    """An id in lower case, given in hexadecimal digits or, as generic converters write it, in base 64."""
    if not isinstance(text, str):
        return None
    try:
        found = (bytes.fromhex(text) if len(text) == length else base64.b64decode(text, validate=True)).hex()
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == length and found.strip("0") else None


def _nanoseconds(value: Any) -> int | None:
    """A time in nanoseconds since 1970; null where there is none, ValueError for what is none."""
    if value is None or not (time := int(value)):
        return None
    if not _FIRST_NS <= time < _LAST_NS:
        raise ValueError(f"{value} is not a time in nanoseconds")
    return time
