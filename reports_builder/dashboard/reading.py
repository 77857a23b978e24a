"""The published warehouse as the dashboard reads it: one file, read-only, narrowed by the filters."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent

import duckdb

from reports_builder.alerts.ledger import Ledger
from reports_builder.dashboard.filters import NAMES, Filters, bears, narrowed
from reports_builder.escaping import SqlValue, sql_literal
from reports_builder.evidence import Evidence, marts_read
from reports_builder.warehouse import Period, Warehouse, attach

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


@dataclass(frozen=True)
class Identity:
    """Which file stands at the path: another one has another identity, also of the same size and second.

    The ledger of alerts beside it only grows, so that its length says what has become of them.
    """

    inode: int
    modified_ns: int
    size: int
    ledger_bytes: int = 0


def identity_of(path: Path) -> Identity | None:
    """The identity of the published file; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Identity(found.st_ino, found.st_mtime_ns, found.st_size, _size_of(Ledger(path).path))


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class NarrowedWarehouse(Warehouse):
    """A warehouse whose queries see the filters: the same text, over the rows that pass.

    A query is narrowed by a filter when every mart it counts can bear it, else not at all; its text
    says which, and gives the same figure in a DuckDB shell.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, filters: Filters) -> None:
        super().__init__(path, connection)
        self.filters = filters
        _, rows = self._fetch("select max(usage_date) from core.fct_usage_daily;")
        last_usage = rows[0][0] if isinstance(rows[0][0], date) else self.period.as_of
        self.chosen_period = filters.period_of(self.period, last_usage)

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is in use."""
        return bool(self.filters.chosen)

    def period_of(self, evidence: Evidence) -> Period:
        """The chosen window where the query follows it, else that of the marts."""
        return self.chosen_period if bears(evidence.sql, "period") else self.period

    def evidence(self, sql: str, **parameters: SqlValue) -> Evidence:
        """As in ``Warehouse``; what a reader chose is bound as a parameter and printed as a literal."""
        chosen = {f"chosen_{name}": self.filters.values(name) for name in NAMES}
        known = self.period.parameters() | parameters
        if self.filters.period and bears(sql, "period"):
            chosen_period = self.chosen_period
            known = chosen_period.parameters() | {"history_start": chosen_period.start} | parameters
        asked = narrowed(dedent(sql).strip().rstrip(";"), self.filters)
        text = _PARAMETER.sub(lambda name: sql_literal((known | chosen)[name[1]]), asked) + ";"
        self.read.update(marts_read(text))
        if text not in self._answered:
            bound = {
                f"{name}_{place}": value
                for name, values in chosen.items()
                for place, value in enumerate(values)
            }
            used: dict[str, str] = {}

            def placeholder(name: re.Match[str]) -> str:
                if name[1] not in chosen:
                    return sql_literal(known[name[1]])
                places = [key for key in bound if key.rsplit("_", 1)[0] == name[1]]
                used.update({key: bound[key] for key in places})
                return f"({', '.join(f'${key}' for key in places)})"

            executed = _PARAMETER.sub(placeholder, asked)
            self._answered[text] = Evidence(text, *self._fetch(executed, used or None))
        return self._answered[text]


@contextmanager
def open_published(path: Path, filters: Filters | None = None) -> Iterator[NarrowedWarehouse]:
    """The published file as it is at this moment; ReportError when it cannot serve."""
    connection = attach(path)
    try:
        # What a reader chooses becomes part of a question: no question may reach beyond the warehouse and
        # the ledger of its alerts, which the views of alerts read.
        connection.execute(f"set allowed_paths = [{sql_literal(str(Ledger(path).path))}]")
        connection.execute("set enable_external_access = false")
        yield NarrowedWarehouse(path, connection, filters or Filters())
    finally:
        connection.close()
