"""The insight blocks on models per task."""

from reports_builder.assumptions import assumption
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Insight, Recommendation, Section, Table
from reports_builder.savings import named, slower_after
from reports_builder.subjects.capabilities import BENCHMARKING, PERFORMANCE, REAL_TIME, UNIT_ECONOMICS, USAGE
from reports_builder.subjects.core.statements import without_a_cost
from reports_builder.subjects.efficiency import queries as ask
from reports_builder.subjects.efficiency.statements import FAILURE_COLUMNS, longest_time, who_has_premium
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
    return Insight(
        title=recommendation.say(
            "{task_type:words}: {recommended_model:text} does the work of {moved_from_models:text} for less"
        ),
        problem=say(
            "This work costs **{current_cost_usd:usd}** in 30 days, the largest part of it on "
            "{current_model:text}. The calls of {moved_from_models:text} cost {moved_cost_usd:usd} of it; "
            "their tokens would cost {moved_cost_after_usd:usd} on {recommended_model:text}.",
            recommendation,
        )
        + _still_too_poor(recommendation),
        domain_spec=PERFORMANCE,
        domain_framework=f"{USAGE}; {UNIT_ECONOMICS}",
        ubr_impact=action.say("**{net_monthly_savings_usd:usd}** of margin a month, at unchanged fees."),
        recommendation=Recommendation(
            named(action) + slower_after(warehouse, action) + action.say(". First step: {first_step:text}."),
            str(action["owner_role"]),
            f"{action['effort']}, with all tasks that move to this model",
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
            (*MODEL_COLUMNS, *without_a_cost(models)),
            models,
            note(
                "what this task's mix of prompts would cost per call on each model, and how well it is done."
            ),
        ),
    )


def _still_too_poor(recommendation: Evidence) -> Prose:
    if not recommendation["is_below_floor"]:
        return note("")
    return recommendation.say(
        " Today's answers lie below the floor that you set for this task, and may still do so after the "
        "move, which makes them no worse."
    )


def premium_on_trivial(warehouse: Warehouse) -> tuple[Insight, ...]:
    """Premium models on trivial work, if there are any."""
    usage, sums = ask.premium_on_trivial(warehouse), ask.premium_in_all(warehouse)
    if not usage.rows:
        return ()
    return (
        Insight(
            title=who_has_premium(sums)
            + sums.say(" trivial work done by premium models, at {dearer_ratio:ratio} times the price"),
            problem=say(
                "Work that the quality floors call trivial cost **{all_cost_usd:usd}** on premium models; "
                "{customer:text} alone caused {cost_usd:usd} with {task_type:words} on {model:text} "
                "(since {first_usage_date:day} or earlier).",
                sums,
                usage,
            ),
            domain_spec=REAL_TIME,
            domain_framework=USAGE,
            ubr_impact=sums.say(
                "**{all_cost_usd:usd}** of cost to serve in 30 days (accounts concerned: "
                "{customers:count}), for work that a plain model could do."
            ),
            recommendation=Recommendation(
                _change_of_model(usage),
                "Head of Engineering",
                "days",
                worth=_least_worth_of(warehouse),
            ),
            outcome=_worth_of(warehouse),
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


def _least_worth_of(warehouse: Warehouse) -> Prose | None:
    """What the change of model saves once the other switches are made; nothing while that is unknown."""
    fixes = ask.fixes_of_premium_use(warehouse)
    if fixes["fix_gross_usd"] is None:
        return None
    return fixes.say("{fix_net_usd:usd_table} to {fix_gross_usd:usd_table} a month")


def _worth_of(warehouse: Warehouse) -> Prose:
    fixes = ask.fixes_of_premium_use(warehouse)
    if fixes["fix_gross_usd"] is None:
        return note(
            "Unknown until answers of the suggested model are scored: a saving counts only within the "
            "quality limits. Assumption: the same calls, with the same tokens on the other model."
        )
    return say(
        "Between **{fix_net_usd:usd}** a month, if the model switches are made as well (of the same calls "
        "their total counts {fix_counted_usd:usd}, as {model_switch_base_share:percent} of a switch is "
        "kept), and **{fix_gross_usd:usd}** if only this is done. Assumption: the same calls, with as many "
        "tokens on the other model.",
        fixes,
        assumption(warehouse, "model_switch_base_share"),
    )


def refusals(refused: Evidence, sums: Evidence) -> tuple[Insight, ...]:
    """The cheaper models on which scores leave it open whether they are good enough, where scoring may pay.

    ``sums`` is over all that are refused; ``refused_section`` has them where it does not.
    """
    if not refused.rows or not sums["is_scoring_worth"]:
        return ()
    return (
        Insight(
            title=_refused_for(sums) + sums.say("; scores leave it open for {undecided_tasks:count} of them"),
            problem=_why_refused(sums),
            domain_spec=PERFORMANCE,
            domain_framework=BENCHMARKING,
            ubr_impact=sums.say(
                "**{undecided_usd:usd}** a month cannot be decided for want of scores; customers would "
                "notice the other {decided_usd:usd}."
            ),
            recommendation=Recommendation(
                note(
                    "Score more answers of the models on which the scores leave it open; keep the others out."
                ),
                "Head of Product",
                "two weeks",
            ),
            outcome=sums.say(
                "Between nothing and **{undecided_high_usd:usd}** a month for {scoring_effort_usd:usd} of "
                "work; in no total of this report. Assumption: the upper end needs every one of these "
                "models to pass the quality floor, and as many calls to move as of a switch at best."
            ),
            supporting=_refused_table(refused, note("models that would save more and are not recommended.")),
        ),
    )


def refused_section(refused: Evidence, sums: Evidence) -> tuple[Section, ...]:
    """The same as a note, where no scores are missing or more of them would not pay."""
    if not refused.rows or sums["is_scoring_worth"]:
        return ()
    said = _why_refused(sums)
    if sums["undecided_tasks"]:
        said += sums.say(
            " **Not worth an action**: to score enough answers takes {scoring_effort_usd:usd}, and at best "
            "{undecided_high_usd:usd} a month come of it."
        )
    return (
        Section("Still cheaper models that are refused", text=(said,), tables=(_refused_table(refused),)),
    )


def _refused_for(sums: Evidence) -> Prose:
    tasks = "one task" if sums["refused_tasks"] == 1 else "{refused_tasks:count} tasks"
    return sums.say(f"Still cheaper models are refused for {tasks}")


def _why_refused(sums: Evidence) -> Prose:
    return sums.say(
        "Still cheaper models would take another **{all_forgone_usd:usd}** a month off the bill, if "
        "every call moved; of the savings under Actions only the part likely to be kept counts. "
        "Where even the best end of the interval of their scores is too low, that is settled; "
        "elsewhere the interval holds the limit, or there is none (tasks: {undecided_tasks:count})."
    )


def _refused_table(refused: Evidence, caption: Prose | None = None) -> Table:
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
        caption,
    )


def shortfalls(warehouse: Warehouse) -> tuple[Insight, ...]:
    """Each task whose answers lie below its quality floor, the dearest first, and the cheapest way to it."""
    return tuple(_shortfall(short) for short in ask.shortfalls(warehouse).each())


def _shortfall(short: Evidence) -> Insight:
    return Insight(
        title=short.say(
            "{task:text} falls short of its quality floor: {quality_score_avg:percent_fine} of "
            "{minimum_quality_score:percent}"
        ),
        problem=short.say(
            "The answers to {task:text} calls score {quality_score_avg:percent_fine} on average, where "
            "{minimum_quality_score:percent} are asked for."
        ),
        domain_spec=PERFORMANCE,
        domain_framework=BENCHMARKING,
        ubr_impact=short.say(
            "**{current_cost_usd:usd}** in 30 days buys answers that are not good enough by your own floor."
        ),
        recommendation=Recommendation(
            _what_lifts(short) + _whose_get_poorer(short) + _wait_then(short),
            str(short["owner_role"] or "Head of Engineering"),
            str(short["advised_effort"] or "days"),
        ),
        outcome=short.say(
            "Answers at the floor or above, for **{advised_cost_change_usd:more_or_less_usd}** a month than "
            "today, if every one of these calls moves; in no total of savings. The work costs "
            "{advised_effort_usd:usd}"
            + (
                "."
                if short["advised_payback_months"] is None
                else " and has come back after {advised_payback_months:months}."
            )
            + " Assumption: the same tokens, and scores and times like those of today on the other model."
            if short["advised_moves"]
            else "Unknown until another model is tried, or calls move beside the switches that are "
            "recommended. Assumption: no model in use is better on other prompts."
        ),
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
            note("the tasks below their quality floor, the dearest first."),
        ),
    )


def _what_lifts(short: Evidence) -> Prose:
    """The cheapest way that lifts a task, and the move of all its calls; else what is left to try."""
    if not short["lift_model"] and not short["advised_moves"]:
        return short.say(
            "Try a model that is not in use yet, or lower the floor to what is needed: the best one in use "
            "scores {best_quality_score_avg:percent_fine}."
        )
    if short["is_lift_advised"]:
        return short.say(
            "Move all {task_type:words} calls to {lift_model:text}, which scores "
            "{lift_quality_score_avg:percent_fine}, "
            "{lift_quality_score_lower:percent_fine} at worst, for {lift_cost_change_usd:more_or_less_usd} a "
            "month than today. It is the cheapest way to the floor."
        ) + _against(short)
    said = note("")
    if short["advised_moves"]:
        said += short.say(
            "Move the {task_type:words} calls of {advised_moves:text} ({advised_moved_calls:count} of "
            "{calls:count}) for {advised_cost_change_usd:more_or_less_usd} a month than today, the "
            "cheapest way to the floor, "
            "or lower the floor; the task would score {advised_quality_score_avg:percent_fine}"
            + (
                ", {advised_quality_score_lower:percent_fine} at worst."
                if short["advised_reaches_floor"] == "surely"
                else " on average, and perhaps less than the floor."
            )
            + (" " if short["lift_model"] else "")
        )
    if short["lift_model"]:
        said += short.say(
            ("The dearer way: move all" if short["advised_moves"] else "Move all")
            + " {task_type:words} calls to {lift_model:text}, which scores "
            "{lift_quality_score_avg:percent_fine}, for "
            "{lift_cost_change_usd:more_or_less_usd} a month than today."
        ) + _against(short)
    return said


def _whose_get_poorer(short: Evidence) -> Prose:
    """For whom the way to the floor makes answers worse; nothing where it does for nobody that is known."""
    if not short["advised_poorer_customers"]:
        return note("")
    return short.say(
        " Answers get poorer by it for {advised_poorer_customers:count} customers whose calls leave a better "
        "model ({advised_poorer_quality_change:delta_points} on average); those that spend most on these "
        "calls are {advised_poorer_customer_names:text}."
    )


def _wait_then(short: Evidence) -> Prose:
    """How long the answers of the moved calls take today and then; nothing where that is not known."""
    if short["advised_latency_p50_before_ms"] is None or short["advised_latency_p50_after_ms"] is None:
        return note("")
    said = short.say(
        " The median answer takes {advised_latency_p50_after_ms:milliseconds} there, against "
        "{advised_latency_p50_before_ms:milliseconds} on the models that these calls leave (by their calls)"
    )
    if short["advised_at_limit_share_after"] or short["advised_at_limit_share_before"]:
        said += short.say(
            "; {advised_at_limit_share_after:percent} of the answers take the longest time on record, "
            "against {advised_at_limit_share_before:percent}"
        )
    return said + note(".")


def _against(short: Evidence) -> Prose:
    """Why the move of all calls is not among the switches, which judge the calls of each model alone."""
    if not short["objection"]:
        return note("")
    return short.say(
        " It is not among the switches that save: there, calls of each model are judged alone, and for those "
        "of {objection_from_model:text} the verdict is “{objection:text}”. The task as a whole improves."
    )


def slow_answers(slow: Evidence) -> tuple[Insight, ...]:
    """The use that keeps users waiting, unless it is on the quickest model already."""
    if not slow.rows or slow["task_type"] == "unknown" or slow["model"] == slow["quicker_model"]:
        return ()
    stays = slow["model"] == slow["recommended_model"]
    insight = Insight(
        title=slow.say("{task:text} on {model:text} keeps users waiting"),
        problem=slow.say(
            "One answer in twenty takes **{latency_p95_ms:milliseconds}** or more; on "
            "{quicker_model:text} it is {quicker_p95_ms:milliseconds} for the same task." + longest_time(slow)
        ),
        domain_spec=PERFORMANCE,
        domain_framework=BENCHMARKING,
        ubr_impact=slow.say(
            "**{cost_usd:usd}** in 30 days is paid for these answers; what waiting costs in customers is "
            "unknown."
        ),
        recommendation=Recommendation(
            slow.say(
                "Ask for shorter answers, and show them as they are written: "
                + (
                    "calls of others are advised to move here for its answers, so weigh this wait before."
                    if _comes_from_others(slow)
                    else "no other model is recommended for this work."
                )
                if stays
                else "Keep waiting time among the criteria when this work is moved; "
                "{recommended_model:text} is the model recommended for it."
            ),
            "Head of Engineering",
            "days",
        ),
        outcome=slow.say(
            "Unknown until it is tried: less than {latency_p95_ms:milliseconds} for the slowest twentieth. "
            "Assumption: waiting time grows with the length of the answer."
            if stays
            else "The slowest twentieth goes from {latency_p95_ms:milliseconds} to "
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
                Column("latency_measured_calls", "Answers timed", "count"),
                Column("at_limit_share", "At the longest time", "percent"),
                Column("timeout_share", "Timed out", "percent"),
                Column("recommended_model", "Recommended"),
                Column("recommended_p95_ms", "Its p95", "milliseconds"),
            ),
            slow,
            note("tasks and models by waiting time, those with at least one per cent of the task's calls."),
        ),
    )
    return (insight,)


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


def failures(failing: Evidence, sums: Evidence) -> tuple[Insight, ...]:
    """The model that fails most often; nothing when none fails measurably more often than another.

    ``sums`` is over all models.
    """
    if not differs(failing):
        return ()
    insight = Insight(
        title=failing.say("{model:text} fails in {failure_share:percent} of its calls"),
        problem=say(
            "**{all_failed_calls:count}** calls failed in 30 days, {all_failure_share:percent} of all; "
            "{model:text} fails {failure_ratio:ratio} times as often as {best_model:text}.",
            sums,
            failing,
        ),
        domain_spec=PERFORMANCE,
        domain_framework=BENCHMARKING,
        ubr_impact=failing.say(
            "Each failure is a prompt that may be billed and an answer that a customer waited for and did not"
            " get; **{avoidable_calls:count}** a month would not happen at the rate of {best_model:text}."
        ),
        recommendation=Recommendation(
            failing.say(
                "Make the recommended switches first: they move {moved_share:percent} of these calls to "
                "other models. Find out with the provider why the rest fails more often than calls of "
                "{best_model:text}."
                if failing["moved_share"]
                else "Find out with the provider why calls of {model:text} fail more often than those of "
                "{best_model:text}, and bring them to that rate."
            ),
            "Head of Engineering",
            "days",
        ),
        outcome=failing.say(
            "Between none and **{avoidable_calls:count}** failed calls fewer a month, at that rate. "
            "Assumption: failures have to do with the model and not with the prompts it gets."
        ),
        supporting=Table(
            FAILURE_COLUMNS,
            failing,
            note("failures by model."),
        ),
    )
    return (insight,)
