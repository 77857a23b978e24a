"""What the rate optimization page asks the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def totals(warehouse: Warehouse) -> Evidence:
    """Spend of the window and what the whole ledger would take off it."""
    return warehouse.evidence(
        """
        select
            spend_usd, resources_usd, net_usd as total_net_usd, low_usd as total_low_usd,
            high_usd as total_high_usd, gross_usd as total_gross_usd, overlap_usd,
            works as action_count, amount_usd as spend_after_usd,
            net_share
        from rates.rpt_savings_waterfall
        where is_total and step_order > 0
        """
    )


def bridge(warehouse: Warehouse) -> Evidence:
    """All spend of the window, what of it was examined for savings, and the rest."""
    return warehouse.evidence(
        """
        select all_spend_usd, spend_usd as examined_usd, not_examined_usd
        from rates.rpt_savings_waterfall
        where step_order = 0
        """
    )


def overlaps(warehouse: Warehouse) -> Evidence:
    """The kinds of counted actions of which others save a part already, the largest part first."""
    return warehouse.evidence(
        """
        select replace(action_kind, '_', ' ') as action_kind, overlap_usd
        from rates.rpt_savings_waterfall
        where not is_total and counting = 'yes' and overlap_usd > 0
        order by overlap_usd desc, action_kind
        """
    )


def kinds(warehouse: Warehouse) -> Evidence:
    """The ledger by kind of action, in the order in which the kinds are applied."""
    return warehouse.evidence(
        """
        select action_kind, counting, actions, gross_usd, overlap_usd, net_usd, low_usd, high_usd
        from rates.rpt_savings_waterfall
        where not is_total
        order by step_order, counting desc
        """
    )


def kind(warehouse: Warehouse, name: str) -> Evidence:
    """The sums over one kind's counted actions, else over those on example offers; no row without any."""
    return warehouse.evidence(
        """
        select
            actions as kind_actions, net_usd as kind_net_usd, low_usd as kind_low_usd,
            high_usd as kind_high_usd, overlap_usd as kind_overlap_usd, scope_cost_usd as kind_scope_usd,
            assumption as kind_assumption, effort_days as kind_effort_days, counting <> 'yes' as is_example
        from rates.rpt_savings_waterfall
        where action_kind = :kind and counting in ('yes', 'no: example offers')
        order by counting desc
        limit 1
        """,
        kind=name,
    )


def steps(warehouse: Warehouse) -> Evidence:
    """Spend of the window, each kind's net saving taken off it, and what is left: a waterfall."""
    return warehouse.evidence(
        """
        select step_order as place, step, amount_usd, upper_usd, lower_usd, is_total
        from rates.rpt_savings_waterfall
        where counting = 'yes'
        order by step_order
        """
    )


def switches(warehouse: Warehouse) -> Evidence:
    """The recommended switches, the largest saving first."""
    return warehouse.evidence(
        """
        select
            task_type, from_model, to_model, calls, current_cost_usd, cost_after_usd, monthly_savings_usd,
            quality_change, latency_p95_change_ms
        from rates.rpt_model_switch_savings
        where is_recommended
        order by monthly_savings_usd desc, task_type, from_provider, from_model
        """
    )


def refused_switches(warehouse: Warehouse) -> Evidence:
    """Per task and model in use without an acceptable switch: the largest that was refused, and why."""
    return warehouse.evidence(
        """
        select task_type, from_model, to_model, monthly_savings_usd, quality_change, verdict
        from rates.rpt_model_switch_savings
        where is_largest_refused
        order by monthly_savings_usd desc, task_type, from_provider, from_model
        """
    )


def offers(warehouse: Warehouse, basis: str, *, paying: bool = False) -> Evidence:
    """Each offer at its best level, or at the smallest that is sold where no level pays.

    ``basis`` is ``as_used`` (the usage as it was) or ``after_actions`` (what the other actions leave);
    ``paying`` leaves out those that save nothing.
    """
    return warehouse.evidence(
        """
        select
            offer_id, offer_name, is_illustrative,
            committed_units, hourly_commitment_usd, on_demand_cost_usd, total_cost_usd,
            coverage_share, utilization_share, break_even_utilization_share, break_even_months,
            effective_savings_rate, net_monthly_savings_usd, net_monthly_savings_less_usage_usd,
            regret_less_usage_usd, regret_more_usage_usd, money_at_risk_usd, savings_without_contract_usd,
            verdict
        from rates.rpt_commitment_options
        where usage_basis = :basis and (is_level_to_judge or is_recommended) and verdict <> 'no usage'
            and (net_monthly_savings_usd > 0 or not :paying)
        order by is_recommended desc, net_monthly_savings_usd desc, offer_id
        """,
        basis=basis,
        paying=paying,
    )


def recommended_offer(warehouse: Warehouse) -> Evidence:
    """The commitment that saves most of those that the limits of the portfolio allow; no row without one."""
    return warehouse.evidence(
        """
        select
            offer_id, offer_name, usage_basis, provider, model, hourly_commitment_usd, committed_units,
            term_months, payment_option, upfront_cost_usd, obligation_usd, break_even_months, coverage_share,
            utilization_share,
            break_even_utilization_share, net_monthly_savings_usd as offer_net_usd,
            net_monthly_savings_less_usage_usd as offer_low_usd,
            net_monthly_savings_more_usage_usd as offer_high_usd,
            regret_less_usage_usd, regret_more_usage_usd, best_units_less_usage, best_units_more_usage,
            usage_share_after_price_plan,
            net_monthly_savings_after_price_plan_usd as saved_after_price_plan_usd,
            nullif(greatest(-net_monthly_savings_after_price_plan_usd, 0), 0) as lost_after_price_plan_usd,
            money_at_risk_usd, is_illustrative, savings_without_contract_usd
        from rates.rpt_commitment_options
        where is_recommended
        order by net_monthly_savings_usd desc, offer_id
        limit 1
        """
    )


def offer_beyond_limits(warehouse: Warehouse) -> Evidence:
    """What would save most of what pays by itself and the portfolio keeps out; no row without."""
    return warehouse.evidence(
        """
        select
            offer_name as beyond_offer_name, provider as beyond_provider,
            hourly_commitment_usd as beyond_hourly_usd, net_monthly_savings_usd as beyond_net_usd,
            money_at_risk_usd as beyond_at_risk_usd, risk_limit_usd, verdict as beyond_reason
        from rates.rpt_commitment_options
        where is_beyond_limits
        order by net_monthly_savings_usd desc, offer_id
        limit 1
        """
    )


def owned_terms(warehouse: Warehouse) -> Evidence:
    """How many commitments are owned that have not ended; one row."""
    return warehouse.evidence(
        """
        select count(*) as owned_terms
        from rates.rpt_commitment_renewals
        """
    )


def offer_counts(warehouse: Warehouse) -> Evidence:
    """How many offers for models in use were judged, how many are recommended, how many are examples."""
    return warehouse.evidence(
        """
        select
            count(distinct offer_id) as offers_judged,
            count(distinct offer_id) filter (where is_recommended) as offers_recommended,
            count(distinct offer_id) filter (
                where usage_basis = 'after_actions'
                    and verdict in (
                        'recommended', 'beyond the limit of risk',
                        'the target of coverage is reached', 'pays less than another offer',
                        'its contract saves less than its work costs',
                        'ranked lower after weights for term and payment'
                    )
            ) as offers_paying,
            count(distinct offer_id) - count(distinct offer_id) filter (
                where usage_basis = 'after_actions' and level_kind = 'optimal' and net_monthly_savings_usd > 0
            ) as offers_saving_nothing,
            count(distinct offer_id) filter (where is_illustrative) as offers_illustrative,
            max(lookback_hours) as lookback_hours
        from rates.rpt_commitment_options
        where verdict <> 'no usage'
        """
    )


def look_backs(warehouse: Warehouse) -> Evidence:
    """Per offer on models that has a level: what longer look-backs and the backtest say of it."""
    return warehouse.evidence(
        """
        select
            offer_id, offer_name, is_illustrative, committed_units,
            best_units_last_7, best_units_last_30, best_units_last_60, best_units_last_90,
            monthly_savings_usd, monthly_savings_last_60_usd, monthly_savings_last_90_usd,
            backtested_units, backtested_monthly_savings_usd, history_share, confidence
        from rates.rpt_commitment_recommendations
        where is_on_models and committed_units > 0
        order by is_recommended desc, monthly_savings_usd desc, offer_id
        """
    )


def demand_curve(warehouse: Warehouse, offer: Evidence) -> Evidence:
    """The hours of the look-back by falling demand, on the usage for which the offer is recommended."""
    return warehouse.evidence(
        """
        select demand_rank as hour_rank, demanded_units
        from rates.fct_commitment_hours
        where offer_id = :offer and usage_basis = :basis and demand_rank is not null
        order by demand_rank
        """,
        offer=str(offer["offer_id"] or ""),
        basis=str(offer["usage_basis"] or ""),
    )


def batch(warehouse: Warehouse) -> Evidence:
    """What the batch service would save per task type, of those that are worth it."""
    return warehouse.evidence(
        """
        select
            task_type, calls, batchable_calls, batchable_share, current_cost_usd,
            gross_monthly_savings_usd as gross_usd, net_monthly_savings_usd as net_usd
        from rates.rpt_batch_savings
        where rollup_level = 'task' and is_counted
        order by net_usd desc nulls last, task_type
        """
    )


def caching(warehouse: Warehouse) -> Evidence:
    """How much of its prompts each model reads from the cache, what is not known of it included."""
    return warehouse.evidence(
        """
        select
            task_type, model, cached_share, first_cached_share, later_cached_share,
            peer_later_cached_share, more_cached_tokens, verdict,
            gross_monthly_savings_usd as gross_usd, net_monthly_savings_usd as net_usd
        from rates.rpt_caching_savings
        where more_cached_tokens is null or more_cached_tokens > 0 or peer_later_cached_share > 0
        order by net_usd desc nulls last, task_type, model
        """
    )


def caching_in_all(warehouse: Warehouse) -> Evidence:
    """Prompt tokens by the place of their call in its run, and what could be gained; one row."""
    return warehouse.evidence(
        """
        select
            sum(first_input_tokens) filter (where is_place_known)
                / nullif(sum(first_input_tokens + later_input_tokens) filter (where is_place_known), 0)
                as first_token_share,
            sum(later_input_tokens * later_cached_share) filter (where is_place_known)
                / nullif(sum(later_input_tokens) filter (where is_place_known), 0)
                as later_cached_share,
            sum(calls) filter (where not is_place_known) as unknown_calls,
            sum(unplaced_calls) filter (where not is_place_known) as untraced_calls,
            sum(first_input_tokens + later_input_tokens + unplaced_input_tokens)
                filter (where not is_place_known)
                / nullif(sum(first_input_tokens + later_input_tokens + unplaced_input_tokens), 0)
                as unknown_token_share,
            sum(calls) filter (where is_place_known) as known_calls,
            sum(unplaced_calls) filter (where is_place_known) as left_out_calls,
            sum(first_input_tokens + later_input_tokens) filter (where is_place_known)
                / nullif(
                    sum(first_input_tokens + later_input_tokens + unplaced_input_tokens)
                        filter (where is_place_known),
                    0
                ) as placed_token_share,
            sum(compared_input_tokens)
                / nullif(sum(first_input_tokens + later_input_tokens + unplaced_input_tokens), 0)
                as compared_token_share,
            count(distinct task_type) filter (where is_one_call_a_run_for_task) as single_call_tasks,
            count(distinct task_type)
                filter (where not is_cache_used_for_task and is_place_known and calls > 0) as uncached_tasks,
            sum(input_tokens)
                filter (where not is_cache_used_for_task and is_place_known and calls > 0) as uncached_tokens,
            sum(input_tokens) as prompt_tokens,
            sum(current_cost_usd)
                filter (where not is_cache_used_for_task and is_place_known and calls > 0)
                as uncached_cost_usd,
            coalesce(sum(net_monthly_savings_usd), 0) as caching_net_usd
        from rates.rpt_caching_savings
        """
    )


def owners(warehouse: Warehouse) -> Evidence:
    """The work that the counted savings ask of each owner, the most days first."""
    return warehouse.evidence(
        """
        select
            owner_role, owner_works, owner_effort_days, owner_effort_usd, owner_last_start_months
        from rates.rpt_savings_actions
        where is_counted and is_first_of_its_owner
        order by owner_effort_days desc, owner_role
        """
    )


def plan_work(warehouse: Warehouse) -> Evidence:
    """What the price plan takes once; no row while today's is kept."""
    return warehouse.evidence(
        """
        select effort_usd as plan_effort_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'company' and step = 'price' and effort_usd > 0
        """
    )
