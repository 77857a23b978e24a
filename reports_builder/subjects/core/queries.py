"""What the pages on spend ask the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.marts import CUSTOMER_SPEND, CUSTOMER_USAGE, USAGE
from reports_builder.warehouse import Warehouse

_DIMENSIONS = {
    "organization": "organization_id",
    "product": "product_id",
    "feature": "feature_id",
    "task": "task_type",
    "provider": "provider",
    "model": "model",
    "environment": "environment",
    "tier": "subscription_tier",
}
_READ_AS_WORDS = ("product", "feature", "task")


def spend(warehouse: Warehouse) -> Evidence:
    """Spend and calls of both windows; the earlier one is null unless data covers all of it."""
    return warehouse.evidence(
        """
        select
            sum(effective_cost_usd) filter (where usage_date >= :window_start) as spend_usd,
            sum(calls) filter (where usage_date >= :window_start) as calls,
            sum(effective_cost_usd)
                filter (where :has_prior and usage_date between :prior_start and :prior_end)
                as prior_spend_usd,
            spend_usd / nullif(prior_spend_usd::double, 0) - 1 as spend_change,
            1000 * spend_usd
                / nullif((sum(calls - uncosted_calls) filter (where usage_date >= :window_start))::double, 0)
                as usd_per_thousand_calls,
            1000 * prior_spend_usd
                / nullif((sum(calls - uncosted_calls)
                    filter (where :has_prior and usage_date between :prior_start and :prior_end))::double, 0)
                as prior_usd_per_thousand_calls,
            usd_per_thousand_calls / nullif(prior_usd_per_thousand_calls, 0) - 1 as unit_cost_change
        from :usage
        where usage_date <= :as_of
        """,
        usage=USAGE,
    )


def ledger(warehouse: Warehouse) -> Evidence:
    """What the ledger holds of the period where calls are not all of it; no row where they are."""
    return warehouse.evidence(
        """
        select
            sum(cost_usd) as ledger_usd,
            coalesce(sum(cost_usd) filter (where is_usage), 0) as usage_usd,
            coalesce(sum(cost_usd) filter (where not is_usage), 0) as others_usd,
            string_agg(replace(cost_pool, '_', ' '), ', ' order by pool_rank)
                filter (where pool_rank <= 3) as largest_pools,
            count(pool_rank) as pools
        from core.rpt_charges_by_pool
        having bool_or(is_beyond_calls)
        """
    )


def causes_of_change(warehouse: Warehouse) -> Evidence:
    """The change of spend by customers that started, stopped and stayed.

    A customer with calls of unknown cost alone in a period is none of them: what its cost changed by is
    unknown. What it adds to or takes from the sum of known costs is ``unknown_usd``, null without one.
    """
    return warehouse.evidence(
        """
        select
            coalesce(sum(cost_change_usd) filter (where change_kind = 'started'), 0) as started_usd,
            coalesce(-sum(cost_change_usd) filter (where change_kind = 'stopped'), 0) as stopped_usd,
            coalesce(sum(cost_change_usd) filter (where change_kind = 'stayed'), 0) as stayed_usd,
            sum(known_change_usd) filter (where change_kind = 'unknown') as unknown_usd
        from margin.rpt_customer_spend
        """
    )


def largest_mover(warehouse: Warehouse) -> Evidence:
    """The customer whose spend changed most."""
    return warehouse.evidence(
        """
        select
            customer_name as largest_mover, cost_change_usd as largest_move_usd,
            left_date as largest_mover_left_date
        from margin.rpt_customer_spend
        order by abs(cost_change_usd) desc nulls last, customer_id
        limit 1
        """
    )


def top_customers(warehouse: Warehouse) -> Evidence:
    """The ten customers that cost most, with the fees that they bring in; shares are of all cost."""
    return warehouse.evidence(
        """
        select
            customer_id,
            customer_name as customer,
            subscription_tier as tier,
            cost_usd,
            cost_usd / nullif(sum(cost_usd) over ()::double, 0) as cost_share,
            revenue_usd,
            gross_margin_usd,
            is_unprofitable
        from :customers
        where calls > 0
        qualify customer_id <> 'unallocated'
        order by cost_usd desc nulls last, customer_id
        limit 10
        """,
        customers=CUSTOMER_SPEND,
    )


def features_of_customers(warehouse: Warehouse) -> Evidence:
    """What customers do with which feature, the dearest sixty; shares are of all cost."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name as customer, feature_id, sum(effective_cost_usd) as cost_usd,
            cost_usd / nullif(sum(cost_usd) over ()::double, 0) as cost_share
        from :usage
        where usage_date between :window_start and :as_of
        group by customer_id, customer_name, feature_id
        order by cost_usd desc nulls last, customer_id, feature_id
        limit 60
        """,
        usage=CUSTOMER_USAGE,
    )


def concentration(warehouse: Warehouse) -> Evidence:
    """How much of the cost the ten dearest customers cause, and how many of them lose money."""
    return warehouse.evidence(
        """
        select
            count(*) filter (where customer_id <> 'unallocated') as customers,
            least(customers, 10) as listed_customers,
            list_sum(max(cost_usd, 10) filter (where customer_id <> 'unallocated')) as top_cost_usd,
            top_cost_usd / nullif(sum(cost_usd)::double, 0) as top_share,
            list_sum(
                arg_max(is_unprofitable::integer, cost_usd, 10) filter (where customer_id <> 'unallocated')
            ) as top_unprofitable,
            list_sum(arg_max(loss_usd, cost_usd, 10) filter (where customer_id <> 'unallocated'))
                as top_loss_usd
        from :customers
        where calls > 0
        """,
        customers=CUSTOMER_SPEND,
    )


def models(warehouse: Warehouse) -> Evidence:
    """Spend by provider and model in both windows."""
    return warehouse.evidence(
        """
        select
            model_provider as provider, model_name as model, calls, uncosted_calls, spend_usd as cost_usd,
            spend_share as cost_share, call_share, cost_per_call_usd as usd_per_call,
            spend_change_share as cost_change, prior_calls = 0 as is_new
        from allocation.rpt_spend_breakdown
        where dimension = 'model'
        order by spend_rank
        """
    )


def average_call(warehouse: Warehouse) -> Evidence:
    """What a call costs on average over all models."""
    return warehouse.evidence(
        """
        select cost_per_call_usd as average_usd_per_call
        from allocation.rpt_spend_breakdown
        where dimension = 'total'
        """
    )


def switches_from(warehouse: Warehouse, model: str) -> Evidence:
    """What the recommended switches away from one model, named with its provider, are worth; one row."""
    return warehouse.evidence(
        """
        select
            max(kept_low_share) as low_share,
            max(kept_base_share) as base_share,
            max(kept_high_share) as high_share,
            coalesce(sum(kept_savings_base_usd), 0) as switch_usd,
            coalesce(sum(kept_savings_low_usd), 0) as switch_low_usd,
            coalesce(sum(kept_savings_high_usd), 0) as switch_high_usd
        from rates.rpt_model_switch_savings
        where is_recommended and from_provider || ' ' || from_model = :model
        """,
        model=model,
    )


def switches_of_work(warehouse: Warehouse, work: str) -> Evidence:
    """What the tasks of a piece of work cost on their models of today, and on the recommended one."""
    return warehouse.evidence(
        """
        select
            task_type, from_model, calls, current_cost_usd, cost_after_usd, monthly_savings_usd,
            from_quality_score_avg, to_quality_score_avg, to_model
        from rates.rpt_model_switch_savings
        where work_id = :work
        order by monthly_savings_usd desc, task_type, from_provider, from_model
        """,
        work=work,
    )


def calls_of_work(warehouse: Warehouse, work: str) -> Evidence:
    """All calls of ``switches_of_work`` together."""
    return warehouse.evidence(
        """
        select
            sum(calls) as all_calls,
            sum(current_cost_usd) as all_current_usd,
            sum(cost_after_usd) as all_after_usd
        from rates.rpt_model_switch_savings
        where work_id = :work
        """,
        work=work,
    )


def spend_by(warehouse: Warehouse, dimension: str) -> Evidence:
    """Spend of the period by the values of one dimension, the ten largest, beside the period before."""
    column = _DIMENSIONS[dimension]
    value = f"replace({column}, '_', ' ')" if dimension in _READ_AS_WORDS else column
    return warehouse.evidence(
        f"""
        select
            {value} as value,
            {column} as value_id,
            sum(effective_cost_usd) filter (where usage_date >= :window_start) as cost_usd,
            sum(effective_cost_usd) filter (where :has_prior and usage_date <= :prior_end)
                as prior_cost_usd,
            sum(calls) filter (where usage_date >= :window_start) as calls,
            sum(uncosted_calls) filter (where usage_date >= :window_start) as uncosted_calls,
            cost_usd / nullif(sum(cost_usd) over ()::double, 0) as cost_share,
            cost_usd / nullif(prior_cost_usd::double, 0) - 1 as cost_change,
            :has_prior and count(*) filter (where usage_date <= :prior_end) = 0 as is_new,
            cost_usd
                / nullif((sum(calls - uncosted_calls) filter (where usage_date >= :window_start))::double, 0)
                as cost_per_call_usd,
            count(*) over () as all_values
        from :usage
        where usage_date between :prior_start and :as_of
        group by {column}
        having max(usage_date) >= :window_start
        order by cost_usd desc nulls last, value
        limit 10
        """,  # noqa: S608 - the dimension is a name of the table above
        usage=CUSTOMER_USAGE,
    )


def hours_of_week(warehouse: Warehouse) -> Evidence:
    """What an hour costs by weekday and hour of the day, the dearest first."""
    return warehouse.evidence(
        """
        select
            iso_weekday, weekday_name, hour_of_day, time_zone, weekday_days, calls, effective_cost_usd,
            mean_cost_usd, cost_to_mean
        from core.rpt_hour_of_week_costs
        order by cost_rank
        """
    )


def drivers(warehouse: Warehouse) -> Evidence:
    """The ten combinations of customer, feature and model that cost most: what can be acted on."""
    return warehouse.evidence(
        """
        select
            customer_name as customer,
            customer_id,
            feature_id,
            model,
            sum(effective_cost_usd) filter (where usage_date >= :window_start) as cost_usd,
            sum(uncosted_calls) filter (where usage_date >= :window_start) as uncosted_calls,
            cost_usd / nullif(sum(cost_usd) over ()::double, 0) as cost_share,
            cost_usd
                / nullif((sum(effective_cost_usd)
                    filter (where :has_prior and usage_date <= :prior_end))::double, 0) - 1 as cost_change,
            :has_prior and count(*) filter (where usage_date <= :prior_end) = 0 as is_new
        from :usage
        where usage_date between :prior_start and :as_of
        group by customer_id, customer_name, feature_id, model
        order by cost_usd desc nulls last, customer_id, feature_id, model
        limit 10
        """,
        usage=CUSTOMER_USAGE,
    )


def daily_spend(warehouse: Warehouse) -> Evidence:
    """Spend per day over the last 90 days; no row for a day without calls."""
    return warehouse.evidence(
        """
        select usage_date as day, sum(effective_cost_usd) as spend_usd
        from :usage
        where usage_date between :history_start and :as_of
        group by usage_date
        order by usage_date
        """,
        usage=USAGE,
    )


def price_plan(warehouse: Warehouse) -> Evidence:
    """What the chosen price plan is expected to gain; no row when it is today's."""
    return warehouse.evidence(
        """
        select gain_base_after_savings_usd as plan_gain_usd, gain_base_usd as plan_gain_today_usd
        from pricing.rpt_plan_frontier
        where is_chosen and not is_current_plan
        """
    )


def kinds_of_work(warehouse: Warehouse) -> Evidence:
    """Each kind of work by what its first year brings, with the piece that saves most for its effort."""
    return warehouse.evidence(
        """
        select
            work_id, action_kind, subject, tasks, provider, model, effort, assumption, owner_role, first_step,
            kind_further_works as further_works,
            kind_gross_usd,
            kind_overlap_usd,
            kind_net_usd,
            kind_low_usd,
            kind_high_usd,
            kind_effort_days,
            kind_payback_with_start_months,
            kind_first_year_net_usd
        from rates.rpt_savings_actions
        where is_counted and is_first_of_its_kind
        order by kind_first_year_net_usd desc, action_kind
        """
    )
