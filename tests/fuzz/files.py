"""Files of every source, made of its own columns, and what is done to them.

Two kinds of harm. To values: the file is still one of rows, so as many rows must land as were written, each
with what is wrong with it. To bytes: nothing is known of what should land, except that the file is read or
rejected in one line that says why.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.formats.otlp_messages import framed
from dbt_project.landing.source import LandedSource
from tests.landing.test_helicone import request
from tests.landing.test_otlp_documents import document, span

Record = Mapping[str, Any]

# What the columns of a source are filled with where nothing else is known of them.
_OF_KIND = {
    "number": "1.25", "count": "12", "plain": "0.5", "text": "a", "time": "2026-10-20T09:00:00Z",
    "instant": "2026-10-20T09:00:00Z", "month": "2026-10",
}  # fmt: skip
_RECORDS: dict[str, Callable[[int], Record]] = {
    "litellm": lambda number: {
        "request_id": f"r{number}", "spend": 0.5, "startTime": "2026-10-20 09:00:00", "model": "gpt-4o",
        "prompt_tokens": 7, "completion_tokens": 1, "end_user": "acme", "metadata": {"tags": ["a"]},
    },
    "langfuse": lambda number: {
        "id": f"o{number}", "type": "GENERATION", "startTime": "2026-10-20T09:00:00Z", "model": "gpt-4o",
        "usageDetails": {"input": 10, "output": 1}, "costDetails": {"total": 0.25}, "metadata": {"a": "b"},
    },
    "helicone": request,
    "coding_agents": lambda number: {
        "type": "assistant", "uuid": f"u{number}", "sessionId": "s", "timestamp": "2026-10-20T09:00:00Z",
        "message": {"id": f"m{number}", "model": "claude-sonnet-4", "usage": {"input_tokens": 7, "output_tokens": 1}},
    },
    "gcp_billing": lambda number: {
        "cost": 1.5, "currency": "USD", "usage_start_time": "2026-10-20T09:00:00Z",
        "usage_end_time": "2026-10-20T10:00:00Z", "service": {"description": "Vertex AI"}, "sku": {"id": f"s{number}"},
        "project": {"id": "p"}, "invoice": {"month": "202610"}, "cost_type": "regular", "labels": [],
    },
    "opencost": lambda number: {
        "data": [{f"n{number}": {
            "name": f"n{number}", "start": "2026-10-20T00:00:00Z", "end": "2026-10-21T00:00:00Z", "totalCost": 1.5,
            "properties": {"cluster": "c", "namespace": "n"},
        }}],
    },
}  # fmt: skip
_JSON = {"litellm", "langfuse", "helicone", "coding_agents", "gcp_billing", "opencost"}


def records_of(source: LandedSource, count: int) -> list[Record]:
    """Records of a source as a tool would write them."""
    made = _RECORDS.get(source.name)
    if made:
        return [made(number) for number in range(count)]
    kinds = {name: _OF_KIND[kind] for name, kind in source.columns.items() if name in source.required}
    others = {name: _of_name(name) for name in sorted(source.required) if name not in kinds}
    return [kinds | others for _ in range(count)]


def _of_name(name: str) -> str:
    lower = name.lower()
    if "date" in lower or "day" in lower or lower.endswith(("_at", "time", "start", "end")):
        return "2026-10-20"
    return "1.25" if "cost" in lower or "amount" in lower else "a"


# Values that a reader may stumble over: none of them may cost a row, or the run.
HOSTILE: tuple[Any, ...] = (
    "", " ", "NaN", "Infinity", "-inf", "1e400", "1e-400", "1E99999999", "9" * 400, "-0", "0x1F", "1_000", "\uff11\uff12",
    "1,5", "1.234,56", "(5)", "$-5", "2026-13-45", "0000-00-00", "9999-12-31T23:59:60Z", "10000-01-01", "-1", "null",
    "\0", "a\0b", "\ud800", "\u202e\u2066", "=cmd|' /C calc'!A0", "<script>", "'; drop table x; --", "../../etc/passwd",
    '"', "'", "\n", "\r", ",", ";", "{", "[", "{{ 1/0 }}", "%s", "\\", "\ufeff", "a" * 100_000, "🤖",
    "[" * 500, '{"a":' * 300 + "1" + "}" * 300,
)  # fmt: skip
HOSTILE_JSON: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**18, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, -1e308, 5e-324, [], {}, [None], {"": None},
    [[1]], {"a": {"a": {"a": []}}}, ["a"] * 1000, {"value": float("nan")}, [1, "a", None, {"b": 2}],
)  # fmt: skip


def deep(levels: int) -> Any:
    """Lists within lists."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


def harm_values(records: Sequence[Record], chance: random.Random, *, is_json: bool) -> list[Record]:
    """The records, of which some values are hostile ones; as many, and all with their names."""
    harmed = [json.loads(json.dumps(record)) for record in records]
    values = HOSTILE + HOSTILE_JSON + (deep(chance.choice((50, 400, 900))),) if is_json else HOSTILE
    for _ in range(chance.randint(1, 6)):
        at = chance.choice(harmed[1:])
        while True:
            name = chance.choice(sorted(at))
            if not (isinstance(at[name], dict) and at[name] and chance.random() < 0.7):
                break
            at = at[name]
        at[name] = chance.choice(values)
    return harmed


def as_csv(records: Sequence[Record]) -> bytes:
    """The records as CSV, objects in it as JSON."""
    text = io.StringIO()
    names = list(dict.fromkeys(name for record in records for name in record))
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    for record in records:
        values = (record.get(name) for name in names)
        writer.writerow([json.dumps(each) if isinstance(each, dict | list) else each for each in values])
    return text.getvalue().encode("utf-8", "replace")


def as_json_lines(records: Sequence[Record]) -> bytes:
    """The records as JSON lines; NaN and half characters as some tools write them."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def as_parquet(records: Sequence[Record]) -> bytes:
    """The records as Parquet, each column with the type that its first value has."""
    out = io.BytesIO()
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = {name: [_text(record.get(name)) for record in records] for name in names}
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()


def typed_parquet(source: LandedSource, chance: random.Random) -> bytes:
    """Columns of other types than text, at the ends of what these hold."""
    ends: tuple[pa.Array, ...] = (
        pa.array([0, 2**63 - 1, -(2**63)], pa.int64()),
        pa.array([0, 2**64 - 1, 1], pa.uint64()),
        pa.array([0.0, float("nan"), float("inf")], pa.float64()),
        pa.array([0, 2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32()),
        *(
            pa.array([0, 2**63 - 1, -(2**63)], pa.int64()).cast(pa.timestamp(unit))
            for unit in ("ms", "us", "ns")
        ),
        pa.array([0, 86_399_999_999, None], pa.time64("us")),
        pa.array([0, 2**63 - 1, -(2**63)], pa.duration("us")),
        pa.array([b"\xff\xfe", b"", None], pa.binary()),
        pa.array([True, False, None]),
        pa.array(["9" * 38, "1", "-1"]).cast(pa.decimal128(38, 0)),
        pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int64())),
        pa.array([[[1]], [], None], pa.list_(pa.list_(pa.int64()))),
        pa.array([{"a": {"b": 1}}, None, {"a": None}]),
        pa.array(["a", "b", None]).dictionary_encode(),
        pa.nulls(3),
    )
    names = [*sorted(source.required), *list(source.columns)[:4]]
    out = io.BytesIO()
    pq.write_table(pa.table({name: chance.choice(ends) for name in dict.fromkeys(names)}), out)
    return out.getvalue()


def otlp_lines(chance: random.Random) -> bytes:
    """Documents of spans with hostile values anywhere."""
    lines = []
    for number in range(4):
        made = document(span(number + 1, gen_ai__usage__input_tokens=7, gen_ai__request__model="gpt-4o"))
        at: Any = made
        while number and isinstance(at, dict | list) and at:
            key = chance.choice(sorted(at)) if isinstance(at, dict) else chance.randrange(len(at))
            if chance.random() < 0.2:
                at[key] = chance.choice(HOSTILE + HOSTILE_JSON)
                break
            at = at[key]
        lines.append(json.dumps(made).encode() + b"\n")
    return b"".join(lines)


def otlp_messages(chance: random.Random) -> bytes:
    """Protobuf messages with harm done to their bytes, behind lengths that fit or do not."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest  # noqa: PLC0415
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue  # noqa: PLC0415
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span  # noqa: PLC0415

    spans = [
        Span(
            trace_id=bytes(chance.choice((0, 16, 17))), span_id=b"12345678", name="a",
            start_time_unix_nano=chance.choice((0, 1, 1_793_000_000_000_000_000, 2**64 - 1)),
            end_time_unix_nano=chance.choice((0, 1_793_000_000_000_000_000, 2**64 - 1)),
            attributes=[
                KeyValue(key="gen_ai.usage.input_tokens", value=AnyValue(int_value=chance.choice((0, -1, 2**63 - 1)))),
                KeyValue(key="gen_ai.usage.cost", value=AnyValue(double_value=chance.choice((float("nan"), 1e308, -0.0)))),
                KeyValue(key="gen_ai.request.model", value=AnyValue(bytes_value=b"\xff")),
            ],
        )
        for _ in range(3)
    ]  # fmt: skip
    message = ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])]
    ).SerializeToString()
    return framed(message) + framed(harm_bytes(message, chance)) + harm_bytes(framed(message), chance)


def harm_bytes(content: bytes, chance: random.Random) -> bytes:
    """The bytes, of which some are flipped, missing, doubled, or others."""
    harmed = bytearray(content)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(harmed) + 1)
        end = min(len(harmed), at + chance.choice((1, 2, 16, 200)))
        match chance.randrange(6):
            case 0 if at < len(harmed):
                harmed[at] ^= 1 << chance.randrange(8)
            case 1:
                del harmed[at:end]
            case 2:
                harmed[at:at] = harmed[at:end]
            case 3:
                del harmed[at:]
            case 4:
                harmed[at:at] = chance.choice(
                    (b"\0", b"\xff\xfe", b'"', b"\r", b"[", b"{" * 50, b"\xef\xbb\xbf", b"9" * 99)
                )
            case _:
                harmed[at:end] = chance.randbytes(end - at)
    return bytes(harmed)


def packed(content: bytes, chance: random.Random) -> bytes:
    """The content as gzip, whole or not."""
    whole = gzip.compress(content, mtime=0)
    return whole if chance.random() < 0.5 else harm_bytes(whole, chance)


def is_json(source: LandedSource) -> bool:
    """Whether the tools of a source write JSON."""
    return source.name in _JSON
