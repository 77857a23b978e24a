"""Published files that stay open between questions, and are never held against a publication."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from reports_builder.escaping import sql_literal
from reports_builder.warehouse import CATALOG, attach, no_warehouse

_Identity = tuple[Path, int, int, int]


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(map(sql_literal, names))}]"


@dataclass(frozen=True)
class Beside:
    """What questions may read beside the warehouse, as its views do: these files, and these folders."""

    files: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()

    def confine(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Close the connection to all that is not named here and that it has not attached yet."""
        connection.execute(f"set allowed_paths = {_listed(map(str, self.files))}")
        connection.execute(f"set allowed_directories = {_listed(f'{each}/' for each in self.folders)}")
        connection.execute("set enable_external_access = false")


NOTHING = Beside()

_opening = threading.Lock()
# To open a file takes longer than most questions: the newest one stays open, once for all its readers.
_open: dict[tuple[_Identity, Beside], duckdb.DuckDBPyConnection] = {}


def open_cursor(path: Path, beside: Beside = NOTHING) -> duckdb.DuckDBPyConnection:
    """A connection for one reader to the file that stands at ``path`` now; ReportError when there is none.

    A file that has been replaced is closed when the last of its readers closes.
    """
    with _opening:
        try:
            found = path.stat()
        except OSError:
            raise no_warehouse(path) from None
        identity = (path.absolute(), found.st_dev, found.st_ino, found.st_mtime_ns)
        if (identity, beside) not in _open:
            connection = attach(path)
            beside.confine(connection)
            # Dropped, not closed: closing would break off the questions under way on a former file.
            for key in [key for key in _open if key[0] != identity]:
                del _open[key]
            _open[identity, beside] = connection
        cursor = _open[identity, beside].cursor()
    return cursor.execute(f"use {CATALOG}")
