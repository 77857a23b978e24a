"""Check the files that are in the layout of the warehouse already: calls and customers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.archive import ARCHIVE
from dbt_project.landing.landed_files import source_files
from dbt_project.landing.registry import CALL_SOURCES
from dbt_project.landing.schemas import REQUIRED_CALL_COLUMNS


def call_files(root: Path) -> list[Path]:
    """The files in the layout of calls, hidden ones (an unfinished copy) left out."""
    return sorted(path for path in root.glob("calls/date=*/*.parquet") if not path.name.startswith("."))


def call_problems(root: Path, files: list[Path]) -> list[str]:
    """What would make the build read wrong calls from `files` under `root`. Only footers are read."""
    problems = []
    if not files:
        problems.append(
            f"{root}/calls: no Parquet files found; run `python -m generator`, or put your own calls there"
            " as calls/date=YYYY-MM-DD/*.parquet"
        )
    for folder in sorted({path.parent for path in files}):
        if not _is_day(folder.name.removeprefix("date=")):
            problems.append(f"{folder}: is no day; name the folder date=YYYY-MM-DD, then build again")
    for path in files:
        problems += file_problems(path, REQUIRED_CALL_COLUMNS)
    return problems


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


def columns_of(path: Path) -> frozenset[str]:
    """The names of a Parquet file's columns."""
    status = path.stat()
    version = (status.st_size, status.st_mtime_ns)
    known = _COLUMNS_READ.get(path)
    if known is None or known[0] != version:
        known = _COLUMNS_READ[path] = (version, frozenset(pq.read_schema(path).names))
    return known[1]


def file_problems(path: Path, required: frozenset[str]) -> list[str]:
    """What is wrong with one file: unreadable, or a required column absent."""
    try:
        names = columns_of(path)
    except (pa.ArrowException, OSError) as error:
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
