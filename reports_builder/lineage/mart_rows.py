"""From the query of a figure to the rows of the mart that make it.

The queries of pages choose rows and columns of one mart, and may sum them, which a test holds them to. So the
rows behind a figure are the same query without its sums, narrowed to the row of its answer that the figure
stands in.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlglot
from sqlglot import exp

from reports_builder.errors import ReportError
from reports_builder.escaping import sql_literal
from reports_builder.evidence import Evidence
from reports_builder.formatting import Value

_DIALECT = "duckdb"


@dataclass(frozen=True)
class MartRows:
    """Rows of a mart: what stands after ``from`` and after ``where``, and what the figure is of them.

    ``column`` is the mart's column that the figure is, or is the sum of; None where the query works it out of
    ``inputs``. ``expression`` is how.
    """

    mart: str
    relation: str
    conditions: tuple[str, ...]
    column: str | None
    expression: str
    inputs: tuple[str, ...]

    @property
    def source(self) -> str:
        """What a query of these rows says after its columns."""
        where = f"\nwhere {' and '.join(self.conditions)}" if self.conditions else ""
        return f"from {self.relation}{where}"

    def where(self, condition: str) -> "MartRows":
        """Those of the rows of which this holds."""
        return replace(self, conditions=(*self.conditions, condition))

    def of(self, column: str) -> "MartRows":
        """The same rows for one of their columns."""
        return replace(self, column=column, expression=column, inputs=(column,))


def rows_behind(evidence: Evidence, column: str) -> MartRows:
    """The rows of the mart behind ``column`` of the focused row; ReportError for a query of another form."""
    try:
        query = sqlglot.parse_one(evidence.sql, read=_DIALECT)
    except sqlglot.ParseError as error:
        raise ReportError(f"the query of this figure cannot be read ({error.errors[:1]}).") from error
    source = query.find(exp.From)
    if not isinstance(query, exp.Select) or source is None or query.args.get("joins"):
        raise ReportError("the query of this figure does not choose rows of one mart, so nothing leads on.")
    table = source.this if isinstance(source.this, exp.Table) else source.this.find(exp.Table)
    where = query.args.get("where")
    conditions = [_sql(where.this)] if where else []
    projection = _projection(query, column)
    named, summed, narrowed = _base(projection)
    conditions += [narrowed] if narrowed else []
    conditions += _conditions_of_row(query, evidence)
    return MartRows(
        f"{table.db}.{table.name}",
        _sql(source.this),
        tuple(f"({each})" if " or " in each.lower() else each for each in conditions),
        named,
        f"sum({named})" if summed else _sql(projection),
        tuple(dict.fromkeys(each.name for each in projection.find_all(exp.Column))),
    )


def _projection(query: exp.Select, column: str) -> exp.Expression:
    """How the query makes a column, with its other columns that this names written out."""
    shown = {each.alias_or_name: each.unalias() for each in query.expressions}

    def written_out(name: str, within: frozenset[str]) -> exp.Expression:
        made = shown.get(name)
        if made is None or name in within or isinstance(made, exp.Column):
            return exp.column(name) if made is None else made
        written: exp.Expression = made.transform(
            lambda each: (
                exp.paren(written_out(each.name, within | {name}), copy=False)
                # Within a sum a name is a column of the mart.
                if isinstance(each, exp.Column)
                and each.name in shown.keys() - within - {name}
                and each.find_ancestor(exp.AggFunc, exp.Filter) is None
                else each
            )
        )
        return written

    return written_out(column, frozenset())


def _base(projection: exp.Expression) -> tuple[str | None, bool, str]:
    """The column that a projection shows or sums, whether it sums it, and which rows it sums."""
    condition = ""
    inner = projection
    while True:
        if isinstance(inner, exp.Paren | exp.Cast) or (
            isinstance(inner, exp.Coalesce)
            and all(isinstance(each, exp.Literal) for each in inner.expressions)
        ):
            inner = inner.this
        elif isinstance(inner, exp.Filter):
            condition, inner = _sql(inner.expression.this), inner.this
        else:
            break
    if isinstance(inner, exp.Column):
        return inner.name, False, condition
    if isinstance(inner, exp.Sum) and isinstance(inner.this, exp.Column):
        return inner.this.name, True, condition
    return None, False, ""


def _conditions_of_row(query: exp.Select, evidence: Evidence) -> list[str]:
    """What tells the focused row from others of its answer: its plain columns, by their values."""
    shown = {each.alias_or_name: each.unalias() for each in query.expressions}
    if any(isinstance(each, exp.Star) for each in query.expressions):
        shown |= {name: exp.column(name) for name in evidence.columns if name not in shown}
    group = query.args.get("group")
    grouped = {each.name for each in group.expressions} if group else set()
    # The sum of a window leaves the rows of the mart as they are.
    is_summed = bool(group) or any(
        not isinstance(each.parent, exp.Window) and each.find_ancestor(exp.Window) is None
        for each in query.find_all(exp.AggFunc)
    )
    return [
        condition
        for name, inner in shown.items()
        if isinstance(inner, exp.Column) and name in evidence.columns
        if not is_summed or inner.name in grouped
        for condition in _is_value(_sql(inner), evidence[name])
    ]


def _is_value(column: str, value: Value) -> list[str]:
    if value is None:
        return [f"{column} is null"]
    # A floating-point number does not come back from its text for certain.
    if isinstance(value, bool | int | str | Decimal | date):
        return [f"{column} = {sql_literal(value)}"]
    return []


def _sql(expression: exp.Expression) -> str:
    return expression.sql(dialect=_DIALECT, normalize_functions=False)
