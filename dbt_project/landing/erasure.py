"""Take what names a customer out of raw files: its name, and every field that no build reads.

A customer's records are needed for the figures, and under its id alone they name nobody, where the id itself
does not. The records of others stay as they are.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dbt_project.landing.fields.text import BLANKS
from dbt_project.landing.formats.csv_records import separator_of, skip_statement
from dbt_project.landing.formats.text_files import open_text
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.landed_files import source_files, with_mapped_columns
from dbt_project.landing.source import LandedSource
from dbt_project.landing.sources.billing import BILLING
from dbt_project.landing.sources.customers import CUSTOMERS
from dbt_project.landing.sources.tenant_activity import TENANT_ACTIVITY

_NAME = "customer_name"
# What holds records of customers, with the column that says whose.
_SOURCES = ((CUSTOMERS, "customer_id"), (BILLING, "customer_id"), (TENANT_ACTIVITY, "tenant"))


@dataclass
class Erasure:
    """A file without what names a customer: what of it goes, and the content that takes its place."""

    path: Path
    content: bytes = b""
    rows: int = 0
    columns: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)

    def note(self, column: str, value: object) -> None:
        """Note a value that goes."""
        self.columns.add(column)
        self.values.add(str(value))

    def write(self) -> None:
        """Put the content in the place of the file, in one step."""
        partial = self.path.with_name(f".{self.path.name}.partial")
        try:
            with partial.open("wb") as file:
                file.write(self.content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)


def name_of_erased(customer_id: str) -> str:
    """What stands in the place of a name: ids tell those who were erased apart."""
    return f"erased customer {customer_id}"


def erasures(raw_dir: Path, customer_id: str) -> Iterator[Erasure]:
    """The files that name a customer, each without that; UnreadableFileError for one that cannot be read."""
    raw_customers = raw_dir / "customers.parquet"
    if raw_customers.is_file():
        yield from _erasure(raw_customers, CUSTOMERS, "customer_id", customer_id)
    for source, id_column in _SOURCES:
        mapped, _ = with_mapped_columns(source)
        for path in source_files(raw_dir / source.name):
            yield from _erasure(path, mapped, id_column, customer_id)


def _erasure(path: Path, source: LandedSource, id_column: str, customer_id: str) -> Iterator[Erasure]:
    erase = _erase_in_parquet if path.name.lower().endswith(".parquet") else _erase_in_csv
    try:
        found = erase(path, source, id_column, customer_id)
    except (OSError, UnicodeError, csv.Error, pa.ArrowException, UnreadableFileError) as error:
        raise UnreadableFileError(f"{path}: {next(iter(str(error).splitlines()), error)}") from error
    if found.rows:
        yield found


def _going(source: LandedSource, names: list[str], id_column: str) -> dict[int, bool]:
    """The places of columns that go, and whether it is a name; none where no column says whose a row is."""
    if id_column not in names:
        return {}
    return {
        place: name == _NAME
        for place, name in enumerate(names)
        if name == _NAME or name not in source.columns
    }


def _erase_in_parquet(path: Path, source: LandedSource, id_column: str, customer_id: str) -> Erasure:
    found = Erasure(path)
    table = pq.read_table(path, partitioning=None)
    names = [source.known.named(name) for name in table.column_names]
    going = _going(source, names, id_column)
    if not going:
        return found
    ids = [str(value).strip(BLANKS) for value in table.column(names.index(id_column)).to_pylist()]
    theirs = pa.array([value == customer_id for value in ids])
    named = [False] * len(ids)
    for place, is_name in going.items():
        column = table.column(place)
        instead = name_of_erased(customer_id) if is_name else None
        for at, value in enumerate(column.to_pylist()):
            if ids[at] == customer_id and value is not None and value != instead:
                found.note(table.column_names[place], value)
                named[at] = True
        blank = pa.scalar(instead, column.type) if is_name else pa.scalar(None, column.type)
        column = pc.if_else(theirs, blank, column)
        table = table.set_column(place, table.schema.field(place).with_nullable(True), column)
    found.rows = sum(named)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    found.content = sink.getvalue()
    return found


def _erase_in_csv(path: Path, source: LandedSource, id_column: str, customer_id: str) -> Erasure:
    found = Erasure(path)
    separator = separator_of(path, source.known)
    written = io.StringIO()
    with open_text(path) as text:
        if skip_statement(text):
            written.write(f"sep={separator}\n")
        writer = csv.writer(written, delimiter=separator, lineterminator="\n")
        names: list[str] | None = None
        spellings: list[str] = []
        going: dict[int, bool] = {}
        for fields in csv.reader(text, delimiter=separator, strict=True):
            if names is None and fields:
                spellings = [name.removeprefix("\ufeff") for name in fields]
                names = source.known.column_names(spellings)
                going = _going(source, names, id_column)
            elif fields and names is not None:
                place = names.index(id_column)
                if going and place < len(fields) and fields[place].strip(BLANKS) == customer_id:
                    _blank(fields, going, spellings, found, customer_id)
            writer.writerow(fields)
    content = written.getvalue().encode()
    found.content = gzip.compress(content, mtime=0) if path.name.lower().endswith(".gz") else content
    return found


def _blank(
    fields: list[str], going: dict[int, bool], spellings: list[str], found: Erasure, customer_id: str
) -> None:
    """Empty what goes of a row; fields beyond the last column are under no name, so they go, too."""
    is_named = False
    for place, value in enumerate(fields):
        is_name = going.get(place)
        instead = name_of_erased(customer_id) if is_name else ""
        if (is_name is not None or place >= len(spellings)) and value.strip(BLANKS) and value != instead:
            found.note(spellings[place] if place < len(spellings) else "beyond the last", value)
            fields[place] = instead
            is_named = True
    found.rows += is_named
