"""Models run by themselves: the SQL that a build compiled, on tables of one's own in memory.

For what needs many small inputs (properties, oracles) or a large one (speed), where a dbt command per input would take too long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from tests.workspace import Workspace

Rows = Sequence[Mapping[str, Any]]


class CompiledModels:
    """Tables named as in the warehouse of `built`, empty and with its types, and its models to fill others with; in memory, or in a file.

    The build must have been the first in its folder: later ones compile only the days that changed into what is kept by day.
    """

    def __init__(self, built: Workspace, path: str = ":memory:") -> None:
        # What lies in a folder <model>.yml is a unit test's.
        compiled = (built.target / "compiled/ai_finops").rglob("*.sql")
        self._sql = {path.stem: path for path in compiled if path.parent.suffix != ".yml"}
        self.connection = duckdb.connect()
        self.connection.execute("set threads = 2")
        working = built.warehouse_dir / "build" / "finops.duckdb"
        self.connection.execute(f"attach '{working}' as built (read_only)")
        self.connection.execute(f"attach '{path}' as finops")
        self._schemas: dict[str, str] = dict(
            self.connection.execute(
                "select table_name, schema_name from (select database_name, schema_name, table_name from duckdb_tables()"
                " union all select database_name, schema_name, view_name from duckdb_views())"
                " where database_name = 'built'"
            ).fetchall()
        )
        for schema in set(self._schemas.values()) - {"main", "information_schema", "pg_catalog"}:
            self.connection.execute(f"create schema if not exists finops.{schema}")

    def name(self, table: str) -> str:
        """The table's full name."""
        return f"finops.{self._schemas[table]}.{table}"

    def fill(self, table: str, rows: Rows) -> None:
        """Put rows in the place of those that the table has; columns that they do not name are null."""
        name = self.name(table)
        types = self.connection.execute(
            f"select column_name, data_type from duckdb_columns() where database_name = 'built' and table_name = '{table}'"
            " order by column_index"
        ).fetchall()
        self.connection.execute(
            f"create or replace table {name} ({', '.join(f'{column} {kind}' for column, kind in types)})"
        )
        for row in rows:
            places = ", ".join("?" for _ in row)
            self.connection.execute(
                f"insert into {name} ({', '.join(row)}) values ({places})", list(row.values())
            )

    def make(self, *models: str, kind: str = "table") -> None:
        """Make tables, or views, of the models, in this order."""
        for model in models:
            self.connection.execute(f"create or replace {kind} {self.name(model)} as {self.sql(model)}")

    def sql(self, model: str) -> str:
        return Path(self._sql[model]).read_text()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()
