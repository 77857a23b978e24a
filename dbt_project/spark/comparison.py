"""Whether two published warehouses say the same: money, counts and texts exactly, doubles to nine digits."""

from __future__ import annotations

from pathlib import Path

import duckdb

_TOLERANCE = 1e-9
# As large as the raw calls: a file made of Spark's tables does not hold it.
_LEFT_OUT = frozenset({"core.fct_calls"})
_SCHEMAS_LEFT_OUT = ("information_schema", "pg_catalog", "main", "intermediate", "staging")
_SHOWN = 3


def differences(one: Path, other: Path) -> list[str]:
    """What differs, a line for each mart or seed and kind; empty where all are equal."""
    # Each in a connection of its own: views name the catalog of their file.
    with (
        duckdb.connect(str(one), read_only=True) as first,
        duckdb.connect(str(other), read_only=True) as second,
        duckdb.connect() as connection,
    ):
        tables = _tables(first), _tables(second)
        found = [
            f"{table}: is in {one if table in tables[0] else other} only"
            for table in sorted(tables[0].keys() ^ tables[1].keys())
            if table not in _LEFT_OUT
        ]
        for table in sorted(tables[0].keys() & tables[1].keys()):
            for name, file in (("one", first), ("other", second)):
                connection.register(name, file.execute(f"from {table}").to_arrow_table())
            found += _table_differences(connection, table, tables[0][table], tables[1][table])
        return found


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Columns with their types, by table."""
    rows = connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
        " where table_schema not in (select unnest(?)) order by all",
        [list(_SCHEMAS_LEFT_OUT)],
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in rows:
        tables.setdefault(f"{schema}.{table}", {})[column] = kind
    return tables


def _table_differences(
    connection: duckdb.DuckDBPyConnection, table: str, one: dict[str, str], other: dict[str, str]
) -> list[str]:
    if one.keys() != other.keys():
        return [f"{table}: columns {', '.join(sorted(one.keys() ^ other.keys()))} are in one only"]
    exact = [name for name in one if one[name] != "DOUBLE"]
    doubles = [name for name in one if one[name] == "DOUBLE"]
    found = []
    listed = ", ".join(exact) or "1"
    for here, there in (("one", "other"), ("other", "one")):
        rows = connection.execute(
            f"select {listed} from {here} except all select {listed} from {there}"
        ).fetchall()
        if rows:
            found.append(
                f"{table}: {len(rows)} row(s) are in {here} only, such as {rows[:_SHOWN]} of ({listed})"
            )
    if found or not doubles:
        return found
    order = ", ".join([*exact, *(f"round({name}, 6)" for name in doubles)])
    apart = " or ".join(
        f"({name} is null) <> ({name}_2 is null)"
        f" or abs({name} - {name}_2) > {_TOLERANCE} * greatest(1, abs({name}))"
        for name in doubles
    )
    sides = [
        f"select {', '.join(f'{name} as {name}{suffix}' for name in doubles)},"
        f" row_number() over (order by {order}) as place{suffix} from {name_of_side}"
        for name_of_side, suffix in (("one", ""), ("other", "_2"))
    ]
    (count,) = connection.execute(
        f"select count(*) from ({sides[0]}) join ({sides[1]}) on place = place_2 where {apart}"
    ).fetchone() or (0,)
    return [f"{table}: {count} row(s) differ in a double: {', '.join(doubles)}"] if count else []
