"""The rows of days as the warehouse has them now: hashed as they stream by, or as they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from reports_builder.seals.check import leaf_hash
from reports_builder.seals.ledgers import Ledger

_BATCH = 10_000
_ROWS_AT_ONCE = 500_000
_HASHED = pa.schema({"day": pa.large_string(), "name": pa.large_string(), "hash": pa.binary(32)})


@dataclass(frozen=True)
class HashedDay:
    """Hash and name of each row of a day, in the order of the rows, which is that of their bytes."""

    day: str
    hashes: list[bytes]
    names: list[str]


def hash_days(
    connection: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    columns: Sequence[str],
    days: Mapping[str, int],
) -> Iterator[HashedDay]:
    """Each of the days, given with how many rows it has; rows, many times as long as names, are not kept."""
    # Names of one day may have more than 2 GB; rows that are sorted later may come in any order.
    connection.execute("set arrow_large_buffer_size = true; set preserve_insertion_order = false")
    for some in _at_once(days):
        reader = connection.execute(ledger.select(connection, columns, some)).to_arrow_reader(_BATCH)
        batches = [_hashed(batch) for batch in _read_ahead(reader)]
        hashed = pa.concat_tables([_HASHED.empty_table(), *batches])
        # A row begins with its key, and no key is the beginning of another: rows have the order of names.
        by_name = [("name", "ascending")]
        hashed = hashed.sort_by(by_name if len(some) == 1 else [("day", "ascending"), *by_name])
        start = 0
        for day in some:
            found, start = hashed.slice(start, days[day]).combine_chunks(), start + days[day]
            names = found["name"]
            if pc.any(pc.equal(names[1:], names[:-1])).as_py():
                # Of rows with one name only their bytes know the order.
                for _, rows, their_names in read_days(connection, ledger, columns, [day]):
                    yield HashedDay(day, [leaf_hash(row) for row in rows], their_names)
            else:
                yield HashedDay(day, found["hash"].to_pylist(), names.to_pylist())


def read_days(
    connection: duckdb.DuckDBPyConnection, ledger: Ledger, columns: Sequence[str], days: Iterable[str]
) -> Iterator[tuple[str, list[bytes], list[str]]]:
    """Each of the days with its rows in their order and their names, those without rows last."""
    empty = set(days)
    sql = f"{ledger.select(connection, columns, sorted(empty))} order by day, line"
    reader = connection.execute(sql).to_arrow_reader(_BATCH)
    found = (
        row
        for batch in reader
        for row in zip(*(batch[name].to_pylist() for name in ("day", "line", "name")), strict=True)
    )
    for day, group in groupby(found, itemgetter(0)):
        empty.discard(day)
        _, rows, names = zip(*group, strict=True)
        yield day, list(rows), list(names)
    for day in sorted(empty):
        yield day, [], []


def _read_ahead(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The batches; DuckDB makes the next one, on every core, while this process hashes the one before."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, reader, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, reader, None)
            yield batch


def _hashed(batch: pa.RecordBatch) -> pa.Table:
    hashes = [leaf_hash(line) for line in batch["line"].to_pylist()]
    # Copies: a column that came from DuckDB keeps the memory of all the others, and lines are long.
    day, name = (pa.concat_arrays([batch[column], batch[column][:0]]) for column in ("day", "name"))
    return pa.table({"day": day, "name": name, "hash": pa.array(hashes, pa.binary(32))}).cast(_HASHED)


def _at_once(days: Mapping[str, int]) -> Iterator[list[str]]:
    """Days in their order, one with many rows or many with few: a query takes a while to be planned."""
    some, rows = list[str](), 0
    for day in sorted(days):
        if some and rows + days[day] > _ROWS_AT_ONCE:
            yield some
            some, rows = [], 0
        some.append(day)
        rows += days[day]
    if some:
        yield some
