"""The files of a data set that grows: each appears whole, and says by its name where it belongs."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from generator.errors import UsageError
from generator.landing.records import CALLS_SCHEMA
from generator.landing.writing import (
    FOLLOW_STATE,
    MARKER,
    day_path,
    description,
    parquet_options,
)
from generator.plan import Options

_PARTIAL: Final = "_incoming-follow"
_PLAIN_SCHEMA: Final = pa.schema(
    [
        (field.name, field.type.value_type if pa.types.is_dictionary(field.type) else field.type)
        for field in CALLS_SCHEMA
    ]
)


@dataclass(frozen=True, slots=True)
class Slicing:
    """How the calls are cut into files: whole days first, then `file_calls` calls each."""

    file_calls: int
    history_days: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a data set has grown, as `_follow.json` says it."""

    state: str
    target_bytes: int
    written_bytes: int
    calls: int
    files: int
    simulated_until: str | None
    scenario: str
    seed: int
    rate_calls_per_s: float | None


def slice_path(day: date, number: int) -> Path:
    """Where the calls of a slice lie, relative to the landing folder; slices count from 1."""
    return day_path(day).with_name(f"follow-{number:04d}.parquet")


def plain(tables: list[pa.Table]) -> pa.Table:
    """The blocks of a day as one table in the order of time, words as strings."""
    day = pa.concat_tables([table.cast(_PLAIN_SCHEMA) for table in tables])
    return day.sort_by([("timestamp", "ascending"), ("call_id", "ascending")])


def write_slice(out: Path, path: Path, table: pa.Table) -> int:
    """Make one file of calls appear below `out`, whole; returns its size in bytes."""
    with appearing(out, path) as partial:
        pq.write_table(table, partial, **parquet_options(CALLS_SCHEMA))
    return (out / path).stat().st_size


@contextmanager
def appearing(out: Path, path: Path) -> Iterator[Path]:
    """A path to write to, in a folder that no reader looks into; then the file is at `path`, on disk."""
    partial = out / _PARTIAL / path.name
    partial.parent.mkdir(parents=True, exist_ok=True)
    yield partial
    target = out / path
    target.parent.mkdir(parents=True, exist_ok=True)
    _sync(partial)
    partial.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Replace a small file in one step."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    partial.replace(path)


def tell_progress(out: Path, progress: Progress) -> None:
    """Write `_follow.json`."""
    updated_at = datetime.now(UTC).isoformat(timespec="milliseconds")
    write_json(out / FOLLOW_STATE, asdict(progress) | {"updated_at": updated_at})


def write_marker(out: Path, options: Options, slicing: Slicing, calls: int) -> None:
    """Say what the data set in `out` is: the marker of the generator."""
    write_json(out / MARKER, description(options, calls) | {"follow": asdict(slicing)})


def check_same_data_set(out: Path, options: Options, slicing: Slicing) -> None:
    """Raise UsageError when `out` holds calls of anything but this data set."""
    has_calls = any((out / "calls").glob("date=*/*.parquet"))
    try:
        there = json.loads((out / MARKER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        there = None
    except (OSError, ValueError) as error:
        raise UsageError(f"{out / MARKER} cannot be read: move {out} away or choose another --out") from error
    if not has_calls and (there is None or "follow" not in there):
        return
    if there is None:
        raise UsageError(f"{out} holds calls that the generator did not write: choose another --out")
    if "follow" not in there:
        raise UsageError(
            f"{out} holds a data set that was written at once and does not grow:"
            " remove it, or choose another --out"
        )
    found = {"scenarios": []} | there | there["follow"]
    for name, value in ({"scenarios": []} | description(options, 0) | asdict(slicing)).items():
        if name != "calls" and found.get(name) != value:
            there_and_wanted = f"{_words(found[name])}, not {_words(value)}"
            raise UsageError(
                f"{out} holds a data set with {name.replace('_', '-')} {there_and_wanted}:"
                " continue it as it is, remove it, or choose another --out"
            )


def _words(value: object) -> str:
    return (", ".join(value) or "none") if isinstance(value, list) else str(value)
