"""MetricFlow in this process: from metrics, dimensions and conditions to SQL, without a connection."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports_builder.errors import ReportError
from reports_builder.semantic.manifest import fresh_manifest

if TYPE_CHECKING:
    from metricflow.engine.models import Dimension, Metric

_NOT_INSTALLED = (
    "the semantic layer needs MetricFlow, which is not installed: `pip install -e '.[dashboard]'`."
)


class Compiler:
    """One engine over one semantic manifest. May be used from any thread."""

    def __init__(self, manifest: Path) -> None:
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

        described = parse_manifest_from_dbt_generated_manifest(manifest.read_text())
        for model in described.semantic_models:
            # A catalog is named after its file; without the name the SQL runs on a file of any name.
            relation = f'"{model.node_relation.schema_name}"."{model.node_relation.alias}"'
            model.node_relation.database = None
            model.node_relation.relation_name = relation.replace('"', "")
        client: Any = RendersOnly()
        self._engine = MetricFlowEngine(SemanticManifestLookup(described), client)
        self._order = [metric.name for metric in described.metrics]
        self._lock = threading.Lock()

    def metrics(self) -> list[Metric]:
        """The metrics, in the order of their files."""
        known = {metric.name: metric for metric in self._engine.list_metrics(include_dimensions=False)}
        return [known[name] for name in self._order if name in known]

    def dimensions(self, metrics: Sequence[str]) -> list[Dimension]:
        """The categorical dimensions of all of these metrics, of any metric where none is named."""
        found = self._engine.list_dimensions(list(metrics) or None)
        return [dimension for dimension in found if dimension.type.value == "categorical"]

    def sql(
        self,
        metrics: Sequence[str],
        dimensions: Sequence[str],
        conditions: Sequence[str],
        order: Sequence[str],
        limit: int,
    ) -> str:
        """The SQL of a question; every name must have been checked before."""
        from metricflow.engine.metricflow_engine import (  # noqa: PLC0415
            MetricFlowQueryRequest,
            OutputColumnOrderMode,
        )

        request = MetricFlowQueryRequest.create(
            metric_names=list(metrics) or None,
            group_by_names=list(dimensions) or None,
            where_constraints=list(conditions) or None,
            order_by_names=list(order) or None,
            limit=limit,
            output_column_order_mode=OutputColumnOrderMode.INPUT_ORDER,
        )
        # The engine numbers its sub-queries with one counter of the process.
        with self._lock:
            return str(self._engine.explain(request).sql_statement.without_descriptions.sql)


_build = threading.Lock()


def compiler() -> Compiler:
    """The compiler of the semantic layer as it stands; built once, and again when its files change."""
    with _build:
        manifest = fresh_manifest()
        return _of(manifest, manifest.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _of(manifest: Path, _written_ns: int) -> Compiler:
    return Compiler(manifest)
