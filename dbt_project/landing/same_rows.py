"""Find what stands in two files of a source whose rows have no id of their own, and would count twice.

A file is compared by what it says, not by its bytes: a CSV file, its .gz and its Parquet have the same rows.
Each landed row carries a hash of its columns; numbers and JSON in it have one spelling in any file.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

HASH_FIELDS = [("row_hash", pa.int64()), ("has_amount", pa.bool_())]
CONTENT_KEY = b"content"
# Two exports of one day share most of its rows; files that were written apart may share a few by chance.
LEAST_SHARED = 0.5


@dataclass(frozen=True)
class Comparison:
    """By what rows without ids are compared beside their hash: their day and amounts.

    A row that has a value in `id_column` is told by it in staging.
    """

    day_column: str | None = None
    amount_columns: tuple[str, ...] = ()
    id_column: str | None = None


def hash_columns(
    kinds: Mapping[str, str],
    comparison: Comparison,
    columns: Sequence[Sequence[str | None]],
) -> list[list[Any]]:
    """The columns row_hash and has_amount of rows whose columns are given in the order of `kinds`.

    A row has an amount that may count twice when one of its amounts is not zero and no id tells it.
    """
    spelled = [
        [_number(value) for value in values]
        if kind == "number"
        else [_sorted_json(value) if value and value[0] == "{" else value for value in values]
        for kind, values in zip(kinds.values(), columns, strict=True)
    ]
    hashes = [_hash("\x1f".join([value or "" for value in row])) for row in zip(*spelled, strict=True)]
    by_name = dict(zip(kinds, spelled, strict=True))
    amounts = zip(*(by_name[name] for name in comparison.amount_columns), strict=True)
    has_amount = [any(value not in (None, "0") for value in row) for row in amounts] or [False] * len(hashes)
    if comparison.id_column:
        has_amount = [
            amount and value is None
            for amount, value in zip(has_amount, by_name[comparison.id_column], strict=True)
        ]
    return [hashes, has_amount]


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _number(value: str | None) -> str | None:
    """A number without zeros at its end, which Parquet has and CSV has not."""
    if value and "." in value:
        value = value.rstrip("0").rstrip(".")
    return "0" if value == "-0" else value


@lru_cache(maxsize=10_000)
def _sorted_json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return text


def content_of(landed: Path, digest: str) -> str | None:
    """What tells files with the same rows, in whatever order: null for one without rows.

    Of a source whose rows are not compared it is the digest of the file.
    """
    metadata = pq.read_metadata(landed)
    if not metadata.num_rows:
        return None
    content: bytes = (metadata.metadata or {}).get(CONTENT_KEY, digest.encode())
    return content.decode()


def content_sum(content: int, batch: pa.RecordBatch) -> int:
    """The sum of the hashes of the rows so far and of one batch more."""
    return (content + (pc.sum(batch.column("row_hash")).as_py() or 0)) % (1 << 64)


def repeated_content(files: Iterable[tuple[Path, Path, str]]) -> tuple[list[str], list[tuple[Path, Path]]]:
    """One problem for each file that says the same as one before it, and the other files.

    `files` are pairs of a file and what was landed of it, with the digest of the file.
    """
    problems, others, seen = [], [], dict[str, Path]()
    for path, landed, digest in files:
        content = content_of(landed, digest)
        if content is not None and content in seen:
            problems.append(
                f"{path}: has the same content as {seen[content]}; every row would count twice,"
                " so remove one of them"
            )
            continue
        if content is not None:
            seen[content] = path
        others.append((path, landed))
    return problems, others


def overlaps(files: Sequence[tuple[Path, Path]], comparison: Comparison) -> list[str]:
    """One problem for each two files of which one has most rows of a day of the other.

    Only rows count that have an amount and stand once in their own file: of equal charges in one file nobody
    can tell whether those of another are the same.
    """
    if comparison.day_column is None or len(files) < 2:
        return []
    tables = [
        _rows(landed, comparison.day_column).append_column(
            "file", pa.array([number] * pq.read_metadata(landed).num_rows, pa.int32())
        )
        for number, (_, landed) in enumerate(files)
    ]
    rows = pa.concat_tables(tables)
    rows = rows.filter(rows["has_amount"])
    by_hash = rows.group_by("row_hash").aggregate([("file", "min"), ("file", "max")])
    shared = by_hash.filter(pc.not_equal(by_hash["file_min"], by_hash["file_max"]))["row_hash"]
    if not len(shared):
        return []
    counts = Counter(zip(rows["file"].to_pylist(), rows["day"].to_pylist(), strict=True))
    of_hash: dict[int, Counter[int]] = defaultdict(Counter)
    day_of: dict[int, str] = {}
    found = rows.filter(pc.is_in(rows["row_hash"], value_set=shared.combine_chunks()))
    for row in found.to_pylist():
        of_hash[row["row_hash"]][row["file"]] += 1
        day_of[row["row_hash"]] = row["day"]
    together: Counter[tuple[int, int, str]] = Counter()
    for row_hash, numbers in of_hash.items():
        once = sorted(number for number, times in numbers.items() if times == 1)
        for at, first in enumerate(once):
            together.update((first, second, day_of[row_hash]) for second in once[at + 1 :])
    return _overlap_problems(files, counts, together)


def _rows(landed: Path, day_column: str) -> pa.Table:
    table = pq.ParquetFile(landed).read(columns=["row_hash", "has_amount", day_column])
    day = pc.utf8_slice_codeunits(pc.fill_null(table[day_column], "an unknown day"), 0, 10)
    return table.select(["row_hash", "has_amount"]).append_column("day", day)


def _overlap_problems(
    files: Sequence[tuple[Path, Path]],
    counts: Counter[tuple[int, str]],
    together: Counter[tuple[int, int, str]],
) -> list[str]:
    days: dict[tuple[int, int], list[tuple[str, int]]] = defaultdict(list)
    for (first, second, day), shared in together.items():
        if shared >= LEAST_SHARED * min(counts[first, day], counts[second, day]):
            days[first, second].append((day, shared))
    problems = []
    for (first, second), found in sorted(days.items()):
        start, end = min(found)[0], max(found)[0]
        period = start if start == end else f"{start} to {end}"
        problems.append(
            f"{files[second][0]}: {sum(shared for _, shared in found)} of its rows, of {period}, stand in"
            f" {files[first][0]} too and would count twice; keep the newer export alone, or, if both are"
            " parts of one export, join them to one file"
        )
    return problems
