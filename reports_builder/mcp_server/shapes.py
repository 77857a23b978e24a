"""What an assistant is told, as JSON: text of the data as text, and no more than it can read."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from reports_builder.escaping import clean
from reports_builder.formatting import Value, exact

Told = dict[str, Any]

MOST_CHARACTERS = 40_000
"""Of one answer: assistants cut off, or refuse, what is much longer."""
_LONGEST_TEXT = 200


def told(value: Value) -> str | int | float | bool | None:
    """A value as JSON can hold it: money as text, so that no digit is lost; unknown as null."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return float(exact(value))
    if isinstance(value, Decimal | date):
        return exact(value)
    return text(str(value))


def text(value: str) -> str:
    """Text of the data on one line, without marks that hide or reorder it, and not endless."""
    line = clean(value)
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def fitting(answer: Mapping[str, Any], key: str, rows: Sequence[Any]) -> tuple[Told, int]:
    """The answer with as many of the rows below ``key`` as fit, and how many were left out."""
    room = MOST_CHARACTERS - len(as_json(answer))
    kept: list[Any] = []
    for row in rows:
        room -= len(as_json(row)) + 1
        if room < 0:
            break
        kept.append(row)
    return {**answer, key: kept}, len(rows) - len(kept)


def as_json(value: object) -> str:
    """The shortest JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
