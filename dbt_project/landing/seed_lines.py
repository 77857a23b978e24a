"""The line of a seed's file that somebody edits, by what a row of it says."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dbt_project.landing.project import PROJECT


@dataclass(frozen=True)
class SeedLine:
    """A line of a seed: its file, its number there, and what it says."""

    path: Path
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.number}: {self.text}"


def find_seed_line(seed: str, row: Mapping[str, object], project: Path = PROJECT) -> SeedLine | None:
    """The first line whose columns have the values of ``row``; None where there is none."""
    # A company's own rows count over those that the product ships: in its folder first.
    places = (project.parent / "seeds", project / "seeds")
    return next(filter(None, (_line_of(place / f"{seed}.csv", row) for place in places)), None)


def _line_of(path: Path, row: Mapping[str, object]) -> SeedLine | None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            for line in lines:
                if all(_is_same(line.get(name), value) for name, value in row.items() if name in line):
                    text = ",".join(value or "" for value in line.values())
                    return SeedLine(_shown(path), lines.line_num, text)
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    return None


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _is_same(text: str | None, value: object) -> bool:
    said = (text or "").strip()
    if value is None:
        return not said
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        try:
            return Decimal(said) == Decimal(str(value))
        except InvalidOperation:
            return False
    if isinstance(value, bool):
        return said.lower() == str(value).lower()
    return said == str(value) or (
        bool(said) and str(value).startswith(said) and str(value)[len(said) :] == " 00:00:00"
    )
