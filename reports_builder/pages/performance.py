"""Analysis: cost per task, latency, failures and quality of the models in use."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Page, Section
from reports_builder.savings import action_plan, ledger, total_savings
from reports_builder.subjects import insights
from reports_builder.subjects.efficiency import queries as ask
from reports_builder.subjects.efficiency.insights import differs
from reports_builder.subjects.efficiency.statements import (
    advice_section,
    how_it_goes,
    latency_figure,
    models_table,
    result_figures,
    service_levels_section,
    slowest_figure,
    who_waits,
)
from reports_builder.warehouse import Warehouse


def build(warehouse: Warehouse) -> Page:
    """How the models perform, per task, in the trailing window."""
    results = ask.results(warehouse)
    totals = ask.totals(warehouse)
    tasks = ask.recommendations(warehouse)
    switches = ledger(warehouse, "model_switch")
    slow = ask.slowest(warehouse)
    failing = ask.failures_by_model(warehouse)
    return Page(
        path="analyses/performance.md",
        title="Performance of the models in use",
        period=warehouse.period,
        question=note(
            "A model is worth its price only where its answers are better, faster or more reliable than "
            "those of a cheaper one."
        ),
        answer=(
            how_it_goes(warehouse, results),
            _what_to_move(totals, total_savings(warehouse, switches)),
            who_waits(slow),
            _what_fails(failing),
        ),
        key_figures=(*result_figures(results), slowest_figure(slow)),
        figures=latency_figure(warehouse, slow),
        insights=insights.performance(warehouse),
        plan=action_plan(warehouse, "model_switch"),
        confidence=confidence(warehouse),
        sections=_reference(warehouse, tasks),
    )


def _what_fails(failing: Evidence) -> Prose:
    if not differs(failing):
        return note("No model fails measurably more often than another.")
    return failing.say(
        "{model:text} fails most often, in {failure_share:percent} of its calls; {best_model:text} least, in "
        "{best_failure_share:percent}."
    )


def _what_to_move(totals: Evidence, saved: Evidence) -> Prose:
    if not totals["tasks_to_switch"]:
        return note(
            "No cheaper model is known that does a task well enough and saves enough: keep the models in use."
        )
    return say(
        "In {tasks_to_switch:count} of {tasks:count} tasks calls can move to a cheaper model that is good "
        "enough, or no worse than today's, worth **{total_net_usd:usd}** a month.",
        totals,
        saved,
    )


def _reference(warehouse: Warehouse, tasks: Evidence) -> tuple[Section, ...]:
    return (
        advice_section(tasks),
        *service_levels_section(warehouse),
        Section("Cost, latency and quality by task and model", tables=(models_table(warehouse),)),
    )
