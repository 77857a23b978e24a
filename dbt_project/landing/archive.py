"""What is kept of calls whose details were removed: rows that give the same figures.

An export that was removed leaves the rows that landed of it in `data/raw/archive/<source>/`, one Parquet file
for each. Every later build lands them again, so that a build from nothing has the same figures. A day file in
the layout of calls stays where it is, with fewer columns.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.schemas import CALL_SCHEMA
from dbt_project.landing.source import LandedSource

ARCHIVE = "archive"
_BATCH_ROWS = 100_000
# By these a call is found again in other systems; no figure of a closed month is made of them.
CALL_DETAILS = frozenset({"agent_id", "trace_id"})
_KEPT_OF_CALLS = frozenset(CALL_SCHEMA.names) - CALL_DETAILS
_LANDED_DETAILS = frozenset({"agent_id", "raw_record"})


def archived_files(source: LandedSource, raw_dir: Path) -> list[Path]:
    """The rows that are kept of a source's exports that were removed."""
    found = (raw_dir / ARCHIVE / source.name).glob("*.parquet")
    return sorted(path for path in found if not path.name.startswith("."))


def details_of(path: Path) -> list[str]:
    """The columns of a day file that go: the details, and whatever else no build reads."""
    return [name for name in pq.read_schema(path).names if name.lower() not in _KEPT_OF_CALLS]


def write_without_details(path: Path, target: Path) -> None:
    """Write the rows of a day file to ``target``, in their order, without the columns that go."""
    with pq.ParquetFile(path) as file:
        going = set(details_of(path))
        kept = [name for name in file.schema_arrow.names if name not in going]
        schema = pa.schema([file.schema_arrow.field(name) for name in kept])
        _write(target, schema, (batch.select(kept) for batch in file.iter_batches(_BATCH_ROWS, columns=kept)))


def write_archived(landed: Path, target: Path) -> None:
    """Write the rows that landed of an export to ``target``, without the record as it came."""
    with pq.ParquetFile(landed) as file:
        schema = file.schema_arrow
        _write(target, schema, (_blanked(batch) for batch in file.iter_batches(_BATCH_ROWS)))


def write_landed(archived: Path, target: Path, schema: pa.Schema) -> None:
    """Write archived rows in the columns that staging reads today; one that came since is null."""
    table = pq.read_table(archived)
    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    _write(target, schema, pa.Table.from_arrays(columns, schema=schema).to_batches())


def _blanked(batch: pa.RecordBatch) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [
            pa.nulls(batch.num_rows, field.type) if field.name in _LANDED_DETAILS else batch[field.name]
            for field in batch.schema
        ],
        schema=batch.schema,
    )


def _write(target: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch] | list[pa.RecordBatch]) -> None:
    """A file that appears whole, and is on disk once it is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
