"""The models of dbt between a mart and its sources, and how a column is made on the way.

The manifest says which model reads which; the compiled SQL, read by sqlglot, of what a column is made. Both
are what the last dbt command left in its target folder; without them this part of a chain is not told.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from dbt_project.landing.project import PROJECT
from reports_builder.errors import ReportError
from reports_builder.warehouse import Warehouse

_DIALECT = "duckdb"
_MOST_COLUMNS = 12
_ENDS = frozenset({"core.fct_charges", "allocation.fct_allocated_costs_daily"})


@dataclass(frozen=True)
class Made:
    """A column of a model: what it is worked out as, and of which columns of what the model reads."""

    relation: str
    column: str
    expression: str
    inputs: tuple[tuple[str, str], ...]


Columns = Mapping[str, Mapping[str, Mapping[str, str]]]
"""The columns of a warehouse with their types, by schema and table."""


class Models:
    """The graph of one manifest, over the columns of a warehouse."""

    def __init__(self, target: Path, columns: Columns) -> None:
        self._target = target
        self.columns = columns
        self._scopes: dict[str, Scope | None] = {}
        self._trails: dict[tuple[str, str], tuple[Made, ...]] = {}
        try:
            self.manifest: Mapping[str, Any] = json.loads((target / "manifest.json").read_text("utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise ReportError(
                f"{target / 'manifest.json'} cannot be read: "
                "run `dbt build --project-dir dbt_project`, which writes it."
            ) from error

    @cached_property
    def nodes(self) -> dict[str, Mapping[str, Any]]:
        """Models, seeds and sources by their id."""
        kinds = ("model", "seed", "source")
        found = self.manifest["nodes"] | self.manifest["sources"]
        return {key: node for key, node in found.items() if node["resource_type"] in kinds}

    @cached_property
    def _by_relation(self) -> dict[str, str]:
        return {relation_of(node): key for key, node in self.nodes.items()}

    def id_of(self, relation: str) -> str | None:
        """The id of the node that makes ``schema.table``."""
        return self._by_relation.get(relation)

    def downstream(self, keys: Iterable[str]) -> set[str]:
        """The ids of models and exposures that are made of these nodes, directly or not."""
        return self._reached(keys, self.manifest["child_map"])

    def upstream(self, keys: Iterable[str]) -> set[str]:
        """The ids of the nodes that these are made of."""
        return self._reached(keys, self.manifest["parent_map"])

    def _reached(self, keys: Iterable[str], edges: Mapping[str, list[str]]) -> set[str]:
        found: set[str] = set()
        waiting = list(keys)
        while waiting:
            for other in edges.get(waiting.pop(), ()):
                if other not in found and not other.startswith(("test.", "unit_test.", "operation.")):
                    found.add(other)
                    waiting.append(other)
        return found

    def path(self, relation: str, ends: Iterable[str]) -> tuple[str, ...]:
        """The shortest way from a mart up to one of ``ends``, both included; empty where there is none."""
        start = self.id_of(relation)
        wanted = {key for key in map(self.id_of, ends) if key}
        if start is None:
            return ()
        came: dict[str, str | None] = {start: None}
        waiting = [start]
        for key in waiting:
            if key in wanted:
                way: list[str] = []
                step: str | None = key
                while step is not None:
                    way.append(relation_of(self.nodes[step]))
                    step = came[step]
                return tuple(reversed(way))
            for parent in self.manifest["parent_map"].get(key, ()):
                if parent in self.nodes and parent not in came:
                    came[parent] = key
                    waiting.append(parent)
        return ()

    def made(self, relation: str, column: str) -> Made | None:
        """How a model makes a column; None where it is no model or its compiled SQL does not tell."""
        scope = self._scope(relation)
        if scope is None:
            return None
        try:
            root = lineage(column, scope.expression, self._schema, dialect=_DIALECT, scope=scope)
        except SqlglotError:
            return None
        assert isinstance(root, Node)
        return Made(relation, column, _expression(root), tuple(dict.fromkeys(_inputs(root))))

    def trail(self, relation: str, column: str) -> tuple[Made, ...]:
        """How a column is made, and the amounts that it is made of, up to the ledger or to a source."""
        if (relation, column) not in self._trails:
            self._trails[relation, column] = tuple(self._followed(relation, column))
        return self._trails[relation, column]

    def _followed(self, relation: str, column: str) -> Iterable[Made]:
        found: dict[tuple[str, str], Made] = {}
        waiting = [(relation, column)]
        for each in waiting:
            if each in found or len(found) >= _MOST_COLUMNS or (each[0] in _ENDS and found):
                continue
            made = self.made(*each)
            if made is None:
                continue
            found[each] = made
            handed_on = len(made.inputs) == 1
            waiting += [source for source in made.inputs if handed_on or source[1].endswith("_usd")]
        return found.values()

    @cached_property
    def _schema(self) -> dict[str, object]:
        return {"finops": self.columns}

    def _scope(self, relation: str) -> Scope | None:
        if relation not in self._scopes:
            self._scopes[relation] = self._scope_of(relation)
        return self._scopes[relation]

    def _scope_of(self, relation: str) -> Scope | None:
        node = self.nodes.get(self.id_of(relation) or "")
        if node is None or node["resource_type"] != "model":
            return None
        path = self._target / "compiled" / node["package_name"] / node["original_file_path"]
        try:
            query = qualify(
                exp.maybe_parse(path.read_text("utf-8"), dialect=_DIALECT),
                dialect=_DIALECT,
                schema=self._schema,
                validate_qualify_columns=False,
                identify=False,
            )
            return build_scope(query)
        except (OSError, SqlglotError):
            return None


def columns_of_warehouse(warehouse: Warehouse) -> Columns:
    """The columns of all tables with their types."""
    found = warehouse.evidence(
        "select table_schema, table_name, column_name, data_type from information_schema.columns order by all"
    )
    columns: dict[str, dict[str, dict[str, str]]] = {}
    for schema, table, column, kind in found.rows:
        columns.setdefault(str(schema), {}).setdefault(str(table), {})[str(column)] = str(kind)
    return columns


def target_folder() -> Path:
    """Where dbt commands leave what they made."""
    return PROJECT / os.environ.get("DBT_TARGET_PATH", "target")


def relation_of(node: Mapping[str, Any]) -> str:
    """The ``schema.table`` of a node; of a source that is files its own name."""
    return f"{node['schema']}.{node.get('alias') or node['name']}"


def _expression(root: Node) -> str:
    """What the column is worked out as: where it is handed on as it is, what was handed on."""
    node = root
    while len(node.downstream) == 1 and isinstance(_bare(node), exp.Column):
        node = node.downstream[0]
    bare = _bare(node)
    return node.name if isinstance(bare, exp.Table) else bare.sql(dialect=_DIALECT, normalize_functions=False)


def _bare(node: Node) -> exp.Expr:
    inner: exp.Expr = node.expression.unalias() if isinstance(node.expression, exp.Alias) else node.expression
    while isinstance(inner, exp.Cast | exp.Paren):
        inner = inner.this
    return inner


def _inputs(root: Node) -> Iterator[tuple[str, str]]:
    for node in root.walk():
        if not node.downstream and isinstance(node.expression, exp.Table):
            yield f"{node.expression.db}.{node.expression.name}", node.name.rpartition(".")[2]
