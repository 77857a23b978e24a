"""Which dimensions each mart keeps, as the semantic layer says, and the rows that have some values of them.

This needs the manifest alone: MetricFlow, which takes seconds to import, is asked only by the chart builder.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reports_builder.errors import ReportError
from reports_builder.marts import Mart
from reports_builder.semantic.manifest import whole_manifest


@dataclass(frozen=True)
class _Model:
    """A semantic model: its relation, and the expressions of its dimensions and entities by their names."""

    relation: str
    is_kept_by_day: bool
    dimensions: Mapping[str, str]
    keys: Mapping[str, str]
    foreign_keys: Mapping[str, str]


class MartDimensions:
    """The dimensions of the marts of one semantic manifest."""

    def __init__(self, manifest: str) -> None:
        models = [_model(described) for described in json.loads(manifest)["semantic_models"]]
        self._models = {model.relation: model for model in models}
        self._keepers = {entity: model for model in models for entity in model.keys}
        self._names = {name for model in models for name in model.dimensions}

    def is_kept_by_day(self, mart: Mart) -> bool:
        """Whether the mart has a row for each day, so that it can be asked for any days."""
        return self._model(mart).is_kept_by_day

    def keeps(self, mart: Mart, dimension: str) -> bool:
        """Whether the rows of the mart have this dimension; ReportError for an unknown name."""
        return self._condition(mart, dimension, "") is not None

    def rows(self, mart: Mart, values: Mapping[str, str]) -> Mart:
        """The rows of the mart whose dimensions have one of the values, as a query in parentheses.

        ``values`` is the right side of ``in`` by dimension, a placeholder or a list of literals.
        """
        if not values:
            return mart
        conditions = []
        for dimension, said in values.items():
            condition = self._condition(mart, dimension, said)
            if condition is None:
                raise ReportError(f"{mart} is not kept by {dimension}.")
            conditions.append(condition)
        return Mart(f"(select * from {mart} where {' and '.join(conditions)})")  # noqa: S608 - names of the manifest

    def _condition(self, mart: Mart, dimension: str, values: str) -> str | None:
        """What the rows must fulfil; None where the mart does not keep the dimension."""
        if dimension not in self._names:
            raise ReportError(f"the semantic layer has no dimension {dimension!r}.")
        model = self._model(mart)
        if dimension in model.dimensions:
            return f"{model.dimensions[dimension]} in {values}"
        for entity, key in model.foreign_keys.items():
            keeper = self._keepers.get(entity)
            if keeper is not None and dimension in keeper.dimensions:
                # The keys of an entity's own model are unique: no row is lost or counted twice.
                passing = f"{keeper.dimensions[dimension]} in {values}"
                return f"{key} in (select {keeper.keys[entity]} from {keeper.relation} where {passing})"  # noqa: S608
        return None

    def _model(self, mart: Mart) -> _Model:
        if mart not in self._models:
            raise ReportError(
                f"the semantic layer does not describe {mart}; run `dbt parse --project-dir dbt_project`."
            )
        return self._models[mart]


def mart_dimensions() -> MartDimensions:
    """What the semantic layer says as it stands: read once, and again when it changes."""
    return _dimensions_of(whole_manifest())


@lru_cache(maxsize=1)
def _dimensions_of(manifest: str) -> MartDimensions:
    return MartDimensions(manifest)


def _model(described: Mapping[str, Any]) -> _Model:
    def expressions(kind: str, *types: str) -> dict[str, str]:
        return {
            item["name"]: item["expr"] or item["name"] for item in described[kind] if item["type"] in types
        }

    relation = described["node_relation"]
    foreign_keys = expressions("entities", "foreign")
    return _Model(
        f"{relation['schema_name']}.{relation['alias']}",
        bool((described["defaults"] or {}).get("agg_time_dimension")),
        # What a row is of is a dimension, too, by the name of its column.
        {key: key for key in foreign_keys.values()} | expressions("dimensions", "categorical"),
        expressions("entities", "primary", "unique"),
        foreign_keys,
    )
