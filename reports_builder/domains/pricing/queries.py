"""The questions that the pricing pages put to the marts."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def recommended(warehouse: Warehouse) -> Evidence:
    """The recommended plan beside today's, with what the churn scenarios leave of it."""
    return warehouse.evidence(
        """
        select
            plan_id,
            if(contains(lower(plan_name), plan_kind), plan_name, plan_name || ' (' || plan_kind || ')')
                as plan_name,
            is_current_plan, customers, paying_customers,
            current_revenue_usd, revenue_usd, revenue_change_usd, cost_to_serve_usd,
            current_gross_margin_usd, gross_margin_usd, gross_margin_change_usd,
            gross_margin_change_base_churn_usd as margin_gain_usd,
            least(gross_margin_low_churn_usd, gross_margin_high_churn_usd) - current_gross_margin_usd
                as margin_gain_low_usd,
            greatest(gross_margin_low_churn_usd, gross_margin_high_churn_usd) - current_gross_margin_usd
                as margin_gain_high_usd,
            revenue_base_churn_usd, gross_margin_base_churn_usd,
            revenue_base_churn_usd - current_revenue_usd as revenue_gain_usd,
            least(revenue_low_churn_usd, revenue_high_churn_usd) - current_revenue_usd
                as revenue_gain_low_usd,
            greatest(revenue_low_churn_usd, revenue_high_churn_usd) - current_revenue_usd
                as revenue_gain_high_usd,
            revenue_base_churn_usd / nullif(current_revenue_usd::double, 0) - 1 as revenue_gain_share,
            gross_margin_base_churn_usd / nullif(abs(current_gross_margin_usd)::double, 0)
                - sign(current_gross_margin_usd) as margin_gain_share,
            current_gross_margin_usd / nullif(current_revenue_usd::double, 0) as current_margin_share,
            gross_margin_base_churn_usd / nullif(revenue_base_churn_usd::double, 0) as new_margin_share,
            new_margin_share - current_margin_share as margin_share_change,
            unprofitable_customers, customers_paying_more, customers_paying_less, customers_unchanged,
            customers_with_steep_rise, steep_rise_customer_share,
            customers_lost_low_churn, customers_lost_base_churn, customers_lost_high_churn,
            (
                select count(*) from pricing.rpt_plan_comparison
                where verdict not in ('today', 'names_no_tier_in_use')
            ) as comparable_plans
        from pricing.rpt_plan_comparison
        where is_recommended
        """
    )


def room(warehouse: Warehouse) -> Evidence:
    """How many more steep rises the recommended plan bears, and what would be recommended instead."""
    return warehouse.evidence(
        """
        with rule as (
            select max(assumption_value)::double as steep_limit_share
            from seeds.pricing_assumptions
            where assumption_name = 'steep_rise_customers_up_to_share'
        ),
        next_best as (
            select plan_name as next_plan_name, gross_margin_change_base_churn_usd as next_gain_usd
            from pricing.rpt_plan_comparison
            where not is_recommended and verdict in ('eligible', 'today')
            order by verdict = 'eligible' desc, gross_margin_base_churn_usd desc, plan_id
            limit 1
        )
        select
            customers_with_steep_rise as steep_customers,
            floor(steep_limit_share * paying_customers)::bigint as steep_customers_allowed,
            steep_customers_allowed - steep_customers + 1 as rises_until_rejected,
            steep_limit_share,
            next_plan_name,
            next_gain_usd
        from pricing.rpt_plan_comparison
        cross join rule
        left join next_best on true
        where is_recommended and not is_current_plan
        """
    )


def today(warehouse: Warehouse) -> Evidence:
    """Today's plan in the comparison."""
    return warehouse.evidence(
        """
        select
            if(contains(lower(plan_name), plan_kind), plan_name, plan_name || ' (' || plan_kind || ')')
                as today_name,
            revenue_usd as today_revenue_usd, cost_to_serve_usd as today_cost_usd,
            gross_margin_usd as today_margin_usd, gross_margin_share as today_margin_share,
            unprofitable_customers as today_unprofitable, customers as today_customers,
            revenue_usd / nullif(paying_customers, 0)::double as revenue_per_customer_usd
        from pricing.rpt_plan_comparison
        where is_current_plan
        """
    )


def plans(warehouse: Warehouse) -> Evidence:
    """All plans, the one with the highest margin after base churn first."""
    return warehouse.evidence(
        """
        select
            plan_id,
            if(contains(lower(plan_name), plan_kind), plan_name, plan_name || ' (' || plan_kind || ')')
                as plan_name,
            revenue_usd, gross_margin_usd, gross_margin_share,
            gross_margin_low_churn_usd, gross_margin_base_churn_usd, gross_margin_high_churn_usd,
            least(gross_margin_low_churn_usd, gross_margin_high_churn_usd) as low_usd,
            greatest(gross_margin_low_churn_usd, gross_margin_high_churn_usd) as high_usd,
            revenue_base_churn_usd, customers_lost_base_churn, unprofitable_customers,
            customers_paying_more, customers_paying_less, steep_rise_customer_share, verdict,
            case verdict
                when 'today' then 'what customers have today'
                when 'eligible' then 'may be chosen'
                when 'too_many_steep_rises' then 'rejected: too many steep rises'
                when 'loses_margin_under_high_churn' then 'rejected: loses margin under high churn'
                when 'gains_too_little' then 'rejected: gains too little'
                when 'names_no_tier_in_use' then 'not comparable: names no tier in use'
            end || case when is_recommended then ', recommended' else '' end as verdict_words,
            is_recommended, is_current_plan
        from pricing.rpt_plan_comparison
        order by gross_margin_base_churn_usd desc, plan_id
        """
    )


def prices(warehouse: Warehouse) -> Evidence:
    """The price list of the recommended plan beside today's fee."""
    return warehouse.evidence(
        """
        select
            offered.subscription_tier,
            today.base_fee_usd as today_fee_usd,
            offered.base_fee_usd,
            case when offered.usage_unit = 'none' then 'unlimited'
                when offered.included_units = 0 then 'none'
                else format('{:,}', offered.included_units)
                    || case offered.usage_unit when 'call' then ' calls' else ' thousand tokens' end
            end as included,
            offered.usd_per_unit,
            case offered.usage_unit when 'call' then 'call' when '1k_tokens' then 'thousand tokens'
                else 'nothing metered' end as unit,
            offered.unit_cost_basis_usd, offered.target_margin_share, offered.rationale
        from pricing.rpt_plan_comparison as comparison
        inner join seeds.pricing_plans as offered on comparison.plan_id = offered.plan_id
        left join seeds.pricing_plans as today
            on today.is_current and offered.subscription_tier = today.subscription_tier
        where comparison.is_recommended
        order by offered.base_fee_usd, offered.subscription_tier
        """
    )


def price_lists(warehouse: Warehouse) -> Evidence:
    """The price lists of all plans."""
    return warehouse.evidence(
        """
        select
            plan_id, plan_name, subscription_tier, base_fee_usd,
            case when usage_unit = 'none' then 'unlimited' when included_units = 0 then 'none'
                else format('{:,}', included_units)
                    || case usage_unit when 'call' then ' calls' else ' thousand tokens' end
            end as included,
            usd_per_unit,
            case usage_unit when 'call' then 'call' when '1k_tokens' then 'thousand tokens' else 'none' end
                as unit
        from seeds.pricing_plans
        order by plan_id, base_fee_usd, subscription_tier
        """
    )


def segments(warehouse: Warehouse, kind: str) -> Evidence:
    """The recommended plan by segment of one kind, the largest change of revenue first."""
    return warehouse.evidence(
        """
        select
            if(
                contains(lower(segments.plan_name), comparison.plan_kind), segments.plan_name,
                segments.plan_name || ' (' || comparison.plan_kind || ')'
            ) as plan_name,
            segments.segment, segments.customers,
            segments.current_revenue_usd, segments.revenue_usd,
            segments.revenue_change_usd, segments.revenue_change_share, segments.revenue_change_share_p50,
            segments.current_gross_margin_usd, segments.gross_margin_usd,
            segments.gross_margin_base_churn_usd,
            segments.gross_margin_base_churn_usd - segments.current_gross_margin_usd as gain_usd,
            least(segments.gross_margin_low_churn_usd, segments.gross_margin_high_churn_usd)
                - segments.current_gross_margin_usd as gain_low_usd,
            greatest(segments.gross_margin_low_churn_usd, segments.gross_margin_high_churn_usd)
                - segments.current_gross_margin_usd as gain_high_usd,
            segments.customers_paying_more, segments.customers_paying_less,
            segments.customers - segments.customers_paying_more - segments.customers_paying_less
                as customers_unchanged,
            segments.current_unprofitable_customers, segments.unprofitable_customers,
            case when segments.revenue_change_usd > 0
                then segments.revenue_change_usd
                    / sum(greatest(segments.revenue_change_usd, 0)) over ()::double
                end as rise_share,
            sum(gain_usd) over () as gain_total_usd,
            sum(gain_low_usd) over () as gain_total_low_usd,
            sum(gain_high_usd) over () as gain_total_high_usd
        from pricing.rpt_segment_impacts as segments
        inner join pricing.rpt_plan_comparison as comparison on segments.plan_id = comparison.plan_id
        where comparison.is_recommended and segments.segment_kind = :kind
        order by segments.revenue_change_usd desc, segments.segment
        """,
        kind=kind,
    )


def largest_rises(warehouse: Warehouse) -> Evidence:
    """The invoice before and after of each customer that would pay more, the largest rise first."""
    return warehouse.evidence(
        """
        select
            backtests.customer_id, backtests.customer_name, backtests.subscription_tier,
            backtests.billable_calls, backtests.included_units, backtests.current_revenue_usd,
            backtests.revenue_usd, backtests.revenue_change_usd, backtests.revenue_change_share,
            backtests.cost_to_serve_usd, backtests.current_gross_margin_usd, backtests.gross_margin_usd,
            backtests.leave_probability_base,
            count(*) over () as customers_paying_more,
            median(backtests.revenue_change_share) over () as rise_median_share
        from pricing.rpt_plan_backtests as backtests
        inner join pricing.rpt_plan_comparison as comparison on backtests.plan_id = comparison.plan_id
        where comparison.is_recommended and backtests.revenue_change_usd > 0
        order by backtests.revenue_change_usd desc, backtests.customer_id
        """
    )


def concentration(warehouse: Warehouse) -> Evidence:
    """How the largest ten rises weigh in the whole change of revenue."""
    return warehouse.evidence(
        """
        with ranked as (
            select
                backtests.revenue_change_usd,
                backtests.gross_margin_usd * (1 - backtests.leave_probability_base)
                    - backtests.current_gross_margin_usd as gain_usd,
                backtests.gross_margin_usd * (1 - backtests.leave_probability_low)
                    - backtests.current_gross_margin_usd as low_churn_gain_usd,
                backtests.gross_margin_usd * (1 - backtests.leave_probability_high)
                    - backtests.current_gross_margin_usd as high_churn_gain_usd,
                row_number() over (order by backtests.revenue_change_usd desc, backtests.customer_id) as place
            from pricing.rpt_plan_backtests as backtests
            inner join pricing.rpt_plan_comparison as comparison on backtests.plan_id = comparison.plan_id
            where comparison.is_recommended and backtests.revenue_change_usd > 0
        )
        select
            count(*) filter (where place <= 10) as largest_rises,
            sum(revenue_change_usd) filter (where place <= 10) as largest_rises_usd,
            sum(revenue_change_usd) filter (where place <= 10) / nullif(sum(revenue_change_usd)::double, 0)
                as largest_rises_share,
            sum(gain_usd) filter (where place <= 10) as largest_gain_usd,
            least(sum(low_churn_gain_usd) filter (where place <= 10),
                sum(high_churn_gain_usd) filter (where place <= 10)) as largest_gain_low_usd,
            greatest(sum(low_churn_gain_usd) filter (where place <= 10),
                sum(high_churn_gain_usd) filter (where place <= 10)) as largest_gain_high_usd
        from ranked
        """
    )


def history(warehouse: Warehouse) -> Evidence:
    """Each whole month under the recommended plan and as it was."""
    return warehouse.evidence(
        """
        select
            history.month_start_date, history.customers, history.current_revenue_usd, history.revenue_usd,
            history.revenue_change_usd, history.cost_to_serve_usd,
            history.current_revenue_usd - history.cost_to_serve_usd as current_margin_usd,
            history.gross_margin_usd,
            min(history.revenue_change_usd) over () as smallest_change_usd,
            max(history.revenue_change_usd) over () as largest_change_usd,
            count(*) over () as months
        from pricing.rpt_plan_history_monthly as history
        inner join pricing.rpt_plan_comparison as comparison on history.plan_id = comparison.plan_id
        where comparison.is_recommended and history.is_complete_month
        order by history.month_start_date
        """
    )


def rules(warehouse: Warehouse) -> Evidence:
    """The limits that the recommendation keeps to, side by side."""
    return warehouse.evidence(
        """
        select
            max(assumption_value) filter (where assumption_name = 'steep_rise_from_share') as steep_rise,
            max(assumption_value) filter (where assumption_name = 'steep_rise_customers_up_to_share')
                as steep_customers,
            max(assumption_value) filter (where assumption_name = 'margin_gain_from_share')
                as margin_gain_wanted
        from seeds.pricing_assumptions
        """
    )


def departures(warehouse: Warehouse) -> Evidence:
    """The churn scenarios: who leaves at which rise."""
    return warehouse.evidence(
        """
        select churn_scenario, rise_from_share, leave_probability
        from seeds.pricing_churn_scenarios
        order by array_position(['low', 'base', 'high'], churn_scenario), rise_from_share
        """
    )
