"""Check the files that are in the layout of the warehouse already: calls and customers."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.archive import ARCHIVE
from dbt_project.landing.landed_files import source_files
from dbt_project.landing.registry import CALL_SOURCES
from dbt_project.landing.schemas import REQUIRED_CALL_COLUMNS
from dbt_project.landing.whole_files import write_note


def call_files(root: Path) -> list[Path]:
    """The files in the layout of calls, hidden ones (an unfinished copy) left out."""
    return sorted(path for path in root.glob("calls/date=*/*.parquet") if not path.name.startswith("."))


def call_problems(root: Path, files: list[Path], checked: Path) -> list[str]:
    """What would make the build read wrong calls from `files` under `root`.

    Of files that passed before, as the note `checked` has it, only footers are read.
    """
    problems = []
    if not files:
        problems.append(
            f"{root}/calls: no Parquet files found; run `python -m generator`, or put your own calls there"
            " as calls/date=YYYY-MM-DD/*.parquet"
        )
    for folder in sorted({path.parent for path in files}):
        if not _is_day(folder.name.removeprefix("date=")):
            problems.append(f"{folder}: is no day; name the folder date=YYYY-MM-DD, then build again")
    sound, passed = _read_note(checked), dict[str, object]()
    for path in files:
        version = list(_version(path))
        found = file_problems(path, REQUIRED_CALL_COLUMNS, is_sound=sound.get(str(path)) == version)
        problems += found
        if not found:
            passed[str(path)] = version
    if passed != sound:
        write_note(checked, passed)
    return problems


def _read_note(file: Path) -> dict[str, object]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def no_record_problems(root: Path, switched_on: Collection[str]) -> list[str]:
    """The sources of call records that are on, if none has a file; without records there is no report."""
    on = sorted(set(switched_on) & set(CALL_SOURCES))
    if (
        not on
        or "calls" in switched_on
        or any(source_files(root / name) + source_files(root / ARCHIVE / name) for name in on)
    ):
        return []
    folders = ", ".join(str(root / name) for name in on)
    return [f"{folders}: no files found; put your exports there, then build again"]


_COLUMNS_READ: dict[Path, tuple[tuple[int, int], frozenset[str]]] = {}
"""Size, time and columns of files whose footers this process has read; a watcher builds again and again."""


def _version(path: Path) -> tuple[int, int]:
    """Size and time of a file; zeros where it has gone, which is said where it is read."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def columns_of(path: Path) -> frozenset[str]:
    """The names of a Parquet file's columns."""
    version = _version(path)
    known = _COLUMNS_READ.get(path)
    if known is None or known[0] != version:
        known = _COLUMNS_READ[path] = (version, frozenset(pq.read_schema(path).names))
    return known[1]


def file_problems(path: Path, required: frozenset[str], *, is_sound: bool = False) -> list[str]:
    """What is wrong with one file: unreadable, or a required column absent.

    Unless it `is_sound` all of it is read: pages that carry a checksum are held against it, which DuckDB does
    not, and a turned bit in one would be a wrong figure.
    """
    try:
        names = columns_of(path)
        if not is_sound:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                read = sum(batch.num_rows for batch in file.iter_batches())
                if read != file.metadata.num_rows:
                    raise OSError(f"{read} of {file.metadata.num_rows} rows can be read")
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        return [
            f"{path}: not a readable Parquet file ({reason}); replace it or move it away, then build again"
        ]
    absent = sorted(required - names)
    if absent:
        return [
            f"{path}: column {', '.join(absent)} is missing; add it (null where unknown), then build again"
        ]
    return []
