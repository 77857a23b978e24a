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
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

# A change of how files are read gives landed files another name, so that they are made anew.
LAYOUT = "1"
ROWS_PER_BATCH = 20_000

Row = tuple[int, dict[str, str | None], str | None]


class UnreadableFileError(Exception):
    """What is wrong with a file, and where in it, in one line."""


@dataclass(frozen=True)
class LandedSource:
    """A source: its columns by kind (text, number, time), those a file must have, and its files' kinds."""

    name: str
    what: str
    columns: Mapping[str, str]
    required: frozenset[str]
    suffixes: tuple[str, ...] = (".csv", ".csv.gz", ".parquet")
    aliases: Mapping[str, str] = field(default_factory=dict)

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
        )


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
    wanted = {"contract.parquet"}
    seen: dict[str, Path] = {}
    for path in _files(raw_dir / source.name) if is_on else ():
        if not path.name.lower().endswith(source.suffixes):
            problems.append(
                f"{path}: {source.what} are read from {', '.join(source.suffixes)} files; move it away,"
                " then build again"
            )
            continue
        digest = _digest(path)
        if digest in seen:
            problems.append(
                f"{path}: has the same content as {seen[digest]}; every row would count twice,"
                " so remove one of them"
            )
            continue
        seen[digest] = path
        name = str(path.relative_to(raw_dir))
        identity = f"{LAYOUT}:{sorted(source.columns.items())}:{name}:{digest}"
        landed = f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.parquet"
        wanted.add(landed)
        if not (folder / landed).is_file():
            try:
                _write(folder / landed, source.schema, _batches(source, path, name))
            except UnreadableFileError as error:
                problems.append(f"{path}: {error}; correct it or move it away, then build again")
    if not problems:
        for stale in folder.iterdir():
            if stale.name not in wanted:
                stale.unlink()
    return problems


def _files(folder: Path) -> list[Path]:
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


def _batches(source: LandedSource, path: Path, name: str) -> Iterator[pa.RecordBatch]:
    rows = _parquet_rows(source, path) if path.name.lower().endswith(".parquet") else _csv_rows(source, path)
    while chunk := list(islice(rows, ROWS_PER_BATCH)):
        columns: list[list[Any]] = [
            [canonical(row.get(column)) for _, row, _ in chunk]
            for column, canonical in ((name, _CANONICAL[kind]) for name, kind in source.columns.items())
        ]
        columns.append([name] * len(chunk))
        columns.append([line for line, _, _ in chunk])
        columns.append([problem for _, _, problem in chunk])
        columns.append(
            [
                json.dumps(
                    {key: value for key, value in row.items() if value is not None}, ensure_ascii=False
                )
                for _, row, _ in chunk
            ]
        )
        yield pa.RecordBatch.from_arrays(
            [pa.array(values, kind.type) for values, kind in zip(columns, source.schema, strict=True)],
            schema=source.schema,
        )


def _column_names(source: LandedSource, header: Iterable[str]) -> list[str]:
    """The names of a file's columns as the source spells them; UnreadableFileError when one is absent."""
    known = {name.lower(): name for name in source.columns} | source.aliases
    names = [known.get(name.strip().lower(), name.strip()) for name in header]
    absent = sorted(source.required - set(names))
    if absent:
        raise UnreadableFileError(f"is not a file of {source.what}: column {', '.join(absent)} is missing")
    repeated = sorted({name for name in names if name in source.columns and names.count(name) > 1})
    if repeated:
        raise UnreadableFileError(f"column {', '.join(repeated)} stands in it twice")
    return names


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
                    row = {
                        name: None if value.strip().lower() in _NULLS else value
                        for name, value in zip(names, fields, strict=False)
                    }
                    problem = None
                    if len(fields) != len(names):
                        problem = "fields_too_few" if len(fields) < len(names) else "fields_too_many"
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
            names = _column_names(source, file.schema_arrow.names)
            number = 1
            for batch in file.iter_batches(ROWS_PER_BATCH):
                for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    row = {name: _as_text(value) for name, value in zip(names, values, strict=True)}
                    yield number, row, None
                    number += 1
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFileError(f"is not a readable Parquet file ({str(error).splitlines()[0]})") from error


_NULLS = frozenset({"", "null", "none"})


def _as_text(value: object) -> str | None:
    if value is None or (isinstance(value, str) and value.strip().lower() in _NULLS):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return format(Decimal(repr(value)) if isinstance(value, float) else value, "f")
    if isinstance(value, dict | list):
        # A map column arrives as a list of pairs.
        is_map = isinstance(value, list) and all(isinstance(item, tuple) for item in value)
        return json.dumps(dict(value) if is_map else value, ensure_ascii=False, default=str, sort_keys=True)
    return str(value)


# Thousands may be grouped by commas; a comma anywhere else could be a decimal point, which nobody may guess.
_NUMBER = re.compile(r"(\()?([-+]?)[$€£]?\s?([-+]?)(\d{1,3}(?:,\d{3})+|\d*)(\.\d*)?([eE][-+]?\d+)?(\))?")


# A bill repeats its periods, prices and zeros in most rows.
@lru_cache(maxsize=100_000)
def canonical_number(value: str | None) -> str | None:
    """A number as plain decimal digits (`$1,000.00` is `1000.00`, `1E-3` is `0.001`), else the text as it is.

    Brackets around an amount say that it is negative, as in accounting.
    """
    if value is None:
        return None
    found = _NUMBER.fullmatch(value.strip())
    if not found:
        return value
    opened, sign, inner_sign, digits, fraction, exponent, closed = found.groups()
    if bool(opened) != bool(closed) or (sign and inner_sign):
        return value
    try:
        number = Decimal(f"{sign or inner_sign}{digits.replace(',', '')}{fraction or ''}{exponent or ''}")
    except InvalidOperation:
        return value
    return format(-number if opened else number, "f")


_TIME_SHAPES = ("%m/%d/%y", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S")


@lru_cache(maxsize=100_000)
def canonical_time(value: str | None) -> str | None:
    """An instant as `YYYY-MM-DD HH:MM:SS` in UTC, microseconds where it has them, else the text as it is.

    ISO 8601 with or without a zone (without: UTC), and month/day/year as a US spreadsheet saves it.
    """
    if value is None:
        return None
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        for shape in _TIME_SHAPES:
            try:
                moment = datetime.strptime(text, shape)
                break
            except ValueError:
                continue
        else:
            return value
    return str(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)


def canonical_month(value: str | None) -> str | None:
    """The first day of a month that is given as `YYYY-MM` or by any of its days, else the text as it is."""
    if value is None:
        return None
    text = value.strip()
    moment = canonical_time(f"{text}-01" if re.fullmatch(r"\d{4}-\d{2}", text) else text) or ""
    return f"{moment[:7]}-01" if re.match(r"\d{4}-\d{2}-\d{2}", moment) else value


def canonical_text(value: str | None) -> str | None:
    """Text without blanks around it; null where nothing is left."""
    return (value.strip() or None) if value is not None else None


_CANONICAL: dict[str, Callable[[str | None], str | None]] = {
    "text": canonical_text,
    "number": canonical_number,
    "time": canonical_time,
    "month": canonical_month,
}
