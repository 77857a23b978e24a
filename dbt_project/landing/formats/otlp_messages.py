"""Read the spans of OTLP protobuf files: messages one after the other, each behind its length.

The length is four bytes, the highest first, as the collector's file exporter writes them. Spans come as those
of OTLP/JSON do, so that one source reads both; the line of a span is the place of its message in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dbt_project.landing.formats.otlp_documents import NotOtlpError, ReadSpan

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SUFFIX = ".binpb"
LENGTH_BYTES = 4
LONGEST_MESSAGE = 64 << 20

_KINDS = {
    "string_value": "stringValue",
    "int_value": "intValue",
    "double_value": "doubleValue",
    "bool_value": "boolValue",
}


def framed(message: bytes) -> bytes:
    """A message as it stands in a file."""
    return len(message).to_bytes(LENGTH_BYTES) + message


def messages_of(content: BinaryIO) -> Iterator[bytes | None]:
    """The messages of a file; at last None where the file ends within one."""
    while head := content.read(LENGTH_BYTES):
        length = int.from_bytes(head)
        message = content.read(length) if len(head) == LENGTH_BYTES and length <= LONGEST_MESSAGE else b""
        if len(head) < LENGTH_BYTES or len(message) < length:
            yield None
            return
        yield message


def parsed(message: bytes) -> ExportTraceServiceRequest:
    """A message as a request to export spans; ValueError for what is none."""
    try:
        from google.protobuf.message import DecodeError  # noqa: PLC0415 - of an extra
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # noqa: PLC0415
            ExportTraceServiceRequest,
        )
    except ModuleNotFoundError as error:
        raise NotOtlpError("needs more packages: pip install 'ai-finops-warehouse[receive]'") from error
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(message)
    except DecodeError as error:
        raise ValueError(str(error)) from error
    return request


def read_messages(path: Path) -> Iterator[ReadSpan]:
    """The spans of a file with their resource and the number of their message; NotOtlpError.

    A broken message leaves the others whole, as the lengths still tell where they begin.
    """
    has_spans, first_problem = False, ""
    with path.open("rb") as content:
        for number, message in enumerate(messages_of(content), start=1):
            if message is None:
                first_problem = first_problem or f"ends within message {number}"
                yield number, None, None, "line_cut_off"
                continue
            try:
                request = parsed(message)
            except ValueError as error:
                first_problem = first_problem or f"message {number} is not OTLP protobuf ({error})"
                yield number, None, None, "line_not_otlp"
                continue
            has_spans = True
            for of_resource in request.resource_spans:
                resource = {"attributes": _attributes(of_resource.resource.attributes)}
                for of_scope in of_resource.scope_spans:
                    for span in of_scope.spans:
                        yield (
                            number,
                            resource,
                            head_of(span) | {"attributes": _attributes(span.attributes)},
                            None,
                        )
    if not has_spans and first_problem:
        raise NotOtlpError(first_problem)


def head_of(span: Any) -> dict[str, Any]:
    """What a span says beside its attributes, as OTLP/JSON has it."""
    return {
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "parentSpanId": span.parent_span_id.hex(),
        "name": span.name,
        "startTimeUnixNano": span.start_time_unix_nano,
        "endTimeUnixNano": span.end_time_unix_nano,
        "status": {"code": span.status.code},
    }


def _attributes(attributes: Any) -> list[dict[str, Any]]:
    return [{"key": attribute.key, "value": _value(attribute.value)} for attribute in attributes]


def _value(value: Any) -> dict[str, Any]:
    """A value as OTLP/JSON has it; maps and bytes, which no column is filled with, are left out."""
    kind = value.WhichOneof("value")
    if name := _KINDS.get(kind):
        return {name: getattr(value, kind)}
    if kind == "array_value":
        return {"arrayValue": {"values": [_value(item) for item in value.array_value.values]}}
    return {}
