"""What the pages on models per task ask the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.marts import INEFFICIENT_USAGE, MODEL_USAGE, MODELS, USAGE
from reports_builder.warehouse import Warehouse


def totals(warehouse: Warehouse) -> Evidence:
    """What all tasks cost, and what the recommended moves change; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as tasks,
            count(*) filter (where decision = 'switch') as tasks_to_switch,
            count(*) filter (where decision = 'keep') as tasks_to_keep,
            count(*) filter (where decision = 'lift') as tasks_to_lift,
            count(*) filter (where is_below_floor) as tasks_below_floor,
            sum(current_cost_usd) as cost_usd,
            sum(monthly_savings_usd) as possible_usd,
            sum(cost_after_usd) as cost_after_usd,
            sum(moved_cost_usd) as moved_cost_usd,
            sum(moved_calls) / sum(calls) as moved_call_share,
            sum(counted_savings_usd) / nullif(sum(current_cost_usd)::double, 0) as savings_share,
            sum(quality_change * moved_calls) / nullif(sum(moved_calls), 0) as quality_change,
            sum(quality_change_lower * moved_calls) / nullif(sum(moved_calls), 0) as quality_change_lower,
            sum(quality_change_upper * moved_calls) / nullif(sum(moved_calls), 0) as quality_change_upper
        from efficiency.rpt_model_recommendations
        """
    )


def recommendations(warehouse: Warehouse) -> Evidence:
    """The model to use for each task, the dearest task first; the saving counted is the ledger's."""
    return warehouse.evidence(
        """
        select
            task_type, subject as task, decision, verdict, moved_from_models,
            moved_savings_share, moved_cost_usd, moved_cost_after_usd, current_model, recommended_model,
            model_to_use, is_below_floor, current_cost_usd, counted_savings_usd as counted_usd,
            cost_after_usd,
            moved_call_share, monthly_savings_usd, coalesce(quality_change, 0) as quality_change,
            quality_change_lower, quality_change_upper, smallest_quality_sample_calls
        from efficiency.rpt_model_recommendations
        order by current_cost_usd desc, task_type
        """
    )


def refused(warehouse: Warehouse) -> Evidence:
    """Models that would save still more and are not recommended, with what speaks against them."""
    return warehouse.evidence(
        """
        select
            task_type, refused_model, refused_because, forgone_usd, is_refusal_undecided,
            refused_quality_score_avg as quality, refused_quality_scored_calls as quality_scored_calls
        from efficiency.rpt_model_recommendations
        where refused_because <> 'no quality floor set'
        order by forgone_usd desc, task_type
        """
    )


def refused_in_all(warehouse: Warehouse) -> Evidence:
    """For how many tasks that is, for how many scores leave it open, and what it would save; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as refused_tasks,
            count(*) filter (where is_refusal_undecided) as undecided_tasks,
            sum(forgone_usd) as all_forgone_usd,
            coalesce(sum(forgone_usd) filter (where is_refusal_undecided), 0) as undecided_usd,
            coalesce(sum(forgone_usd) filter (where not is_refusal_undecided), 0) as decided_usd,
            sum(undecided_high_usd) as undecided_high_usd,
            max(scoring_effort_usd) as scoring_effort_usd,
            coalesce(bool_or(is_scoring_worth), false) as is_scoring_worth
        from efficiency.rpt_model_recommendations
        where refused_because <> 'no quality floor set'
        """
    )


def attempts(warehouse: Warehouse) -> Evidence:
    """Calls and operations of all traces, and what waste and possible waste cost; one row."""
    return warehouse.evidence(
        """
        select
            sum(calls) as calls,
            sum(operations) as operations,
            sum(superseded_calls) as superseded_calls,
            sum(uncosted_superseded_calls) as uncosted_superseded_calls,
            sum(superseded_cost_usd) as superseded_cost_usd,
            sum(possible_resends) as possible_resends,
            sum(uncosted_possible_resends) as uncosted_possible_resends,
            sum(possible_resend_cost_usd) as possible_resend_cost_usd
        from efficiency.rpt_attempt_waste
        """
    )


def attempts_by_model(warehouse: Warehouse) -> Evidence:
    """Models with attempts taken up or calls that may have been sent twice, the dearest waste first."""
    return warehouse.evidence(
        """
        select
            source_name, model, calls, operations,
            superseded_calls, superseded_cost_usd, possible_resends, possible_resend_cost_usd,
            uncosted_calls
        from efficiency.rpt_attempt_waste
        where superseded_calls + possible_resends > 0
        order by
            coalesce(superseded_cost_usd, 0) + coalesce(possible_resend_cost_usd, 0) desc,
            source_name, provider, model
        """
    )


def models_of_task(warehouse: Warehouse, task_type: str) -> Evidence:
    """Every model that did the task, the dearest for the same work first."""
    return warehouse.evidence(
        """
        select
            task_type, provider, model, calls, uncosted_calls,
            effective_cost_usd as cost_usd,
            cost_per_successful_call_usd as finished_usd,
            like_for_like_cost_per_call_usd as same_work_usd,
            1000 * like_for_like_cost_per_call_usd as same_work_per_thousand_usd,
            latency_p95_ms, failure_share,
            quality_score_avg as quality, quality_scored_calls,
            coalesce(quality_score_lower, quality_score_avg) as quality_low,
            coalesce(quality_score_upper, quality_score_avg) as quality_high,
            minimum_quality_score, is_on_frontier
        from :models
        where task_type = :task_type
        order by same_work_usd desc nulls last, provider, model
        """,
        models=MODELS,
        task_type=task_type,
    )


def models_of_all_tasks(warehouse: Warehouse) -> Evidence:
    """The whole comparison, one row per task and model in use."""
    return warehouse.evidence(
        """
        select
            task_type, model, calls, uncosted_calls,
            effective_cost_usd as cost_usd,
            cost_per_successful_call_usd as finished_usd,
            like_for_like_cost_per_call_usd as same_work_usd,
            cost_per_1k_tokens_usd as thousand_tokens_usd,
            latency_p50_ms, latency_p95_ms, latency_p99_ms, latency_measured_calls, at_limit_share,
            timeout_share, failure_share, quality_score_avg as quality, quality_scored_calls, verdict
        from :models
        order by task_type, same_work_usd desc nulls last, model
        """,
        models=MODELS,
    )


def results(warehouse: Warehouse) -> Evidence:
    """Cost, failures and quality of all calls, this period and the one before; one row."""
    return warehouse.evidence(
        """
        select
            sum(effective_cost_usd) filter (where usage_date >= :window_start)
                / nullif(sum(calls - failed_calls) filter (where usage_date >= :window_start), 0)
                as finished_usd,
            sum(effective_cost_usd) filter (where usage_date <= :prior_end)
                / nullif(sum(calls - failed_calls) filter (where usage_date <= :prior_end), 0)
                as prior_finished_usd,
            finished_usd / prior_finished_usd - 1 as finished_change,
            sum(failed_calls) filter (where usage_date >= :window_start) as failed_calls,
            sum(failed_calls) filter (where usage_date >= :window_start)
                / sum(calls) filter (where usage_date >= :window_start) as failure_share,
            sum(failed_calls) filter (where usage_date <= :prior_end)
                / sum(calls) filter (where usage_date <= :prior_end) as prior_failure_share,
            failure_share - prior_failure_share as failure_change,
            sum(quality_score_sum) filter (where usage_date >= :window_start)
                / nullif(sum(quality_scored_calls) filter (where usage_date >= :window_start), 0)
                as quality,
            sum(quality_score_sum) filter (where usage_date <= :prior_end)
                / nullif(sum(quality_scored_calls) filter (where usage_date <= :prior_end), 0)
                as prior_quality,
            quality - prior_quality as quality_change,
            sum(quality_scored_calls) filter (where usage_date >= :window_start)
                / sum(calls) filter (where usage_date >= :window_start) as scored_share
        from :usage
        where usage_date between :prior_start and :as_of and (:has_prior or usage_date >= :window_start)
        """,
        usage=USAGE,
    )


def moves(warehouse: Warehouse) -> Evidence:
    """The recommended moves, from model to model, the largest saving first."""
    return warehouse.evidence(
        """
        select
            task_type, from_model, to_model, calls, current_cost_usd, cost_after_usd,
            monthly_savings_usd, quality_change, latency_p95_change_ms,
            abs(latency_p95_change_ms) as latency_p95_by_ms
        from rates.rpt_model_switch_savings
        where is_recommended
        order by monthly_savings_usd desc, task_type, from_model, to_model
        """
    )


def premium_on_trivial(warehouse: Warehouse) -> Evidence:
    """Premium models on trivial work, the largest saving first."""
    return warehouse.evidence(
        """
        select
            coalesce(customer_name, customer_id) as customer,
            feature_id, task_type, model, suggested_model, first_usage_date, calls,
            cost_usd, cost_after_usd, monthly_savings_usd, suggestion_verdict
        from :inefficient
        order by monthly_savings_usd desc nulls last, customer_id, feature_id, model
        """,
        inefficient=INEFFICIENT_USAGE,
    )


def premium_in_all(warehouse: Warehouse) -> Evidence:
    """How many customers have it, and what it costs; one row."""
    return warehouse.evidence(
        """
        select
            count(distinct customer_id) as customers,
            sum(cost_usd) as all_cost_usd,
            sum(cost_usd) / nullif(sum(cost_after_usd), 0) as dearer_ratio
        from :inefficient
        """,
        inefficient=INEFFICIENT_USAGE,
    )


def fixes_of_premium_use(warehouse: Warehouse) -> Evidence:
    """What these fixes are worth alone, and how much of that other actions take already; one row."""
    return warehouse.evidence(
        """
        select
            sum(gross_monthly_savings_usd) as fix_gross_usd,
            sum(counted_overlap_usd) as fix_counted_usd,
            sum(net_monthly_savings_usd) as fix_net_usd
        from rates.rpt_savings_opportunities
        where action_kind = 'inefficient_usage'
        """
    )


def slowest(warehouse: Warehouse) -> Evidence:
    """Tasks and models by waiting time, each beside the task's quickest model and the one to move to.

    ``recommended_model`` is the model itself where no move is recommended.
    """
    return warehouse.evidence(
        """
        select
            task_type, replace(task_type, '_', ' ') as task, provider, model, calls,
            effective_cost_usd as cost_usd, latency_p50_ms, latency_p95_ms, latency_p99_ms,
            latency_measured_calls, longest_latency_ms, at_limit_share,
            timeout_calls, timeout_share, latency_limit,
            quickest_model as quicker_model, quickest_latency_p95_ms as quicker_p95_ms,
            switch_to_model as recommended_model, switch_to_latency_p95_ms as recommended_p95_ms
        from :models
        where latency_measured_calls is not null and task_call_share >= 0.01
        order by latency_p95_ms desc, task_type, model
        """,
        models=MODELS,
    )


def latencies_of_task(warehouse: Warehouse, task_type: str) -> Evidence:
    """Waiting time of every model of one task, the quickest median first."""
    return warehouse.evidence(
        """
        select
            replace(task_type, '_', ' ') as task, model, calls,
            latency_p50_ms, latency_p95_ms, latency_p99_ms,
            latency_p50_ms / 1000 as p50_seconds,
            latency_p95_ms / 1000 as p95_seconds,
            latency_p99_ms / 1000 as p99_seconds,
            is_recommended, switch_to_model as advised_model
        from :models
        where task_type = :task_type and latency_measured_calls is not null
        order by latency_p50_ms, provider, model
        """,
        task_type=task_type,
        models=MODELS,
    )


def quickest_good(warehouse: Warehouse, task_type: str) -> Evidence:
    """The quickest median among the models that do the task well enough; no row without any."""
    return warehouse.evidence(
        """
        select model as good_model, latency_p50_ms as good_p50_ms
        from :models
        where task_type = :task_type and latency_measured_calls is not null and verdict in :good
        order by latency_p50_ms, provider, model
        limit 1
        """,
        task_type=task_type,
        good=("no cheaper model is as good", "a cheaper model is as good"),
        models=MODELS,
    )


def failures_by_model(warehouse: Warehouse) -> Evidence:
    """Failures of every model over all tasks, the least reliable first."""
    return warehouse.evidence(
        """
        select
            provider, model, calls, failed_calls, failure_share, moved_call_share as moved_share, best_model,
            best_failure_share, failure_ratio, avoidable_calls, standard_errors_apart
        from :models
        order by failure_share desc, provider, model
        """,
        models=MODEL_USAGE,
    )


def ended_models(warehouse: Warehouse) -> Evidence:
    """Models in use that their providers have ended, those that cost most first; no row without any."""
    return warehouse.evidence(
        """
        select provider, model, retired_date, calls, cost_usd, ended_cost_usd, ended_cost_share
        from efficiency.rpt_model_usage
        where is_kept_beyond_end
        order by cost_usd desc nulls last, provider, model
        """
    )


def failures_in_all(warehouse: Warehouse) -> Evidence:
    """The failed calls of all models; one row."""
    return warehouse.evidence(
        """
        select
            sum(failed_calls) as all_failed_calls,
            sum(failed_calls) / sum(calls) as all_failure_share
        from :models
        """,
        models=MODEL_USAGE,
    )


def shortfalls(warehouse: Warehouse) -> Evidence:
    """Tasks whose answers lie below their quality floor, the dearest first, with what would lift them."""
    return warehouse.evidence(
        """
        select
            *, subject as task,
            coalesce('calls of ' || objection_from_model || ': ' || objection, 'nothing') as speaks_against
        from efficiency.rpt_quality_shortfalls
        order by current_cost_usd desc nulls last, task_type
        """
    )


def quality_moves(warehouse: Warehouse) -> Evidence:
    """What moving one model's calls costs and does to its task, the least that lifts it first."""
    return warehouse.evidence(
        """
        select
            task_type, subject, calls, cost_change_usd, quality_score_avg, minimum_quality_score,
            quality_score_after_avg, quality_score_after_lower, reaches_floor, is_advised,
            latency_p50_before_ms, latency_p50_after_ms, at_limit_share_after
        from efficiency.rpt_quality_moves
        order by
            task_type, is_advised desc, reaches_floor = 'not with this alone', reaches_floor = 'on average',
            cost_change_usd, move_id
        """
    )


def canaries(warehouse: Warehouse) -> Evidence:
    """What a canary of each recommended switch needs, the longest first; no row without a switch."""
    return warehouse.evidence(
        """
        select
            task_type, to_model, today_quality_score_avg, maximum_quality_loss, stop_below_score,
            canary_scored_per_week, canary_scored_needed, canary_days, half_days, verdict
        from efficiency.rpt_canary_design
        order by canary_days desc nulls first, task_type
        """
    )


def canaries_counted(warehouse: Warehouse) -> Evidence:
    """How many of the switches a canary can judge in time; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as canary_tasks,
            count(*) filter (where can_be_measured) as measurable_tasks
        from efficiency.rpt_canary_design
        """
    )


def lifts_in_all(warehouse: Warehouse) -> Evidence:
    """How many tasks those are, and what the advised ways change in all; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as short_tasks,
            count(advised_moves) as lifted_tasks,
            coalesce(sum(greatest(advised_cost_change_usd, 0)), 0) as lifts_cost_usd,
            coalesce(sum(greatest(-advised_cost_change_usd, 0)), 0) as lifts_save_usd,
            sum(advised_cost_change_usd) as lifts_change_usd
        from efficiency.rpt_quality_shortfalls
        """
    )


def service_levels(warehouse: Warehouse) -> Evidence:
    """What was promised for each task and what was kept, broken promises first; no row without a promise."""
    return warehouse.evidence(
        """
        select
            task_type, status, calls, answered_share, answered_share_target, latency_p95_ms,
            latency_p95_target_ms, is_latency_kept
        from efficiency.rpt_service_levels
        order by status = 'kept', status = 'not measured', task_type
        """
    )


def service_levels_counted(warehouse: Warehouse) -> Evidence:
    """How many of the promises are kept; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as promised_tasks,
            count(*) filter (where status = 'kept') as kept_tasks,
            count(*) filter (where status = 'not measured') as unmeasured_tasks
        from efficiency.rpt_service_levels
        """
    )


def kept_after_advice(warehouse: Warehouse, task_type: str, target_ms: float) -> Evidence:
    """Which share of a task's calls the models advised for them would answer as promised; one row."""
    return warehouse.evidence(
        """
        select
            sum(task_call_share) filter (where switch_to_latency_p95_ms <= :target_ms) as kept_call_share,
            sum(task_call_share) filter (where latency_p95_ms <= :target_ms) as kept_call_share_today,
            max(model) filter (where is_recommended) as advised_model,
            max(latency_p95_ms) filter (where is_recommended) as advised_latency_p95_ms
        from efficiency.rpt_model_efficiency
        where task_type = :task_type
        """,
        task_type=task_type,
        target_ms=target_ms,
    )
