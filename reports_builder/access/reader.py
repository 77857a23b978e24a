"""The one way to the published file for a reader whose rows or columns are limited.

The reader's queries run in a database of its own that has no tables, only views with the rows and columns of
its scope. A query is parsed by the engine first: it can name those views and nothing else, so that the file
behind them, other files and other processes are out of its reach.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from reports_builder.access.kept_open import NOTHING, Beside, open_cursor
from reports_builder.access.marts import Structure, granted, quoted
from reports_builder.access.questions import marts_asked
from reports_builder.access.refusal import AccessError
from reports_builder.access.scope import Scope
from reports_builder.errors import ReportError
from reports_builder.formatting import Value
from reports_builder.warehouse import CATALOG, attach

Parameters = Mapping[str, Sequence[str]]
Answer = tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]


class Reader:
    """A connection for one scope; may be used where a DuckDB connection is asked a question."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scope: Scope, structure: Structure) -> None:
        """Take over a connection that has the published file attached and nothing else."""
        self.scope = scope
        self._connection = connection
        self._structure = structure
        self._views: set[str] = set()
        self._empty: duckdb.DuckDBPyConnection | None = None
        connection.execute("use memory")
        _lock(connection)

    def execute(self, sql: str, parameters: Parameters | None = None) -> duckdb.DuckDBPyConnection:
        """The cursor over the answer; AccessError where the question goes beyond the scope."""
        for mart in marts_asked(sql, self._connection):
            self._provide(mart)
        try:
            return self._connection.execute(sql, dict(parameters or {}))
        except (duckdb.CatalogException, duckdb.BinderException):
            raise
        except duckdb.Error as error:
            # What the engine says of a value may be of one that a filter would have taken out.
            raise AccessError("this question cannot be answered for your group.") from error

    def permits(self, sql: str) -> bool:
        """Whether the scope has every mart that the query reads."""
        try:
            for mart in marts_asked(sql, self._connection):
                granted(mart, self._structure, self.scope, CATALOG)
        except AccessError:
            return False
        return True

    def has(self, mart: str) -> bool:
        """Whether the published file holds this ``schema.table``, in the scope or not."""
        return mart in self._structure

    def nothing(self, sql: str, parameters: Parameters | None = None) -> Answer:
        """What the query returns where every mart is empty, computed where there is no row of anybody."""
        if self._empty is None:
            self._empty = duckdb.connect(":memory:")
            _lock(self._empty)
        for mart in marts_asked(sql, self._empty):
            columns = self._structure.get(mart)
            if columns is None:
                raise AccessError(f"there is no {mart}.")
            described = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
            self._empty.execute(f"create schema if not exists {mart.partition('.')[0]}")
            self._empty.execute(f"create table if not exists {mart} ({described})")
        cursor = self._empty.execute(sql, dict(parameters or {}))
        return tuple(column[0] for column in cursor.description or ()), tuple(cursor.fetchall())

    def interrupt(self) -> None:
        """Break off the query that runs now."""
        self._connection.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._empty is not None:
            self._empty.close()

    def _provide(self, mart: str) -> None:
        """Make the view of the mart with what the scope has of it; AccessError where it has nothing."""
        if mart in self._views:
            return
        allowed = granted(mart, self._structure, self.scope, CATALOG)
        try:
            self._connection.execute(f"create schema if not exists {mart.partition('.')[0]}")
            self._connection.execute(f"create view {mart} as {allowed}")
        except duckdb.Error as error:
            raise ReportError(
                f"{mart} cannot be read from this warehouse; it has to be built again."
            ) from error
        self._views.add(mart)


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    # A name that is no table's must not find a variable of this program.
    connection.execute("set python_enable_replacements = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


@contextmanager
def open_reader(
    path: Path, scope: Scope, beside: Beside = NOTHING
) -> Iterator[Reader | duckdb.DuckDBPyConnection]:
    """What a scope has of the published file as it stands now; of everything, a connection to the file.

    Who sees everything shares the opened file with all who do; a limited reader has a database of its own.
    """
    if scope.is_everything:
        with closing(open_cursor(path, beside)) as cursor:
            yield cursor
        return
    with closing(attach(path)) as connection:
        beside.confine(connection)
        with closing(Reader(connection, scope, _structure_of(path, connection))) as reader:
            yield reader


_Key = tuple[Path, int, int, int]
_reading = threading.Lock()
# The columns of the newest file: to list them takes longer than most questions.
_structures: dict[_Key, Structure] = {}


def _structure_of(path: Path, connection: duckdb.DuckDBPyConnection) -> Structure:
    found = path.stat()
    key = (path.absolute(), found.st_dev, found.st_ino, found.st_mtime_ns)
    with _reading:
        if key not in _structures:
            rows = connection.execute(
                "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
                "where database_name = ? order by column_index",
                [CATALOG],
            ).fetchall()
            columns: dict[str, dict[str, str]] = {}
            for mart, column, kind in rows:
                columns.setdefault(str(mart), {})[str(column)] = str(kind)
            _structures.clear()
            _structures[key] = columns
        return _structures[key]
