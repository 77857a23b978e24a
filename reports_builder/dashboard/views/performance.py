"""Cost, speed, failures and quality of the models in use."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence
from reports_builder.model import Section, Table
from reports_builder.subjects import insights
from reports_builder.subjects.core.statements import split_section
from reports_builder.subjects.efficiency import queries as ask
from reports_builder.subjects.efficiency.statements import (
    FAILURE_COLUMNS,
    advice_section,
    how_it_goes,
    latency_figure,
    models_table,
    quality_figure,
    result_figures,
    service_levels_section,
    slowest_figure,
    who_waits,
)


def build(warehouse: NarrowedWarehouse) -> View:
    """Performance of the models in use."""
    results = ask.results(warehouse)
    slow = ask.slowest(warehouse)
    tasks = ask.recommendations(warehouse)
    return View(
        title="Performance",
        headline=(how_it_goes(warehouse, results), who_waits(slow)),
        tiles=(*result_figures(results), slowest_figure(slow)),
        sections=(
            *(Section("Waiting time", figures=(figure,)) for figure in latency_figure(warehouse, slow)),
            *_quality_section(warehouse, tasks),
            split_section(warehouse, "task", "Task", "Spend by task"),
            split_section(warehouse, "model", "Model", "Spend by model"),
            advice_section(tasks),
            *service_levels_section(warehouse),
            Section("Every task and model", tables=(models_table(warehouse),)),
            Section("Failures by model", tables=(Table(FAILURE_COLUMNS, ask.failures_by_model(warehouse)),)),
        ),
        period=warehouse.chosen_period,
        insights=insights.together(insights.performance(warehouse.whole), insights.models(warehouse.whole)),
    )


def _quality_section(warehouse: NarrowedWarehouse, tasks: Evidence) -> tuple[Section, ...]:
    """Quality against cost for the task that costs most."""
    if not tasks.rows:
        return ()
    figure = quality_figure(warehouse, tasks)
    if not any(row["quality"] is not None for row in figure.evidence.records()):
        return ()
    return (Section("Quality against cost of the dearest task", figures=(figure,)),)
