"""What the rate optimization page asks the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def totals(warehouse: Warehouse) -> Evidence:
    """Spend of the window and what the whole ledger would take off it."""
    return warehouse.evidence(
        """
        with calls as (
            select sum(effective_cost_usd) as calls_usd
            from core.fct_usage_daily
            where usage_date between :window_start and :as_of
        ),
        spend as (
            select
                coalesce(sum(cost_usd), 0) as resources_usd,
                max(calls_usd) + coalesce(sum(cost_usd), 0) as spend_usd
            from calls
            left join (
                select max(scope_cost_usd) as cost_usd
                from rates.rpt_usage_optimizations
                group by provider_name, resource_id
            ) on true
        ),
        savings as (
            select
                coalesce(sum(net_monthly_savings_usd) filter (where is_counted), 0) as total_net_usd,
                coalesce(sum(low_monthly_savings_usd) filter (where is_counted), 0) as total_low_usd,
                coalesce(sum(high_monthly_savings_usd) filter (where is_counted), 0) as total_high_usd,
                coalesce(
                    sum(overlap_usd) filter (where is_counted or net_monthly_savings_usd = 0), 0
                ) as overlap_usd,
                (select count(*) from rates.rpt_savings_actions where is_counted) as action_count
            from rates.rpt_savings_opportunities
            where not is_illustrative
        )
        select
            spend_usd,
            resources_usd,
            total_net_usd,
            total_low_usd,
            total_high_usd,
            overlap_usd,
            action_count,
            spend_usd - total_net_usd as spend_after_usd,
            total_net_usd / nullif(spend_usd::double, 0) as net_share
        from spend, savings
        """
    )


def bridge(warehouse: Warehouse) -> Evidence:
    """All spend of the window, what of it was examined for savings, and the rest; no row without any."""
    return warehouse.evidence(
        """
        with examined as (
            select
                (
                    select sum(effective_cost_usd)
                    from core.fct_usage_daily
                    where usage_date between :window_start and :as_of
                ) as calls_usd,
                (
                    select sum(cost_usd)
                    from (
                        select max(scope_cost_usd) as cost_usd
                        from rates.rpt_usage_optimizations
                        group by provider_name, resource_id
                    )
                ) as resources_usd
        )
        select
            whole.cost_usd as all_spend_usd,
            calls_usd + coalesce(resources_usd, 0) as examined_usd,
            whole.cost_usd - calls_usd - coalesce(resources_usd, 0) as not_examined_usd
        from allocation.rpt_spend_by_category as whole
        cross join examined
        where whole.service_category = 'all'
        """
    )


def kinds(warehouse: Warehouse) -> Evidence:
    """The ledger by kind of action, in the order in which the kinds are applied."""
    return warehouse.evidence(
        """
        select
            action_kind,
            case
                when is_counted then 'yes'
                when is_illustrative then 'no: example offers'
                when net_monthly_savings_usd > 0 then 'no: pays back too late'
                else 'no: part of another'
            end as counting,
            count(*) as actions,
            sum(gross_monthly_savings_usd) as gross_usd,
            sum(overlap_usd) as overlap_usd,
            sum(net_monthly_savings_usd) as net_usd,
            sum(low_monthly_savings_usd) as low_usd,
            sum(high_monthly_savings_usd) as high_usd
        from rates.rpt_savings_opportunities
        where is_recurring
        group by action_kind, applied_order, counting
        order by applied_order, counting desc
        """
    )


def kind(warehouse: Warehouse, name: str) -> Evidence:
    """The sums over one kind's counted actions, zeros without any; else over those on example offers."""
    return warehouse.evidence(
        """
        with actions as (
            select *
            from rates.rpt_savings_opportunities
            where action_kind = :kind and (is_counted or (is_illustrative and net_monthly_savings_usd > 0))
        )
        select
            count(*) as kind_actions,
            coalesce(sum(net_monthly_savings_usd), 0) as kind_net_usd,
            coalesce(sum(low_monthly_savings_usd), 0) as kind_low_usd,
            coalesce(sum(high_monthly_savings_usd), 0) as kind_high_usd,
            coalesce(sum(overlap_usd), 0) as kind_overlap_usd,
            coalesce(sum(scope_cost_usd), 0) as kind_scope_usd,
            max(assumption) as kind_assumption,
            (
                select sum(effort_days) from rates.rpt_savings_actions
                where is_counted and action_kind = :kind
            ) as kind_effort_days,
            coalesce(bool_and(is_illustrative), false) as is_example
        from actions
        where is_illustrative = (select bool_and(is_illustrative) from actions)
        """,
        kind=name,
    )


def steps(warehouse: Warehouse) -> Evidence:
    """Spend of the window, each kind's net saving taken off it, and what is left: a waterfall."""
    return warehouse.evidence(
        """
        with calls as (
            select sum(effective_cost_usd) as calls_usd
            from core.fct_usage_daily
            where usage_date between :window_start and :as_of
        ),
        spend as (
            select max(calls_usd) + coalesce(sum(cost_usd), 0) as spend_usd
            from calls
            left join (
                select max(scope_cost_usd) as cost_usd
                from rates.rpt_usage_optimizations
                group by provider_name, resource_id
            ) on true
        ),
        kinds as (
            select applied_order, action_kind, sum(net_monthly_savings_usd) as net_usd
            from rates.rpt_savings_opportunities
            where is_counted
            group by applied_order, action_kind
        ),
        bars as (
            select 0 as place, 'spend in the period' as step, spend_usd as amount_usd, spend_usd as upper_usd,
                0 as lower_usd, true as is_total
            from spend
            union all
            select
                applied_order, replace(action_kind, '_', ' '), net_usd,
                spend_usd - sum(net_usd) over (order by applied_order) + net_usd,
                spend_usd - sum(net_usd) over (order by applied_order), false
            from kinds, spend
            union all
            select 99, 'what would be left', max(spend_usd) - coalesce(sum(net_usd), 0),
                max(spend_usd) - coalesce(sum(net_usd), 0), 0, true
            from spend left join kinds on true
        )
        select place, step, amount_usd, upper_usd, lower_usd, is_total
        from bars
        order by place
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
    """Per task and model in use without an acceptable switch: the cheapest that was refused, and why."""
    return warehouse.evidence(
        """
        with refused as (
            select
                task_type, from_provider, from_model, to_model, monthly_savings_usd, quality_change, verdict,
                row_number() over (
                    partition by task_type, from_provider, from_model
                    order by monthly_savings_usd desc, to_provider, to_model
                ) as place
            from rates.rpt_model_switch_savings
            where monthly_savings_usd > 0 and not is_feasible
        )
        select task_type, from_model, to_model, monthly_savings_usd, quality_change, verdict
        from refused
        where place = 1
            and not exists (
                select 1
                from rates.rpt_model_switch_savings as made
                where made.is_recommended and made.task_type = refused.task_type
                    and made.from_provider = refused.from_provider and made.from_model = refused.from_model
            )
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
        with options as (
            select
                *,
                max(committed_units) filter (where level_kind = 'optimal') over (partition by offer_id)
                    as best_units
            from rates.rpt_commitment_options
            where usage_basis = :basis
        )
        select
            offer_id, offer_name || case when is_illustrative then ' (example)' else '' end as offer_name,
            committed_units, hourly_commitment_usd, on_demand_cost_usd, total_cost_usd,
            coverage_share, utilization_share, break_even_utilization_share, break_even_months,
            effective_savings_rate, net_monthly_savings_usd, net_monthly_savings_less_usage_usd,
            regret_less_usage_usd, regret_more_usage_usd, verdict
        from options
        where level_kind = case when best_units > 0 then 'optimal' else 'smallest' end
            and (net_monthly_savings_usd > 0 or not :paying)
        order by net_monthly_savings_usd desc, offer_id
        """,
        basis=basis,
        paying=paying,
    )


def recommended_offer(warehouse: Warehouse) -> Evidence:
    """The recommended commitment that saves most; no row when none pays."""
    return warehouse.evidence(
        """
        select
            offer_id, offer_name || case when is_illustrative then ' (example)' else '' end as offer_name,
            provider, model, hourly_commitment_usd, committed_units, term_months,
            payment_option, upfront_cost_usd, obligation_usd, break_even_months, coverage_share,
            utilization_share,
            break_even_utilization_share, net_monthly_savings_usd as offer_net_usd,
            net_monthly_savings_less_usage_usd as offer_low_usd,
            net_monthly_savings_more_usage_usd as offer_high_usd,
            regret_less_usage_usd, regret_more_usage_usd, best_units_less_usage, best_units_more_usage,
            usage_share_after_price_plan,
            net_monthly_savings_after_price_plan_usd as saved_after_price_plan_usd,
            nullif(greatest(-net_monthly_savings_after_price_plan_usd, 0), 0) as lost_after_price_plan_usd,
            is_illustrative
        from rates.rpt_commitment_options
        where is_recommended
        order by net_monthly_savings_usd desc, offer_id
        limit 1
        """
    )


def offer_counts(warehouse: Warehouse) -> Evidence:
    """How many offers were judged, how many are recommended, how many are examples."""
    return warehouse.evidence(
        """
        select
            count(distinct offer_id) as offers_judged,
            count(distinct offer_id) filter (where is_recommended) as offers_recommended,
            count(distinct offer_id) filter (
                where usage_basis = 'after_actions'
                    and verdict in (
                        'recommended', 'pays less than another offer',
                        'ranked lower after weights for term and payment'
                    )
            ) as offers_paying,
            count(distinct offer_id) - count(distinct offer_id) filter (
                where usage_basis = 'after_actions' and level_kind = 'optimal' and net_monthly_savings_usd > 0
            ) as offers_saving_nothing,
            count(distinct offer_id) filter (where is_illustrative) as offers_illustrative,
            max(lookback_hours) as lookback_hours
        from rates.rpt_commitment_options
        """
    )


def demand_curve(warehouse: Warehouse, offer_id: str) -> Evidence:
    """The hours of the look-back by falling demand, with the level of the recommended commitment."""
    return warehouse.evidence(
        """
        select
            row_number() over (order by hours.demanded_units desc, hours.usage_hour_at) as hour_rank,
            hours.demanded_units,
            least(hours.demanded_units, options.committed_units) as covered_units,
            options.committed_units
        from rates.fct_commitment_hours as hours
        inner join rates.rpt_commitment_options as options
            on hours.offer_id = options.offer_id and hours.usage_basis = options.usage_basis
        where options.is_recommended and hours.offer_id = :offer
        order by hour_rank
        """,
        offer=offer_id,
    )


def batch(warehouse: Warehouse) -> Evidence:
    """What the batch service would save per task type, of those that are worth it."""
    return warehouse.evidence(
        """
        select
            task_type, sum(calls) as calls, sum(batchable_calls) as batchable_calls,
            max(batchable_share) as batchable_share, sum(current_cost_usd) as current_cost_usd,
            sum(gross_monthly_savings_usd) as gross_usd, sum(net_monthly_savings_usd) as net_usd
        from rates.rpt_batch_savings
        where task_type in (
            select task_type from rates.rpt_savings_opportunities where action_kind = 'batch' and is_counted
        )
        group by task_type
        order by net_usd desc nulls last, task_type
        """
    )


def caching(warehouse: Warehouse) -> Evidence:
    """Where far less of the prompt is cached than the best peer manages."""
    return warehouse.evidence(
        """
        select
            task_type, model, cached_share, peer_cached_share, more_cached_tokens,
            gross_monthly_savings_usd as gross_usd, net_monthly_savings_usd as net_usd
        from rates.rpt_caching_savings
        where more_cached_tokens > 0
        order by net_usd desc nulls last, task_type, model
        """
    )
