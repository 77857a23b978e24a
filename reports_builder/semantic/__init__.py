"""Any question of metrics by dimensions, answered from the published warehouse; charts that keep it.

The metrics and dimensions are those of the dbt semantic layer (``dbt_project/models/semantic``) and bear
its names: what ``query`` answers, ``mf query`` answers with the same figures.
"""

from reports_builder.semantic.catalog import Dimension, Metric, list_dimensions, list_metrics
from reports_builder.semantic.questions import MAX_ROWS, Result, dimension_values, query, within
from reports_builder.semantic.saved_charts import (
    CHART_KINDS,
    SAVED_CHARTS,
    SavedChart,
    list_charts,
    load_chart,
    save_chart,
)

__all__ = [
    "CHART_KINDS",
    "MAX_ROWS",
    "SAVED_CHARTS",
    "Dimension",
    "Metric",
    "Result",
    "SavedChart",
    "dimension_values",
    "list_charts",
    "list_dimensions",
    "list_metrics",
    "load_chart",
    "query",
    "save_chart",
    "within",
]
