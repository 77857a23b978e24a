"""Read the spans of OTLP/JSON files one after the other: JSON lines, or documents laid out over many lines.

Neither the length of a file nor that of a document decides how much memory is needed: a line is read whole
up to a limit, and what is longer is walked through span by span.
"""

from __future__ import annotations

import codecs
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from dbt_project.landing.fields.text import BLANKS

LONGEST_LINE = 32 << 20
LONGEST_VALUE = 64 << 20
PIECE = 4 << 20
MOST_SPANS_HELD = 200_000

# Line, the resource, the span, and what is wrong where there is no span.
ReadSpan = tuple[int, Any, Any, str | None]

# Numbers that are no whole numbers stay text, so that no digit of an amount is lost.
_DECODER = json.JSONDecoder(parse_float=str, parse_constant=str)
_BLANKS = re.compile(r"[ \t\r\n]*")
SCOPES = ("scopeSpans", "instrumentationLibrarySpans")
_OTHER_SIGNALS = {"resourceMetrics": "metrics", "resourceLogs": "logs", "resourceProfiles": "profiles"}


class NotOtlpError(Exception):
    """Why a file cannot be read as spans, and in which line, in one line."""


def read_spans(path: Path) -> Iterator[ReadSpan]:
    """The spans of a file with their resource and line; of a broken line only the line and its problem.

    A broken line of JSON lines leaves the others whole. Inside a document there is no place to go on from:
    NotOtlpError, as for a file without any spans in it that is not empty.
    """
    open_file = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with open_file(path, "rb") as opened:
            content = cast(BinaryIO, opened)
            is_laid_out = _is_laid_out(content.read(PIECE))
            content.seek(0)
            if is_laid_out:
                yield from _Walker(iter(lambda: content.read(PIECE), b""), 1).spans()
            else:
                yield from _line_spans(content)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise NotOtlpError(f"is not a whole gzip file ({error})") from error


def decode_line(text: bytes) -> Any:
    """What a line says; ValueError or RecursionError where it is no JSON."""
    # Files that were put together have the mark of each one's head at the start of a line.
    return _DECODER.decode(text.decode("utf-8-sig").strip(BLANKS))


def _is_laid_out(head: bytes) -> bool:
    """Whether a document goes over several lines: no line of the head is one, though the first begins one."""
    lines = [line.strip() for line in head.removeprefix(codecs.BOM_UTF8).splitlines()]
    lines = [line for line in lines if line]
    return (
        len(lines) > 1
        and lines[0][:1] in (b"{", b"[")
        and not lines[0].endswith(b"}")
        and not any(line.startswith(b'{"resource') for line in lines[1:])
    )


def _line_spans(content: BinaryIO) -> Iterator[ReadSpan]:
    line, has_spans, other_signal, first_problem = 0, False, "", ""
    while text := content.readline(LONGEST_LINE):
        line += 1
        if len(text) == LONGEST_LINE and not text.endswith(b"\n"):
            yield from _Walker(_pieces_of_line(text, content), line).spans()
            has_spans = True
            continue
        if not text.strip(b"\0 \t\r\n"):
            continue
        try:
            documents = decode_line(text)
            for document in documents if isinstance(documents, list) else [documents]:
                if "resourceSpans" in document:
                    has_spans = True
                    yield from _document_spans(document, line)
                elif signal := next((name for key, name in _OTHER_SIGNALS.items() if key in document), ""):
                    other_signal = other_signal or f"line {line} holds {signal}"
                else:
                    raise TypeError("no resourceSpans in it")
        except (ValueError, RecursionError) as error:
            # What a killed process wrote last, or what another is writing at this moment.
            problem = "line_not_json" if text.endswith(b"\n") else "line_cut_off"
            first_problem = first_problem or f"line {line} is not JSON ({str(error).split(': line')[0]})"
            yield line, None, None, problem
        except (TypeError, AttributeError) as error:
            first_problem = first_problem or f"line {line} is not OTLP JSON ({error})"
            yield line, None, None, "line_not_otlp"
    if not has_spans and (first_problem or other_signal):
        raise NotOtlpError(first_problem or f"has no spans: {other_signal}")


def _pieces_of_line(start: bytes, content: BinaryIO) -> Iterator[bytes]:
    piece = start
    while piece:
        yield piece
        piece = b"" if piece.endswith(b"\n") else content.readline(PIECE)


def _document_spans(document: dict[str, Any], line: int) -> Iterator[ReadSpan]:
    for of_resource in document["resourceSpans"] or ():
        resource = of_resource.get("resource")
        for key in SCOPES:
            for of_scope in of_resource.get(key) or ():
                for span in of_scope.get("spans") or ():
                    yield line, resource, span, None


class _Walker:
    """Goes through a document of any length and decodes one span at a time.

    `pieces` is the text in pieces of bytes; `line` the line on which it begins.
    """

    def __init__(self, pieces: Iterator[bytes], line: int) -> None:
        self._pieces = pieces
        self._line = line
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text = ""
        self._at = 0
        self._counted = 0

    def spans(self) -> Iterator[ReadSpan]:
        has_spans = False
        while mark := self._peek():
            if mark in "[],":
                self._at += 1
                continue
            for key in self._members():
                if key == "resourceSpans":
                    has_spans = True
                    for _ in self._elements():
                        yield from self._resource_spans()
                else:
                    self._value()
        if not has_spans:
            raise NotOtlpError(f"line {self._here()} is not OTLP JSON (no resourceSpans in it)")

    def _resource_spans(self) -> Iterator[ReadSpan]:
        resource: Any = None
        held: list[ReadSpan] = []
        for key in self._members():
            if key == "resource":
                resource = self._value()
            elif key in SCOPES:
                for line, span in self._scope_spans():
                    if resource is not None:
                        yield line, resource, span, None
                    else:
                        held.append((line, None, span, None))
                    if len(held) > MOST_SPANS_HELD:
                        raise NotOtlpError(
                            f"line {line}: the resource follows more than {MOST_SPANS_HELD} of its spans;"
                            " write it before them"
                        )
            else:
                self._value()
        yield from ((line, resource, span, None) for line, _, span, _ in held)

    def _scope_spans(self) -> Iterator[tuple[int, Any]]:
        for _ in self._elements():
            for key in self._members():
                if key == "spans":
                    for _ in self._elements():
                        yield self._here(), self._value()
                else:
                    self._value()

    def _members(self) -> Iterator[str]:
        """The names in an object; the one who asks reads the value before asking for the next."""
        self._take("{")
        while self._peek() != "}":
            name = self._value()
            self._take(":")
            yield str(name)
            if self._peek() == ",":
                self._at += 1
        self._take("}")

    def _elements(self) -> Iterator[None]:
        """One turn for each element of an array; the one who asks reads it."""
        self._take("[")
        while self._peek() != "]":
            yield None
            if self._peek() == ",":
                self._at += 1
        self._take("]")

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if len(self._text) - self._at > LONGEST_VALUE or not self._read_on():
                    reason = str(error).split(": line")[0]
                    raise NotOtlpError(f"line {self._here()} is not JSON ({reason})") from error
                continue
            # A number at the end of what was read so far may go on.
            if end < len(self._text) or isinstance(value, dict | list | str) or not self._read_on():
                self._at = end
                return value

    def _peek(self) -> str:
        while True:
            found = _BLANKS.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def _take(self, mark: str) -> None:
        if (found := self._peek()) != mark:
            raise NotOtlpError(
                f"line {self._here()} is not OTLP JSON ({mark} expected, {found or 'the end'} found)"
            )
        self._at += 1

    def _read_on(self) -> bool:
        piece = next(self._pieces, b"")
        self._here()
        try:
            text = self._decode(piece, not piece)
        except UnicodeDecodeError as error:
            raise NotOtlpError(f"is not UTF-8 text after line {self._line}") from error
        self._text, self._at, self._counted = self._text[self._at :] + text, 0, 0
        return bool(piece)

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
