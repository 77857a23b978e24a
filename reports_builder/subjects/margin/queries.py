"""The questions that the profitability pages put to the marts."""

from reports_builder.evidence import Evidence
from reports_builder.marts import CUSTOMER_DAYS, CUSTOMER_MARGINS, LIFETIME_VALUES
from reports_builder.warehouse import Warehouse


def totals(warehouse: Warehouse) -> Evidence:
    """Revenue, cost, margin and losses over all customers, beside the window before."""
    return warehouse.evidence(
        """
        select
            sum(revenue_usd) as revenue_usd,
            sum(cost_to_serve_usd) as cost_usd,
            sum(gross_margin_usd) as margin_usd,
            sum(prior_revenue_usd) as prior_revenue_usd,
            sum(prior_cost_to_serve_usd) as prior_cost_usd,
            sum(prior_gross_margin_usd) as prior_margin_usd,
            count(*) filter (where has_activity) as customers,
            count(*) filter (where is_unprofitable) as losing_customers,
            count(*) filter (where has_activity and gross_margin_usd >= 0) as earning_customers,
            count(*) filter (where margin_status = 'recurring_loss') as recurring_customers,
            count(*) filter (where margin_status = 'new_loss') as new_customers,
            count(*) filter (where margin_status = 'loss_by_abnormal_days') as abnormal_customers,
            sum((prior_loss_usd > 0)::integer) as prior_losing_customers,
            coalesce(sum(loss_usd), 0) as loss_usd,
            sum(prior_loss_usd) as prior_loss_usd,
            coalesce(sum(uncosted_calls), 0) as uncosted_calls,
            1 - sum(uncosted_calls) / nullif(sum(calls)::double, 0) as costed_call_share,
            coalesce(sum(shared_cost_usd) <> 0, false) as has_shared_cost,
            coalesce(sum(hosting_cost_usd) = 0, true) as is_before_hosting,
            count(*) filter (where margin_status = 'cost_unknown') as unknown_customers,
            coalesce(sum(revenue_usd) filter (where margin_status = 'cost_unknown'), 0)
                as unknown_revenue_usd,
            sum(gross_margin_usd)
                / nullif(sum(revenue_usd) filter (where gross_margin_usd is not null)::double, 0)
                as margin_share,
            sum(prior_gross_margin_usd)
                / nullif(sum(prior_revenue_usd) filter (where prior_gross_margin_usd is not null)::double, 0)
                as prior_margin_share,
            margin_share - prior_margin_share as margin_share_change,
            sum(revenue_usd) / nullif(sum(prior_revenue_usd)::double, 0) - 1 as revenue_change,
            cost_usd / nullif(prior_cost_usd::double, 0) - 1 as cost_change,
            margin_usd / nullif(abs(prior_margin_usd)::double, 0) - sign(prior_margin_usd) as margin_change,
            sum(loss_usd) - sum(prior_loss_usd) as loss_change_usd
        from :margins
        """,
        margins=CUSTOMER_MARGINS,
    )


def costs_counted(warehouse: Warehouse) -> Evidence:
    """Which kinds of cost are in the margins of customers: one row."""
    return warehouse.evidence(
        """
        select
            coalesce(sum(shared_cost_usd) <> 0, false) as has_shared_cost,
            coalesce(sum(hosting_cost_usd) = 0, true) as is_before_hosting
        from margin.rpt_customer_margins
        """
    )


def losing_customers(warehouse: Warehouse) -> Evidence:
    """The customers whose cost exceeds their fee, largest loss first."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, subscription_tier, usage_archetype, revenue_usd, cost_to_serve_usd,
            gross_margin_usd, prior_gross_margin_usd, margin_status, new_since_date, loss_usd,
            cost_change_share, true as is_loss
        from :margins
        where is_unprofitable
        order by gross_margin_usd, customer_id
        """,
        margins=CUSTOMER_MARGINS,
    )


def dearest_customers(warehouse: Warehouse) -> Evidence:
    """Every customer with activity, the dearest first."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, subscription_tier, usage_archetype, subscribed_days, calls,
            revenue_usd, cost_to_serve_usd, gross_margin_usd, gross_margin_share,
            cost_change_share as cost_change, not has_prior_calls as is_new, margin_status
        from :margins
        where has_activity
        order by cost_to_serve_usd desc, customer_id
        """,
        margins=CUSTOMER_MARGINS,
    )


def segments(warehouse: Warehouse) -> Evidence:
    """Margin by tier and archetype, the worst first."""
    return warehouse.evidence(
        """
        select
            segment, subscription_tier, usage_archetype,
            count(*) as customers,
            count(*) filter (where is_unprofitable) as losing_customers,
            sum(revenue_usd) as revenue_usd,
            sum(cost_to_serve_usd) as cost_usd,
            sum(gross_margin_usd) as margin_usd,
            sum(gross_margin_usd)
                / nullif(sum(revenue_usd) filter (where gross_margin_usd is not null)::double, 0)
                as margin_share,
            coalesce(sum(gross_margin_usd) < 0, false) as is_loss
        from :margins
        where has_activity
        group by segment, subscription_tier, usage_archetype
        order by margin_usd, segment
        """,
        margins=CUSTOMER_MARGINS,
    )


def distribution(warehouse: Warehouse) -> Evidence:
    """The margin histogram: customers by band of margin share."""
    return warehouse.evidence(
        """
        select
            margin_band, customers, customer_share, revenue_usd, cost_to_serve_usd, gross_margin_usd,
            coalesce(to_margin_share <= 0, band_order = 101) as is_loss
        from margin.rpt_margin_distribution
        where customers > 0 or margin_band <> 'cost unknown'
        order by band_order
        """
    )


def next_to_lose(warehouse: Warehouse) -> Evidence:
    """Customers of both windows that another rise of cost like the last one would turn into a loss.

    What abnormal days cost above what was expected is in neither window: it need not come again.
    """
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, subscription_tier, revenue_usd, usual_cost_usd, abnormal_cost_usd,
            usual_margin_usd as margin_left_usd,
            usual_cost_change_usd as cost_rise_usd
        from margin.rpt_customer_margins
        where is_next_to_lose
        order by usual_cost_change_usd desc, customer_id
        """
    )


def at_risk(warehouse: Warehouse) -> Evidence:
    """All customers of ``next_to_lose`` together."""
    return warehouse.evidence(
        """
        select
            count(*) as customers_at_risk,
            sum(usual_margin_usd) as margin_at_risk_usd,
            sum(usual_cost_change_usd) as rise_total_usd,
            max(usual_cost_change_usd) as rise_largest_usd
        from margin.rpt_customer_margins
        where is_next_to_lose
        """
    )


def lifetime_by_tier(warehouse: Warehouse) -> Evidence:
    """What a customer of each tier is worth on average, those without a margin among them."""
    return warehouse.evidence(
        """
        select
            subscription_tier, churned_customers, customer_months, monthly_churn_rate,
            monthly_churn_rate_high,
            is_small_sample, valued_customers, customers_without_margin as without_margin,
            monthly_gross_margin_usd as margin_usd, value_usd, low_value_usd,
            acquisition_cost_usd as acquisition_usd, payback_months,
            low_value_to_acquisition_cost as low_value_to_cost, is_acquisition_cost_illustrative as is_example
        from margin.rpt_tier_lifetime_values
        order by low_value_to_cost desc nulls last, subscription_tier
        """
    )


def lifetime_total(warehouse: Warehouse) -> Evidence:
    """What all customers are worth together, and for how many no value can be given."""
    return warehouse.evidence(
        """
        select
            sum(lifetime_value_low_usd) filter (where lifetime_value_status = 'estimated')
                as lifetime_low_usd,
            sum(lifetime_value_usd) as lifetime_usd,
            avg(expected_lifetime_months) as life_months,
            count(*) filter (where lifetime_value_status = 'churned') as departures,
            count(*) filter (where lifetime_value_status = 'estimated') as valued_customers,
            count(*) filter (where lifetime_value_status = 'margin_not_positive') as customers_without_margin,
            count(*) filter (where lifetime_value_status = 'too_little_history') as customers_too_new,
            count(*) filter (where lifetime_value_status = 'churn_unknown') as customers_churn_unknown,
            count(*) filter (where lifetime_value_status = 'cost_unknown') as customers_cost_unknown
        from :values
        """,
        values=LIFETIME_VALUES,
    )


def by_month(warehouse: Warehouse) -> Evidence:
    """Revenue, cost and margin of each whole month of the data."""
    return warehouse.evidence(
        """
        select
            month_start_date, customers, revenue_usd, cost_to_serve_usd, gross_margin_usd,
            gross_margin_share, unprofitable_customers
        from pricing.rpt_plan_history_monthly
        where is_current_plan and is_complete_month
        order by month_start_date
        """
    )


def daily_margins(warehouse: Warehouse) -> Evidence:
    """Margin by day over the last 90 days of the data, its fees on equal days."""
    return warehouse.evidence(
        """
        select usage_date as day, sum(equal_day_margin_usd) as margin_usd
        from :days
        where usage_date between :history_start and :as_of
        group by usage_date
        order by usage_date
        """,
        days=CUSTOMER_DAYS,
    )


def most_valuable(warehouse: Warehouse) -> Evidence:
    """Customers by the cautious lifetime value, the most valuable first."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, subscription_tier, monthly_gross_margin_usd,
            lifetime_value_low_usd, lifetime_value_usd, payback_months
        from :values
        where lifetime_value_low_usd is not null
        order by lifetime_value_low_usd desc, customer_id
        """,
        values=LIFETIME_VALUES,
    )


def fees_and_all_spend(warehouse: Warehouse) -> Evidence:
    """Fees of the period beside all spend of it; no row where no customer is on record."""
    return warehouse.evidence(
        """
        select
            cost_usd as all_spend_usd, abs(cost_less_revenue_usd) as apart_usd,
            cost_less_revenue_usd > 0 as is_short
        from allocation.rpt_spend_by_category
        where service_category = 'all' and cost_less_revenue_usd is not null
        """
    )


def spend_beside_ai(warehouse: Warehouse) -> Evidence:
    """What was spent on anything but AI; no row where AI is all spend."""
    return warehouse.evidence(
        """
        select other_cost_usd as beside_ai_usd
        from allocation.rpt_spend_by_category
        where service_category = 'AI and Machine Learning' and other_cost_usd > 0
        """
    )
