"""The insight blocks of the executive summary."""

from dataclasses import dataclass

from reports_builder.evidence import Evidence, Prose, literal
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Table
from reports_builder.savings import alike, named, slower_after, works
from reports_builder.subjects.allocation.teams.insights import (
    approver,
    budget_decision,
    budget_outcome,
    decisions_table,
)
from reports_builder.subjects.changes import change_or_new
from reports_builder.subjects.core import queries as ask
from reports_builder.subjects.core.statements import without_a_cost
from reports_builder.subjects.pricing.customers import segments
from reports_builder.subjects.rates.queries import kind
from reports_builder.subjects.rates.statements import days_of
from reports_builder.warehouse import Warehouse


@dataclass(frozen=True)
class Domain:
    """A FinOps domain in the specification's wording and in the framework's of 2026."""

    spec: str
    framework: str


RATES = Domain("Rate Optimization", "Optimize Usage & Cost: Rate Optimization")
PERFORMANCE = Domain(
    "Performance Tracking & Benchmarking",
    "Optimize Usage & Cost: Usage Optimization; Quantify Business Value: Unit Economics",
)
REAL_TIME = Domain("Real-Time Decision Making", "Understand Usage & Cost: Anomaly Management")
LESS_USE = Domain("Rate Optimization", "Optimize Usage & Cost: Usage Optimization")

_DOMAIN_OF_ACTION = {
    "model_switch": PERFORMANCE,
    "inefficient_usage": REAL_TIME,
    "anomaly_fix": REAL_TIME,
    "idle_machine": LESS_USE,
    "unattached_volume": LESS_USE,
    "stopped_volume": LESS_USE,
    "off_hours": LESS_USE,
    "right_size": LESS_USE,
    "gpu_idle": LESS_USE,
}

_LEDGER_COLUMNS = (
    Column("subject", "Action"),
    Column("gross_monthly_savings_usd", "Before overlap", "usd_table"),
    Column("overlap_usd", "Overlap", "usd_table"),
    Column("net_monthly_savings_usd", "Net a month", "usd_table"),
    Column("low_monthly_savings_usd", "Low", "usd_table"),
    Column("high_monthly_savings_usd", "High", "usd_table"),
    Column("payback_with_start_months", "Pays back after", "months"),
    Column("first_year_net_usd", "First year", "usd_table"),
)


def concentrated_cost(
    warehouse: Warehouse, top: Evidence, concentration: Evidence, margins: Evidence
) -> Insight:
    """Who causes the cost, and whether their fees cover it."""
    planned = _planned_for_losing(warehouse)
    return insight(
        "core/concentrated_cost",
        concentration,
        margins=margins,
        losing_customers=bool(margins["losing_customers"]),
        is_planned=planned is not None,
        outcome=_cost_covered(margins, planned),
        supporting=Table(
            (
                Column("customer", "Customer"),
                Column("tier", "Tier"),
                Column("cost_usd", "Cost", "usd_table"),
                Column("cost_share", "Share of cost", "percent"),
                Column("revenue_usd", "Fees earned", "usd_table"),
                Column("gross_margin_usd", "Margin", "usd_table"),
            ),
            top,
        ),
    )


def _planned_for_losing(warehouse: Warehouse) -> Evidence | None:
    """What the recommended plan gains on those who lose money; None where it leaves them as they are."""
    steps = segments(warehouse, "margin_today").each()
    losing = next((step for step in steps if step["segment"] == "loses_money"), None)
    return losing if losing is not None and losing["gain_usd"] and losing["revenue_change_usd"] else None


def _cost_covered(margins: Evidence, planned: Evidence | None) -> Prose:
    if not margins["losing_customers"]:
        return phrase("core/_no_cost_to_cover")
    if planned is None:
        return phrase("core/_cost_covered_without_plan", margins)
    exceeds_loss = float(planned["gain_usd"] or 0) > float(margins["loss_usd"] or 0)  # type: ignore[arg-type]
    return phrase("core/_cost_covered_by_plan", planned, exceeds_loss=exceeds_loss)


def dear_model(warehouse: Warehouse, models: Evidence) -> Insight:
    """Where the money goes by model, and what the switches away from the first are worth."""
    switches = ask.switches_from(warehouse, f"{models['provider']} {models['model']}")
    return insight(
        "core/dear_model",
        models,
        ask.average_call(warehouse),
        switches,
        effort=literal(days_of(kind(warehouse, "model_switch"))),
        is_in_plan=True,
        supporting=Table(
            (
                Column("provider", "Provider"),
                Column("model", "Model"),
                Column("calls", "Calls", "count"),
                Column("cost_usd", "Cost", "usd_table"),
                Column("cost_share", "Share of cost", "percent"),
                Column("usd_per_call", "Per call", "usd_unit"),
                Column("cost_change", "Change", "delta_or_new", words=change_or_new),
                *without_a_cost(models),
            ),
            models,
        ),
    )


def opportunities(warehouse: Warehouse) -> tuple[Insight, ...]:
    """A block for each of the three kinds that bring most in the first year, however many teams share one."""
    return tuple(_opportunity(warehouse, row) for row in ask.kinds_of_work(warehouse).each()[:3])


def _opportunity(warehouse: Warehouse, row: Evidence) -> Insight:
    action_kind = str(row["action_kind"])
    domain = _DOMAIN_OF_ACTION.get(action_kind, RATES)
    problem, supporting = (
        _switch_in_numbers(warehouse, row)
        if action_kind == "model_switch" and not row["further_works"]
        else _kind_in_numbers(warehouse, row)
    )
    return insight(
        "core/opportunity",
        row,
        named=named(row, begins_sentence=False),
        move=named(row),
        alike=alike(row),
        slower_after=slower_after(warehouse, row),
        problem=problem,
        domain=literal(domain.spec),
        framework=literal(domain.framework),
        is_in_plan=True,
        supporting=supporting,
    )


def _switch_in_numbers(warehouse: Warehouse, row: Evidence) -> tuple[Prose, Table]:
    """What the tasks of a work cost on their models of today and would cost on the recommended one."""
    switches = ask.switches_of_work(warehouse, str(row["work_id"]))
    problem = phrase("core/_switch_in_numbers", switches, ask.calls_of_work(warehouse, str(row["work_id"])))
    columns = (
        Column("task_type", "Task", "words"),
        Column("from_model", "From"),
        Column("calls", "Calls", "count"),
        Column("current_cost_usd", "Cost now", "usd_table"),
        Column("cost_after_usd", "Cost after", "usd_table"),
        Column("monthly_savings_usd", "If every call moves", "usd_table"),
        Column("from_quality_score_avg", "Quality now", "ratio"),
        Column("to_quality_score_avg", "Quality after", "ratio"),
    )
    caption = switches.say("calls that would move to {to_model:text}; quality is a score from 0 to 1.")
    return problem, Table(columns, switches, caption)


def _kind_in_numbers(warehouse: Warehouse, row: Evidence) -> tuple[Prose, Table]:
    """What a kind of work saves before and after overlap, and each piece of it with its team."""
    problem = phrase("core/_kind_in_numbers", row)
    caption = row.say(
        "actions of this kind ({action_kind:words}); together {kind_net_usd:usd_table} a month."
    )
    return problem, Table(_LEDGER_COLUMNS, works(warehouse, str(row["action_kind"])), caption)


def overrun_budgets(teams: Evidence, decided: Evidence, ended: Evidence) -> tuple[Insight, ...]:
    """The team furthest over its budget, or nothing when every team keeps its own.

    ``decided`` is what the teams decide that are over in its month, ``ended`` how far all teams went over in
    a month that is over.
    """
    if not teams["is_over"] or not decided.rows:
        return ()
    return (
        insight(
            "core/overrun_budgets",
            teams,
            ended,
            decision=budget_decision(decided),
            approver=literal(approver(decided)),
            outcome=budget_outcome(decided),
            supporting=decisions_table(decided),
        ),
    )
