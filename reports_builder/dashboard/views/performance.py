"""Cost, speed, failures and quality of the models in use."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.domains.efficiency import queries as ask
from reports_builder.domains.efficiency.charts import latency_ranges, quality_against_cost
from reports_builder.domains.spend.statements import split_section
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table


def build(warehouse: NarrowedWarehouse) -> View:
    """Performance of the models in use."""
    results = ask.results(warehouse)
    slow = ask.slowest(warehouse)
    tasks = ask.recommendations(warehouse)
    failing = ask.failures_by_model(warehouse)
    return View(
        title="Performance",
        headline=(
            results.say(
                "A finished call costs **{finished_usd:usd_unit}** on average, and "
                "{failure_share:percent} of calls fail."
            ),
            _who_waits(slow),
        ),
        tiles=(
            KeyFigure(
                "Cost of a finished call",
                results.cell("finished_usd", "usd_unit"),
                results.cell("prior_finished_usd", "usd_unit"),
                results.cell("finished_change", "delta"),
            ),
            KeyFigure(
                "Mean quality score",
                results.cell("quality", "percent"),
                results.cell("prior_quality", "percent"),
                results.cell("quality_change", "delta_points"),
                status=results.say("{scored_share:percent} of calls scored"),
            ),
            KeyFigure(
                "Failed calls",
                results.cell("failure_share", "percent"),
                results.cell("prior_failure_share", "percent"),
                results.cell("failure_change", "delta_points"),
                status=results.say("{failed_calls:count} calls"),
            ),
            *_slowest_tile(slow),
        ),
        sections=(
            *_latency_section(warehouse, slow),
            *_quality_section(warehouse, tasks),
            split_section(warehouse, "task", "Task", "Spend by task"),
            split_section(warehouse, "model", "Model", "Spend by model"),
            _advice_table(tasks),
            _model_table(warehouse),
            _failure_table(failing),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def _who_waits(slow: Evidence) -> Prose:
    if not slow.rows:
        return note("No latency is measured.")
    return slow.say(
        "Users of {task:text} wait longest for {model:text}: {latency_p50_ms:milliseconds} for half of its "
        "answers, over {latency_p95_ms:milliseconds} for one in twenty."
    )


def _slowest_tile(slow: Evidence) -> tuple[KeyFigure, ...]:
    if not slow.rows:
        return ()
    where = slow.say("{task:text} on {model:text}")
    return (
        KeyFigure("Slowest use, 95th percentile", slow.cell("latency_p95_ms", "milliseconds"), status=where),
    )


def _latency_section(warehouse: NarrowedWarehouse, slow: Evidence) -> tuple[Section, ...]:
    if not slow.rows:
        return ()
    models = ask.latencies_of_task(warehouse, str(slow["task_type"]))
    if not models.rows:
        return ()
    title = models.say(
        "{task:text}, where users wait longest: {model:text} gives half of its answers in "
        "{latency_p50_ms:milliseconds}"
    )
    figure = Figure(
        "latency",
        latency_ranges(models),
        title,
        title + note(". A bar for each model from its median to its 95th percentile."),
        models,
        height=60 + 28 * len(models.rows),
        key="Bar: from the median to the 95th percentile. Thin mark: 99th. Dark: the recommended model.",
    )
    return (Section("Waiting time", figures=(figure,)),)


def _quality_section(warehouse: NarrowedWarehouse, tasks: Evidence) -> tuple[Section, ...]:
    """Quality against cost for the task that costs most."""
    if not tasks.rows:
        return ()
    models = ask.models_of_task(warehouse, str(tasks["task_type"]))
    if not any(row["quality"] is not None for row in models.records()):
        return ()
    title = tasks.say("{task:text}, the dearest task: {recommended_model:text} is the model to use")
    figure = Figure(
        "quality-and-cost",
        quality_against_cost(models),
        title,
        title + note(". A dot per model: cost of the same work across, quality up, with its interval."),
        models,
        height=300,
    )
    return (Section("Quality against cost", figures=(figure,)),)


def _advice_table(tasks: Evidence) -> Section:
    columns = (
        Column("task", "Task"),
        Column("current_model", "Costs most today"),
        Column("recommended_model", "Use"),
        Column("reason", "Why"),
        Column("current_cost_usd", "Cost now", "usd_table"),
        Column("cost_after_usd", "Cost then", "usd_table"),
        Column("quality_change", "Quality", "delta_points"),
    )
    return Section("The model to use for each task", tables=(Table(columns, tasks, max_rows=30),))


def _model_table(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("task_type", "Task", "words"),
        Column("model", "Model"),
        Column("finished_usd", "Per finished call", "usd_unit"),
        Column("latency_p50_ms", "Median", "milliseconds"),
        Column("latency_p95_ms", "p95", "milliseconds"),
        Column("latency_p99_ms", "p99", "milliseconds"),
        Column("failure_share", "Failures", "percent"),
        Column("quality", "Quality", "percent"),
    )
    return Section(
        "Every task and model", tables=(Table(columns, ask.models_of_all_tasks(warehouse), max_rows=20),)
    )


def _failure_table(failing: Evidence) -> Section:
    columns = (
        Column("provider", "Provider"),
        Column("model", "Model"),
        Column("calls", "Calls", "count"),
        Column("failed_calls", "Failed", "count"),
        Column("failure_share", "Share", "percent"),
    )
    return Section("Failures by model", tables=(Table(columns, failing),))
