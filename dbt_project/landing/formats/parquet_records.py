"""Read the rows of a Parquet file, whatever types their columns have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.known_columns import KnownColumns, UnreadableFileError

ROWS_PER_BATCH = 20_000


def parquet_rows(path: Path, known: KnownColumns) -> Iterator[tuple[int, dict[str, Any], str | None]]:
    """Row number, fields as they are and no problem of each row."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            spellings = file.schema_arrow.names
            names = dict(zip(spellings, known.column_names(spellings), strict=True))
            wanted = [spelling for spelling, name in names.items() if known.is_read(name)]
            number = 1
            for batch in file.iter_batches(ROWS_PER_BATCH, columns=wanted):
                read = [names[spelling] for spelling in batch.schema.names]
                for values in zip(*(_values(column) for column in batch.columns), strict=True):
                    yield number, dict(zip(read, values, strict=True)), None
                    number += 1
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise UnreadableFileError(f"is not a readable Parquet file ({reason})") from error


def _values(column: Any) -> list[Any]:
    """The values of a column; of times what is finer than a microsecond is cut off.

    Times that Python's calendar does not have come as text, which is no time, so that they cost no other row.
    """
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        return list(column.cast(pa.string()).to_pylist())
