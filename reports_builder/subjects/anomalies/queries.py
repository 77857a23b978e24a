"""What the page on abnormal cost and limits asks the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.marts import ANOMALIES, CUSTOMER_MARGINS, THRESHOLDS, USAGE
from reports_builder.warehouse import Warehouse


def abnormal(warehouse: Warehouse) -> Evidence:
    """Abnormal customer-days of this period and the one before; one row.

    Unknown while history is too short for any day to be judged.
    """
    return warehouse.evidence(
        """
        with rule as (
            select cast(max(value) as integer) as needed_days
            from seeds.assumptions
            where name = 'anomaly_min_history_days'
        ),
        history as (
            select
                needed_days,
                coalesce(min(usage_date) + needed_days <= :as_of, false) as is_judged,
                coalesce(:has_prior and min(usage_date) + needed_days <= :prior_start, false) as was_judged
            from rule
            left join :usage on true
            group by needed_days
        ),
        counted as (
            select
                count(*) filter (where usage_date >= :window_start) as abnormal_days,
                count(distinct customer_id) filter (where usage_date >= :window_start) as abnormal_customers,
                coalesce(sum(excess_cost_usd) filter (where usage_date >= :window_start), 0) as excess_usd,
                count(*) filter (where usage_date < :window_start) as prior_abnormal_days,
                coalesce(sum(excess_cost_usd) filter (where usage_date < :window_start), 0)
                    as prior_excess_usd,
                count(*) filter (where usage_date > :as_of - 3) as abnormal_days_lately
            from :anomalies
            where usage_date between :prior_start and :as_of
        )
        select
            needed_days,
            is_judged,
            case when is_judged then abnormal_days end as abnormal_days,
            abnormal_customers,
            case when is_judged then excess_usd end as excess_usd,
            case when was_judged then prior_abnormal_days end as prior_abnormal_days,
            case when was_judged then prior_excess_usd end as prior_excess_usd,
            abnormal_days_lately
        from counted
        cross join history
        """,
        usage=USAGE,
        anomalies=ANOMALIES,
    )


def episodes(warehouse: Warehouse) -> Evidence:
    """Runs of abnormal days in the period, the dearest first, each with what added most."""
    return warehouse.evidence(
        """
        select
            customer_id,
            coalesce(max(customer_name), customer_id) as customer,
            episode_start_date,
            max(usage_date) as last_date,
            count(*) as days,
            case when days = 1 then 'one abnormal day' else days || ' abnormal days' end as run,
            sum(expected_cost_usd) as expected_usd,
            sum(observed_cost_usd) as observed_usd,
            sum(excess_cost_usd) as excess_usd,
            sum(excess_cost_usd) / sum(sum(excess_cost_usd)) over () as excess_share,
            sum(observed_cost_usd) / nullif(sum(expected_cost_usd), 0) as cost_ratio,
            max_by(driver, excess_cost_usd) as driver,
            max_by(cause_feature_id, excess_cost_usd) as cause_feature,
            max_by(cause_model, excess_cost_usd) as cause_model,
            max_by(cause_added_cost_share, excess_cost_usd) as cause_share,
            max_by(baseline, excess_cost_usd) as baseline
        from :anomalies
        where usage_date between :window_start and :as_of
        group by customer_id, episode_start_date
        order by excess_usd desc, customer_id, episode_start_date
        """,
        anomalies=ANOMALIES,
    )


def days_of(warehouse: Warehouse, customer_id: str) -> Evidence:
    """Cost of each of the last 90 days of one customer; ``expected_usd`` only on abnormal ones."""
    return warehouse.evidence(
        """
        select
            usage.usage_date as day,
            sum(usage.effective_cost_usd) as cost_usd,
            max(anomalies.expected_cost_usd) as expected_usd,
            max(anomalies.usage_date) is not null as is_abnormal
        from :usage as usage
        left join :anomalies as anomalies
            on usage.customer_id = anomalies.customer_id and usage.usage_date = anomalies.usage_date
        where usage.customer_id = :customer_id and usage.usage_date between :history_start and :as_of
        group by usage.usage_date
        order by usage.usage_date
        """,
        usage=USAGE,
        anomalies=ANOMALIES,
        customer_id=customer_id,
    )


def limits(warehouse: Warehouse) -> Evidence:
    """How many customers have reached which limit, and what that costs; one row."""
    return warehouse.evidence(
        """
        with paying as (
            select count(*) as paying_customers
            from :margins
            where revenue_usd > 0
        ),
        rule as (
            select max(value) as limit_share
            from seeds.assumptions
            where name = 'cost_share_of_revenue_limit'
        )
        select
            max(paying.paying_customers) as paying_customers,
            max(rule.limit_share) as limit_share,
            count(*) filter (where alert_kind = 'cost_share_of_revenue' and severity = 'over the limit')
                as over_customers,
            count(*) filter (where alert_kind = 'cost_share_of_revenue' and severity = 'close to the limit')
                as close_customers,
            count(*) filter (where alert_kind = 'tier_outgrown') as outgrown_customers,
            coalesce(sum(cost_above_limit_usd) filter (
                where alert_kind = 'cost_share_of_revenue' and severity = 'over the limit'
            ), 0) as above_limit_usd
        from paying
        cross join rule
        left join :thresholds on true
        """,
        margins=CUSTOMER_MARGINS,
        thresholds=THRESHOLDS,
    )


def over_limit(warehouse: Warehouse) -> Evidence:
    """Customers over their limit, the dearest excess first."""
    return warehouse.evidence(
        """
        select
            customer_name as customer, subscription_tier, revenue_usd, cost_usd,
            cost_share_of_revenue, limit_share, cost_above_limit_usd,
            projected_month_cost_usd, month_revenue_usd, days_remaining, severity,
            sum(cost_above_limit_usd) over () as all_above_limit_usd,
            count(*) over () as over_customers,
            case over_customers when 1 then 'One customer costs' else over_customers || ' customers cost' end
                as who_cost,
            sum(next_tier_fee_usd - monthly_fee_usd) over () as next_tier_gain_usd,
            count(next_tier_fee_usd) over () as customers_with_next_tier,
            over_customers as listed_customers
        from :thresholds
        where alert_kind = 'cost_share_of_revenue' and severity = 'over the limit'
        order by cost_above_limit_usd desc, customer_id
        """,
        thresholds=THRESHOLDS,
    )


def near_limit(warehouse: Warehouse) -> Evidence:
    """Every customer whose cost has reached a share of its fees worth watching, of the same 30 days."""
    return warehouse.evidence(
        """
        select
            customer_name as customer, subscription_tier, severity, revenue_usd, cost_usd,
            cost_share_of_revenue
        from :thresholds
        where alert_kind = 'cost_share_of_revenue'
        order by cost_share_of_revenue desc, customer_id
        """,
        thresholds=THRESHOLDS,
    )


def outgrown(warehouse: Warehouse) -> Evidence:
    """Customers that have grown past their tier, the fastest growth first."""
    return warehouse.evidence(
        """
        select
            customer_name as customer, subscription_tier, monthly_fee_usd,
            coalesce(next_tier, 'none larger') as next_tier, next_tier_fee_usd,
            cost_usd, growth_ratio, recent_cost_share_of_revenue,
            count(*) over () as outgrown_customers,
            case outgrown_customers
                when 1 then 'One customer has outgrown its'
                else outgrown_customers || ' customers have outgrown their'
            end as who_outgrew,
            sum(cost_usd - revenue_usd) over () as all_loss_usd,
            sum(next_tier_fee_usd - monthly_fee_usd) over () as next_tier_gain_usd,
            count(next_tier_fee_usd) over () as customers_with_next_tier,
            outgrown_customers as listed_customers
        from :thresholds
        where alert_kind = 'tier_outgrown'
        order by growth_ratio desc, customer_id
        """,
        thresholds=THRESHOLDS,
    )
