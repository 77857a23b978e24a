"""Bring the records of one file into the landed columns of its source, in batches.

A file is read once, as long as each value can be read by itself. Where one cannot, all of the file is
surveyed first, and then read by what the survey found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.attribute_mappings import Targets
from dbt_project.landing.column_conventions import CERTAIN, SETTLED, Conventions, Reader, survey
from dbt_project.landing.fields.text import BLANKS, canonical_text
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.formats.csv_records import csv_columns, csv_rows
from dbt_project.landing.formats.json_records import NotJsonError, RepeatedKeys, json_rows, page_records
from dbt_project.landing.formats.parquet_records import parquet_rows
from dbt_project.landing.formats.text_files import open_text
from dbt_project.landing.known_columns import RefusedLines, UnreadableFileError, listed
from dbt_project.landing.same_rows import hash_columns

if TYPE_CHECKING:
    from dbt_project.landing.source import LandedSource

ROWS_PER_BATCH = 20_000
# Tools write the year 1 or 1970 for a time that they do not know.
FIRST_YEAR = 2000

# A record as it stands in a file: its line, its fields, and what is wrong with it.
Fields = dict[str, Any]
Row = tuple[int, Fields, str | None]
# The same in one form, with the record as it was, and then with its day.
ReadRow = tuple[int, Fields, str | None, Fields]


def landed_batches(
    source: LandedSource,
    path: Path,
    name: str,
    version: str,
    targets: Targets,
    *,
    conventions: Conventions | None = None,
) -> Iterator[pa.RecordBatch]:
    """The rows of a file, which carry its name and version, in the columns of the source.

    NeedsConventionError where a value cannot be read by itself and no conventions are given.
    """
    readers = SETTLED if conventions else CERTAIN
    rows = shaped_rows(source, path, targets)
    read: Iterator[ReadRow] = conventions.settled(rows) if conventions else ((*row, row[1]) for row in rows)
    dated = _dated(source, read, readers)
    last_line, number = 0, 0
    while chunk := list(islice(dated, ROWS_PER_BATCH)):
        columns: list[list[Any]] = [
            [reader(row.get(column)) for _, row, *_ in chunk]
            for column, reader in ((name, readers[kind]) for name, kind in source.columns.items())
        ]
        problems = _with_fractions([problem for _, _, problem, *_ in chunk], source.columns, columns)
        if source.pseudonyms and source.pseudonymised:
            for place, column in enumerate(source.columns):
                if column in source.pseudonymised:
                    columns[place] = source.pseudonyms.replace(columns[place])
        hashes = hash_columns(source.columns, source.comparison, columns) if source.comparison else []
        numbers = []
        for line, *_ in chunk:
            number = number + 1 if line == last_line else 1
            last_line = line
            numbers.append(number)
        columns.append([name] * len(chunk))
        columns.append([line for line, *_ in chunk])
        columns.append(numbers)
        columns.append(problems)
        # The record as it came has the ids in it.
        columns.append([None if source.pseudonymised else _as_json(raw) for *_, raw, _ in chunk])
        if source.time_column:
            columns.append([day for *_, day in chunk])
            columns.append([version] * len(chunk))
        columns += hashes
        yield pa.RecordBatch.from_arrays(
            [arrow_array(values, kind.type) for values, kind in zip(columns, source.schema, strict=True)],
            schema=source.schema,
        )


def arrow_array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """The values of a column. Half a character, as of a text that was cut off within one, becomes `?`."""
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        whole = (v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in values)
        return pa.array(list(whole), kind)


def _with_fractions(
    problems: list[str | None], kinds: Mapping[str, str], columns: Iterable[list[str | None]]
) -> list[str | None]:
    """The problems of rows, with those that have a part of a token: unknown, as a cast would round it."""
    for kind, values in zip(kinds.values(), columns, strict=True):
        if kind == "count":
            for at, value in enumerate(values):
                if value is not None and "." in value:
                    problems[at], values[at] = problems[at] or "tokens_malformed", None
    return problems


def conventions_of(source: LandedSource, path: Path, targets: Targets) -> Conventions:
    """How the numbers and dates of a file are written; UnreadableFileError when it does not tell."""
    return survey(shaped_rows(source, path, targets), source.columns, source.money, source.months)


# json.dumps makes an encoder for each record.
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def _as_json(raw: Fields) -> str:
    return _ENCODER.encode({key: value for key, value in raw.items() if value is not None})


def file_rows(source: LandedSource, path: Path) -> Iterator[Row]:
    """Line, fields and problem of each record of a file in one of the usual formats."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".parquet"):
        return parquet_rows(path, source.known)
    return csv_rows(path, source.known) if name.endswith(".csv") else _json_rows(source, path)


def columns_not_read(source: LandedSource, path: Path) -> tuple[list[str], list[str]]:
    """The columns of a CSV or Parquet file that are none of the source's, and the names of the others.

    A column that gives way to another of its meaning is neither.
    """
    is_parquet = path.name.lower().endswith(".parquet")
    header = pq.read_schema(path).names if is_parquet else csv_columns(path, source.known)
    spellings = [name.strip(BLANKS) for name in header]
    unread = [name for name in spellings if name and source.known.named(name) not in source.columns]
    return unread, [name for name in source.known.column_names(header) if name in source.columns]


def shaped_rows(source: LandedSource, path: Path, targets: Targets) -> Iterator[Row]:
    """The records of a file in the columns of its source, as the file spells their values.

    UnreadableFileError, at the end, with the lines that its source refuses.
    """
    refused = RefusedLines()
    for line, row, problem in source.rows(path):
        try:
            shaped = _shaped(source, row, targets)
        except ValueError as error:
            refused.add(line, str(error))
            continue
        yield line, shaped, problem
    refused.check()


def _json_rows(source: LandedSource, path: Path) -> Iterator[Row]:
    """Line, fields and problem of each record of a JSON file.

    Some tools leave out what is null, so a column must be in one of the records, not in each.
    """
    known = source.known
    spellings: dict[str, None] = {}
    last: Fields = {}
    has_records = False
    try:
        with open_text(path) as text:
            for line, record, problem in _unpaged(source, json_rows(text)):
                if spellings.keys() != record.keys():
                    spellings |= dict.fromkeys(record)
                has_records = has_records or bool(record)
                last = record or last
                fields = known.of_record(record)
                yield line, fields, problem or _repeated(record, fields)
    except NotJsonError as error:
        raise UnreadableFileError(str(error)) from error
    if has_records:
        known.check({known.named(spelling) for spelling in spellings}, spellings, _hint(last))


def _unpaged(source: LandedSource, rows: Iterable[Row]) -> Iterator[Row]:
    """The records, and instead of a page (the answer of an API) the records in it."""

    def known_names(record: Fields) -> int:
        return len(source.required & {source.known.named(key) for key in record})

    # The names of a record that has all of them: those of most others.
    names: frozenset[str] = frozenset()
    for line, record, problem in rows:
        page = None
        if record.keys() != names:
            if known_names(record) == len(source.required):
                names = frozenset(record)
            else:
                page = page_records(record, known_names)
        if page is None:
            yield line, record, problem
        for element in page or ():
            yield (line, element, None) if isinstance(element, dict) else (line, {}, "line_not_an_object")


def _repeated(record: Fields, fields: Fields) -> str | None:
    """The problem of a record that says two things under one key, in what is read of it."""
    is_odd = isinstance(record, RepeatedKeys) and any(key in fields for key in record.repeated)
    return "key_repeated" if is_odd or any(type(value) is RepeatedKeys for value in fields.values()) else None


def _hint(record: Fields) -> str:
    """Where the records of a file probably are, of which one looks like this."""
    lists = [name for name, value in record.items() if isinstance(value, list | dict) and value]
    return f"{listed(record)}; if the records are in {' or '.join(lists)}, write them alone" if lists else ""


def _shaped(source: LandedSource, row: Fields, targets: Targets) -> Fields:
    """The columns of a record as text: its fields as its source shapes them, and what its attributes fill."""
    if not source.shape or not row:
        return {name: as_text(value) for name, value in row.items()}
    shaped, attributes = source.shape(row)
    columns = {name: as_text(value) for name, value in shaped.items()}
    ranks: dict[str, int] = {}
    for attribute, filled in targets.items():
        value = canonical_text(as_text(attributes.get(attribute)))
        for column, rank in filled if value is not None else ():
            if rank < ranks.get(column, rank + 1):
                ranks[column], columns[column] = rank, value
    return columns


def _dated(
    source: LandedSource, rows: Iterator[ReadRow], readers: Mapping[str, Reader]
) -> Iterator[tuple[int, Fields, str | None, Fields, date | None]]:
    """The rows with the UTC day of each.

    A row whose time cannot be read stands on the day of the row before it, at the head of a file on that of
    the first that has one. A file without any is not a file of the source.
    """
    day: date | None = None
    waiting: list[ReadRow] = []
    read = readers[source.columns[source.time_column]] if source.time_column else canonical_text
    for row in rows:
        if source.time_column:
            day = _day(read(row[1].get(source.time_column))) or day
            waiting.append(row)
            if day is None and len(waiting) <= ROWS_PER_BATCH:
                continue
            if day is None:
                break
            for earlier in waiting:
                yield *earlier, day
            waiting.clear()
        else:
            yield *row, None
    if waiting:
        line, _, problem, _ = waiting[0]
        raise UnreadableFileError(
            f"is not a file of {source.what}: line {line} has no {source.time_column} that is a time"
            f"{f' ({problem})' if problem else ''}, and neither has any line after it"
        )


def _day(moment: str | None) -> date | None:
    try:
        day = date.fromisoformat((moment or "")[:10])
    except ValueError:
        return None
    return day if day.year >= FIRST_YEAR else None
