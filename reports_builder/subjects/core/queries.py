"""What the pages on spend ask the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.marts import CUSTOMER_MARGINS, USAGE
from reports_builder.warehouse import Warehouse

# By the column of the usage mart, or of the customer that the usage belongs to.
_DIMENSIONS = {
    "organization": "case when customers.is_known then customers.organization_id else 'unallocated' end",
    "product": "replace(usage.product_id, '_', ' ')",
    "feature": "replace(usage.feature_id, '_', ' ')",
    "task": "replace(usage.task_type, '_', ' ')",
    "provider": "usage.provider",
    "model": "usage.model",
    "environment": "usage.environment",
    "tier": "coalesce(customers.subscription_tier, 'unknown')",
}


def _change_from(prior: str) -> str:
    """The change of cost_usd from the column of the period before.

    It is infinite, which reads as new, only where there were no calls before; where the cost of either
    period is unknown, so is the change.
    """
    return f"""
            case
                when :has_prior and prior_calls is null then 'infinity'::double
                else cost_usd / nullif({prior}::double, 0) - 1
            end""".strip()


def spend(warehouse: Warehouse) -> Evidence:
    """Spend and calls of both windows; the earlier one is null unless data covers all of it."""
    return warehouse.evidence(
        """
        with windows as (
            select
                sum(effective_cost_usd) filter (where usage_date >= :window_start) as spend_usd,
                sum(calls) filter (where usage_date >= :window_start) as calls,
                sum(calls - uncosted_calls) filter (where usage_date >= :window_start) as costed_calls,
                sum(effective_cost_usd)
                    filter (where :has_prior and usage_date between :prior_start and :prior_end)
                    as prior_spend_usd,
                sum(calls - uncosted_calls)
                    filter (where :has_prior and usage_date between :prior_start and :prior_end)
                    as prior_costed_calls
            from :usage
            where usage_date <= :as_of
        )
        select
            spend_usd,
            calls,
            prior_spend_usd,
            spend_usd / nullif(prior_spend_usd::double, 0) - 1 as spend_change,
            1000 * spend_usd / nullif(costed_calls::double, 0) as usd_per_thousand_calls,
            1000 * prior_spend_usd / nullif(prior_costed_calls::double, 0) as prior_usd_per_thousand_calls,
            usd_per_thousand_calls / nullif(prior_usd_per_thousand_calls, 0) - 1 as unit_cost_change,
            case
                when spend_change is null then 'no earlier period to compare with'
                when spend_change > 0 then 'higher' when spend_change < 0 then 'lower' else 'the same'
            end as spend_status,
            case
                when unit_cost_change is null then 'no earlier period to compare with'
                when unit_cost_change > 0 then 'a call costs more'
                when unit_cost_change < 0 then 'a call costs less' else 'the same'
            end as unit_cost_status
        from windows
        """,
        usage=USAGE,
    )


def ledger(warehouse: Warehouse) -> Evidence:
    """What the ledger holds of the period where calls are not all of it; no row where they are."""
    return warehouse.evidence(
        """
        with charges as (
            select cost_pool, source, effective_cost_usd
            from core.fct_charges
            where is_counted and charge_date between :window_start and :as_of
        ),
        pools as (
            select
                cost_pool,
                row_number() over (order by sum(effective_cost_usd) desc nulls last, cost_pool) as place
            from charges
            where cost_pool <> 'llm_usage'
            group by cost_pool
        )
        select
            sum(effective_cost_usd) as ledger_usd,
            coalesce(sum(effective_cost_usd) filter (where cost_pool = 'llm_usage'), 0) as usage_usd,
            coalesce(sum(effective_cost_usd) filter (where cost_pool <> 'llm_usage'), 0) as others_usd,
            (
                select string_agg(replace(cost_pool, '_', ' '), ', ' order by place)
                from pools
                where place <= 3
            ) as largest_pools,
            (select count(*) from pools) as pools
        from charges
        having bool_or(source <> 'calls')
        """
    )


def causes_of_change(warehouse: Warehouse) -> Evidence:
    """The change of spend by customers that started, stopped and stayed; and the largest mover.

    A customer with calls of unknown cost alone in a period is none of them: what its cost changed by is
    unknown. What it adds to or takes from the sum of known costs is ``unknown_usd``, null without one.
    """
    return warehouse.evidence(
        """
        with customers as (
            select
                customer_id,
                sum(effective_cost_usd) filter (where usage_date >= :window_start) as known_usd,
                sum(effective_cost_usd) filter (where usage_date < :window_start) as known_prior_usd,
                count(*) filter (where usage_date < :window_start) = 0 as has_started,
                count(*) filter (where usage_date >= :window_start) = 0 as has_stopped,
                case when has_stopped then 0 else known_usd end
                    - case when has_started then 0 else known_prior_usd end as change_usd
            from core.fct_usage_daily
            where usage_date between :prior_start and :as_of
            group by customer_id
        ),
        causes as (
            select
                sum(change_usd) filter (where has_started) as started_usd,
                -sum(change_usd) filter (where has_stopped) as stopped_usd,
                sum(change_usd) filter (where not has_started and not has_stopped) as stayed_usd,
                sum(coalesce(known_usd, 0) - coalesce(known_prior_usd, 0))
                    filter (where change_usd is null) as unknown_usd
            from customers
        )
        select
            coalesce(causes.started_usd, 0) as started_usd,
            coalesce(causes.stopped_usd, 0) as stopped_usd,
            coalesce(causes.stayed_usd, 0) as stayed_usd,
            causes.unknown_usd,
            coalesce(names.customer_name, customers.customer_id) as largest_mover,
            customers.change_usd as largest_move_usd,
            case when names.churned_date <= :as_of then names.churned_date end as largest_mover_left_date
        from customers
        cross join causes
        left join core.dim_customers as names on customers.customer_id = names.customer_id
        order by abs(customers.change_usd) desc nulls last, customers.customer_id
        limit 1
        """
    )


def top_customers(warehouse: Warehouse) -> Evidence:
    """The ten customers that cost most, with the fees that they bring in; shares are of all cost."""
    return warehouse.evidence(
        """
        with customers as (
            select
                usage.customer_id,
                coalesce(names.customer_name, usage.customer_id) as customer,
                coalesce(names.subscription_tier, 'unknown') as tier,
                sum(usage.effective_cost_usd) as cost_usd,
                sum(usage.effective_cost_usd)
                    / nullif(sum(sum(usage.effective_cost_usd)) over ()::double, 0) as cost_share
            from :usage as usage
            left join core.dim_customers as names on usage.customer_id = names.customer_id
            where usage.usage_date between :window_start and :as_of
            group by all
        )
        select
            customers.customer_id,
            customers.customer,
            customers.tier,
            customers.cost_usd,
            customers.cost_share,
            margins.revenue_usd,
            margins.gross_margin_usd,
            coalesce(margins.is_unprofitable, false) as is_unprofitable
        from customers
        left join :margins as margins on customers.customer_id = margins.customer_id
        where customers.customer_id <> 'unallocated'
        order by customers.cost_usd desc nulls last, customers.customer_id
        limit 10
        """,
        usage=USAGE,
        margins=CUSTOMER_MARGINS,
    )


def concentration(warehouse: Warehouse) -> Evidence:
    """How much of the cost the ten dearest customers cause, and how many of them lose money."""
    return warehouse.evidence(
        """
        with customers as (
            select
                customer_id,
                sum(effective_cost_usd) as cost_usd,
                sum(sum(effective_cost_usd)) over () as all_cost_usd,
                row_number() over (
                    order by customer_id = 'unallocated', sum(effective_cost_usd) desc nulls last, customer_id
                ) as place
            from :usage
            where usage_date between :window_start and :as_of
            group by customer_id
        )
        select
            count(*) as customers,
            least(count(*), 10) as listed_customers,
            sum(customers.cost_usd) filter (where customers.place <= 10) as top_cost_usd,
            top_cost_usd / nullif(max(customers.all_cost_usd)::double, 0) as top_share,
            count(*) filter (where customers.place <= 10 and margins.is_unprofitable) as top_unprofitable,
            coalesce(
                -sum(margins.gross_margin_usd)
                    filter (where customers.place <= 10 and margins.is_unprofitable), 0
            ) as top_loss_usd
        from customers
        left join :margins as margins on customers.customer_id = margins.customer_id
        where customers.customer_id <> 'unallocated'
        """,
        usage=USAGE,
        margins=CUSTOMER_MARGINS,
    )


def models(warehouse: Warehouse) -> Evidence:
    """Spend by provider and model in both windows."""
    return warehouse.evidence(
        f"""
        with models as (
            select
                provider,
                model,
                sum(calls) filter (where usage_date >= :window_start) as calls,
                sum(uncosted_calls) filter (where usage_date >= :window_start) as uncosted_calls,
                coalesce(
                    sum(effective_cost_usd) filter (where usage_date >= :window_start),
                    case when max(usage_date) < :window_start then 0 end
                ) as cost_usd,
                sum(effective_cost_usd) filter (where :has_prior and usage_date < :window_start) as prior_usd,
                sum(calls) filter (where usage_date < :window_start) as prior_calls
            from core.fct_usage_daily
            where usage_date between :prior_start and :as_of
            group by provider, model
        )
        select
            provider,
            model,
            calls,
            uncosted_calls,
            cost_usd,
            cost_usd / nullif(sum(cost_usd) over ()::double, 0) as cost_share,
            calls / nullif(sum(calls) over ()::double, 0) as call_share,
            cost_usd / nullif((calls - uncosted_calls)::double, 0) as usd_per_call,
            sum(cost_usd) over () / nullif(sum(calls - uncosted_calls) over ()::double, 0)
                as average_usd_per_call,
            {_change_from("prior_usd")} as cost_change
        from models
        order by cost_usd desc nulls last, provider, model
        """  # noqa: S608 - no value is put in
    )


def switches_from(warehouse: Warehouse, model: str) -> Evidence:
    """What the recommended switches away from one model, named with its provider, are worth; one row."""
    return warehouse.evidence(
        """
        with kept as (
            select
                max(value) filter (where name = 'model_switch_low_share') as low_share,
                max(value) filter (where name = 'model_switch_base_share') as base_share,
                max(value) filter (where name = 'model_switch_high_share') as high_share
            from seeds.assumptions
        )
        select
            max(kept.low_share) as low_share,
            max(kept.base_share) as base_share,
            max(kept.high_share) as high_share,
            coalesce(sum(switches.monthly_savings_usd * kept.base_share), 0) as switch_usd,
            coalesce(sum(switches.monthly_savings_low_usd * kept.low_share), 0) as switch_low_usd,
            coalesce(sum(switches.monthly_savings_high_usd * kept.high_share), 0) as switch_high_usd
        from kept
        left join rates.rpt_model_switch_savings as switches
            on switches.is_recommended and switches.from_provider || ' ' || switches.from_model = :model
        """,
        model=model,
    )


def spend_by(warehouse: Warehouse, dimension: str) -> Evidence:
    """Spend of the period by the values of one dimension, the ten largest, beside the period before."""
    value = _DIMENSIONS[dimension]
    return warehouse.evidence(
        f"""
        with parts as (
            select
                {value} as value,
                sum(usage.effective_cost_usd) filter (where usage.usage_date >= :window_start) as cost_usd,
                sum(usage.uncosted_calls) filter (where usage.usage_date >= :window_start)
                    as uncosted_calls,
                sum(usage.effective_cost_usd) filter (where :has_prior and usage.usage_date < :window_start)
                    as prior_cost_usd,
                coalesce(sum(usage.calls) filter (where usage.usage_date >= :window_start), 0) as calls,
                sum(usage.calls) filter (where usage.usage_date < :window_start) as prior_calls
            from :usage as usage
            left join core.dim_customers as customers on usage.customer_id = customers.customer_id
            where usage.usage_date between :prior_start and :as_of
            group by {value}
        )
        select
            value,
            cost_usd,
            prior_cost_usd,
            calls,
            uncosted_calls,
            cost_usd / nullif(sum(cost_usd) over ()::double, 0) as cost_share,
            {_change_from("prior_cost_usd")} as cost_change,
            cost_usd / nullif((calls - uncosted_calls)::double, 0) as cost_per_call_usd,
            count(*) over () as all_values
        from parts
        where calls > 0
        order by cost_usd desc nulls last, value
        limit 10
        """,  # noqa: S608 - the dimension is a name of the table above
        usage=USAGE,
    )


def drivers(warehouse: Warehouse) -> Evidence:
    """The ten combinations of customer, feature and model that cost most: what can be acted on."""
    return warehouse.evidence(
        f"""
        with combinations as (
            select
                customer_id,
                feature_id,
                model,
                sum(effective_cost_usd) filter (where usage_date >= :window_start) as cost_usd,
                sum(uncosted_calls) filter (where usage_date >= :window_start) as uncosted_calls,
                sum(effective_cost_usd) filter (where :has_prior and usage_date < :window_start) as prior_usd,
                sum(calls) filter (where usage_date < :window_start) as prior_calls
            from :usage
            where usage_date between :prior_start and :as_of
            group by customer_id, feature_id, model
        )
        select
            coalesce(names.customer_name, combinations.customer_id) as customer,
            combinations.feature_id,
            combinations.model,
            combinations.cost_usd,
            combinations.uncosted_calls,
            combinations.cost_usd / nullif(sum(combinations.cost_usd) over ()::double, 0) as cost_share,
            {_change_from("prior_usd")} as cost_change
        from combinations
        left join core.dim_customers as names on combinations.customer_id = names.customer_id
        order by combinations.cost_usd desc nulls last, combinations.customer_id, feature_id, model
        limit 10
        """,  # noqa: S608 - no value is put in
        usage=USAGE,
    )


def daily_spend(warehouse: Warehouse) -> Evidence:
    """Spend per day over the last 90 days; null, and a gap in the line, on a day without calls."""
    return warehouse.evidence(
        """
        select dates.date_day as day, sum(usage.effective_cost_usd) as spend_usd
        from core.dim_dates as dates
        left join :usage as usage on dates.date_day = usage.usage_date
        where dates.date_day between :history_start and :as_of
        group by dates.date_day
        order by dates.date_day
        """,
        usage=USAGE,
    )


def price_plan(warehouse: Warehouse) -> Evidence:
    """What the chosen price plan is expected to gain; no row when it is today's."""
    return warehouse.evidence(
        """
        select
            gain_base_usd as plan_gain_usd,
            gain_worst_usd as plan_worst_gain_usd,
            gain_base_usd > coalesce(
                (select sum(net_monthly_savings_usd) from rates.rpt_savings_actions where is_counted), 0
            ) as is_largest
        from pricing.rpt_plan_frontier
        where is_chosen and not is_current_plan
        """
    )
