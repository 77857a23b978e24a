"""Read-only access to the published warehouse file."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from textwrap import dedent
from typing import Protocol

import duckdb

from reports_builder.attempts import failed_attempt
from reports_builder.currency import USD, Currency
from reports_builder.errors import ReportError
from reports_builder.escaping import SqlValue, clean, sql_literal
from reports_builder.evidence import Evidence, marts_read
from reports_builder.formatting import Value
from reports_builder.marts import Mart

# The folders that dbt uses, moved by the same variables.
RAW_FOLDER = Path(os.environ.get("FINOPS_RAW_DIR", "data/raw"))
WAREHOUSE_FOLDER = Path(os.environ.get("FINOPS_WAREHOUSE_DIR", "warehouse"))
DEFAULT_WAREHOUSE = WAREHOUSE_FOLDER / "finops.duckdb"
BUILD = "dbt build --project-dir dbt_project"
CATALOG = "finops"
"""The name of the database: views of the warehouse say it, whatever the file is called."""

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


@dataclass(frozen=True)
class Period:
    """The trailing window that the marts were built for, both ends included, and the one before."""

    as_of: date
    start: date
    prior_start: date
    prior_end: date
    first_usage: date
    is_whole: bool = True
    """Whether the window ends on a day for which all data is there: false for days to come."""
    before_words: str = ""
    """What the other days are called where they are not those just before."""

    @property
    def days(self) -> int:
        """Length of the window."""
        return (self.as_of - self.start).days + 1

    @property
    def length(self) -> str:
        """The same in words."""
        return "1 day" if self.days == 1 else f"{self.days} days"

    @property
    def before(self) -> str:
        """What the window is compared with, in words."""
        if self.before_words:
            return self.before_words
        return "the day before" if self.days == 1 else f"the {self.length} before"

    @property
    def has_prior(self) -> bool:
        """Whether the data covers both windows whole; without that no change between them is known."""
        return self.is_whole and self.first_usage <= self.prior_start

    @property
    def is_covered(self) -> bool:
        """Whether the data covers all of the window itself."""
        return self.is_whole and self.first_usage <= self.start

    def parameters(self) -> dict[str, SqlValue]:
        """What every query may name: the dates, and which of the windows the data covers."""
        return {
            "as_of": self.as_of,
            "window_start": self.start,
            "prior_start": self.prior_start,
            "prior_end": self.prior_end,
            "history_start": self.as_of - timedelta(days=89),
            "has_prior": self.has_prior,
            "is_covered": self.is_covered,
        }


class Connection(Protocol):
    """What a question is asked of: the file itself, or what one reader may see of it."""

    def execute(self, sql: str, parameters: dict[str, Sequence[str]], /) -> duckdb.DuckDBPyConnection:
        """The cursor over the answer."""


class Warehouse:
    """One open connection, the period of the marts, and a record of which marts were read."""

    def __init__(self, path: Path, connection: Connection) -> None:
        self.path = path
        self.read: set[str] = set()
        self._connection = connection
        self._answered: dict[str, Evidence] = {}
        self.period = self._period()
        self.currency = self._currency()

    def period_of(self, _evidence: Evidence) -> Period:
        """The window that an answer stands for."""
        return self.period

    @property
    def is_narrowed(self) -> bool:
        """Whether the queries see only a part of the rows, or of the period."""
        return False

    def evidence(self, sql: str, **parameters: SqlValue | Mart) -> Evidence:
        """Run a query and keep its text.

        ``:as_of``, ``:window_start``, ``:prior_start``, ``:prior_end`` and ``:history_start``
        (90 days up to the as-of date), ``:has_prior`` and ``:is_covered`` (whether data covers the two
        windows, the later one) and any ``parameters`` are replaced by literals first, a ``Mart`` by its
        name, so the text that is kept, and printed, can be pasted into a DuckDB shell as it stands.
        """
        text = written(sql, self.period.parameters() | parameters)
        self.read.update(marts_read(text))
        # Pages ask some questions alike (the footer, the ledger); the file cannot change meanwhile.
        if text not in self._answered:
            self._answered[text] = Evidence(text, *self._fetch(text))
        return self._answered[text]

    def has(self, mart: str) -> bool:
        """Whether the warehouse holds this ``schema.table``."""
        return (mart,) in self._tables

    @cached_property
    def _tables(self) -> frozenset[tuple[Value, ...]]:
        # To list them takes longer than most questions.
        _, rows = self._fetch("select table_schema || '.' || table_name from information_schema.tables;")
        return frozenset(rows)

    def _fetch(
        self, sql: str, parameters: Mapping[str, Sequence[str]] | None = None
    ) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]:
        try:
            cursor = self._connection.execute(sql, dict(parameters or {}))
            rows = tuple(cursor.fetchall())
            return tuple(column[0] for column in cursor.description or ()), rows
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            reason = clean(str(error).splitlines()[0])
            raise ReportError(
                f"{self.path} does not have what the reports read ({reason}). It was built by "
                f"another version of the project or only in part: run `{BUILD}`."
            ) from error
        except duckdb.Error as error:
            reason = clean(str(error).splitlines()[0])
            raise ReportError(f"{self.path} cannot be read ({reason}). Build it again: `{BUILD}`.") from error

    def _period(self) -> Period:
        if not self.has("intermediate.int_as_of_date"):
            raise ReportError(
                f"{self.path} holds no finished build (intermediate.int_as_of_date is missing). "
                f"Run `{BUILD}`."
            )
        _, rows = self._fetch(
            "select as_of_date, window_start_date, prior_window_start_date, "
            "prior_window_end_date, first_usage_date from intermediate.int_as_of_date;"
        )
        if not rows or rows[0][0] is None:
            raise ReportError(
                f"{self.path} holds no usage. Put data under data/raw "
                f"(`python -m generator` makes some), then run `{BUILD}`."
            )
        as_of, start, prior_start, prior_end, first = (date.fromisoformat(str(value)) for value in rows[0])
        return Period(as_of, start, prior_start, prior_end, first)

    def _currency(self) -> Currency:
        """What the build says that amounts are shown in; one without a word of it shows USD."""
        if not self.has("core.rpt_display_currency"):
            return USD
        _, rows = self._fetch("select currency, usd_per_unit, rate_date from core.rpt_display_currency;")
        if not rows or rows[0][0] == USD.code:
            return USD
        code, rate, day = rows[0]
        if not isinstance(rate, Decimal) or not isinstance(day, date):
            return Currency(missing=str(code))
        return Currency(str(code), rate, day)


def written(sql: str, parameters: Mapping[str, SqlValue | Mart]) -> str:
    """The query with each ``:name`` replaced: a value by its literal, a mart as it is."""

    def spelled(name: re.Match[str]) -> str:
        value = parameters[name[1]]
        return value if isinstance(value, Mart) else sql_literal(value)

    return _PARAMETER.sub(spelled, dedent(sql).strip()).rstrip(";") + ";"


def no_warehouse(path: Path) -> ReportError:
    """What is said where there is no file: what to do, and why the last build left none."""
    failed = failed_attempt(path)
    why = f" The last build failed: {failed.problem}" if failed and failed.problem else ""
    return ReportError(f"there is no warehouse at {path}. Build it first: `{BUILD}`.{why}")


def attach(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the file that stands at ``path`` now, read-only; ReportError when it cannot be opened.

    The file is attached to a database in memory. Connections to a path share what the first one in the
    process opened, so a later one would read a file that has been replaced meanwhile.
    """
    if not path.is_file():
        raise no_warehouse(path)
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"attach {sql_literal(str(path))} as {CATALOG} (read_only)")
        connection.execute(f"use {CATALOG}")
    except duckdb.Error as error:
        connection.close()
        if isinstance(error, duckdb.IOException) and "lock" in str(error):
            raise ReportError(
                f"{path} is open for writing in another program. Close that program, or point "
                "--warehouse at a published file."
            ) from error
        reason = clean(str(error).splitlines()[0])
        raise ReportError(f"{path} is not a warehouse that can be opened ({reason}).") from error
    return connection


@contextmanager
def open_warehouse(path: Path, as_of: date | None = None) -> Iterator[Warehouse]:
    """The warehouse at ``path``; ReportError when it cannot serve the reports as of ``as_of``.

    Marts are built for one as-of date. Another one needs another build, not another filter: a
    trailing margin or a forecast of an earlier day is not in the file.
    """
    connection = attach(path)
    try:
        warehouse = Warehouse(path, connection)
        built_for = warehouse.period.as_of
        if as_of is not None and as_of != built_for:
            raise ReportError(
                f"{path} was built as of {built_for}, not {as_of}. "
                f"Rebuild it for that day: `{BUILD} --vars '{{as_of_date: {as_of}}}'`."
            )
        yield warehouse
    finally:
        connection.close()
