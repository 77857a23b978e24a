"""Files: a run is written beside the landing folder's tables and moved in when it is whole.

A run that stops half-way leaves the tables as they were; moving in takes milliseconds, file by
file, each by an atomic rename. A day whose bytes did not change is left alone, so that a build
that looks at file times has nothing to do.
"""

import fcntl
import filecmp
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.errors import unwritten
from generator.errors import UsageError
from generator.plan import Options

DAY_FILE: Final = "part-0.parquet"
MARKER: Final = "_generated.json"
FOLLOW_STATE: Final = "_follow.json"
GENERATED_FILE: Final = "generated-*.csv.gz"
"""The files beside the calls, in the folders of their sources: others there are somebody's own."""
_OWN_FILES: Final = (DAY_FILE, "follow-*.parquet")
_INCOMING: Final = "_incoming-"
_INTEGERS: Final = (
    "timestamp",
    "input_tokens",
    "output_tokens",
    "latency_ms",
    "cached_input_tokens",
    "cost_usd",
)


@contextmanager
def only_generator(out: Path) -> Iterator[None]:
    """Keep other generators out of `out`, which is made where it is missing.

    Raises UsageError when one is at work there, or nothing can be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / "_generator.lock").open("w")
    except OSError as error:
        raise UsageError(f"{unwritten(out, error)}, or choose another --out") from error
    with lock:
        try:
            # Of this process alone: workers that outlive it must not hold it.
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"another generator is writing to {out}: stop it, or choose another --out"
            ) from error
        yield


def description(options: Options, calls: int) -> dict[str, object]:
    """What the marker says of a data set."""
    scenarios = {"scenarios": list(options.scenarios)} if options.scenarios else {}
    return {
        "customers": options.customers,
        "days": options.days,
        "end_date": options.end_date.isoformat(),
        "seed": options.seed,
        "calls": calls,
        **scenarios,
        **({"with_cloud": True} if options.with_cloud else {}),
    }


def day_path(day: date) -> Path:
    """Where a day's calls lie, relative to the landing folder."""
    return Path("calls") / f"date={day.isoformat()}" / DAY_FILE


def parquet_options(schema: pa.Schema) -> dict[str, object]:
    """Settings of the call files, chosen by measuring both the writing and DuckDB's reading."""
    words = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    return {
        "compression": "snappy",
        "use_dictionary": [*words, "quality_score"],
        "column_encoding": {
            "call_id": "DELTA_BYTE_ARRAY",
            **dict.fromkeys(_INTEGERS, "DELTA_BINARY_PACKED"),
        },
        "dictionary_pagesize_limit": 8 << 20,
        "store_decimal_as_integer": True,
        "write_statistics": ["timestamp"],
        # A bit that a disk turns is then found by whoever reads with care; the landing of a build does.
        "write_page_checksum": True,
        # The Arrow schema would have every reader see dictionaries where the contract has strings.
        "store_schema": False,
    }


@contextmanager
def day_writer(root: Path, day: date, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """A writer of one day's calls below `root`; each table written is one row group."""
    path = root / day_path(day)
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, schema, **parquet_options(schema)) as writer:
        yield writer


def write_table(path: Path, table: pa.Table) -> None:
    """Write one small table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", store_schema=False, write_page_checksum=True)


def refuse_calls_of_others(out: Path) -> None:
    """UsageError when `out` holds call files that the generator did not write."""
    if not (out / MARKER).exists() and any((out / "calls").glob(f"date=*/{DAY_FILE}")):
        raise UsageError(
            f"{out / 'calls'} holds files that the generator did not write:"
            " choose another --out or move them away"
        )


def open_incoming(out: Path) -> Path:
    """An empty folder for a run below `out`; UsageError when nothing can be written there."""
    try:
        for left_over in out.glob(f"{_INCOMING}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        incoming = out / f"{_INCOMING}{os.getpid()}"
        incoming.mkdir()
    except OSError as error:
        raise UsageError(f"{unwritten(out, error)}, or choose another --out") from error
    return incoming


def publish(out: Path, incoming: Path, run: dict[str, object]) -> None:
    """Move a whole run from `incoming` into `out` and remove the days and the truth of earlier runs."""
    (out / MARKER).write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
    arrived = sorted(path.relative_to(incoming) for path in incoming.rglob("*") if path.is_file())
    for path in arrived:
        target = out / path
        if target.is_file() and filecmp.cmp(incoming / path, target, shallow=False):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        (incoming / path).replace(target)
    current = {out / path for path in arrived}
    for stale in (out / "truth").glob("*.parquet"):
        if stale not in current:
            stale.unlink()
    for stale in out.glob(f"*/{GENERATED_FILE}"):
        if stale not in current:
            stale.unlink()
    for stale in [path for name in _OWN_FILES for path in (out / "calls").glob(f"date=*/{name}")]:
        if stale not in current:
            stale.unlink()
            # A day folder with other files in it is not ours to remove.
            if not any(stale.parent.iterdir()):
                stale.parent.rmdir()
    (out / FOLLOW_STATE).unlink(missing_ok=True)
