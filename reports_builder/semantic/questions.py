"""A question of metrics by dimensions, and its answer with the SQL that gave it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from reports_builder.access import EVERYTHING, Reader, Scope, open_reader
from reports_builder.errors import ReportError
from reports_builder.escaping import SqlValue, sql_literal
from reports_builder.evidence import marts_read
from reports_builder.formatting import Value
from reports_builder.semantic.catalog import check_dimensions, check_metrics
from reports_builder.semantic.compiler import compiler
from reports_builder.semantic.published import answer
from reports_builder.warehouse import DEFAULT_WAREHOUSE

MAX_ROWS = 100_000
_VALUE = re.compile(r"finops_value_(\d+)\b")


@dataclass(frozen=True)
class Result:
    """The rows of one question and the SQL that returned them.

    Money is exact (Decimal), counts are whole numbers, quotients are floats, None is unknown. ``columns``
    are the dimensions and then the metrics, in the order asked. ``reached_limit`` says that there may be
    more rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    sql: str
    reached_limit: bool

    @property
    def marts(self) -> tuple[str, ...]:
        """The marts that the SQL reads."""
        return marts_read(self.sql)

    def records(self) -> list[dict[str, Value]]:
        """All rows, each by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def query(
    metrics: Sequence[str],
    dimensions: Sequence[str] = (),
    filters: Mapping[str, Sequence[str]] | None = None,
    start: date | None = None,
    end: date | None = None,
    *,
    order: Sequence[str] = (),
    limit: int = 10_000,
    warehouse: Path = DEFAULT_WAREHOUSE,
    scope: Scope = EVERYTHING,
    seconds: float | None = None,
) -> Result:
    """``metrics`` by ``dimensions`` from the published warehouse.

    ``filters`` keeps, per dimension, the rows with one of the values; no values is no filter. ``start``
    and ``end`` are UTC days, both included. ``order`` names columns, descending with a leading ``-``;
    rows that it leaves equal, and all rows without it, are in the order of the dimensions. Only rows of
    the ``scope`` count. ReportError for anything that cannot be asked or answered, or takes longer than
    ``seconds``.
    """
    if not metrics:
        raise ReportError("name at least one metric.")
    check_metrics(metrics)
    conditions = _conditions(filters or {}, start, end)
    sql = _sql(metrics, dimensions, conditions, order=order, limit=limit)
    columns, found = answer(sql, warehouse, scope, seconds)
    rows = tuple(tuple(_shown(value) for value in row) for row in found)
    return Result(columns, rows, sql, len(rows) >= limit)


def dimension_values(
    dimension: str,
    *,
    limit: int = 1_000,
    warehouse: Path = DEFAULT_WAREHOUSE,
    scope: Scope = EVERYTHING,
    seconds: float | None = None,
) -> tuple[str, ...]:
    """The values of a dimension in the rows of the scope, in order: what a filter can choose from.

    ReportError when it takes longer than ``seconds``.
    """
    check_dimensions([dimension], ())
    _refuse_time(dimension)
    sql = _sql((), (dimension,), _Conditions((), (), ()), order=(), limit=limit)
    _, rows = answer(sql, warehouse, scope, seconds)
    return tuple(str(row[0]) for row in rows if row[0] is not None)


Asked = tuple[tuple[str, ...], tuple[str, ...]]
"""Metrics and the dimensions that they are taken apart by."""


def within(asked: Sequence[Asked], scope: Scope, *, warehouse: Path = DEFAULT_WAREHOUSE) -> tuple[Asked, ...]:
    """Those of which the scope has all that they are made of."""
    with open_reader(warehouse, scope) as reader:
        if not isinstance(reader, Reader):
            return tuple(asked)
        return tuple(
            one for one in asked if reader.permits(_sql(*one, _Conditions((), (), ()), order=(), limit=1))
        )


@dataclass(frozen=True)
class _Conditions:
    """Conditions with a placeholder each, the values for them, and the dimensions that they name."""

    templates: tuple[str, ...]
    values: tuple[SqlValue, ...]
    dimensions: tuple[str, ...]


def _sql(
    metrics: Sequence[str],
    dimensions: Sequence[str],
    conditions: _Conditions,
    *,
    order: Sequence[str],
    limit: int,
) -> str:
    asked = [*metrics, *dimensions]
    repeated = {name for name in asked if asked.count(name) > 1}
    if repeated:
        raise ReportError(f"{', '.join(sorted(repeated))} is asked for twice.")
    if not 1 <= limit <= MAX_ROWS:
        raise ReportError(f"the limit is {limit}; it can be 1 to {MAX_ROWS}.")
    check_dimensions([*dimensions, *conditions.dimensions], metrics)
    ordering = {name.removeprefix("-") for name in order}
    for name in sorted(ordering - set(asked)):
        raise ReportError(f"{name!r} cannot order the rows: it is not among what is asked for.")
    ties = [name for name in dimensions if name not in ordering]
    template = compiler().sql(tuple(metrics), tuple(dimensions), conditions.templates, (*order, *ties), limit)
    # Values come in last and in one pass: neither MetricFlow's templates nor another value reads them.
    return _VALUE.sub(lambda found: sql_literal(conditions.values[int(found[1])]), template) + ";"


def _conditions(filters: Mapping[str, Sequence[str]], start: date | None, end: date | None) -> _Conditions:
    templates: list[str] = []
    values: list[SqlValue] = []
    for name, chosen in sorted(filters.items()):
        _refuse_time(name)
        if isinstance(chosen, str) or not all(isinstance(value, str) for value in chosen):
            raise ReportError(f"the filter on {name} must be a list of texts.")
        if chosen:
            element = "Entity" if name == "customer" else "Dimension"
            templates.append(f"{{{{ {element}('{name}') }}}} in finops_value_{len(values)}")
            values.append(tuple(sorted(set(chosen))))
    if start is not None and end is not None and end < start:
        raise ReportError(f"the period ends ({end}) before it starts ({start}).")
    for day, comparison in ((start, ">="), (end, "<=")):
        if day is not None:
            element = "{{ TimeDimension('metric_time', 'day') }}"
            templates.append(f"{element} {comparison} finops_value_{len(values)}")
            values.append(day)
    return _Conditions(tuple(templates), tuple(values), tuple(filters))


def _refuse_time(dimension: str) -> None:
    if dimension.startswith("metric_time"):
        raise ReportError("choose the period with start and end, not with a filter.")


def _shown(value: Value) -> Value:
    """Periods are days: the engine returns the instant at which they begin."""
    return value.date() if isinstance(value, datetime) else value
