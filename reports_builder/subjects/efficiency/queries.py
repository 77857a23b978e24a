"""What the pages on models per task ask the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.marts import INEFFICIENT_USAGE, MODELS, USAGE
from reports_builder.warehouse import Warehouse


def totals(warehouse: Warehouse) -> Evidence:
    """What all tasks cost, and what the recommended moves change; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as tasks,
            count(*) filter (where decision = 'switch') as tasks_to_switch,
            count(*) filter (where decision = 'keep') as tasks_to_keep,
            count(*) filter (where is_below_floor) as tasks_below_floor,
            sum(current_cost_usd) as cost_usd,
            sum(monthly_savings_usd) as possible_usd,
            max(counted.counted_usd) as counted_usd,
            sum(current_cost_usd) - max(counted.counted_usd) as cost_after_usd,
            sum(moved_cost_usd) as moved_cost_usd,
            sum(moved_calls) / sum(calls) as moved_call_share,
            max(counted.counted_usd) / nullif(sum(current_cost_usd)::double, 0) as savings_share,
            sum(quality_change * moved_calls) / nullif(sum(moved_calls), 0) as quality_change,
            sum(quality_change_lower * moved_calls) / nullif(sum(moved_calls), 0) as quality_change_lower,
            sum(quality_change_upper * moved_calls) / nullif(sum(moved_calls), 0) as quality_change_upper
        from efficiency.rpt_model_recommendations
        cross join (
            select coalesce(sum(net_monthly_savings_usd), 0) as counted_usd
            from rates.rpt_savings_opportunities
            where is_counted and action_kind = 'model_switch'
        ) as counted
        """
    )


def recommendations(warehouse: Warehouse) -> Evidence:
    """The model to use for each task, the dearest task first; the saving counted is the ledger's."""
    return warehouse.evidence(
        """
        select
            advice.task_type, replace(advice.task_type, '_', ' ') as task,
            advice.decision, advice.verdict, advice.moved_from_models, advice.moved_savings_share,
            advice.moved_cost_usd, advice.moved_cost_after_usd,
            advice.current_model, advice.recommended_model, advice.is_below_floor,
            advice.current_cost_usd,
            coalesce(ledger.net_monthly_savings_usd, 0) as counted_usd,
            advice.current_cost_usd - counted_usd as cost_after_usd,
            advice.moved_calls / advice.calls as moved_call_share,
            advice.monthly_savings_usd,
            case when advice.decision = 'keep' then 0 else advice.quality_change end as quality_change,
            advice.quality_change_lower, advice.quality_change_upper, advice.smallest_quality_sample_calls
        from efficiency.rpt_model_recommendations as advice
        left join rates.rpt_savings_opportunities as ledger
            on
                ledger.is_counted
                and ledger.action_kind = 'model_switch'
                and advice.task_type = ledger.task_type
        order by advice.current_cost_usd desc, advice.task_type
        """
    )


def refused(warehouse: Warehouse) -> Evidence:
    """Models that would save still more and are not recommended, with what speaks against them."""
    return warehouse.evidence(
        """
        select
            task_type, refused_model, refused_because, forgone_usd, is_refusal_undecided,
            refused_quality_score_avg as quality, refused_quality_scored_calls as quality_scored_calls,
            sum(forgone_usd) over () as all_forgone_usd,
            count(*) over () as refused_tasks,
            case refused_tasks when 1 then 'one task' else refused_tasks || ' tasks' end as where_refused,
            count(*) filter (where is_refusal_undecided) over () as undecided_tasks,
            coalesce(sum(forgone_usd) filter (where is_refusal_undecided) over (), 0) as undecided_usd,
            all_forgone_usd - undecided_usd as decided_usd
        from efficiency.rpt_model_recommendations
        where refused_because <> 'no quality floor set'
        order by forgone_usd desc, task_type
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
            uncosted_superseded_calls + uncosted_possible_resends as uncosted_calls
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
            effective_cost_usd / sum(effective_cost_usd) over () as cost_share,
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
        with measured as (
            select
                usage_date >= :window_start as is_now,
                sum(effective_cost_usd) / nullif(sum(calls) - sum(failed_calls), 0) as finished_usd,
                sum(failed_calls) / sum(calls) as failure_share,
                sum(failed_calls) as failed_calls,
                sum(quality_score_sum) / nullif(sum(quality_scored_calls), 0) as quality,
                sum(quality_scored_calls) / sum(calls) as scored_share
            from :usage
            where usage_date between :prior_start and :as_of and (:has_prior or usage_date >= :window_start)
            group by is_now
        )
        select
            max(finished_usd) filter (where is_now) as finished_usd,
            max(finished_usd) filter (where not is_now) as prior_finished_usd,
            max(finished_usd) filter (where is_now) / max(finished_usd) filter (where not is_now) - 1
                as finished_change,
            max(failure_share) filter (where is_now) as failure_share,
            max(failed_calls) filter (where is_now) as failed_calls,
            max(failure_share) filter (where not is_now) as prior_failure_share,
            max(failure_share) filter (where is_now) - max(failure_share) filter (where not is_now)
                as failure_change,
            max(quality) filter (where is_now) as quality,
            max(quality) filter (where not is_now) as prior_quality,
            max(quality) filter (where is_now) - max(quality) filter (where not is_now) as quality_change,
            max(scored_share) filter (where is_now) as scored_share
        from measured
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
            case
                when latency_p95_change_ms < 0 then 'faster'
                when latency_p95_change_ms > 0 then 'slower'
            end as speed,
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
            cost_usd, cost_after_usd, monthly_savings_usd, suggestion_verdict,
            count(distinct customer_id) over () as customers,
            case when customers = 1 then 'One customer has' else customers || ' customers have' end
                as who_have,
            sum(cost_usd) over () as all_cost_usd,
            sum(cost_usd) over () / nullif(sum(cost_after_usd) over (), 0) as dearer_ratio
        from :inefficient
        order by monthly_savings_usd desc nulls last, customer_id, feature_id, model
        """,
        inefficient=INEFFICIENT_USAGE,
    )


def fixes_of_premium_use(warehouse: Warehouse) -> Evidence:
    """What these fixes are worth alone, and how much of that other actions take already; one row."""
    return warehouse.evidence(
        """
        select
            sum(fixes.gross_monthly_savings_usd) as fix_gross_usd,
            sum(fixes.overlap_usd * kept.value) as fix_counted_usd,
            max(kept.value) as kept_share,
            sum(fixes.net_monthly_savings_usd) as fix_net_usd
        from rates.rpt_savings_opportunities as fixes
        left join seeds.assumptions as kept on kept.name = 'model_switch_base_share'
        where fixes.action_kind = 'inefficient_usage'
        """
    )


def slowest(warehouse: Warehouse) -> Evidence:
    """Tasks and models by waiting time, each beside the task's quickest model and the one to move to.

    ``recommended_model`` is the model itself where no move is recommended.
    """
    return warehouse.evidence(
        """
        with measured as (
            select
                task_type, replace(task_type, '_', ' ') as task, provider, model, calls,
                effective_cost_usd as cost_usd, latency_p50_ms, latency_p95_ms, latency_p99_ms,
                latency_measured_calls, longest_latency_ms, at_limit_share,
                timeout_calls, timeout_share, latency_limit,
                min_by(model, latency_p95_ms) over (partition by task_type) as quicker_model,
                min(latency_p95_ms) over (partition by task_type) as quicker_p95_ms
            from :models
            where latency_measured_calls is not null
            qualify calls >= 0.01 * sum(calls) over (partition by task_type)
        )
        select
            measured.*,
            coalesce(switches.to_model, measured.model) as recommended_model,
            coalesce(recommended.latency_p95_ms, measured.latency_p95_ms) as recommended_p95_ms
        from measured
        left join rates.rpt_model_switch_savings as switches
            on
                measured.task_type = switches.task_type
                and measured.provider = switches.from_provider
                and measured.model = switches.from_model
                and switches.is_recommended
        left join efficiency.rpt_model_efficiency as recommended
            on
                switches.task_type = recommended.task_type
                and switches.to_provider = recommended.provider
                and switches.to_model = recommended.model
        order by measured.latency_p95_ms desc, measured.task_type, measured.model
        """,
        models=MODELS,
    )


def latencies_of_task(warehouse: Warehouse, task_type: str) -> Evidence:
    """Waiting time of every model of one task, the quickest median first."""
    return warehouse.evidence(
        """
        select
            replace(efficiency.task_type, '_', ' ') as task, efficiency.model, efficiency.calls,
            latency_p50_ms, latency_p95_ms, latency_p99_ms,
            latency_p50_ms / 1000 as p50_seconds,
            latency_p95_ms / 1000 as p95_seconds,
            latency_p99_ms / 1000 as p99_seconds,
            efficiency.model = advice.recommended_model as is_recommended,
            min_by(efficiency.model, latency_p50_ms) filter (where efficiency.verdict in :good) over ()
                as good_model,
            min(latency_p50_ms) filter (where efficiency.verdict in :good) over () as good_p50_ms
        from :models as efficiency
        inner join efficiency.rpt_model_recommendations as advice on efficiency.task_type = advice.task_type
        where efficiency.task_type = :task_type and latency_measured_calls is not null
        order by latency_p50_ms, efficiency.provider, efficiency.model
        """,
        task_type=task_type,
        good=("no cheaper model is as good", "a cheaper model is as good"),
        models=MODELS,
    )


def failures_by_model(warehouse: Warehouse) -> Evidence:
    """Failures of every model over all tasks, the least reliable first."""
    return warehouse.evidence(
        """
        with models as (
            select
                provider, model, sum(calls) as calls, sum(failed_calls) as failed_calls,
                sum(failed_calls) / sum(calls) as failure_share
            from :models
            group by provider, model
        ),

        moves as (
            select from_provider as provider, from_model as model, sum(calls) as moved_calls
            from rates.rpt_model_switch_savings
            where is_recommended
            group by from_provider, from_model
        )

        select
            models.*,
            moves.moved_calls / models.calls as moved_share,
            sum(failed_calls) over () as all_failed_calls,
            sum(failed_calls) over () / sum(calls) over () as all_failure_share,
            min_by(model, failure_share) over () as best_model,
            min(failure_share) over () as best_failure_share,
            failure_share / nullif(min(failure_share) over (), 0) as failure_ratio,
            failed_calls - calls * min(failure_share) over () as avoidable_calls,
            (failure_share - min(failure_share) over ()) / nullif(sqrt(
                all_failure_share * (1 - all_failure_share)
                * (1 / calls + 1 / min_by(calls, failure_share) over ())
            ), 0) as standard_errors_apart
        from models
        left join moves using (provider, model)
        order by failure_share desc, provider, model
        """,
        models=MODELS,
    )


def shortfalls(warehouse: Warehouse) -> Evidence:
    """Tasks whose answers lie below their quality floor, the furthest first, with what would lift them."""
    return warehouse.evidence(
        """
        select
            *, replace(task_type, '_', ' ') as task, count(*) over () as short_tasks,
            coalesce('calls of ' || objection_from_model || ': ' || objection, 'nothing') as speaks_against
        from efficiency.rpt_quality_shortfalls
        order by quality_gap, task_type
        """
    )
