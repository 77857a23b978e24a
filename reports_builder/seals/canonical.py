"""The canonical bytes of a row; docs/seals.md says the form so that another program can follow it."""

import re
from collections.abc import Mapping, Sequence

import duckdb

from reports_builder.errors import ReportError
from reports_builder.escaping import clean

_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_WHOLE = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
_LETTERED = [code for code in range(0x20) if f"{code:02x}" != f"{code:02X}"]
_PAIR = "chr(1)"
"""Stands for two backslashes meanwhile: JSON has no such character, it would be escaped."""


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The columns of a table with their types, in their order; ReportError when there is no such table."""
    try:
        return {name: kind for name, kind, *_ in connection.execute(f"describe {table}").fetchall()}
    except duckdb.Error as error:
        reason = clean(str(error).splitlines()[0])
        raise ReportError(f"the published warehouse has no {table} ({reason}). Build it again.") from error


def select_rows(
    table: str,
    columns: Sequence[str],
    kinds: Mapping[str, str],
    *,
    key: Sequence[str] = (),
    day: str = "''",
    condition: str = "true",
) -> str:
    """The query of day, name and canonical row of each row; the name is the canonical row of its key."""
    return (
        f"select day, {_as_others_write('name')} as name, encode({_as_others_write('line')}) as line from "  # noqa: S608
        f"(select {day}::varchar as day, {canonical_sql(key, kinds)} as name, "
        f"{canonical_sql(columns, kinds)} as line "
        f"from {table} where {condition})"
    )


def canonical_sql(columns: Sequence[str], kinds: Mapping[str, str]) -> str:
    """The expression of a row's JSON: a list with the text of each column, null where it is null."""
    missing = [column for column in columns if column not in kinds]
    if missing:
        raise ReportError(f"the published warehouse has no column {', '.join(missing)}: seals speak of it.")
    return f"to_json([{', '.join(_text(column, kinds[column]) for column in columns)}])::varchar"


def _as_others_write(json: str) -> str:
    """The JSON that DuckDB wrote, with control characters as RFC 8785 has them: in small letters."""
    pair = r"'\\'"
    small = f"replace({json}, {pair}, {_PAIR})"
    for code in _LETTERED:
        small = rf"replace({small}, '\u{code:04X}', '\u{code:04x}')"
    return rf"case when contains({json}, '\u00') then replace({small}, {_PAIR}, {pair}) else {json} end"


def quoted(column: str) -> str:
    """A column as SQL names it."""
    return '"' + column.replace('"', '""') + '"'


def _text(column: str, kind: str) -> str:
    """The expression of a value's text."""
    name = quoted(column)
    decimal = _DECIMAL.fullmatch(kind)
    if kind == "VARCHAR":
        return name
    if decimal and decimal[2] != "0":
        return _decimal(name, *map(int, decimal.groups()))
    if decimal or kind in _WHOLE or kind in {"BOOLEAN", "DATE"}:
        return f"{name}::varchar"
    if kind == "DOUBLE":
        # 17 digits tell one double from another in every language; there is one zero.
        return f"format('{{:.16e}}', {name} + 0)"
    if kind == "TIMESTAMP":
        return f"replace({name}::varchar, ' ', 'T') || 'Z'"
    raise ReportError(f"{column} is of the type {kind}, for which seals have no form.")


def _decimal(name: str, width: int, scale: int) -> str:
    """A decimal without zeros at its end. Up to 18 digits are written ten times as quickly as more."""
    text = f"{name}::varchar"
    if scale < 18 < width:
        largest = "9" * (18 - scale)
        text = (
            f"case when {name} between -{largest} and {largest} then {name}::decimal(18, {scale})::varchar "
            f"else {text} end"
        )
    return (
        f"case when not ends_with({text}, '0') then {text} "
        f"when ends_with({text}, '.{'0' * scale}') then left({text}, -{scale + 1}) "
        f"else rtrim({text}, '0') end"
    )
