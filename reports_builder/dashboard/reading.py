"""The published warehouse as the dashboard reads it: one file, read-only, narrowed by the filters."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from reports_builder.access import EVERYTHING, AccessError, Beside, Reader, Scope, open_reader
from reports_builder.alerts.ledger import Ledger
from reports_builder.currency import shown_in
from reports_builder.dashboard.filters import DIMENSIONS, Filters
from reports_builder.escaping import SqlValue, sql_literal
from reports_builder.evidence import Evidence, marts_read
from reports_builder.marts import Mart
from reports_builder.semantic.marts import mart_dimensions
from reports_builder.time_limit import time_limit
from reports_builder.warehouse import Connection, Period, Warehouse, written

_DAYS = frozenset({"period", "compare"})


@dataclass(frozen=True)
class Identity:
    """Which file stands at the path and what its reader may see of it: the key of whatever is kept of it.

    Another file has another identity, also of the same size and second. The ledger of alerts beside it only
    grows, so that its length says what has become of them. What one scope has seen, no other scope is shown.
    """

    inode: int
    modified_ns: int
    size: int
    ledger_bytes: int = 0
    scope: Scope = EVERYTHING


def identity_of(path: Path, scope: Scope = EVERYTHING) -> Identity | None:
    """The identity of the published file for a reader; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Identity(found.st_ino, found.st_mtime_ns, found.st_size, _size_of(Ledger(path).path), scope)


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class NarrowedWarehouse(Warehouse):
    """A warehouse whose queries see the filters: the same text, over the rows that pass.

    A query follows a filter when the semantic layer finds its dimension in every mart that the query counts,
    else not at all: cost of one provider beside revenue of all would mislead. Its text gives the same
    figure in a DuckDB shell.
    """

    def __init__(self, path: Path, connection: Connection | Reader, filters: Filters) -> None:
        self._reader = connection if isinstance(connection, Reader) else None
        super().__init__(path, connection)
        self.filters = filters
        _, rows = self._fetch("select max(usage_date) from core.fct_usage_daily;")
        last_usage = rows[0][0] if isinstance(rows[0][0], date) else self.period.as_of
        self.chosen_period = filters.period_of(self.period, last_usage)

    def has(self, mart: str) -> bool:
        """Whether the warehouse holds this ``schema.table``."""
        return super().has(mart) if self._reader is None else self._reader.has(mart)

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is in use."""
        return bool(self.filters.chosen)

    @cached_property
    def whole(self) -> "NarrowedWarehouse":
        """The same without filters, for what speaks of the whole company and the reports' own days."""
        return NarrowedWarehouse(self.path, self._connection, Filters()) if self.is_narrowed else self

    def period_of(self, evidence: Evidence) -> Period:
        """The chosen window where the query follows it, else that of the marts."""
        return self.period if _DAYS & set(evidence.not_narrowed_by) else self.chosen_period

    def evidence(self, sql: str, **parameters: SqlValue | Mart) -> Evidence:
        """As in ``Warehouse``; what a reader chose is bound as a parameter and printed as a literal.

        What the reader may not see comes back empty and marked as withheld.
        """
        marts = {name: value for name, value in parameters.items() if isinstance(value, Mart)}
        followed = [name for name in self.filters.chosen if _is_followed(name, marts.values(), sql)]
        chosen = {name: self.filters.values(name) for name in followed if name in DIMENSIONS}
        known = self.period.parameters() | parameters
        if _DAYS & set(followed):
            known |= self.chosen_period.parameters()
        if "period" in followed:
            known |= {"history_start": self.chosen_period.start}

        def narrowed(spelled: Callable[[str], str]) -> dict[str, Mart]:
            if not chosen:
                return {}
            values = {DIMENSIONS[name]: spelled(name) for name in chosen}
            return {name: mart_dimensions().rows(mart, values) for name, mart in marts.items()}

        text = written(sql, known | narrowed(lambda name: sql_literal(chosen[name])))
        self.read.update(marts_read(text))
        if text not in self._answered:
            asked = written(sql, known | narrowed(lambda name: f"${name}"))
            self._answered[text] = self._answer(text, asked, chosen)
        ignored = tuple(name for name in self.filters.chosen if name not in followed)
        return replace(self._answered[text], not_narrowed_by=ignored) if ignored else self._answered[text]

    def _answer(self, text: str, asked: str, chosen: Mapping[str, Sequence[str]]) -> Evidence:
        try:
            return Evidence(text, *self._fetch(asked, chosen))
        except AccessError:
            if self._reader is None:
                raise
            return Evidence(text, *self._reader.nothing(asked, chosen), is_withheld=True)


def _is_followed(name: str, marts: Collection[Mart], sql: str) -> bool:
    if name == "compare" and "prior" not in sql:
        return True
    if not marts:
        return False
    layer = mart_dimensions()
    if name in _DAYS:
        return all(layer.is_kept_by_day(mart) for mart in marts)
    return all(layer.keeps(mart, DIMENSIONS[name]) for mart in marts)


@contextmanager
def open_published(
    path: Path,
    filters: Filters | None = None,
    *,
    with_calls: bool = False,
    scope: Scope = EVERYTHING,
    seconds: float | None = None,
) -> Iterator[NarrowedWarehouse]:
    """The published file as it is at this moment, as a reader may see it; ReportError when it cannot serve.

    ``with_calls`` lets questions read the files of the build too, which single calls and traces stand in.
    After so many ``seconds`` they are broken off.
    """
    # What a reader chooses becomes part of a question: no question may reach beyond the warehouse and
    # the ledger of its alerts, which the views of alerts read.
    calls = (path.absolute().parent / "build" / "frozen",) if with_calls else ()
    beside = Beside((Ledger(path).path,), calls)
    with open_reader(path, scope, beside) as connection, time_limit(connection, seconds):
        warehouse = NarrowedWarehouse(path, connection, filters or Filters())
        with shown_in(warehouse.currency):
            yield warehouse
