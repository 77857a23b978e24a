"""MetricFlow in this process: from metrics, dimensions and conditions to SQL, without a connection."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reports_builder.errors import ReportError
from reports_builder.semantic.manifest import whole_manifest

if TYPE_CHECKING:
    from metricflow.engine.models import Dimension, Metric

_REMEMBERED = 500
_NOT_INSTALLED = (
    "the semantic layer needs MetricFlow, which is not installed: `pip install -e '.[dashboard]'`."
)


class Compiler:
    """One engine over one semantic manifest; remembers what it was asked; may be used from any thread."""

    def __init__(self, manifest: str) -> None:
        # Some seconds to import: only who asks a question pays for it.
        try:
            from metricflow.engine.metricflow_engine import MetricFlowEngine  # noqa: PLC0415
            from metricflow.protocols.sql_client import SqlEngine  # noqa: PLC0415
            from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer  # noqa: PLC0415
            from metricflow_semantics.model.dbt_manifest_parser import (  # noqa: PLC0415
                parse_manifest_from_dbt_generated_manifest,
            )
            from metricflow_semantics.model.semantic_manifest_lookup import (  # noqa: PLC0415
                SemanticManifestLookup,
            )
        except ModuleNotFoundError as error:
            raise ReportError(_NOT_INSTALLED) from error

        class RendersOnly:
            """What the engine asks of a client while it writes SQL; nothing is ever run through it."""

            sql_engine_type = SqlEngine.DUCKDB
            sql_plan_renderer = DuckDbSqlPlanRenderer()

        described = parse_manifest_from_dbt_generated_manifest(manifest)
        for model in described.semantic_models:
            # A catalog is named after its file; without the name the SQL runs on a file of any name.
            relation = model.node_relation
            relation.relation_name = f"{relation.schema_name}.{relation.alias}"
        client: Any = RendersOnly()
        self._engine = MetricFlowEngine(SemanticManifestLookup(described), client)
        self._order = [metric.name for metric in described.metrics]
        # The engine numbers the parts of a query with one counter of the process.
        self._lock = threading.Lock()
        self.metrics = lru_cache(maxsize=1)(self._metrics)
        self.dimensions = lru_cache(maxsize=_REMEMBERED)(self._dimensions)
        self.sql = lru_cache(maxsize=_REMEMBERED)(self._sql)

    def _metrics(self) -> tuple[Metric, ...]:
        """The metrics, in the order of their files."""
        with self._lock:
            known = {metric.name: metric for metric in self._engine.list_metrics(include_dimensions=False)}
        return tuple(known[name] for name in self._order if name in known)

    def _dimensions(self, metrics: tuple[str, ...]) -> tuple[Dimension, ...]:
        """The categorical dimensions of all of these metrics, of any metric where none is named."""
        # Asked without a metric, the engine also lists dimensions that no metric has.
        asked = [[*metrics]] if metrics else [[name] for name in self._order]
        with self._lock:
            found = {item for names in asked for item in self._engine.list_dimensions(names)}
        categorical = (item for item in found if item.type.value == "categorical")
        return tuple(sorted(categorical, key=lambda item: item.dunder_name))

    def _sql(
        self,
        metrics: tuple[str, ...],
        dimensions: tuple[str, ...],
        conditions: tuple[str, ...],
        order: tuple[str, ...],
        limit: int,
    ) -> str:
        """The SQL of a question; every name must have been checked before."""
        from metricflow.engine.metricflow_engine import (  # noqa: PLC0415
            MetricFlowQueryRequest,
            OutputColumnOrderMode,
        )
        from metricflow_semantics.errors.error_classes import InvalidQueryException  # noqa: PLC0415

        request = MetricFlowQueryRequest.create(
            metric_names=metrics or None,
            group_by_names=dimensions or None,
            where_constraints=conditions or None,
            order_by_names=order or None,
            limit=limit,
            output_column_order_mode=OutputColumnOrderMode.INPUT_ORDER,
        )
        try:
            with self._lock:
                return str(self._engine.explain(request).sql_statement.without_descriptions.sql)
        except InvalidQueryException as error:
            raise ReportError(f"the semantic layer cannot answer this: {error}") from error


_building = threading.Lock()


def compiler() -> Compiler:
    """The compiler of the semantic layer as it stands: built once, and again when the layer changes."""
    with _building:
        return _compiler_of(whole_manifest())


@lru_cache(maxsize=1)
def _compiler_of(manifest: str) -> Compiler:
    return Compiler(manifest)
