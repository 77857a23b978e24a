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
    """A file without what names a customer: what of it goes, and the content that takes its place.

    ``keeps_name`` is set where a column that builds read names it, too, which is not changed.
    """

    path: Path
    content: bytes = b""
    rows: int = 0
    columns: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    keeps_name: bool = False

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


def erasures(raw_dir: Path, customer_id: str, pseudonym: str | None = None) -> Iterator[Erasure]:
    """The files that name a customer, each without that; UnreadableFileError for one that cannot be read.

    With a pseudonym, it takes the place of the id.
    """
    raw_customers = raw_dir / "customers.parquet"
    if raw_customers.is_file():
        yield from _erasure(raw_customers, CUSTOMERS, "customer_id", customer_id, pseudonym)
    for source, id_column in _SOURCES:
        mapped, _ = with_mapped_columns(source)
        for path in source_files(raw_dir / source.name):
            yield from _erasure(path, mapped, id_column, customer_id, pseudonym)


def _erasure(
    path: Path, source: LandedSource, id_column: str, customer_id: str, pseudonym: str | None
) -> Iterator[Erasure]:
    erase = _erase_in_parquet if path.name.lower().endswith(".parquet") else _erase_in_csv
    try:
        found = erase(path, source, id_column, customer_id, pseudonym)
    except (OSError, UnicodeError, csv.Error, pa.ArrowException, UnreadableFileError) as error:
        raise UnreadableFileError(f"{path}: {next(iter(str(error).splitlines()), error)}") from error
    if found.rows:
        yield found


def _instead(
    source: LandedSource, names: list[str], id_column: str, customer_id: str, pseudonym: str | None
) -> dict[int, str]:
    """What stands in the columns that go of a customer's rows: nothing, but for name and id."""
    instead = {place: "" for place, name in enumerate(names) if name not in source.columns}
    for place, name in enumerate(names):
        if name == _NAME:
            instead[place] = name_of_erased(pseudonym or customer_id)
        elif name == id_column and pseudonym:
            instead[place] = pseudonym
    return instead


def _erase_in_parquet(
    path: Path, source: LandedSource, id_column: str, customer_id: str, pseudonym: str | None
) -> Erasure:
    found = Erasure(path)
    table = pq.read_table(path, partitioning=None)
    names = [source.known.named(name) for name in table.column_names]
    # A file that no build could read says of no row whose it is.
    if id_column not in names:
        return found
    ids = table.column(names.index(id_column)).to_pylist()
    theirs = [str(value).strip(BLANKS) == customer_id for value in ids]
    named = [False] * len(ids)
    for place, instead in _instead(source, names, id_column, customer_id, pseudonym).items():
        column = table.column(place)
        for at, value in enumerate(column.to_pylist()):
            if theirs[at] and value is not None and value != instead:
                found.note(table.column_names[place], value)
                named[at] = True
        blank = pa.scalar(instead or None, column.type)
        column = pc.if_else(pa.array(theirs), blank, column)
        table = table.set_column(place, table.schema.field(place).with_nullable(True), column)
    found.rows = sum(named)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    found.content = sink.getvalue()
    return found


def _erase_in_csv(
    path: Path, source: LandedSource, id_column: str, customer_id: str, pseudonym: str | None
) -> Erasure:
    found = Erasure(path)
    separator = separator_of(path, source.known)
    written = io.StringIO()
    with open_text(path) as text:
        if skip_statement(text):
            written.write(f"sep={separator}\n")
        writer = csv.writer(written, delimiter=separator, lineterminator="\n")
        spellings: list[str] = []
        for fields in csv.reader(text, delimiter=separator, strict=True):
            if fields and not spellings:
                spellings = [name.removeprefix("\ufeff") for name in fields]
                names = source.known.column_names(spellings)
                place = names.index(id_column)
                instead = _instead(source, names, id_column, customer_id, pseudonym)
            elif fields and place < len(fields) and fields[place].strip(BLANKS) == customer_id:
                _blank(fields, instead, spellings, found)
            writer.writerow(fields)
    content = written.getvalue().encode()
    found.content = gzip.compress(content, mtime=0) if path.name.lower().endswith(".gz") else content
    return found


def _blank(fields: list[str], instead: dict[int, str], spellings: list[str], found: Erasure) -> None:
    """Empty what goes of a row; fields beyond the last column are under no name, so they go, too."""
    is_named = False
    for place, value in enumerate(fields):
        is_beyond = place >= len(spellings)
        if (place in instead or is_beyond) and value.strip(BLANKS) and value != instead.get(place, ""):
            found.note("beyond the last" if is_beyond else spellings[place], value)
            fields[place] = instead.get(place, "")
            is_named = True
    found.rows += is_named
