"""The published warehouse file, kept open between questions and never held against a publication."""

import threading
from pathlib import Path

import duckdb

from reports_builder.access import EVERYTHING, Scope, open_reader
from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.formatting import Value
from reports_builder.time_limit import time_limit
from reports_builder.warehouse import BUILD, CATALOG, attach

_Identity = tuple[Path, int, int, int]

_opening = threading.Lock()
# Opening a file costs more than most questions: the last one stays open.
_open: dict[_Identity, duckdb.DuckDBPyConnection] = {}


def answer(
    sql: str, warehouse: Path, scope: Scope = EVERYTHING, seconds: float | None = None
) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]:
    """Columns and rows of a query on the warehouse as it stands now, as far as the scope goes.

    ReportError when it cannot answer, where the question goes beyond the scope, and when it takes longer than
    ``seconds``.
    """
    opened = open_cursor(warehouse) if scope.is_everything else open_reader(warehouse, scope)
    try:
        with opened as connection, time_limit(connection, seconds):
            cursor = connection.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            return columns, tuple(cursor.fetchall())
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise ReportError(
            f"{warehouse} does not have what the semantic layer reads ({_reason(error)}). It was built by "
            f"another version of the project or only in part: run `{BUILD}`."
        ) from error
    except duckdb.Error as error:
        raise ReportError(f"{warehouse} cannot be read ({_reason(error)}).") from error


def open_cursor(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A connection for one question; the file is opened anew when another was published under its name."""
    try:
        found = warehouse.stat()
    except OSError as error:
        raise ReportError(f"there is no warehouse at {warehouse}. Build it first: `{BUILD}`.") from error
    identity = (warehouse.absolute(), found.st_dev, found.st_ino, found.st_mtime_ns)
    with _opening:
        if identity not in _open:
            connection = _opened(warehouse)
            # Dropped, not closed: closing would break off the questions under way on the former file.
            _open.clear()
            _open[identity] = connection
        cursor = _open[identity].cursor()
    return cursor.execute(f"use {CATALOG}")


def _opened(warehouse: Path) -> duckdb.DuckDBPyConnection:
    connection = attach(warehouse)
    connection.execute("set enable_external_access = false")
    return connection


def _reason(error: duckdb.Error) -> str:
    return clean(str(error).splitlines()[0])
