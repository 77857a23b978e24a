"""The published file explains itself: a shell shows what each public table and column is."""

from __future__ import annotations

import json

from tests.workspace import Workspace

COLUMNS = """
    select schema_name || '.' || table_name, column_name, comment from duckdb_columns()
    where database_name = current_database()"""


def test_every_public_table_and_column_says_what_it_is(built: Workspace) -> None:
    nodes = json.loads((built.target / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    public = {
        f"{node['schema']}.{node['alias']}": node
        for node in nodes
        if node["resource_type"] == "model" and node["access"] == "public"
    }
    columns = [row for row in built.query(COLUMNS) if row[0] in public]
    assert len({table for table, _, _ in columns}) == len(public) > 40
    for table, column, comment in columns:
        assert comment, f"{table}.{column}"
        wanted = public[table]["columns"][column]["description"]
        assert comment == " ".join(wanted.split()), f"{table}.{column}"
    tables = dict(
        built.query(
            "select schema_name || '.' || table_name, comment from duckdb_tables() "
            "union all select schema_name || '.' || view_name, comment from duckdb_views()"
        )
    )
    for name, node in public.items():
        said = node["description"].split("\n### ")[0]
        assert tables[name] == " ".join(said.split())
