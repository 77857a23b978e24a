"""The sources as Spark reads them: tables over the frozen files, with the columns that landing gives them."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from dbt_project.landing.errors import UsageError
from dbt_project.landing.notes import NOTE_SCHEMA
from dbt_project.landing.project import PROJECT
from dbt_project.landing.registry import LANDED_SOURCES
from dbt_project.landing.schemas import CALL_SCHEMA, CUSTOMER_SCHEMA
from dbt_project.plugins.ledgers import LEDGERS

_STAGING = PROJECT / "models" / "staging"
_TYPES = {
    pa.string(): "string",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp_ntz",
}


def source_statements(frozen: Path, customers: Path, warehouse_dir: Path) -> list[str]:
    """SQL that makes each source a table over its files; dropping one drops no file.

    `frozen` is the folder of the build's files, `customers` that of the raw customers, `warehouse_dir` has
    what people append to.
    """
    tables = [
        (
            "raw.calls",
            _columns(CALL_SCHEMA) + ", date date",
            frozen / "calls",
            "parquet",
            "partitioned by (date)",
        ),
        ("raw.customers", _columns(CUSTOMER_SCHEMA), customers, "parquet", ""),
        ("landing.notes", _columns(NOTE_SCHEMA), frozen / "notes", "parquet", ""),
        *(
            (
                f"{ledger.parent}.{ledger.stem}",
                _text_columns(str(ledger.parent)),
                warehouse_dir / ledger,
                "json",
                "",
            )
            for ledger in map(PurePosixPath, LEDGERS)
        ),
    ]
    for source in (source for source in LANDED_SOURCES if not source.lands_as):
        table = f"{source.name}.{_table_name(source.name)}"
        tables.append((table, _columns(source.schema), frozen / source.name, "parquet", ""))
    statements = []
    for table, columns, path, kind, partitions in tables:
        statements += [
            f"create schema if not exists {table.split('.')[0]}",
            f"drop table if exists {table}",
            f"create table {table} ({columns}) using {kind} options (path {literal(str(path))}) {partitions}",
        ]
    return [*statements, "msck repair table raw.calls"]


def literal(text: str) -> str:
    """A text as a literal of Spark."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def conform(files: list[Path], schema: pa.Schema) -> None:
    """Put a copy in the columns of `schema` in the place of each Parquet file that has other types.

    Spark reads a file in the types of its table only. A copy keeps the time of its file, which tells
    whether it changed. UsageError for values that the types cannot hold.
    """
    for file in files:
        found = pq.read_schema(file)
        names = [name for name in schema.names if name in found.names]
        if all(found.field(name).type == schema.field(name).type for name in names):
            continue
        wanted = pa.schema([schema.field(name) for name in names])
        try:
            table = pq.ParquetFile(file).read(columns=names).select(names).cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            reason = str(error).splitlines()[0]
            raise UsageError(
                f"{file}: has values that the raw layout cannot hold ({reason}); write it in its types"
            ) from error
        time = file.stat().st_mtime_ns
        partial = file.with_name(f".{file.name}.partial")
        pq.write_table(table, partial)
        os.utime(partial, ns=(time, time))
        partial.replace(file)


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {_type(field.type)}" for field in schema)


def _type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return _TYPES[kind]


def _table_name(source: str) -> str:
    (told,) = yaml.safe_load((_STAGING / source / "_sources.yml").read_text(encoding="utf-8"))["sources"]
    return str(told["tables"][0]["name"])


def _text_columns(folder: str) -> str:
    """All are text; their names stand in how DuckDB reads them."""
    told = (_STAGING / folder / "_sources.yml").read_text(encoding="utf-8")
    return ", ".join(f"{name} string" for name in re.findall(r"(\w+) := 'VARCHAR'", told))
