"""What of a seed counts in a company's folder: its own rows over those that are shipped.

Each seed says in its ``.yml``, as ``meta: {own_rows: ...}``, what a row of a company's own file takes the
place of: ``all`` shipped rows, where the seed is a company's data; with ``{replace: columns}`` those that are
equal to it in these columns, where it has defaults of the product; with ``{change: columns}`` the same, where
the product reads each row by its name, so that none can be added or removed. The columns name what a row is
about: of dated prices the machine and not the date, so that no shipped price of it counts beside its own.
"""

import csv
import difflib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dbt_project.landing.seed_values import value_problem
from finops import shipped
from finops.errors import FolderError

Key = tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """How own rows of a seed count.

    ``about`` are the columns by which they take the place of shipped rows, none where they take the place of
    all; ``key`` those that name a single row.
    """

    about: tuple[str, ...]
    key: tuple[str, ...]
    is_closed: bool
    """Whether the product reads the rows by name."""
    types: dict[str, str]
    """What each column is read as."""


@dataclass(frozen=True)
class Row:
    """A row of a CSV file, by column, and the line on which it begins."""

    line: int
    cells: dict[str, str]

    def at(self, columns: Iterable[str]) -> Key:
        """Its values in these columns."""
        return tuple(self.cells[name] for name in columns)


@dataclass(frozen=True)
class Counted:
    """What counts of a seed that a company has a file of."""

    path: Path
    text: str | None
    """The seed as it counts; None where the file itself is."""
    own: int
    replaced: int
    removed: int
    shipped: int


def count_rows(path: Path) -> Counted:
    """Lay a company's file over the shipped seed; FolderError with the line of a row that cannot be meant."""
    rule = rule_of(path.stem)
    own = list(read_rows(path))
    _refuse_repeated(path, own, rule.key)
    _refuse_unreadable(path, own, rule.types)
    theirs = list(read_rows(shipped.SEEDS / path.name))
    if not rule.about:
        return Counted(path, None, len(own), len(theirs), 0, 0)
    known = {row.at(rule.about) for row in theirs}
    header = columns_of(shipped.SEEDS / path.name)
    said = [name for name in header if name not in rule.about]
    # Where rows have nothing but a name, one without more says all that it can.
    removing = [row for row in own if said and not any(row.at(said))]
    if rule.is_closed:
        _refuse_unread(path, own, removing, known, rule.about)
    for row in removing:
        if row.at(rule.about) not in known:
            raise FolderError(
                f"{path}, line {row.line}: it takes {_named(row, rule.about)} away, which this version does "
                "not ship. A row that names something and says nothing of it removes it: remove the line."
            )
    taken = {row.at(rule.about) for row in own}
    kept = [row for row in theirs if row.at(rule.about) not in taken]
    added = [row for row in own if row not in removing]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(row.at(header) for row in (*kept, *added))
    gone = {row.at(rule.about) for row in removing} - {row.at(rule.about) for row in added}
    removed = sum(row.at(rule.about) in gone for row in theirs)
    return Counted(path, text.getvalue(), len(added), len(theirs) - len(kept) - removed, removed, len(kept))


def rule_of(seed: str) -> Rule:
    """What the ``.yml`` beside a shipped seed says of own rows."""
    [declared] = yaml.safe_load((shipped.SEEDS / f"{seed}.yml").read_text(encoding="utf-8"))["seeds"]
    said: Any = declared["config"]["meta"]["own_rows"]
    [claims] = [test["rows_are_sound"] for test in declared["data_tests"] if "rows_are_sound" in test]
    key, types = tuple(claims["arguments"].get("key", ())), declared["config"]["column_types"]
    if said == "all":
        return Rule((), key, is_closed=False, types=types)
    [(how, about)] = said.items()
    return Rule(tuple(about), key, is_closed=how == "change", types=types)


def columns_of(path: Path) -> list[str]:
    """The header of a seed; FolderError when the file has none or is no text."""
    header = next(_records(path), (1, []))[1]
    if not any(header):
        first = (shipped.SEEDS / path.name).read_text(encoding="utf-8").partition("\n")[0].strip()
        raise FolderError(f"{path} has no header. The first line of the shipped seed is: {first}")
    return [name.strip() for name in header]


def read_rows(path: Path) -> Iterator[Row]:
    """The rows below the header that are not blank; FolderError for one with more or fewer cells."""
    header = columns_of(path)
    for number, (line, cells) in enumerate(_records(path)):
        if number == 0 or not any(cells):
            continue
        if len(cells) != len(header):
            raise FolderError(
                f"{path}, line {line}: it has {len(cells)} values, and the header {len(header)} columns. "
                "A value that holds a comma belongs in quotes."
            )
        yield Row(line, dict(zip(header, cells, strict=True)))


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as seed:
            reader = csv.reader(seed)
            line = 1
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FolderError(f"{path} cannot be read as CSV in UTF-8 ({error}).") from error


def _refuse_repeated(path: Path, rows: list[Row], key: tuple[str, ...]) -> None:
    seen: dict[Key, int] = {}
    for row in rows if key else []:
        first = seen.setdefault(row.at(key), row.line)
        if first != row.line:
            raise FolderError(
                f"{path}, line {row.line}: {_named(row, key)} is in line {first} already, and only one "
                "of them can count."
            )


def _refuse_unreadable(path: Path, rows: list[Row], types: dict[str, str]) -> None:
    # A build would name a line of the rows of both, in a file that nobody edits.
    for row in rows:
        for name, kind in types.items():
            if problem := value_problem(name, row.cells[name], kind):
                raise FolderError(f"{path}, line {row.line}: {problem}")


def _refuse_unread(
    path: Path, own: list[Row], removing: list[Row], known: set[Key], about: tuple[str, ...]
) -> None:
    names = sorted(", ".join(each) for each in known)
    unread = [row for row in own if row.at(about) not in known]
    if unread:
        near = difflib.get_close_matches(", ".join(unread[0].at(about)), names, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        said = "; ".join(f"line {row.line}: {_named(row, about)}" for row in unread)
        raise FolderError(
            f"{path}, {said}: nothing in this version reads it.{meant} The changelog says what became of a "
            "name that is gone: then remove the line."
        )
    if removing:
        raise FolderError(
            f"{path}, line {removing[0].line}: {_named(removing[0], about)} has no value. A row of this seed "
            "can be changed and not removed: without the line the shipped one counts."
        )


def _named(row: Row, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {row.cells[name]}" for name in columns if row.cells[name])
