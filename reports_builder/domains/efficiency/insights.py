"""The insight blocks on models per task."""

from reports_builder.domains.efficiency import queries as ask
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.savings import named
from reports_builder.warehouse import Warehouse

PERFORMANCE = "Performance Tracking & Benchmarking"
USAGE_OPTIMIZATION = "Optimize Usage & Cost: Usage Optimization; Quantify Business Value: Unit Economics"

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
    return Insight(
        title=recommendation.say(
            "{task_type:words}: {recommended_model:text} does the work of {current_model:text} for less"
        ),
        problem=say(
            "This work costs **{current_cost_usd:usd}** in 30 days, the largest part of it on "
            "{current_model:text}. For the same prompts {current_model:text} costs {price_ratio:ratio} "
            "times as much as {recommended_model:text}.",
            recommendation,
        ),
        domain_spec=PERFORMANCE,
        domain_framework=USAGE_OPTIMIZATION,
        ubr_impact=action.say("**{net_monthly_savings_usd:usd}** of margin a month, at unchanged fees."),
        recommendation=Recommendation(
            named(action) + action.say(". First step: {first_step:text}."),
            str(action["owner_role"]),
            str(action["effort"]),
            is_in_plan=True,
        ),
        outcome=say(
            "**{net_monthly_savings_usd:usd}** a month, between {low_monthly_savings_usd:usd} and "
            "{high_monthly_savings_usd:usd}; the quality score of the moved calls goes "
            "{quality_change:delta_points} of 100 ({quality_change_lower:delta_points} at worst, "
            "{quality_change_upper:delta_points} at best), from at least "
            "{smallest_quality_sample_calls:count} scored calls a model. Assumption: {assumption:text}",
            action,
            recommendation,
        ),
        supporting=Table(
            MODEL_COLUMNS,
            models,
            note(
                "what this task's mix of prompts would cost per call on each model, and how well it is done."
            ),
        ),
    )


def premium_on_trivial(usage: Evidence, fixes: Evidence) -> tuple[Insight, ...]:
    """Premium models on trivial work, if there are any."""
    if not usage.rows:
        return ()
    return (
        Insight(
            title=usage.say(
                "{who_have:text} trivial work done by premium models, at {dearer_ratio:ratio} times the price"
            ),
            problem=usage.say(
                "Work that the quality floors call trivial cost **{all_cost_usd:usd}** on premium models; "
                "{customer:text} alone paid {cost_usd:usd} for {task_type:words} on {model:text} "
                "(since {first_usage_date:day} or earlier)."
            ),
            domain_spec="Real-Time Decision Making",
            domain_framework="Optimize Usage & Cost: Usage Optimization",
            ubr_impact=usage.say(
                "**{all_cost_usd:usd}** of cost to serve in 30 days (accounts concerned: "
                "{customers:count}), for work that a plain model could do."
            ),
            recommendation=Recommendation(
                _change_of_model(usage),
                "Head of Engineering",
                "days",
            ),
            outcome=_worth_of(fixes),
            supporting=Table(
                PREMIUM_COLUMNS,
                usage,
                note("trivial work on premium models, the largest saving first."),
            ),
        ),
    )


def _change_of_model(usage: Evidence) -> Prose:
    if usage["suggested_model"] is None:
        return note("Look for a cheaper model: none with a price and acceptable quality is known.")
    return usage.say("Change the model in these customers' settings to {suggested_model:text}.")


def _worth_of(fixes: Evidence) -> Prose:
    if fixes["fix_gross_usd"] is None:
        return note(
            "Unknown until answers of the suggested model are scored: a saving counts only within the "
            "quality limits. Assumption: the same calls, with the same tokens on the other model."
        )
    return fixes.say(
        "Between **{fix_net_usd:usd}** a month, if the model switches are made as well "
        "({fix_overlap_usd:usd} of it is in their total), and **{fix_gross_usd:usd}** if only this is done."
        " Assumption: the same calls, with the same tokens on the other model."
    )


def refusals(refused: Evidence) -> tuple[Insight, ...]:
    """The cheaper models that are not recommended, and what would settle it."""
    if not refused.rows:
        return ()
    return (
        Insight(
            title=refused.say(
                "Still cheaper models are refused; tasks for which too little is measured: "
                "{unmeasured_tasks:count} of {refused_tasks:count}"
            ),
            problem=refused.say(
                "Still cheaper models would take another **{all_forgone_usd:usd}** a month off the bill. "
                "Where their quality is measured it is too low, or could be; elsewhere too few of their "
                "answers are scored to know (tasks: {unmeasured_tasks:count})."
            ),
            domain_spec=PERFORMANCE,
            domain_framework="Quantify Business Value: KPIs & Benchmarking",
            ubr_impact=refused.say(
                "**{unmeasured_forgone_usd:usd}** a month cannot be decided for want of scores; customers "
                "would notice the rest."
            ),
            recommendation=Recommendation(
                note(
                    "Score more answers of the models marked as not measured; keep the others out."
                    if refused["unmeasured_tasks"]
                    else "Keep these models out of these tasks."
                ),
                "Head of Product",
                "two weeks",
            ),
            outcome=refused.say(
                "Between nothing and **{unmeasured_forgone_usd:usd}** a month; in no total of this report. "
                "Assumption: the upper end needs every one of these models to pass the quality floor."
            ),
            supporting=Table(
                (
                    Column("task_type", "Task", "words"),
                    Column("refused_model", "Model"),
                    Column("forgone_usd", "Saves beyond the recommendation", "usd_table"),
                    Column("refused_because", "Why not"),
                    Column("quality", "Quality", "percent"),
                    Column("quality_scored_calls", "Scored calls", "count"),
                ),
                refused,
                note("models that would save more and are not recommended."),
            ),
        ),
    )
