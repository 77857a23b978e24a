"""Analysis: cost per task, latency, failures and quality of the models in use."""

from reports_builder.confidence import confidence
from reports_builder.domains.efficiency import insights
from reports_builder.domains.efficiency import queries as ask
from reports_builder.domains.efficiency.charts import latency_ranges
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Figure, Insight, KeyFigure, Page, Recommendation, Section, Table
from reports_builder.savings import action_plan, ledger, total_savings
from reports_builder.warehouse import Warehouse

_ALL = 1000
# Several models are compared with the best one, so that two standard errors would often be chance.
_CHANCE = 3.0


def build(warehouse: Warehouse) -> Page:
    """How the models perform, per task, in the trailing window."""
    results = ask.results(warehouse)
    totals = ask.totals(warehouse)
    tasks = ask.recommendations(warehouse)
    switches = ledger(warehouse, "model_switch", rows=_ALL)
    slow = ask.slowest(warehouse)
    failing = ask.failures_by_model(warehouse)
    by_task = {task["task_type"]: task for task in tasks.each()}
    return Page(
        path="analyses/performance.md",
        title="Performance of the models in use",
        period=warehouse.period,
        question=note(
            "A model is worth its price only where its answers are better, faster or more reliable than "
            "those of a cheaper one."
        ),
        answer=(
            _how_it_goes(results),
            _what_to_move(totals, total_savings(warehouse, switches)),
            _who_waits(slow),
            _what_fails(failing),
        ),
        key_figures=_key_figures(results, slow),
        figures=_latency_figure(warehouse, slow),
        insights=(
            *(
                insights.switch(warehouse, action, by_task[action["task_type"]])
                for action in switches.each()[:1]
            ),
            *_slow_answers(slow),
            *_failures(failing),
        ),
        plan=action_plan(warehouse, "model_switch"),
        confidence=confidence(warehouse),
        sections=_reference(warehouse, tasks),
    )


def _how_it_goes(results: Evidence) -> Prose:
    compared = " ({finished_change:delta} on the 30 days before)"
    return results.say(
        "A finished call costs **{finished_usd:usd_unit}** on average"
        + (compared if results["prior_finished_usd"] is not None else "")
        + (", scores {quality:percent} for quality" if results["quality"] is not None else "")
        + ", and {failure_share:percent} of calls fail."
    )


def _who_waits(slow: Evidence) -> Prose:
    if not slow.rows:
        return note("No latency is measured.")
    return slow.say(
        ("Users" if slow["task_type"] == "unknown" else "Users of {task:text}")
        + " wait longest for {model:text}: it needs {latency_p50_ms:milliseconds} for half of its "
        "answers and over {latency_p95_ms:milliseconds} for one in twenty."
    )


def _differs(failing: Evidence) -> bool:
    """Whether the worst model fails more often than the best by more than chance would have it."""
    return float(failing["standard_errors_apart"] or 0) >= _CHANCE  # type: ignore[arg-type]


def _what_fails(failing: Evidence) -> Prose:
    if not _differs(failing):
        return note("No model fails measurably more often than another.")
    return failing.say(
        "{model:text} fails most often, in {failure_share:percent} of its calls; {best_model:text} least, in "
        "{best_failure_share:percent}."
    )


def _what_to_move(totals: Evidence, saved: Evidence) -> Prose:
    if not totals["tasks_to_switch"]:
        return note("No cheaper model is known to do a task well enough: keep the models in use.")
    return say(
        "For {tasks_to_switch:count} of {tasks:count} tasks another model gives as good an answer for less,"
        " worth **{total_net_usd:usd}** a month.",
        totals,
        saved,
    )


def _key_figures(results: Evidence, slow: Evidence) -> tuple[KeyFigure, ...]:
    return (
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
            status=results.say("{scored_share:percent} of calls are scored"),
        ),
        KeyFigure(
            "Failed calls",
            results.cell("failure_share", "percent"),
            results.cell("prior_failure_share", "percent"),
            results.cell("failure_change", "delta_points"),
            status=results.say("{failed_calls:count} calls"),
        ),
        KeyFigure(
            "Slowest use, 95th percentile",
            slow.cell("latency_p95_ms", "milliseconds"),
            status=slow.say("{task:text} on {model:text}") if slow.rows else None,
        ),
    )


def _latency_figure(warehouse: Warehouse, slow: Evidence) -> tuple[Figure, ...]:
    if not slow.rows:
        return ()
    models = ask.latencies_of_task(warehouse, str(slow["task_type"]))
    title = models.say(
        (
            "Waiting time by model"
            if slow["task_type"] == "unknown"
            else "{task:text}, where users wait longest"
        )
        + ": {model:text} gives half of its answers in {latency_p50_ms:milliseconds}"
    )
    return (
        Figure(
            "latency",
            latency_ranges(models),
            title,
            title
            + note(
                ". A bar for each model from its median to its 95th percentile; the slowest has a median of "
            )
            + slow.say("{latency_p50_ms:milliseconds}."),
            models,
            height=300,
            key="Bar: from the median to the 95th percentile. Thin mark: 99th. Dark: the recommended model.",
        ),
    )


def _slow_answers(slow: Evidence) -> tuple[Insight, ...]:
    if not slow.rows or slow["task_type"] == "unknown" or slow["model"] == slow["recommended_model"]:
        return ()
    insight = Insight(
        title=slow.say("{task:text} on {model:text} keeps users waiting"),
        problem=slow.say(
            "One answer in twenty takes longer than **{latency_p95_ms:milliseconds}**; on "
            "{quicker_model:text} it is {quicker_p95_ms:milliseconds} for the same task."
        ),
        domain_spec=insights.PERFORMANCE,
        domain_framework="Quantify Business Value: KPIs & Benchmarking",
        ubr_impact=slow.say(
            "**{cost_usd:usd}** in 30 days is paid for these answers; what waiting costs in customers is "
            "unknown."
        ),
        recommendation=Recommendation(
            slow.say(
                "Keep waiting time among the criteria when {task:text} is moved; {recommended_model:text} "
                "is the model recommended for it."
            ),
            "Head of Engineering",
            "days",
        ),
        outcome=slow.say(
            "The slowest twentieth goes from {latency_p95_ms:milliseconds} to "
            "{recommended_p95_ms:milliseconds} with the recommended model. Its money value is in the model "
            "switches and not counted here. Assumption: the same prompts, and answers of the length that "
            "model gives today."
        ),
        supporting=Table(
            (
                Column("task", "Task"),
                Column("model", "Model"),
                Column("calls", "Calls", "count"),
                Column("latency_p50_ms", "Median", "milliseconds"),
                Column("latency_p95_ms", "p95", "milliseconds"),
                Column("latency_p99_ms", "p99", "milliseconds"),
                Column("recommended_model", "Recommended"),
                Column("recommended_p95_ms", "Its p95", "milliseconds"),
            ),
            slow,
            note("tasks and models by waiting time, those with at least one per cent of the task's calls."),
        ),
    )
    return (insight,)


def _failures(failing: Evidence) -> tuple[Insight, ...]:
    if not _differs(failing):
        return ()
    insight = Insight(
        title=failing.say("{model:text} fails in {failure_share:percent} of its calls"),
        problem=failing.say(
            "**{all_failed_calls:count}** calls failed in 30 days, {all_failure_share:percent} of all; "
            "{model:text} fails {failure_ratio:ratio} times as often as {best_model:text}."
        ),
        domain_spec=insights.PERFORMANCE,
        domain_framework="Quantify Business Value: KPIs & Benchmarking",
        ubr_impact=failing.say(
            "Each failure is a prompt that may be billed and an answer that a customer paid for and did not"
            " get; **{avoidable_calls:count}** a month would not happen at the rate of {best_model:text}."
        ),
        recommendation=Recommendation(
            failing.say("Retry failed calls of {model:text} on the model recommended for their task."),
            "Head of Engineering",
            "days",
        ),
        outcome=failing.say(
            "Between none and **{avoidable_calls:count}** failed calls fewer a month. Assumption: failures "
            "have to do with the model and not with the prompts it gets."
        ),
        supporting=Table(
            (
                Column("provider", "Provider"),
                Column("model", "Model"),
                Column("calls", "Calls", "count"),
                Column("failed_calls", "Failed", "count"),
                Column("failure_share", "Share", "percent"),
            ),
            failing,
            note("failures by model."),
        ),
    )
    return (insight,)


def _reference(warehouse: Warehouse, tasks: Evidence) -> tuple[Section, ...]:
    return (
        Section(
            "The model to use for each task",
            tables=(
                Table(
                    (
                        Column("task", "Task"),
                        Column("current_model", "Costs most today"),
                        Column("recommended_model", "Use"),
                        Column("reason", "Why"),
                        Column("current_cost_usd", "Cost now", "usd_table"),
                        Column("cost_after_usd", "Cost then", "usd_table"),
                        Column("quality_change", "Quality", "delta_points"),
                    ),
                    tasks,
                    max_rows=30,
                ),
            ),
        ),
        Section(
            "Cost, latency and quality by task and model",
            tables=(
                Table(
                    (
                        Column("task_type", "Task", "words"),
                        Column("model", "Model"),
                        Column("finished_usd", "Per finished call", "usd_unit"),
                        Column("thousand_tokens_usd", "Per 1,000 tokens", "usd_unit"),
                        Column("latency_p50_ms", "Median", "milliseconds"),
                        Column("latency_p95_ms", "p95", "milliseconds"),
                        Column("latency_p99_ms", "p99", "milliseconds"),
                        Column("failure_share", "Failures", "percent"),
                        Column("quality", "Quality", "percent"),
                        Column("quality_scored_calls", "Scored calls", "count"),
                    ),
                    ask.models_of_all_tasks(warehouse),
                    max_rows=60,
                ),
            ),
        ),
    )
