"""Land files of a source and read what they became, for the tests of bills."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dbt_project.landing.landed_files import land
from dbt_project.landing.source import LandedSource
from tests.real_files import real_file

PICO = Decimal("0.000000000001")


def landed(source: LandedSource, folder: Path, *files: tuple[str, str]) -> list[dict[str, Any]]:
    """The rows that files with these names and contents land as."""
    for name, content in files:
        path = folder / "raw" / source.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    problems = land(source, folder / "raw", folder / "landing", is_on=True)
    assert problems == []
    return rows_in(source, folder)


def landed_real(source: LandedSource, folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a file that another tool wrote, read where it is."""
    path = folder / "raw" / source.name / Path(name).name
    path.parent.mkdir(parents=True)
    path.symlink_to(real_file(name))
    assert land(source, folder / "raw", folder / "landing", is_on=True) == []
    return rows_in(source, folder)


def rows_in(source: LandedSource, folder: Path) -> list[dict[str, Any]]:
    rows = pq.read_table(folder / "landing" / source.name).to_pylist()
    return sorted(rows, key=lambda row: (row["file_name"], row["line_number"]))


def total(rows: list[dict[str, Any]], column: str) -> Decimal:
    """The sum as staging reads it, with 12 decimals."""
    return sum((Decimal(row[column]).quantize(PICO) for row in rows if row[column] is not None), Decimal(0))
