"""Whether what a seed says can be held as it is written, before an engine rounds it or stops at it."""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_WHOLE = re.compile(r"\s*[+-]?\d+(\.0*)?\s*")
_DECIMAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*")
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
_DAY = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}\s*")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{1,6})?Z?)?")
_BITS = {"integer": 31, "bigint": 63}
_YES_OR_NO = frozenset({"true", "false", "t", "f", "yes", "no", "y", "n", "1", "0"})
# Somebody who writes a year of two digits means this century, which an engine does not.
_FIRST_YEAR = 1900


def seed_problems(seeds: Iterable[Path]) -> Iterator[str]:
    """What cannot be meant in these seeds: of each value the file, the line, and what to do."""
    for path in seeds:
        try:
            for line, problem in _problems(path, _types(path)):
                yield f"{_shown(path)}, line {line}: {problem}"
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            yield f"{_shown(path)} cannot be read as CSV in UTF-8 ({error})."


def value_problem(column: str, said: str, kind: str) -> str | None:
    """Why what a cell says cannot be held by a column of the kind, with what to write; None where it can."""
    if not said or said.strip().lower() == "null":
        return None
    wanted = _kind(kind)(said)
    return wanted and f"{column} {said} cannot be read as {kind}: write {wanted}."


def _problems(path: Path, types: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = [name.strip() for name in next(rows, [])]
        kinds = [(place, name, types[name]) for place, name in enumerate(header) if name in types]
        checked = [each for each in kinds if each[2] != "string"]
        line = rows.line_num + 1
        for cells in rows:
            for place, name, kind in checked:
                problem = value_problem(name, cells[place], kind) if place < len(cells) else None
                if problem:
                    yield line, problem
            line = rows.line_num + 1


def _types(path: Path) -> Mapping[str, str]:
    said: Any = yaml.load(path.with_suffix(".yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    (declared,) = said["seeds"]
    types: Mapping[str, str] = declared["config"]["column_types"]
    return types


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


# A kind is a function that says what a cell takes, when it is not what it has.
def _kind(kind: str) -> Callable[[str], str | None]:
    if kind in _BITS:
        return lambda said: _whole(said, _BITS[kind])
    if kind.startswith("decimal"):
        digits, places = map(int, re.findall(r"\d+", kind))
        return lambda said: _decimal(said, digits, places)
    return {"date": _day, "timestamp": _instant, "boolean": _yes_or_no, "double": _double}.get(
        kind, lambda _: None
    )


def _whole(said: str, bits: int) -> str | None:
    if not _WHOLE.fullmatch(said):
        return "a whole number, which no fraction is"
    return None if abs(Decimal(said)) < 2**bits else f"a whole number below {2**bits}"


def _decimal(said: str, digits: int, places: int) -> str | None:
    if not _DECIMAL.fullmatch(said):
        return "a number with a point, and nothing else"
    value = Decimal(said)
    if abs(value) >= 10 ** (digits - places):
        return f"a number below {10 ** (digits - places)}"
    return None if value == round(value, places) else f"at most {places} places behind the point"


def _double(said: str) -> str | None:
    if _NUMBER.fullmatch(said) and math.isfinite(float(said)):
        return None
    return "a number with a point, and nothing else"


def _yes_or_no(said: str) -> str | None:
    return None if said.lower() in _YES_OR_NO else "true or false"


def _day(said: str) -> str | None:
    if _DAY.fullmatch(said):
        year, month, day = map(int, said.split("-"))
        try:
            if date(year, month, day).year >= _FIRST_YEAR:
                return None
        except ValueError:
            pass
    return "a day that there is, as 2026-10-31"


def _instant(said: str) -> str | None:
    if _INSTANT.fullmatch(said):
        try:
            if datetime.fromisoformat(said).year >= _FIRST_YEAR:
                return None
        except ValueError:
            pass
    return "a time that there is, as 2026-10-31 12:00:00"
