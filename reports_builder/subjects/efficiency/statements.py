"""What the reports and the dashboard say of cost, speed, failures and quality per task."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.insight_words import phrase
from reports_builder.model import Column, Figure, KeyFigure, Section, Table, compared
from reports_builder.subjects.core.statements import without_a_cost
from reports_builder.subjects.efficiency import queries as ask
from reports_builder.subjects.efficiency.charts import latency_ranges, quality_against_cost
from reports_builder.warehouse import Warehouse

FAILURE_COLUMNS = (
    Column("provider", "Provider"),
    Column("model", "Model"),
    Column("calls", "Calls", "count"),
    Column("failed_calls", "Failed", "count"),
    Column("failure_share", "Share", "percent"),
)


def how_it_goes(warehouse: Warehouse, results: Evidence) -> Prose:
    """What a finished call costs, how good it is, and how many calls fail."""
    compared = f" ({{finished_change:delta}} on {warehouse.period_of(results).before})"
    return results.say(
        "A finished call costs **{finished_usd:usd_unit}** on average"
        + (compared if results["prior_finished_usd"] is not None else "")
        + (", scores {quality:percent} for quality" if results["quality"] is not None else "")
        + ", and {failure_share:percent} of calls fail."
    )


def who_waits(slow: Evidence) -> Prose:
    """Where users wait longest."""
    if not slow.rows:
        return note("No latency is measured.")
    return slow.say(
        ("Users" if slow["task_type"] == "unknown" else "Users of {task:text}")
        + " wait longest for {model:text}: half of its answers take "
        "{latency_p50_ms:milliseconds} or more, one in twenty {latency_p95_ms:milliseconds} or more."
    ) + longest_time(slow)


def longest_time(slow: Evidence) -> Prose:
    """What the longest time of a model is, as a further sentence; nothing where it shows no limit."""
    words = {
        "none seen": None,
        "ends calls": "efficiency/_limit_ends_calls",
        "caps what is recorded": "efficiency/_limit_caps_record",
    }[str(slow["latency_limit"])]
    return note(" ") + phrase(words, slow) if words else note("")


def result_figures(results: Evidence) -> tuple[KeyFigure, ...]:
    """What a finished call costs, how good answers are, how many calls fail."""
    return (
        compared(
            results,
            "Cost of a finished call",
            "finished_usd",
            "usd_unit",
            change="finished_change",
            better="down",
        ),
        compared(
            results,
            "Mean quality score",
            "quality",
            "percent",
            change="quality_change",
            by="delta_points",
            status=results.say("{scored_share:percent} of calls are scored"),
            better="up",
        ),
        compared(
            results,
            "Failed calls",
            "failure_share",
            "percent",
            change="failure_change",
            by="delta_points",
            status=results.say("{failed_calls:count} calls"),
            better="down",
        ),
    )


def slowest_figure(slow: Evidence) -> KeyFigure:
    """The task and model that keep users waiting longest."""
    return KeyFigure(
        "Slowest use, 95th percentile",
        slow.cell("latency_p95_ms", "milliseconds"),
        status=_where(slow) if slow.rows else None,
    )


def _where(slow: Evidence) -> Prose:
    return slow.say("on {model:text}" if slow["task_type"] == "unknown" else "{task:text} on {model:text}")


def latency_figure(warehouse: Warehouse, slow: Evidence) -> tuple[Figure, ...]:
    """Waiting time by model of the task where users wait longest; nothing when none is measured."""
    if not slow.rows:
        return ()
    models = ask.latencies_of_task(warehouse, str(slow["task_type"]))
    if not models.rows:
        return ()
    good = ask.quickest_good(warehouse, str(slow["task_type"]))
    title = models.say(
        "Waiting time by model" if slow["task_type"] == "unknown" else "{task:text}, where users wait longest"
    ) + good.say(
        ": of the models that are good enough {good_model:text} is the quickest, half of its answers take "
        "{good_p50_ms:milliseconds}"
        if good.rows
        else ": no model is known to be good enough"
    )
    moved = next((row for row in models.each() if row["advised_model"] != row["model"]), None)
    if moved is not None and moved["advised_model"] != good["good_model"]:
        title += moved.say(
            "; the move that is advised, to {advised_model:text}, is for its answers or its price"
        )
    figure = Figure(
        "latency",
        latency_ranges(models),
        title,
        title
        + note(". A bar for each model from its median to its 95th percentile; the slowest has a median of ")
        + slow.say("{latency_p50_ms:milliseconds}."),
        models,
        height=300,
        key="Bar: from the median to the 95th percentile. Thin mark: 99th. Dark: the recommended model.",
    )
    return (figure,)


_QUALITY_AGAINST_COST = {
    "switch": "{task:text}: the calls of {moved_from_models:text} cost {moved_savings_share:percent} less on "
    "{recommended_model:text}",
    "lift": "{task:text}: below its quality floor, and calls can move so that it reaches it",
}


def quality_figure(warehouse: Warehouse, task: Evidence) -> Figure:
    """Quality against cost of the models that do one task; ``task`` is its recommendation."""
    models = ask.models_of_task(warehouse, str(task["task_type"]))
    title = task.say(_QUALITY_AGAINST_COST.get(str(task["decision"]), "{task:text}: keep the models in use"))
    return Figure(
        f"quality-cost-{task['task_type']}",
        quality_against_cost(models),
        title,
        title
        + note(
            ". A row for each model, named with its cost for a thousand calls, the dearest first, and a dot "
            "at its quality. The verdict: "
        )
        + task.say("{verdict:text}. The dearest is ")
        + models.say("{model:text} at {same_work_per_thousand_usd:usd} for a thousand calls."),
        models,
        height=110 + 24 * len(models.rows),
        key="Beside each name: what 1,000 calls of the same prompts cost. Dark: no cheaper model is as good. "
        "Upright mark: the quality floor.",
    )


def advice_section(tasks: Evidence) -> Section:
    """The model to use for each task, and what the work costs on it."""
    columns = (
        Column("task", "Task"),
        Column("current_model", "Costs most today"),
        Column("model_to_use", "Use"),
        Column("verdict", "Verdict"),
        Column("current_cost_usd", "Cost now", "usd_table"),
        Column("cost_after_usd", "Cost then", "usd_table"),
        Column("quality_change", "Quality", "delta_points"),
    )
    return Section("The model to use for each task", tables=(Table(columns, tasks, max_rows=30),))


def quality_moves_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What each move of one model's calls costs and lifts; nothing where every task keeps its floor."""
    moves = ask.quality_moves(warehouse)
    if not moves.rows:
        return ()
    columns = (
        Column("task_type", "Task", "words"),
        Column("subject", "Move the calls of"),
        Column("calls", "Calls", "count"),
        Column("cost_change_usd", "For, a month", "delta_usd_table"),
        Column("quality_score_avg", "Task now", "percent_fine"),
        Column("quality_score_after_avg", "Task then", "percent_fine"),
        Column("quality_score_after_lower", "At worst", "percent_fine"),
        Column("minimum_quality_score", "Floor", "percent"),
        Column("reaches_floor", "Reaches it"),
        Column("latency_p50_before_ms", "Median today", "milliseconds"),
        Column("latency_p50_after_ms", "Median then", "milliseconds"),
        Column("at_limit_share_after", "At the longest time then", "percent"),
        Column("is_advised", "Advised", "yes_no"),
    )
    text = note(
        "Each row moves the calls of one model and leaves the others, or moves those of all models to one; a "
        "pair of moves is shown where it is the cheapest way to the floor. That way is advised."
    )
    return (
        Section(
            "What lifts a task to its quality floor, move by move",
            text=(text,),
            tables=(Table(columns, moves, max_rows=40),),
        ),
    )


def lifts_beside_savings(warehouse: Warehouse) -> tuple[Prose, ...]:
    """What lifting tasks to their quality floors costs or saves; nothing where every task keeps its floor."""
    lifts = ask.lifts_in_all(warehouse)
    if not lifts["short_tasks"]:
        return ()
    return (
        lifts.say(
            ("One task lies" if lifts["short_tasks"] == 1 else "{short_tasks:count} tasks lie")
            + " below the quality floor. "
            + _what_lifts_change(lifts)
        ),
    )


def _what_lifts_change(lifts: Evidence) -> str:
    if not lifts["lifted_tasks"]:
        return "No model in use lifts what is left."
    if lifts["lifts_cost_usd"] and lifts["lifts_save_usd"]:
        return (
            "What we advise for them saves **{lifts_save_usd:usd}** a month for one part and costs "
            "**{lifts_cost_usd:usd}** more for the other, if every call moves: "
            "{lifts_change_usd:more_or_less_usd} in all, in no total of savings."
        )
    if lifts["lifts_save_usd"]:
        return (
            "What we advise for them saves **{lifts_save_usd:usd}** a month, if every call moves, in no "
            "total of savings."
        )
    return (
        "What we advise for them costs **{lifts_cost_usd:usd}** more a month: take it off the savings, whose "
        "totals do not hold it."
    )


def canary_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What a canary of each switch must score before it can say anything; nothing without a switch."""
    canaries = ask.canaries(warehouse)
    if not canaries.rows:
        return ()
    columns = (
        Column("task_type", "Task", "words"),
        Column("to_model", "To"),
        Column("today_quality_score_avg", "Quality today", "percent_fine"),
        Column("maximum_quality_loss", "Fall to see", "percent"),
        Column("stop_below_score", "Stop below", "percent_fine"),
        Column("canary_scored_per_week", "Scored a week", "count"),
        Column("canary_scored_needed", "Scored, needed", "count"),
        Column("canary_days", "Days", "count"),
        Column("half_days", "Days with half of the calls", "count"),
        Column("verdict", "Verdict"),
    )
    text = ask.canaries_counted(warehouse).say(
        "A canary sends a part of the calls to the cheaper model first. At today's rate of scoring it can "
        "see the fall in quality that the task allows, in time, for **{measurable_tasks:count}** of the "
        "{canary_tasks:count} tasks to move. Stop it where its answers score below what the table says: "
        "today's score less the fall that is allowed, and no less than the floor."
    )
    return (
        Section(
            "Before a switch: a canary that can measure",
            text=(text,),
            tables=(Table(columns, canaries, max_rows=30),),
        ),
    )


def models_table(warehouse: Warehouse) -> Table:
    """Cost, latency and quality by task and model."""
    columns = (
        Column("task_type", "Task", "words"),
        Column("model", "Model"),
        Column("finished_usd", "Per finished call", "usd_unit"),
        Column("thousand_tokens_usd", "Per 1,000 tokens", "usd_unit"),
        Column("latency_p50_ms", "Median", "milliseconds"),
        Column("latency_p95_ms", "p95", "milliseconds"),
        Column("latency_p99_ms", "p99", "milliseconds"),
        Column("latency_measured_calls", "Answers timed", "count"),
        Column("at_limit_share", "At the longest time", "percent"),
        Column("timeout_share", "Timed out", "percent"),
        Column("failure_share", "Failures", "percent"),
        Column("quality", "Quality", "percent"),
        Column("quality_scored_calls", "Scored calls", "count"),
    )
    return Table(columns, ask.models_of_all_tasks(warehouse), max_rows=60)


def attempts_section(totals: Evidence, models: Evidence) -> tuple[Section, ...]:
    """Operations beside calls, and what repeating them cost; nothing where no attempt was repeated."""
    if not models.rows:
        return ()
    columns = (
        Column("source_name", "Source"),
        Column("model", "Model"),
        Column("calls", "Calls", "count"),
        Column("operations", "Operations", "count"),
        Column("superseded_calls", "Failed and taken up", "count"),
        Column("superseded_cost_usd", "Waste", "usd_table"),
        Column("possible_resends", "Possibly sent twice", "count"),
        Column("possible_resend_cost_usd", "Possible waste", "usd_table"),
        *without_a_cost(models),
    )
    text = (
        totals.say(
            "The {calls:count} calls that belong to a run are {operations:count} operations: a retry or a "
            "fallback took up {superseded_calls:count} failed attempts, which cost {superseded_cost_usd:usd}."
            if totals["superseded_calls"]
            else "Each of the {calls:count} calls that belong to a run is an operation of its own: no failed "
            "attempt was taken up by a retry or a fallback."
        ),
        *(
            [
                totals.say(
                    "{possible_resends:count} calls may be a request sent twice, which is possible waste of "
                    "{possible_resend_cost_usd:usd}: same run, owner, model and size of the prompt, sent in "
                    "the same moment or before the first was answered. They were billed and count as calls; "
                    "nobody has read the prompts."
                ),
                note("The calls are in `intermediate.int_call_attempts`, where `is_possible_resend`."),
            ]
            if totals["possible_resends"]
            else []
        ),
    )
    return (Section("Calls that repeat others", text=text, tables=(Table(columns, models, max_rows=15),)),)


def service_levels_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Whether what was promised of answers is kept; nothing where nothing was promised."""
    levels = ask.service_levels(warehouse)
    if not levels.rows:
        return ()
    columns = (
        Column("task_type", "Task", "words"),
        Column("status", "Status"),
        Column("calls", "Calls", "count"),
        Column("answered_share", "Answered", "percent_fine"),
        Column("answered_share_target", "Promised", "percent_fine"),
        Column("latency_p95_ms", "p95", "milliseconds"),
        Column("latency_p95_target_ms", "Promised, p95", "milliseconds"),
    )
    counted = ask.service_levels_counted(warehouse)
    said = counted.say(
        "Service levels kept: **{kept_tasks:count}** of the {promised_tasks:count} that are promised"
        + ("; not measured: {unmeasured_tasks:count}." if counted["unmeasured_tasks"] else ".")
    )
    slow = tuple(_kept_then(warehouse, level) for level in levels.each() if level["is_latency_kept"] is False)
    return (Section("Service levels", text=(said, *slow), tables=(Table(columns, levels, max_rows=30),)),)


def _kept_then(warehouse: Warehouse, level: Evidence) -> Prose:
    """What the switches that are advised make of a promise that is broken."""
    said = level.say(
        "{task_type:words}: one answer in twenty takes longer than {latency_p95_ms:milliseconds}, where "
        "{latency_p95_target_ms:milliseconds} are promised. "
    )
    target_ms = float(level["latency_p95_target_ms"] or 0)  # type: ignore[arg-type]
    then = ask.kept_after_advice(warehouse, str(level["task_type"]), target_ms)
    if then["advised_model"] is None or not then["kept_call_share"]:
        return said + note("No switch that is advised repairs it: ask the task's owner for a quicker way.")
    return said + then.say(
        "Today {kept_call_share_today:percent} of its calls go to models that keep it by themselves; once "
        "the switches that are advised are made, {kept_call_share:percent} do ({advised_model:text}: "
        "{advised_latency_p95_ms:milliseconds}). Owner: Head of Engineering."
    )
