"""What the body of a request holds: its spans as they stand in a file, and how many of them are rejected."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dbt_project.landing.formats import otlp_messages
from dbt_project.landing.formats.otlp_documents import SCOPES, decode_line
from dbt_project.landing.sources.otel import span_problem

JSON_SUFFIX = ".jsonl"
# zlib tells gzip from what HTTP calls deflate by the first bytes.
_GZIP_OR_ZLIB = 47
# Between the values of a document a line may end, and in a file of JSON lines it may not.
_ON_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")


class TooLongError(Exception):
    """The body is longer than the limit once it is decompressed."""


class MalformedError(Exception):
    """The body cannot be read; the message says why, in one line."""


@dataclass(frozen=True)
class Spans:
    """The spans of a body: what is kept of them for a file with that suffix, and what is not."""

    record: bytes
    suffix: str
    kept: int
    rejected: Mapping[str, int]
    has_other_content: bool = False


def decompressed(body: bytes, limit: int) -> bytes:
    """A gzip or deflate body, which may be of several parts, as it was; no more than the limit is made of it.

    TooLongError, MalformedError.
    """
    parts: list[bytes] = []
    left = limit
    while body:
        reader = zlib.decompressobj(_GZIP_OR_ZLIB)
        try:
            part = reader.decompress(body, left + 1)
        except zlib.error as error:
            raise MalformedError(f"it is not what its Content-Encoding says ({error})") from error
        left -= len(part)
        if left < 0:
            raise TooLongError
        if not reader.eof:
            raise MalformedError("its compressed content is cut off")
        parts.append(part)
        body = reader.unused_data
    return b"".join(parts)


def spans_of_json(body: bytes) -> Spans:
    """The spans of an OTLP/JSON body; MalformedError."""
    try:
        document = decode_line(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"it is not JSON ({error})") from error
    rejected: Counter[str] = Counter()
    kept = 0
    try:
        for of_scope in _scopes(document):
            good = list(_good(of_scope.get("spans") or (), rejected, span_problem))
            kept += len(good)
            of_scope["spans"] = good
    except (AttributeError, TypeError) as error:
        raise MalformedError(
            "it is not OTLP/JSON: resourceSpans, scopeSpans and spans are lists of objects"
        ) from error
    text = json.dumps(document).encode() if rejected else body.translate(_ON_ONE_LINE)
    return Spans(text + b"\n" if kept else b"", JSON_SUFFIX, kept, rejected, bool(document))


def spans_of_protobuf(body: bytes) -> Spans:
    """The spans of an OTLP protobuf body; MalformedError."""
    try:
        request = otlp_messages.parsed(body)
    except ValueError as error:
        raise MalformedError(f"it is not OTLP protobuf ({error})") from error
    rejected: Counter[str] = Counter()
    kept = 0
    for of_resource in request.resource_spans:
        for of_scope in of_resource.scope_spans:
            before = sum(rejected.values())
            good = list(_good(of_scope.spans, rejected, _problem_of_message))
            kept += len(good)
            if sum(rejected.values()) > before:
                del of_scope.spans[:]
                of_scope.spans.extend(good)
    message = request.SerializeToString() if rejected else body
    return Spans(
        otlp_messages.framed(message) if kept else b"", otlp_messages.SUFFIX, kept, rejected, bool(body)
    )


def _scopes(document: Any) -> Iterator[dict[str, Any]]:
    for of_resource in document.get("resourceSpans") or ():
        for key in SCOPES:
            yield from of_resource.get(key) or ()


def _good(spans: Any, rejected: Counter[str], problem_of: Callable[[Any], str | None]) -> Iterator[Any]:
    """The spans that landing can tell from each other and knows the day of."""
    for span in spans:
        if problem := problem_of(span):
            rejected[problem] += 1
        else:
            yield span


def _problem_of_message(span: Any) -> str | None:
    return span_problem(otlp_messages.head_of(span))
