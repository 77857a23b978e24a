"""The one DuckDB file that reports, dashboard and shells read, made of Spark's tables."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from dbt_project.landing.project import PROJECT

# Beside the public marts and the seeds, what readers ask for.
_READ_WITHIN = frozenset({"int_as_of_date"})
Node = Mapping[str, Any]


def write_published_file(file: Path, manifest: Mapping[str, Any], tables: Path) -> None:
    """Write the marts and seeds of a build as DuckDB tables, with types and constraints of their contracts.

    `tables` is the folder in which Spark keeps its tables. What is a view there, core.fct_calls, is left
    out: it is as large as the raw calls.
    """
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute("set preserve_insertion_order = false")
        for node in manifest["nodes"].values():
            folder = tables / f"{node['schema']}.db" / node["alias"]
            # A mart that was never built is not there, which is something else than a mart without rows.
            if _is_published(node) and folder.is_dir():
                connection.execute(f"create schema if not exists {node['schema']}")
                _write_table(connection, node, folder)
                _comment(connection, node)


def _is_published(node: Node) -> bool:
    if node["resource_type"] == "seed":
        return True
    is_read = node.get("access") == "public" or node["name"] in _READ_WITHIN
    return node["resource_type"] == "model" and is_read and node["config"]["materialized"] != "view"


def _write_table(connection: duckdb.DuckDBPyConnection, node: Node, folder: Path) -> None:
    table = f"{node['schema']}.{node['alias']}"
    files = [str(path) for path in sorted(folder.rglob("*.parquet")) if not path.name.startswith((".", "_"))]
    rows = "read_parquet(?, hive_partitioning = true, union_by_name = true)"
    if node["config"]["contract"]["enforced"] or not files:
        connection.execute(f"create table {table} ({', '.join(_columns(node))})")
        if files:
            connection.execute(f"insert into {table} by name select * from {rows}", [files])
    else:
        connection.execute(f"create table {table} as select * from {rows}", [files])


def _columns(node: Node) -> list[str]:
    """Columns with types and constraints, of a contract or of a seed without rows."""
    if node["resource_type"] == "seed":
        types = node["config"]["column_types"]
        with (PROJECT / node["original_file_path"]).open(encoding="utf-8", newline="") as seed:
            return [f"{name} {types.get(name, 'varchar')}" for name in next(csv.reader(seed))]
    columns = [
        " ".join([name, column["data_type"], *map(_constraint, column["constraints"])])
        for name, column in node["columns"].items()
    ]
    return columns + [_constraint(constraint) for constraint in node["constraints"]]


def _constraint(constraint: Node) -> str:
    return "not null" if constraint["type"] == "not_null" else f"check ({constraint['expression']})"


def _comment(connection: duckdb.DuckDBPyConnection, node: Node) -> None:
    """As macro comment_on_marts does: a shell explains a table and its columns."""
    if node["resource_type"] != "model":
        return
    table = f"{node['schema']}.{node['alias']}"
    described = {f"table {table}": node["description"].split("\n### ")[0]} | {
        f"column {table}.{name}": column["description"]
        for name, column in node["columns"].items()
        if column["description"]
    }
    for thing, description in described.items():
        text = " ".join(description.split()).replace("'", "''")
        connection.execute(f"comment on {thing} is '{text}'")
