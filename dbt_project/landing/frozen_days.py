"""The days on which the files of a build have records: known before the build, so that it can be refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dbt_project.landing.registry import CALL_SOURCES, SOURCE_KINDS

DAYS_SCHEMA = pa.schema([("source_name", pa.string()), ("day_date", pa.date32())])
_CONTRACT = "calls/date=1970-01-01/contract.parquet"


def frozen_days(files: Mapping[str, Path]) -> pa.Table:
    """Source and day, each once, of the files that a build reads (place in the slot -> file).

    A null day stands for the files of a source that has no days: bills, invoices, customers.
    """
    days: set[tuple[str, date | None]] = set()
    for place, file in files.items():
        source, _, name = place.partition("/")
        # Several sources may be read from one place; each has landed into a folder of its own name.
        source = file.parent.name if source in SOURCE_KINDS else source
        if source == "calls" and place != _CONTRACT:
            days.add((source, date.fromisoformat(name.split("/")[0].removeprefix("date="))))
        elif source in CALL_SOURCES:
            column = pq.read_table(file, columns=["partition_date"])["partition_date"]
            days |= {(source, day) for day in pc.unique(column).to_pylist()}
        elif source == "customers.parquet" or (source in SOURCE_KINDS and name != "contract.parquet"):
            days.add((source, None))
    rows = sorted(days, key=lambda row: (row[0], row[1] or date.min))
    return pa.Table.from_pylist(
        [{"source_name": source, "day_date": day} for source, day in rows], schema=DAYS_SCHEMA
    )
