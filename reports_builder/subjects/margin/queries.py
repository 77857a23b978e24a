"""The questions that the profitability pages put to the marts."""

from reports_builder.evidence import Evidence
from reports_builder.marts import CUSTOMER_DAYS, CUSTOMER_MARGINS, LIFETIME_VALUES, USAGE
from reports_builder.warehouse import Warehouse


def totals(warehouse: Warehouse) -> Evidence:
    """Revenue, cost, margin and losses over all customers, beside the window before."""
    return warehouse.evidence(
        """
        with totals as (
            select
                sum(revenue_usd) as revenue_usd,
                sum(cost_to_serve_usd) as cost_usd,
                sum(gross_margin_usd) as margin_usd,
                sum(prior_revenue_usd) as prior_revenue_usd,
                sum(prior_cost_to_serve_usd) as prior_cost_usd,
                sum(prior_gross_margin_usd) as prior_margin_usd,
                count(*) filter (where has_activity) as customers,
                count(*) filter (where is_unprofitable) as losing_customers,
                count(*) filter (where margin_status = 'recurring_loss') as recurring_customers,
                count(*) filter (where margin_status = 'new_loss') as new_customers,
                count(*) filter (where margin_status = 'loss_by_abnormal_days') as abnormal_customers,
                case when sum(prior_gross_margin_usd) is not null
                    then count(*) filter (where prior_gross_margin_usd < 0) end as prior_losing_customers,
                coalesce(-sum(gross_margin_usd) filter (where is_unprofitable), 0) as loss_usd,
                case when sum(prior_gross_margin_usd) is not null
                    then coalesce(-sum(prior_gross_margin_usd) filter (where prior_gross_margin_usd < 0), 0)
                    end as prior_loss_usd,
                coalesce(max(-gross_margin_usd) filter (where is_unprofitable), 0) as largest_loss_usd,
                coalesce(sum(uncosted_calls), 0) as uncosted_calls,
                1 - sum(uncosted_calls) / nullif(sum(calls)::double, 0) as costed_call_share,
                coalesce(sum(shared_cost_usd) <> 0, false) as has_shared_cost,
                count(*) filter (where margin_status = 'cost_unknown') as unknown_customers,
                coalesce(sum(revenue_usd) filter (where margin_status = 'cost_unknown'), 0)
                    as unknown_revenue_usd,
                sum(revenue_usd) filter (where gross_margin_usd is not null) as margin_revenue_usd,
                sum(prior_revenue_usd) filter (where prior_gross_margin_usd is not null)
                    as prior_margin_revenue_usd
            from :margins
        )
        select
            *,
            margin_usd / nullif(margin_revenue_usd::double, 0) as margin_share,
            prior_margin_usd / nullif(prior_margin_revenue_usd::double, 0) as prior_margin_share,
            margin_share - prior_margin_share as margin_share_change,
            revenue_usd / nullif(prior_revenue_usd::double, 0) - 1 as revenue_change,
            cost_usd / nullif(prior_cost_usd::double, 0) - 1 as cost_change,
            margin_usd / nullif(abs(prior_margin_usd)::double, 0)
                - sign(prior_margin_usd) as margin_change,
            losing_customers - prior_losing_customers as losing_change,
            loss_usd - prior_loss_usd as loss_change_usd,
            case
                when revenue_change is null then 'no earlier period to compare with'
                when revenue_change > 0 then 'higher' when revenue_change < 0 then 'lower' else 'the same'
            end as revenue_status,
            case
                when revenue_change is null then 'no earlier period to compare with'
                when cost_change = revenue_change then 'cost moved with fees'
                when cost_change < 0 and revenue_change < 0 and cost_change > revenue_change
                    then 'cost fell less than fees'
                when cost_change < 0 and revenue_change < 0 then 'cost fell more than fees'
                when cost_change < 0 then 'cost fell, fees did not'
                when revenue_change < 0 then 'fees fell, cost did not'
                when cost_change > revenue_change then 'cost grew faster than fees'
                else 'cost grew less than fees'
            end as cost_status,
            case
                when margin_share is null then 'unknown'
                when margin_share < 0 then 'a loss'
                when uncosted_calls > 0 then 'at most: the cost of some calls is unknown'
                when margin_share_change is null then 'no earlier period to compare with'
                when margin_share_change < 0 then 'worse'
                when margin_share_change > 0 then 'better' else 'the same'
            end as margin_status,
            case
                when losing_customers > 0 then 'fees below cost'
                when unknown_customers > 0 then 'none known'
                else 'none'
            end as loss_status
        from totals
        """,
        margins=CUSTOMER_MARGINS,
    )


def losing_customers(warehouse: Warehouse) -> Evidence:
    """The customers whose cost exceeds their fee, largest loss first."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, subscription_tier, usage_archetype,
            revenue_usd, cost_to_serve_usd, gross_margin_usd, prior_gross_margin_usd,
            case when is_active and subscribed_days <= :as_of - :window_start
                then 'new since ' || strftime(:as_of - cast(subscribed_days as integer) + 1, '%-d %B')
                else margin_status end as margin_status,
            -gross_margin_usd as loss_usd, cost_change_share, true as is_loss
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
            revenue_usd,
            cost_to_serve_usd, gross_margin_usd, gross_margin_share,
            -- infinite, which reads as new, only where there were no calls before
            case
                when :has_prior and customer_id not in (
                    select customer_id from :usage
                    where usage_date between :prior_start and :prior_end
                ) then 'infinity'::double
                else cost_change_share
            end as cost_change,
            margin_status
        from :margins
        where has_activity
        order by cost_to_serve_usd desc, customer_id
        """,
        usage=USAGE,
        margins=CUSTOMER_MARGINS,
    )


def segments(warehouse: Warehouse) -> Evidence:
    """Margin by tier and archetype, the worst first."""
    return warehouse.evidence(
        """
        select
            subscription_tier
                || case when usage_archetype = 'unknown' then '' else ' / ' || usage_archetype end as segment,
            subscription_tier, usage_archetype,
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
        group by subscription_tier, usage_archetype
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
            usual_cost_change_usd as cost_rise_usd,
            count(*) over () as customers_at_risk,
            sum(usual_margin_usd) over () as margin_at_risk_usd,
            sum(usual_cost_change_usd) over () as rise_total_usd,
            max(usual_cost_change_usd) over () as rise_largest_usd
        from margin.rpt_customer_margins
        where is_next_to_lose
        order by usual_cost_change_usd desc, customer_id
        """
    )


def lifetime_by_tier(warehouse: Warehouse) -> Evidence:
    """What a customer of each tier is worth on average, those without a margin among them."""
    return warehouse.evidence(
        """
        select
            subscription_tier, churned_customers, customer_months, monthly_churn_rate,
            monthly_churn_rate_high,
            case when is_small_sample then 'few departures: read the low value' else 'enough' end as sample,
            valued_customers, customers_without_margin as without_margin,
            monthly_gross_margin_usd as margin_usd, value_usd, low_value_usd,
            acquisition_cost_usd as acquisition_usd, payback_months,
            low_value_to_acquisition_cost as low_value_to_cost
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
    """Fees of the period beside all spend of it; no row where AI is all spend."""
    return warehouse.evidence(
        """
        select
            whole.cost_usd - coalesce(ai.cost_usd, 0) as beside_ai_usd,
            abs(whole.cost_usd - fees.revenue_usd) as apart_usd,
            whole.cost_usd > fees.revenue_usd as is_short
        from allocation.rpt_spend_by_category as whole
        left join allocation.rpt_spend_by_category as ai on ai.service_category = 'AI and Machine Learning'
        cross join (select sum(revenue_usd) as revenue_usd from margin.rpt_customer_margins) as fees
        where whole.service_category = 'all' and whole.cost_usd > coalesce(ai.cost_usd, 0)
            and fees.revenue_usd is not null
        """
    )
