"""Marts without rows, in memory: a test says what is in those that its sentences read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import duckdb

from reports_builder.warehouse import Warehouse
from tests.reports.warehouse_fixture import columns_of


@contextmanager
def empty_marts(*tables: str, as_of: date = date(2026, 10, 31)) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables as their contracts state them, built as of a day, with usage since the year began."""
    start = as_of - timedelta(days=29)
    prior_end, prior_start = start - timedelta(days=1), start - timedelta(days=30)
    with duckdb.connect() as opened:
        opened.execute("create schema intermediate")
        opened.execute(
            f"""create table intermediate.int_as_of_date as select date '{as_of}' as as_of_date,
            date '{start}' as window_start_date, date '{prior_start}' as prior_window_start_date,
            date '{prior_end}' as prior_window_end_date, date '{as_of.year}-01-01' as first_usage_date"""
        )
        for table in tables:
            columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(table).items())
            opened.execute(f"create schema if not exists {table.split('.')[0]}")
            opened.execute(f"create table {table} ({columns})")
        yield opened


def with_rows(connection: duckdb.DuckDBPyConnection, table: str, *rows: str) -> Warehouse:
    """The warehouse with these rows, each the columns of a select."""
    for row in rows:
        connection.execute(f"insert into {table} by name select {row}")
    return warehouse_of(connection)


def warehouse_of(connection: duckdb.DuckDBPyConnection) -> Warehouse:
    """The warehouse as it is now."""
    return Warehouse(Path("finops.duckdb"), connection)
