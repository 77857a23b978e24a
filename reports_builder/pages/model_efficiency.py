"""Report 3: what a task costs on each model, how well it is done, and which model to use for it."""

from collections.abc import Mapping

from reports_builder.chart_kinds import ranked_bars
from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.formatting import Value
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.savings import NOTHING_TO_DO, action_plan, ledger, named, total_savings
from reports_builder.subjects import insights
from reports_builder.subjects.core.statements import without_a_cost
from reports_builder.subjects.efficiency import queries as ask
from reports_builder.subjects.efficiency.insights import refused_section
from reports_builder.subjects.efficiency.statements import (
    attempts_section,
    canary_section,
    lifts_beside_savings,
    quality_figure,
    quality_moves_section,
    result_figures,
)
from reports_builder.subjects.rates.price_age import model_prices_said
from reports_builder.subjects.rates.queries import kind
from reports_builder.subjects.rates.statements import kind_figure
from reports_builder.warehouse import Warehouse


def build(warehouse: Warehouse) -> Page:
    """The comparison of models, per task, for the trailing window."""
    totals = ask.totals(warehouse)
    tasks = ask.recommendations(warehouse)
    switches = ledger(warehouse, "model_switch")
    saved = total_savings(warehouse, switches)
    refused_sums = ask.refused_in_all(warehouse)
    return Page(
        path="model_efficiency.md",
        title="Which model for which task",
        period=warehouse.period,
        question=note(
            "The model that answers a call was chosen once, by whoever built the feature. Nobody compares "
            "since then what the same work would cost elsewhere, and how well it would be done."
        ),
        answer=(*_answer(totals, switches, saved, refused_sums), *lifts_beside_savings(warehouse)),
        key_figures=_key_figures(warehouse, totals),
        figures=(_before_and_after(tasks, totals),),
        insights=insights.models(warehouse),
        plan=action_plan(warehouse, "model_switch", "inefficient_usage"),
        confidence=confidence(warehouse, (*model_prices_said(warehouse), *_assumptions(warehouse))),
        sections=(*_reference(warehouse, tasks), *refused_section(ask.refused(warehouse), refused_sums)),
    )


def _answer(totals: Evidence, switches: Evidence, saved: Evidence, refused: Evidence) -> tuple[Prose, ...]:
    if not switches.rows:
        return (
            totals.say(
                "The work of the period cost **{cost_usd:usd}**; no other model is known to do "
                "it as well for enough less."
            ),
            note(NOTHING_TO_DO),
        )
    return (
        totals.say(
            "The calls of {tasks:count} task types cost **{cost_usd:usd}**. "
            + (
                "For all {tasks:count} a "
                if totals["tasks_to_switch"] == totals["tasks"]
                else "For {tasks_to_switch:count} of them a "
            )
            + "cheaper model does the same work within the quality that each task asks for"
            + (
                " (for {tasks_below_floor:count} of them: no worse than today's answers, which fall short)"
                if totals["tasks_below_floor"]
                else ""
            )
            + ("; for {tasks_to_keep:count} the models in use stay." if totals["tasks_to_keep"] else ".")
        ),
        say(
            "If each of these calls moved, {moved_call_share:percent} of all, it would save "
            "{possible_usd:usd} a month. We count **{total_net_usd:usd}** ({total_low_usd:usd} to "
            "{total_high_usd:usd}), {savings_share:percent} of the cost: some calls stay once their answers "
            "are reviewed.",
            totals,
            saved,
        ),
        totals.say(
            "The measured quality of the calls that move goes {quality_change:delta_points} of 100 on "
            "average; what was scored allows for {quality_change_lower:delta_points} at worst and "
            "{quality_change_upper:delta_points} at best."
        ),
        named(switches) + switches.say(" first: it is worth **{net_monthly_savings_usd:usd}** a month."),
        *(
            [
                refused.say(
                    "Do not take the cheapest model everywhere: it would save {all_forgone_usd:usd} more if "
                    "every call moved, and is too poor or not measured for {refused_tasks:count} tasks."
                )
            ]
            if refused["refused_tasks"]
            else []
        ),
    )


def _key_figures(warehouse: Warehouse, totals: Evidence) -> tuple[KeyFigure, ...]:
    return (
        *result_figures(ask.results(warehouse)),
        KeyFigure(
            "Spent on calls that should move",
            totals.cell("moved_cost_usd", "usd_table"),
            status=totals.say("{moved_call_share:percent} of all calls"),
        ),
        kind_figure("model_switch", kind(warehouse, "model_switch")),
        KeyFigure(
            "Tasks to move",
            totals.cell("tasks_to_switch", "count"),
            status=totals.say("of {tasks:count}"),
        ),
    )


def _before_and_after(tasks: Evidence, totals: Evidence) -> Figure:
    title = totals.say(
        "Counting what is likely to be kept, the same work costs {cost_after_usd:usd} instead of "
        "{cost_usd:usd} a month"
        if totals["tasks_to_switch"]
        else "No task has a cheaper model that is known to be good enough and to save enough; together they "
        "cost {cost_usd:usd}"
    )
    return Figure(
        "cost-by-task",
        ranked_bars(
            tasks,
            label="task",
            value="current_cost_usd",
            style="usd",
            axis_title="US dollars in 30 days",
            marker="cost_after_usd",
            end_label=("now, then", "cost_after_usd"),
        ),
        title,
        title
        + note(". A bar for each task, with a mark at its cost after the counted saving; the first is ")
        + tasks.say("{task:text}, {current_cost_usd:usd} now and {cost_after_usd:usd} then."),
        tasks,
        height=330,
        key="Bar: cost now. Upright mark: cost after the saving that is counted for the recommended model.",
    )


def _speed(move: Mapping[str, Value]) -> str:
    change = float(str(move["latency_p95_change_ms"] or 0))
    return "faster" if change < 0 else "slower" if change > 0 else "unknown"


def _assumptions(warehouse: Warehouse) -> tuple[Prose, ...]:
    limits = warehouse.evidence(
        """
        select
            min(minimum_quality_score) as lowest_floor, max(minimum_quality_score) as highest_floor,
            min(maximum_quality_loss) as smallest_loss, max(maximum_quality_loss) as largest_loss
        from rates.rpt_model_switch_savings
        """
    )
    return (
        note(
            "None of these tasks has a quality floor, so no move is judged; you set the floors in the seed "
            "task_quality_floors."
        )
        if limits["lowest_floor"] is None
        else limits.say(
            "Quality must stay above each task's floor ({lowest_floor:percent} to {highest_floor:percent}) "
            "and may fall by {smallest_loss:percent} to {largest_loss:percent} at most, both at the "
            "pessimistic end of the interval; these limits are yours to set."
        ),
        note(
            "The same work: the prompts and answers of the period at the other model's price. Another model"
            " may need more or fewer tokens for it, and not every call will move; both make the range of "
            "each saving."
        ),
        note(
            "Quality scores are those that came with the calls. Nobody has checked here whether the scored "
            "calls stand for the others."
        ),
        note(
            "Latency is measured in steps of five per cent and includes the whole answer; failed calls are "
            "left out of it."
        ),
    )


def _reference(warehouse: Warehouse, tasks: Evidence) -> tuple[Section, ...]:
    models = ask.models_of_all_tasks(warehouse)
    return (
        Section(
            "Recommended model per task",
            tables=(
                Table(
                    (
                        Column("task", "Task"),
                        Column("current_model", "Costs most today"),
                        Column("model_to_use", "Use"),
                        Column("verdict", "Verdict"),
                        Column("moved_call_share", "Calls to move", "percent"),
                        Column("monthly_savings_usd", "If every call moves", "usd_table"),
                        Column("counted_usd", "Counted", "usd_table"),
                        Column("quality_change", "Quality", "delta_points"),
                    ),
                    tasks,
                    max_rows=30,
                ),
            ),
        ),
        Section(
            "Quality against cost",
            text=(
                note(
                    "Models get different prompts, so their bills do not compare. The cost here is that of "
                    "one and the same mix of prompts, all those of the task, at each model's price."
                ),
            ),
            figures=tuple(
                quality_figure(warehouse, task) for task in tasks.each() if task["task_type"] != "unknown"
            ),
        ),
        Section(
            "What each move saves",
            tables=(
                Table(
                    (
                        Column("task_type", "Task", "words"),
                        Column("from_model", "From"),
                        Column("to_model", "To"),
                        Column("calls", "Calls", "count"),
                        Column("current_cost_usd", "Cost now", "usd_table"),
                        Column("cost_after_usd", "Cost then", "usd_table"),
                        Column("monthly_savings_usd", "If every call moves", "usd_table"),
                        Column("quality_change", "Quality", "delta_points"),
                        Column("latency_p95_by_ms", "p95 latency changes by", "milliseconds"),
                        Column("latency_p95_change_ms", "Speed", words=_speed),
                    ),
                    ask.moves(warehouse),
                    max_rows=40,
                ),
            ),
        ),
        *canary_section(warehouse),
        *quality_moves_section(warehouse),
        Section(
            "Cost per task by model",
            tables=(
                Table(
                    (
                        Column("task_type", "Task", "words"),
                        Column("model", "Model"),
                        Column("calls", "Calls", "count"),
                        Column("cost_usd", "Cost", "usd_table"),
                        Column("finished_usd", "Per finished call", "usd_unit"),
                        Column("same_work_usd", "Same work, per call", "usd_unit"),
                        Column("latency_p95_ms", "p95 latency", "milliseconds"),
                        Column("failure_share", "Failures", "percent"),
                        Column("quality", "Quality", "percent"),
                        Column("verdict", "Verdict"),
                        *without_a_cost(models),
                    ),
                    models,
                    max_rows=60,
                ),
            ),
        ),
        *attempts_section(ask.attempts(warehouse), ask.attempts_by_model(warehouse)),
    )
