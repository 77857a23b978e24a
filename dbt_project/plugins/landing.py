"""Bring files that others wrote into the columns that staging reads, before a build.

A source other than the calls is a folder `data/raw/<source>/` of files in whatever shape its tool exports.
Each file becomes one Parquet file in `warehouse/build/landing/<source>/`, every field as text, beside an
empty file that gives the columns. So staging reads one location whether the source is on, off or empty, and
keeps file and line of a row.
A new source is one more `LandedSource` in landed_sources.py.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from attribute_mappings import MappingError, Targets, attribute_targets
from field_values import CANONICAL, NULLS, as_text, canonical_text
from json_records import NotJsonError, json_rows

# A change of how files are read gives landed files another name, so that they are made anew.
LAYOUT = "1"
ROWS_PER_BATCH = 20_000
# Tools write the year 1 or 1970 for a time that they do not know.
FIRST_YEAR = 2000

# A field may hold a whole conversation, which is read over.
csv.field_size_limit(2**31 - 1)

# A record as it stands in a file, and as it is landed.
Fields = dict[str, Any]
Row = tuple[int, Fields, str | None]


class UnreadableFileError(Exception):
    """What is wrong with a file, and where in it, in one line."""


@dataclass(frozen=True)
class LandedSource:
    """A source: its columns by kind (text, number, time), those a file must have, and its files' kinds.

    A source whose records may hold message contents says in `reads` which fields are read; every other
    field is dropped before anything is written. Its `shape` brings these fields into columns and gives the
    attributes of the record, of which the seed attribute_mappings fills the columns in `mapped`.
    `time_column` says on which UTC day a record stands.
    """

    name: str
    what: str
    columns: Mapping[str, str]
    required: frozenset[str]
    suffixes: tuple[str, ...] = (".csv", ".csv.gz", ".parquet")
    aliases: Mapping[str, str] = field(default_factory=dict)
    reads: frozenset[str] | None = None
    shape: Callable[[Fields], tuple[Fields, Fields]] | None = None
    mapped: frozenset[str] = frozenset()
    time_column: str | None = None
    # Whether staging tells a record that stands in two files by its id, so that two equal files do no harm.
    has_record_ids: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The landed columns: the source's own as text, and where each row came from."""
        return pa.schema(
            [(name, pa.string()) for name in self.columns]
            + [
                ("file_name", pa.string()),
                ("line_number", pa.int64()),
                ("line_problem", pa.string()),
                ("raw_record", pa.string()),
            ]
            + ([("partition_date", pa.date32()), ("file_version", pa.string())] if self.time_column else [])
        )

    def rows(self, path: Path) -> Iterator[Row]:
        """Line, fields and problem of each record of a file."""
        return _rows(self, path)

    def batches(self, path: Path, name: str, version: str, targets: Targets) -> Iterator[pa.RecordBatch]:
        """The rows of a file, which carry its name and version."""
        return _batches(self, path, name, version, targets)

    def contradictions(self, files: Sequence[Path]) -> list[str]:  # noqa: ARG002
        """What is wrong with the files of the source taken together, one line a file."""
        return []


def prepare_landing(source: LandedSource, landing_dir: Path) -> None:
    """Write the empty file of a source, so that its location can always be read."""
    folder = landing_dir / source.name
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "contract.parquet", source.schema, ())


def land(source: LandedSource, raw_dir: Path, landing_dir: Path, *, is_on: bool) -> list[str]:
    """Land the new and changed files of a source and drop what is gone; returns problems, one a file.

    A file that landed before and did not change is left as it is. A source that is off has no landed rows.
    """
    prepare_landing(source, landing_dir)
    folder = landing_dir / source.name
    problems: list[str] = []
    try:
        targets = attribute_targets(source.name, source.mapped) if source.mapped else {}
    except MappingError as error:
        return [str(error)]
    wanted = {"contract.parquet"}
    seen: dict[str, Path] = {}
    files = source_files(raw_dir / source.name) if is_on else []
    problems += source.contradictions(files)
    for path in files:
        if not path.name.lower().endswith(source.suffixes):
            problems.append(
                f"{path}: {source.what} are read from {', '.join(source.suffixes)} files; move it away,"
                " then build again"
            )
            continue
        digest = _digest(path)
        if digest in seen and not source.has_record_ids:
            problems.append(
                f"{path}: has the same content as {seen[digest]}; every row would count twice,"
                " so remove one of them"
            )
            continue
        seen[digest] = path
        name = str(path.relative_to(raw_dir))
        identity = f"{LAYOUT}:{sorted(source.columns.items())}:{sorted(targets.items())}:{name}:{digest}"
        version = hashlib.sha256(identity.encode()).hexdigest()[:32]
        landed = f"{version}.parquet"
        wanted.add(landed)
        if not (folder / landed).is_file():
            try:
                _write(folder / landed, source.schema, source.batches(path, name, version, targets))
            except UnreadableFileError as error:
                problems.append(f"{path}: {error}; correct it or move it away, then build again")
    if not problems:
        for stale in folder.iterdir():
            if stale.name not in wanted:
                stale.unlink()
    return problems


def source_files(folder: Path) -> list[Path]:
    """The files of a source, hidden ones (an editor's, an unfinished copy) left out."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(target: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write a Parquet file that appears whole or not at all."""
    partial = target.with_name(f"{target.stem}.{os.getpid()}.partial")
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _batches(
    source: LandedSource, path: Path, name: str, version: str, targets: Targets
) -> Iterator[pa.RecordBatch]:
    shaped = (
        (line, _shaped(source, line, row, targets), problem) for line, row, problem in source.rows(path)
    )
    rows = _dated(source, shaped)
    while chunk := list(islice(rows, ROWS_PER_BATCH)):
        columns: list[list[Any]] = [
            [canonical(row.get(column)) for _, row, *_ in chunk]
            for column, canonical in ((name, CANONICAL[kind]) for name, kind in source.columns.items())
        ]
        columns.append([name] * len(chunk))
        columns.append([line for line, *_ in chunk])
        columns.append([problem for _, _, problem, _ in chunk])
        columns.append(
            [
                json.dumps(
                    {key: value for key, value in row.items() if value is not None}, ensure_ascii=False
                )
                for _, row, *_ in chunk
            ]
        )
        if source.time_column:
            columns.append([day for *_, day in chunk])
            columns.append([version] * len(chunk))
        yield pa.RecordBatch.from_arrays(
            [pa.array(values, kind.type) for values, kind in zip(columns, source.schema, strict=True)],
            schema=source.schema,
        )


def _rows(source: LandedSource, path: Path) -> Iterator[Row]:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".parquet"):
        return _parquet_rows(source, path)
    return _csv_rows(source, path) if name.endswith(".csv") else _json_rows(source, path)


def _shaped(source: LandedSource, line: int, row: Fields, targets: Targets) -> Fields:
    """The columns of a record as text: its fields as its source shapes them, and what its attributes fill."""
    if not source.shape or not row:
        return {name: as_text(value) for name, value in row.items()}
    try:
        shaped, attributes = source.shape(row)
    except ValueError as error:
        raise UnreadableFileError(f"line {line}: {error}") from error
    columns = {name: as_text(value) for name, value in shaped.items()}
    ranks: dict[str, int] = {}
    for attribute, filled in targets.items():
        value = canonical_text(as_text(attributes.get(attribute)))
        for column, rank in filled if value is not None else ():
            if rank < ranks.get(column, rank + 1):
                ranks[column], columns[column] = rank, value
    return columns


def _dated(
    source: LandedSource, rows: Iterator[Row]
) -> Iterator[tuple[int, Fields, str | None, date | None]]:
    """The rows with the UTC day of each.

    A row whose time cannot be read stands on the day of the row before it, at the head of a file on that of
    the first that has one. A file without any is not a file of the source.
    """
    day: date | None = None
    waiting: list[Row] = []
    canonical = CANONICAL[source.columns[source.time_column]] if source.time_column else canonical_text
    for row in rows:
        if source.time_column:
            day = _day(canonical(row[1].get(source.time_column))) or day
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
        line, _, problem = waiting[0]
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


def _known_names(source: LandedSource) -> dict[str, str]:
    return {name.lower(): name for name in source.reads or source.columns} | dict(source.aliases)


def _column_names(source: LandedSource, header: Iterable[str]) -> list[str]:
    """The names of a file's columns as the source spells them; UnreadableFileError when one is absent."""
    known = _known_names(source)
    names = [known.get(name.strip().lower(), name.strip()) for name in header]
    absent = sorted(source.required - set(names))
    if absent:
        raise UnreadableFileError(f"is not a file of {source.what}: column {', '.join(absent)} is missing")
    repeated = sorted({name for name in names if name in known.values() and names.count(name) > 1})
    if repeated:
        raise UnreadableFileError(f"column {', '.join(repeated)} stands in it twice")
    return names


def _is_read(source: LandedSource, name: str) -> bool:
    return source.reads is None or name in source.reads


def _json_rows(source: LandedSource, path: Path) -> Iterator[Row]:
    """Line, fields and problem of each record of a JSON file; the first says whether it is of the source."""
    known = _known_names(source)
    is_checked = False
    try:
        with _text(path) as text:
            for line, record, problem in json_rows(text):
                if record and not is_checked:
                    _column_names(source, record)
                    is_checked = True
                named = {known.get(name.lower(), name): value for name, value in record.items()}
                yield line, {name: value for name, value in named.items() if _is_read(source, name)}, problem
    except NotJsonError as error:
        raise UnreadableFileError(str(error)) from error


def _csv_rows(source: LandedSource, path: Path) -> Iterator[Row]:
    """Line, fields and problem of each row; one with too few or too many fields is kept, with the problem."""
    with _text(path) as text:
        reader = csv.reader(text, strict=True)
        try:
            header = next(reader, None)
            if not header:
                raise UnreadableFileError("is empty, it has no line with column names")
            names = _column_names(source, header)
            line = reader.line_num + 1
            for fields in reader:
                if fields:
                    row: Fields = {
                        name: None if value.strip().lower() in NULLS else value
                        for name, value in zip(names, fields, strict=False)
                        if _is_read(source, name)
                    }
                    problem = None
                    if len(fields) != len(names):
                        problem = "fields_too_few" if len(fields) < len(names) else "fields_too_many"
                        # Fields are not under their names any more: any of them may be a message.
                        row = row if source.reads is None else {}
                    if problem and source.reads is None:
                        row |= {
                            f"field {number}": value
                            for number, value in enumerate(fields[len(names) :], len(names) + 1)
                        }
                    yield line, row, problem
                line = reader.line_num + 1
        except csv.Error as error:
            raise UnreadableFileError(f"line {reader.line_num} is not CSV ({error})") from error
        except UnicodeDecodeError as error:
            raise UnreadableFileError(f"is not UTF-8 text after line {reader.line_num}") from error
        except (EOFError, gzip.BadGzipFile) as error:
            raise UnreadableFileError(f"is not a whole gzip file ({error})") from error


@contextmanager
def _text(path: Path) -> Iterator[io.TextIOBase]:
    # utf-8-sig: spreadsheets put a byte order mark before the first column's name.
    open_file = gzip.open if path.name.lower().endswith(".gz") else open
    with (
        open_file(path, "rb") as content,
        io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as text,
    ):
        yield text


def _parquet_rows(source: LandedSource, path: Path) -> Iterator[Row]:
    """Row number, fields as text and no problem of each row."""
    try:
        with pq.ParquetFile(path) as file:
            spellings = file.schema_arrow.names
            names = dict(zip(spellings, _column_names(source, spellings), strict=True))
            wanted = [spelling for spelling, name in names.items() if _is_read(source, name)]
            number = 1
            for batch in file.iter_batches(ROWS_PER_BATCH, columns=wanted):
                read = [names[spelling] for spelling in batch.schema.names]
                for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    yield number, dict(zip(read, values, strict=True)), None
                    number += 1
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFileError(f"is not a readable Parquet file ({str(error).splitlines()[0]})") from error
