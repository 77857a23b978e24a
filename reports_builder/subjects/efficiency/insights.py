"""The insight blocks on models per task."""

from reports_builder.assumptions import assumption
from reports_builder.evidence import Evidence
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Section, Table
from reports_builder.savings import named, slower_after
from reports_builder.subjects.core.statements import without_a_cost
from reports_builder.subjects.efficiency import queries as ask
from reports_builder.subjects.efficiency.statements import FAILURE_COLUMNS, longest_time
from reports_builder.warehouse import Warehouse

# Several models are compared with the best one, so that two standard errors would often be chance.
_CHANCE = 3.0

MODEL_COLUMNS = (
    Column("provider", "Provider"),
    Column("model", "Model"),
    Column("calls", "Calls", "count"),
    Column("cost_usd", "Cost", "usd_table"),
    Column("same_work_usd", "Same work, per call", "usd_unit"),
    Column("quality", "Quality", "percent"),
    Column("quality_scored_calls", "Scored calls", "count"),
    Column("latency_p95_ms", "p95 latency", "milliseconds"),
    Column("failure_share", "Failures", "percent"),
)

PREMIUM_COLUMNS = (
    Column("customer", "Customer"),
    Column("feature_id", "Feature", "words"),
    Column("model", "Model"),
    Column("suggested_model", "Instead"),
    Column("calls", "Calls", "count"),
    Column("cost_usd", "Cost", "usd_table"),
    Column("monthly_savings_usd", "If every call moves", "usd_table"),
    Column("suggestion_verdict", "Quality", "text"),
)


def switch(warehouse: Warehouse, action: Evidence, recommendation: Evidence) -> Insight:
    """One recommended move: ``action`` is its row of the ledger, ``recommendation`` that of the task."""
    models = ask.models_of_task(warehouse, str(action["task_type"]))
    return insight(
        "efficiency/switch",
        recommendation,
        action=action,
        move=named(action),
        slower_after=slower_after(warehouse, action),
        is_in_plan=True,
        supporting=Table((*MODEL_COLUMNS, *without_a_cost(models)), models),
    )


def premium_on_trivial(warehouse: Warehouse) -> tuple[Insight, ...]:
    """Premium models on trivial work, if there are any."""
    usage, sums = ask.premium_on_trivial(warehouse), ask.premium_in_all(warehouse)
    if not usage.rows:
        return ()
    return (
        insight(
            "efficiency/premium_on_trivial",
            sums,
            usage,
            ask.fixes_of_premium_use(warehouse),
            assumption(warehouse, "model_switch_base_share"),
            supporting=Table(PREMIUM_COLUMNS, usage),
        ),
    )


def refusals(refused: Evidence, sums: Evidence) -> tuple[Insight, ...]:
    """The cheaper models on which scores leave it open whether they are good enough, where scoring may pay.

    ``sums`` is over all that are refused; ``refused_section`` has them where it does not.
    """
    if not refused.rows or not sums["is_scoring_worth"]:
        return ()
    return (
        insight(
            "efficiency/refusals",
            sums,
            supporting=_refused_table(refused),
        ),
    )


def refused_section(refused: Evidence, sums: Evidence) -> tuple[Section, ...]:
    """The same as a note, where no scores are missing or more of them would not pay."""
    if not refused.rows or sums["is_scoring_worth"]:
        return ()
    said = phrase("efficiency/_not_worth_scoring", sums)
    return (
        Section("Still cheaper models that are refused", text=(said,), tables=(_refused_table(refused),)),
    )


def _refused_table(refused: Evidence) -> Table:
    return Table(
        (
            Column("task_type", "Task", "words"),
            Column("refused_model", "Model"),
            Column("forgone_usd", "Saves beyond the recommendation", "usd_table"),
            Column("refused_because", "Why not"),
            Column("is_refusal_undecided", "Scores leave it open", "yes_no"),
            Column("quality", "Quality", "percent"),
            Column("quality_scored_calls", "Scored calls", "count"),
        ),
        refused,
    )


def shortfalls(warehouse: Warehouse) -> tuple[Insight, ...]:
    """Each task whose answers lie below its quality floor, the dearest first, and the cheapest way to it."""
    return tuple(_shortfall(short) for short in ask.shortfalls(warehouse).each())


def _shortfall(short: Evidence) -> Insight:
    return insight(
        "efficiency/shortfall",
        short,
        supporting=Table(
            (
                Column("task", "Task"),
                Column("calls", "Calls", "count"),
                Column("current_cost_usd", "Cost", "usd_table"),
                Column("minimum_quality_score", "Floor", "percent"),
                Column("quality_score_avg", "Quality", "percent_fine"),
                Column("advised_moves", "Cheapest way to it"),
                Column("advised_quality_score_avg", "Quality then", "percent_fine"),
                Column("advised_cost_change_usd", "For, a month", "delta_usd_table"),
                Column("advised_poorer_customers", "Customers with poorer answers", "count"),
                Column("lift_model", "All calls on"),
                Column("lift_quality_score_avg", "Quality then", "percent_fine"),
                Column("lift_cost_change_usd", "For, a month", "delta_usd_table"),
                Column("speaks_against", "Against a switch"),
                Column("maximum_quality_loss", "Fall allowed", "percent"),
            ),
            short,
        ),
    )


def slow_answers(slow: Evidence) -> tuple[Insight, ...]:
    """The use that keeps users waiting, unless it is on the quickest model already."""
    if not slow.rows or slow["task_type"] == "unknown" or slow["model"] == slow["quicker_model"]:
        return ()
    return (
        insight(
            "efficiency/slow_answers",
            slow,
            longest_time=longest_time(slow),
            comes_from_others=_comes_from_others(slow),
            supporting=Table(
                (
                    Column("task", "Task"),
                    Column("model", "Model"),
                    Column("calls", "Calls", "count"),
                    Column("latency_p50_ms", "Median", "milliseconds"),
                    Column("latency_p95_ms", "p95", "milliseconds"),
                    Column("latency_p99_ms", "p99", "milliseconds"),
                    Column("latency_measured_calls", "Answers timed", "count"),
                    Column("at_limit_share", "At the longest time", "percent"),
                    Column("timeout_share", "Timed out", "percent"),
                    Column("recommended_model", "Recommended"),
                    Column("recommended_p95_ms", "Its p95", "milliseconds"),
                ),
                slow,
            ),
        ),
    )


def _comes_from_others(slow: Evidence) -> bool:
    """Whether calls of another model are advised to move to the slowest one."""
    return any(
        row["task_type"] == slow["task_type"]
        and row["recommended_model"] == slow["model"]
        and row["model"] != slow["model"]
        for row in slow.records()
    )


def differs(failing: Evidence) -> bool:
    """Whether the worst model fails more often than the best by more than chance would have it."""
    return float(failing["standard_errors_apart"] or 0) >= _CHANCE  # type: ignore[arg-type]


_ENDED_COLUMNS = (
    Column("provider", "Provider"),
    Column("model", "Model"),
    Column("retired_date", "Ended on", "day"),
    Column("calls", "Calls", "count"),
    Column("cost_usd", "Cost", "usd_table"),
)


def ended_models(ended: Evidence) -> tuple[Insight, ...]:
    """What is served by models that their providers have ended; nothing without any."""
    if not ended.rows:
        return ()
    return (insight("efficiency/ended_models", ended, supporting=Table(_ENDED_COLUMNS, ended)),)


def failures(failing: Evidence, sums: Evidence) -> tuple[Insight, ...]:
    """The model that fails most often; nothing when none fails measurably more often than another.

    ``sums`` is over all models.
    """
    if not differs(failing):
        return ()
    return (insight("efficiency/failures", failing, sums, supporting=Table(FAILURE_COLUMNS, failing)),)
