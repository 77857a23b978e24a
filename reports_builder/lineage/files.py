"""Lines of source files: what a file says where a charge or a call stands in it."""

import json
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dbt_project.landing.formats.text_files import open_text
from dbt_project.landing.schemas import CALL_SCHEMA
from reports_builder.errors import ReportError
from reports_builder.escaping import clean, sql_literal
from reports_builder.evidence import Evidence
from reports_builder.lineage.chain import Step
from reports_builder.warehouse import RAW_FOLDER, Warehouse

_LONGEST = 1500


def step_of_bill(warehouse: Warehouse, name: str, line: int) -> Step:
    """The line of a bill as it stands in its file now, and as it was read."""
    path = RAW_FOLDER / name
    said = [f"Line {line} of {path}.", _said(path, line)]
    read = None
    try:
        read = warehouse.evidence(
            "select file_name, line_number, raw_record\nfrom staging.stg_focus__charges\n"
            f"where file_name = {sql_literal(name)} and line_number = {line}"
        )
    except ReportError:
        said.append("What was read of it is not beside this warehouse.")
    return Step("Source line", tuple(said), read)


def step_of_call(warehouse: Warehouse, call: Evidence) -> Step:
    """The record of a call in its file."""
    path, call_id = Path(str(call["file_name"])), str(call["call_id"])
    if call["source_name"] == "calls":
        row, record = _row_of(path, call_id)
        if row is None:
            return Step("Source line", (f"Call {call_id} came from {path}, which does not have it now.",))
        return Step("Source line", (f"Call {call_id} is row {row} of {path}.", record))
    read = warehouse.evidence(
        "select file_name, line_number, raw_record\nfrom intermediate.int_calls_validated\n"
        f"where partition_date = {sql_literal(call['usage_date'])} and call_id = {sql_literal(call_id)}\n"
        f"and source_name = {sql_literal(call['source_name'])}\norder by all"
    )
    # Of files that may hold messages only the fields that were read are shown, not the line.
    places = [
        f"Call {call_id} is on line {record['line_number']} of {RAW_FOLDER / str(record['file_name'])}."
        for record in read.records()
    ]
    return Step("Source line", tuple(places), read)


def _said(path: Path, line: int) -> str:
    """What the line says; why it cannot be told, else."""
    try:
        if path.name.lower().endswith(".parquet"):
            return _shortened(_record(path, line - 1))
        with open_text(path) as text:
            found = next(islice(text, line - 1, None), None)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        return f"The file cannot be read now ({clean(str(error))})."
    return "The file has no such line now." if found is None else _shortened(found)


def _row_of(path: Path, call_id: str) -> tuple[int | None, str]:
    """Which row of a Parquet file has the call, from 1, and what it says."""
    try:
        with pq.ParquetFile(path) as file:
            before = 0
            for group in range(file.num_row_groups):
                ids = file.read_row_group(group, columns=["call_id"]).column(0).to_pylist()
                if call_id in ids:
                    place = ids.index(call_id)
                    return before + place + 1, _shortened(_record(path, before + place))
                before += len(ids)
    except (OSError, ValueError, KeyError):
        pass
    return None, ""


def _record(path: Path, row: int) -> str:
    """A row of a Parquet file as JSON; of a file of calls the fields that are read of it."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if row < rows:
                found: Mapping[str, Any] = file.read_row_group(group).slice(row, 1).to_pylist()[0]
                known = {name: value for name, value in found.items() if name in CALL_SCHEMA.names} or found
                return json.dumps(known, default=str, ensure_ascii=False)
            row -= rows
    raise ValueError("there is no such row")


def _shortened(text: str) -> str:
    line = clean(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
