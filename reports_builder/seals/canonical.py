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
_TEXT_OF = "text of "
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
    written = {
        kinds[column]: column for column in reversed(columns) if _DECIMAL.fullmatch(kinds.get(column, ""))
    }
    texts = "".join(
        f", {_text(column, kind)} as {quoted(_TEXT_OF + column)}" for kind, column in written.items()
    )
    return (
        f"select day, {_as_others_write('name')} as name, encode({_as_others_write('line')}) as line from "  # noqa: S608
        f"(select {day}::varchar as day, {canonical_sql(key, kinds)} as name, "
        f"{canonical_sql(columns, kinds, written)} as line "
        f"from (select *{texts} from {table} where {condition}))"
    )


def canonical_sql(
    columns: Sequence[str], kinds: Mapping[str, str], written: Mapping[str, str] | None = None
) -> str:
    """The expression of a row's JSON: a list with the text of each column, null where it is null.

    ``written`` has by type a column of which there is a text already, for all that are equal to it.
    """
    missing = [column for column in columns if column not in kinds]
    if missing:
        raise ReportError(f"the published warehouse has no column {', '.join(missing)}: seals speak of it.")
    texts = (_text_like(column, kinds[column], (written or {}).get(kinds[column])) for column in columns)
    return f"json_array({', '.join(texts)})::varchar"


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


def _text_like(column: str, kind: str, written: str | None) -> str:
    """The same, where another column may have the same value: amounts of a row often are one amount.

    To write a decimal takes twenty times as long as to compare it.
    """
    if written is None:
        return _text(column, kind)
    text = quoted(_TEXT_OF + written)
    if column == written:
        return text
    return f"case when {quoted(column)} = {quoted(written)} then {text} else {_text(column, kind)} end"


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
