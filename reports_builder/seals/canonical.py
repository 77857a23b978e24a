"""The canonical bytes of a row; docs/seals.md says the form so that another program can follow it."""

import json
import re
from collections.abc import Iterator, Sequence

import duckdb

from reports_builder.errors import ReportError
from reports_builder.escaping import clean

_DECIMAL = re.compile(r"DECIMAL\(\d+,(\d+)\)")
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
_BATCH = 50_000


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The columns of a table with their types, in their order; ReportError when there is no such table."""
    try:
        return {name: kind for name, kind, *_ in connection.execute(f"describe {table}").fetchall()}
    except duckdb.Error as error:
        reason = clean(str(error).splitlines()[0])
        raise ReportError(f"the published warehouse has no {table} ({reason}). Build it again.") from error


def canonical_sql(columns: Sequence[str], kinds: dict[str, str]) -> str:
    """The expression of a row's JSON: a list with the text of each column, null where it is null."""
    missing = [column for column in columns if column not in kinds]
    if missing:
        raise ReportError(f"the published warehouse has no column {', '.join(missing)}: seals speak of it.")
    return f"to_json([{', '.join(_text(column, kinds[column]) for column in columns)}])::varchar"


def read_days(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> Iterator[tuple[str, list[bytes], list[str]]]:
    """Each day with its rows in their order, which is that of their bytes, and the names of the rows.

    The query gives day, canonical row and canonical key, by day.
    """
    current, pairs = "", list[tuple[bytes, str]]()
    for batch in connection.execute(sql).to_arrow_reader(_BATCH):
        days, texts, names = (column.to_pylist() for column in batch.columns)
        for day, text, name in zip(days, texts, names, strict=True):
            if day != current and pairs:
                yield current, *_in_order(pairs)
                pairs = []
            current = day
            pairs.append((_as_others_write(text), name))
    if pairs:
        yield current, *_in_order(pairs)


def _in_order(pairs: list[tuple[bytes, str]]) -> tuple[list[bytes], list[str]]:
    pairs.sort()
    return [row for row, _ in pairs], [_as_others_write(name).decode() for _, name in pairs]


def _as_others_write(text: str) -> bytes:
    """The JSON that DuckDB wrote, with control characters as RFC 8785 has them: in small letters."""
    if "\\u00" in text:
        text = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(column: str, kind: str) -> str:
    """The expression of a value's text."""
    name = _quoted(column)
    scale = _DECIMAL.fullmatch(kind)
    if kind == "VARCHAR":
        return name
    if scale and scale[1] != "0":
        return f"rtrim(rtrim({name}::varchar, '0'), '.')"
    if scale or kind in _WHOLE or kind in {"BOOLEAN", "DATE"}:
        return f"{name}::varchar"
    if kind == "DOUBLE":
        # 17 digits tell one double from another in every language; there is one zero.
        return f"format('{{:.16e}}', {name} + 0)"
    if kind == "TIMESTAMP":
        return f"replace({name}::varchar, ' ', 'T') || 'Z'"
    raise ReportError(f"{column} is of the type {kind}, for which seals have no form.")
