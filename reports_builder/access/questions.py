"""What a query reads, as the engine itself parses it; nothing but one plain question passes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from reports_builder.access.refusal import AccessError

# What may stand after `from`. Functions that return tables can be given the name of any table or file as
# text, and a description of a table tells what is in it.
_SOURCES = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY", "EXPRESSION_LIST"})
# How functions begin that tell of the process, that plan a query given as text, which finds the extremes of a
# column, and that fail at will, which tells of a row that is filtered later.
_FUNCTIONS = (
    "current_setting",
    "duckdb_",
    "error",
    "getenv",
    "getvariable",
    "json_",
    "pg_",
    "query",
    "read_",
    "write_",
)
_REFUSED = "this is not a question that a reader with limited access may ask"


def marts_asked(sql: str, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The ``schema.table`` names that a query reads, in lower case.

    AccessError for anything but one ``select`` over marts named by schema and table, and the parts that it
    names itself.
    """
    (told,) = connection.execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()[0]
    parsed = json.loads(told)
    statements = parsed.get("statements", ())
    if parsed.get("error") or len(statements) != 1:
        raise AccessError(f"{_REFUSED}: it must be one select.")
    nodes = list(_nodes(statements[0]))
    named = {
        str(item["key"]).lower() for node in nodes for item in (node.get("cte_map") or {}).get("map", ())
    } | {str(node["cte_name"]).lower() for node in nodes if node.get("cte_name")}
    found: dict[str, None] = {}
    for node in nodes:
        if str(node.get("function_name", "")).lower().startswith(_FUNCTIONS):
            raise AccessError(f"{_REFUSED}: it calls {node['function_name']}.")
        if not _is_source(node):
            continue
        if node["type"] not in _SOURCES:
            raise AccessError(f"{_REFUSED}: it reads something other than a mart.")
        if node["type"] == "BASE_TABLE":
            mart = _mart(node, named)
            if mart:
                found[mart] = None
    return tuple(found)


def _mart(node: Mapping[str, Any], named: set[str]) -> str | None:
    """The mart that a table of the query is; None for a part that the query names itself."""
    catalog, schema, table = (
        str(node.get(part) or "").lower() for part in ("catalog_name", "schema_name", "table_name")
    )
    if not catalog and not schema and table in named:
        return None
    if catalog or not schema or node.get("at_clause"):
        raise AccessError(f"{_REFUSED}: a mart is named by its schema and its name alone.")
    return f"{schema}.{table}"


def _is_source(node: Mapping[str, Any]) -> bool:
    """Whether a node of the parsed query is what rows come from: it alone has both an alias and a sample."""
    return "alias" in node and "sample" in node


def _nodes(root: object) -> Iterator[Mapping[str, Any]]:
    """Every mapping within, without recursion: a query may be nested as deep as its author likes."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
