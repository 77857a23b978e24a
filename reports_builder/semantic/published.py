"""Answers of the published warehouse file, within the scope and the time of who asks."""

from pathlib import Path

import duckdb

from reports_builder.access import EVERYTHING, Scope, open_reader
from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.formatting import Value
from reports_builder.time_limit import time_limit
from reports_builder.warehouse import BUILD


def answer(
    sql: str, warehouse: Path, scope: Scope = EVERYTHING, seconds: float | None = None
) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]:
    """Columns and rows of a query on the warehouse as it stands now, as far as the scope goes.

    ReportError when it cannot answer, where the question goes beyond the scope, and when it takes longer than
    ``seconds``.
    """
    try:
        with open_reader(warehouse, scope) as connection, time_limit(connection, seconds):
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


def _reason(error: duckdb.Error) -> str:
    return clean(str(error).splitlines()[0])
