"""Read the records of a JSON file one after the other: JSON lines, an array of objects, or laid-out objects.

What an API answers is a page: an object around the list of records. Numbers that are no whole numbers stay
text, so that no digit of an amount is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import TextIOBase
from typing import Any

from dbt_project.landing.fields.text import BLANKS
from dbt_project.landing.formats.text_files import LONGEST_TEXT, lines_of

# A line number, the record, and what is wrong with it; a record with something wrong has no fields.
JsonRow = tuple[int, dict[str, Any], str | None]


class RepeatedKeys(dict[str, Any]):
    """An object that says two things under one key; `repeated` are these keys."""

    repeated: frozenset[str] = frozenset()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs) or all(found[key] == value for key, value in pairs):
        return found
    odd = RepeatedKeys(found)
    odd.repeated = frozenset(key for key, value in pairs if found[key] != value)
    return odd


_DECODER = json.JSONDecoder(parse_float=str, parse_constant=str, object_pairs_hook=_object)
_CHUNK = 1 << 20
# How deep a page may have its records: {"data": {"observations": [...]}}.
_DEEPEST_LIST = 3


class NotJsonError(Exception):
    """Why a file cannot be read as JSON, and in which line, in one line."""


def json_rows(text: TextIOBase) -> Iterator[JsonRow]:
    """The records of an opened file; NotJsonError where what follows cannot be told apart any more.

    A line of JSON lines that is broken is a row with a problem: the next line is whole again. Inside an array
    there is no such place to go on from.
    """
    is_laid_out = _is_laid_out(text)
    text.seek(0)
    yield from _element_rows(text) if is_laid_out else _line_rows(text)


def page_records(record: dict[str, Any], known_names: Callable[[dict[str, Any]], int]) -> list[Any] | None:
    """The records of a page; null for an object that is a record itself.

    `known_names` counts the names in an object that a record must have: the records in a page have more of
    them than the page. An empty list is a page without records, if nothing in the object looks like one.
    """
    own = known_names(record)
    lists = list(_lists(record, _DEEPEST_LIST))
    filled = [
        elements
        for elements in lists
        if any(isinstance(element, dict) and known_names(element) > own for element in elements)
    ]
    if len(filled) == 1:
        return filled[0]
    return [] if own == 0 and not filled and len(lists) == 1 and not lists[0] else None


def _lists(value: dict[str, Any], depth: int) -> Iterator[list[Any]]:
    for inner in value.values():
        if isinstance(inner, list):
            yield inner
        elif isinstance(inner, dict) and depth > 1:
            yield from _lists(inner, depth - 1)


def _is_laid_out(text: TextIOBase) -> bool:
    """Whether the records are not one a line: an array, or objects over several lines."""
    lines = (stripped for line in lines_of(text) if (stripped := line.strip(BLANKS)))
    first = next(lines, "")
    if first.startswith("[") or first == "{":
        return True
    if not first.startswith("{") or _decoded(first) is not None:
        return False
    # A first line that was cut off leaves the next one whole.
    return first.endswith(("{", "[", ",")) or not isinstance(_decoded(next(lines, "")), dict)


def _decoded(line: str) -> Any:
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None


def _line_rows(text: TextIOBase) -> Iterator[JsonRow]:
    for number, line in enumerate(lines_of(text), 1):
        stripped = line.strip(BLANKS)
        if not stripped:
            continue
        try:
            value = _DECODER.decode(stripped)
        except (ValueError, RecursionError):
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
            if (buffer[position + 1 :] + text.read(_CHUNK)).strip(BLANKS):
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
        except ValueError:
            raise NotJsonError(f"line {line} has a number of thousands of digits") from None
        if is_whole:
            yield _row(line, value)
            line += buffer.count("\n", position, end)
            position = end
        elif len(buffer) - position > LONGEST_TEXT:
            raise NotJsonError(f"line {line} begins a record longer than {LONGEST_TEXT >> 20}M characters")
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
        elif character not in BLANKS:
            break
        position += 1
    return position, line


def _row(line: int, value: object) -> JsonRow:
    return (line, value, None) if isinstance(value, dict) else (line, {}, "line_not_an_object")
