"""Read the records of a JSON file one after the other: JSON lines, an array of objects, or laid-out objects.

Numbers that are no whole numbers stay text, so that no digit of an amount is lost.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from io import TextIOBase
from typing import Any

# A line number, the record, and what is wrong with it; a record with something wrong has no fields.
JsonRow = tuple[int, dict[str, Any], str | None]

_DECODER = json.JSONDecoder(parse_float=str, parse_constant=str)
_CHUNK = 1 << 20


class NotJsonError(Exception):
    """Why a file cannot be read as JSON, and in which line, in one line."""


def json_rows(text: TextIOBase) -> Iterator[JsonRow]:
    """The records of an opened file; NotJsonError where what follows cannot be told apart any more.

    A line of JSON lines that is broken is a row with a problem: the next line is whole again. Inside an array
    there is no such place to go on from.
    """
    try:
        start = next((line.strip() for line in text if line.strip()), "")
        text.seek(0)
        yield from _element_rows(text) if start == "{" or start.startswith("[") else _line_rows(text)
    except UnicodeDecodeError as error:
        raise NotJsonError("is not UTF-8 text") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise NotJsonError(f"is not a whole gzip file ({error})") from error


def _line_rows(text: TextIOBase) -> Iterator[JsonRow]:
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            value = _DECODER.decode(line)
        except (json.JSONDecodeError, RecursionError):
            yield number, {}, "line_not_json"
            continue
        yield _row(number, value)


def _element_rows(text: TextIOBase) -> Iterator[JsonRow]:
    """The elements of an array, or objects one after the other, with the line on which each begins.

    One is held at a time.
    """
    buffer, line = text.read(_CHUNK), 1
    position, line = _skip(buffer, 0, line, "[")
    is_array = "[" in buffer[:position]
    while True:
        position, line = _skip(buffer, position, line, ",")
        if is_array and buffer[position : position + 1] == "]":
            if (buffer[position + 1 :] + text.read(_CHUNK)).strip():
                raise NotJsonError(f"line {line}: something follows the array")
            return
        reason = "the array does not end"
        try:
            value, end = _DECODER.raw_decode(buffer, position)
            # A number or a word at the end of what was read so far may go on.
            is_whole = isinstance(value, dict) or end < len(buffer)
        except json.JSONDecodeError as error:
            is_whole, reason = False, error.msg if position < len(buffer) else reason
        except RecursionError:
            is_whole, reason = False, "nested too deeply"
        if is_whole:
            yield _row(line, value)
            line += buffer.count("\n", position, end)
            position = end
        elif more := text.read(max(_CHUNK, len(buffer) - position)):
            buffer, position = buffer[position:] + more, 0
        elif position == len(buffer) and not is_array:
            return
        else:
            raise NotJsonError(f"line {line} is not JSON ({reason})")


def _skip(buffer: str, position: int, line: int, mark: str) -> tuple[int, int]:
    """Past blanks and one mark between elements; returns position and line."""
    has_mark = False
    while position < len(buffer):
        character = buffer[position]
        if character == "\n":
            line += 1
        elif character == mark and not has_mark:
            has_mark = True
        elif not character.isspace():
            break
        position += 1
    return position, line


def _row(line: int, value: object) -> JsonRow:
    return (line, value, None) if isinstance(value, dict) else (line, {}, "line_not_an_object")
