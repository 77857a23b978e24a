"""What is asked of the marts about price plans: what each would have brought."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def recommended(warehouse: Warehouse) -> Evidence:
    """The recommended plan beside today's, with what the churn scenarios leave; no row without customers."""
    return warehouse.evidence(
        """
        select
            plan.* replace (plan_label as plan_name),
            impacts.current_unprofitable_customers, impacts.current_losses_usd,
            impacts.unknown_customers, impacts.uncosted_calls,
            impacts.current_gross_margin_share, impacts.gross_margin_base_churn_share,
            impacts.gross_margin_share_change,
            nullif(greatest(
                plan.gross_margin_change_base_churn_usd - plan.revenue_change_base_churn_usd, 0
            ), 0) as cost_leaving_usd,
            (
                select count(*) from pricing.rpt_plan_comparison
                where verdict not in ('today', 'names_no_tier_in_use', 'cost_unknown')
            ) as comparable_plans
        from pricing.rpt_plan_comparison as plan
        inner join pricing.rpt_plan_impacts as impacts on plan.plan_id = impacts.plan_id
        where plan.is_recommended
        """
    )


def room(warehouse: Warehouse) -> Evidence:
    """How many more steep rises the recommended plan bears."""
    return warehouse.evidence(
        """
        select
            profitable_steep_rises as steep_customers,
            profitable_steep_rises_allowed as steep_customers_allowed,
            steep_customers_allowed - steep_customers + 1 as rises_until_rejected
        from pricing.rpt_plan_comparison
        where is_recommended and not is_current_plan
        """
    )


def best_listed(warehouse: Warehouse) -> Evidence:
    """The best plan of the list, for comparison; no row where that is today's, or where it is recommended."""
    return warehouse.evidence(
        """
        select
            plan_label as listed_name,
            revenue_change_base_churn_usd as listed_revenue_change_usd,
            gross_margin_change_base_churn_usd as listed_gain_usd,
            gross_margin_change_low_usd as listed_gain_low_usd,
            gross_margin_change_high_usd as listed_gain_high_usd
        from pricing.rpt_plan_comparison
        where is_best_listed and not is_current_plan and not is_recommended
        """
    )


def after_savings(warehouse: Warehouse) -> Evidence:
    """The company's margin after cheaper models and settings, without and with the recommended plan."""
    return warehouse.evidence(
        """
        select
            before.gross_margin_usd as saved_margin_usd,
            step.gross_margin_usd as planned_margin_usd,
            step.gross_margin_low_usd as planned_margin_low_usd,
            step.gross_margin_high_usd as planned_margin_high_usd,
            step.change_usd as gain_after_savings_usd,
            step.alone_usd as gain_alone_usd,
            step.overlap_usd as savings_lost_usd
        from rates.rpt_decision_waterfall as step
        inner join rates.rpt_decision_waterfall as before
            on before.scope_type = step.scope_type and before.step = 'settings'
        inner join rates.rpt_decision_waterfall as today
            on today.scope_type = step.scope_type and today.step = 'today'
        where step.scope_type = 'company' and step.step = 'price'
            and step.change_usd <> 0 and before.gross_margin_usd > today.gross_margin_usd
        """
    )


def best_rejected(warehouse: Warehouse) -> Evidence:
    """The rejected plan that would earn most, where it would earn more than the recommended one."""
    return warehouse.evidence(
        """
        select
            rejected.plan_label as rejected_name,
            rejected.verdict,
            rejected.gross_margin_base_churn_usd - chosen.gross_margin_base_churn_usd as missed_gain_usd,
            rejected.current_gross_margin_usd - rejected.gross_margin_high_churn_usd as high_churn_loss_usd,
            rejected.profitable_steep_rises as rejected_steep_customers,
            rejected.profitable_customers as rejected_paying_customers,
            rejected.steep_rise_customer_share as rejected_steep_share,
            rejected.profitable_steep_rises_allowed as steep_allowed,
            rejected.profitable_steep_rises - rejected.profitable_steep_rises_allowed as steep_beyond_limit
        from pricing.rpt_plan_comparison as rejected
        inner join pricing.rpt_plan_comparison as chosen
            on chosen.is_recommended
            and rejected.gross_margin_base_churn_usd > chosen.gross_margin_base_churn_usd
        where rejected.verdict in ('too_many_steep_rises', 'loses_margin_under_high_churn')
        order by rejected.gross_margin_base_churn_usd desc, rejected.plan_id
        limit 1
        """
    )


def today(warehouse: Warehouse) -> Evidence:
    """Today's plan in the comparison."""
    return warehouse.evidence(
        """
        select
            plan_label as today_name,
            revenue_usd as today_revenue_usd, cost_to_serve_usd as today_cost_usd,
            gross_margin_usd as today_margin_usd, gross_margin_share as today_margin_share,
            unprofitable_customers as today_unprofitable, customers as today_customers,
            revenue_usd / nullif(paying_customers, 0)::double as revenue_per_customer_usd
        from pricing.rpt_plan_comparison as plan
        where is_current_plan
        """
    )


def price_list(warehouse: Warehouse) -> Evidence:
    """What the price list on file asks of the customers that it prices, beside what they pay."""
    return warehouse.evidence(
        """
        select
            list_fee_usd as today_revenue_usd, list_fee_paid_usd as paid_usd,
            case
                when is_other_list
                    then abs(list_fee_usd - list_fee_paid_usd) / nullif(list_fee_paid_usd, 0)::double
            end as list_gap_share,
            customers_with_other_fee, customers_with_list_fee
        from pricing.rpt_plan_comparison
        where is_current_plan
        """
    )


def plans(warehouse: Warehouse) -> Evidence:
    """All plans, the one with the highest margin after base churn first."""
    return warehouse.evidence(
        """
        select
            plan.* replace (plan_label as plan_name),
            least(gross_margin_low_churn_usd, gross_margin_high_churn_usd) as low_usd,
            greatest(gross_margin_low_churn_usd, gross_margin_high_churn_usd) as high_usd,
            format('{} ({:.1f} %)', profitable_steep_rises, 100 * steep_rise_customer_share)
                as steep_rises,
            case verdict
                when 'today' then 'what customers have today'
                when 'eligible' then case when is_listed then 'may be chosen' else 'found by the search' end
                when 'too_many_steep_rises' then 'rejected: too many steep rises'
                when 'loses_margin_under_high_churn' then 'rejected: loses margin under high churn'
                when 'gains_too_little' then 'rejected: gains too little'
                when 'cost_unknown' then 'not comparable: what the calls cost is unknown'
                when 'names_no_tier_in_use' then 'not comparable: names no tier in use'
            end || case
                when is_recommended then ', recommended'
                when is_best_listed and not is_current_plan then ', best of your list'
                else ''
            end as verdict_words,
            starts_with(verdict_words, 'rejected') as is_rejected
        from pricing.rpt_plan_comparison as plan
        order by gross_margin_base_churn_usd desc, plan_id
        """
    )


def rules(warehouse: Warehouse) -> Evidence:
    """The rules of the recommendation, side by side."""
    return warehouse.evidence(
        """
        select
            max(value) filter (where name = 'steep_rise_from_share')::double
                as steep_rise_share,
            max(value)
                filter (where name = 'steep_rise_customers_up_to_share')::double
                as steep_limit_share,
            max(value) filter (where name = 'margin_gain_from_share')::double
                as least_gain_share,
            max(value) filter (where name = 'profitable_departures_up_to_share')::double
                as departure_limit_share
        from seeds.assumptions
        """
    )


def scenarios(warehouse: Warehouse) -> Evidence:
    """How likely a customer leaves by the rise of the invoice, per scenario, as assumed."""
    return warehouse.evidence(
        """
        select
            rise_from_share::double as rise_share,
            max(leave_probability) filter (where churn_scenario = 'low')::double as low_share,
            max(leave_probability) filter (where churn_scenario = 'base')::double as base_share,
            max(leave_probability) filter (where churn_scenario = 'high')::double as high_share
        from seeds.pricing_churn_scenarios
        group by rise_from_share
        order by rise_from_share
        """
    )


def prices(warehouse: Warehouse) -> Evidence:
    """The price list of the recommended plan beside today's fee."""
    return warehouse.evidence(
        """
        select
            subscription_tier, today_fee_usd, base_fee_usd,
            case when usage_unit = 'none' then 'unlimited'
                when included_units = 0 then 'none'
                else format('{:,}', included_units)
                    || case usage_unit when 'call' then ' calls' when '1k_tokens' then ' thousand tokens'
                        else ' credits' end
            end as included,
            coalesce(format('{:,}', usage_cap_units), 'no limit') as served_up_to,
            usd_per_unit,
            case usage_unit when 'call' then 'call' when '1k_tokens' then 'thousand tokens'
                when 'credit' then 'credit' else 'nothing metered' end as unit,
            included_units, unit_cost_basis_usd, target_margin_share, rationale
        from pricing.rpt_plan_prices
        where is_recommended
        order by today_fee_usd nulls last, base_fee_usd, subscription_tier
        """
    )


def terms(warehouse: Warehouse) -> Evidence:
    """The price list of the recommended plan, and those that the business wrote."""
    return warehouse.evidence(
        """
        select
            coalesce(comparison.plan_label, plan.plan_name) as plan_name,
            plan.subscription_tier,
            plan.base_fee_usd,
            case usage_unit when 'none' then 'nothing' when '1k_tokens' then '1,000 tokens' else usage_unit
                end as metered,
            case when usage_unit = 'none' then 'unlimited'
                else coalesce(format('{:,}', included_units), 'unlimited') end as included,
            usd_per_unit,
            rationale
        from pricing.rpt_plan_prices as plan
        left join pricing.rpt_plan_comparison as comparison on plan.plan_id = comparison.plan_id
        order by plan.is_recommended desc, plan.is_current_plan desc, plan.plan_id,
            plan.today_fee_usd nulls last, plan.base_fee_usd, plan.subscription_tier
        """
    )


def history(warehouse: Warehouse) -> Evidence:
    """Every plan over the months of the data."""
    return warehouse.evidence(
        """
        select history.* replace (plan.plan_label as plan_name), plan.is_recommended
        from pricing.rpt_plan_history_monthly as history
        inner join pricing.rpt_plan_comparison as plan on history.plan_id = plan.plan_id
        order by history.month_start_date, plan.is_recommended desc,
            plan.gross_margin_base_churn_usd desc, history.plan_id
        """
    )


def whole_months(warehouse: Warehouse) -> Evidence:
    """Each whole month under the recommended plan and as it was."""
    return warehouse.evidence(
        """
        select
            history.month_start_date, history.customers, history.current_revenue_usd, history.revenue_usd,
            history.revenue_change_usd, history.cost_to_serve_usd,
            history.current_revenue_usd - history.cost_to_serve_usd - history.not_served_usd
                as current_margin_usd,
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


def months(warehouse: Warehouse) -> Evidence:
    """In how many complete months the recommended plan would have earned more than today's prices."""
    return warehouse.evidence(
        """
        select
            count(*) as complete_months,
            count(*) filter (where history.revenue_change_usd > 0) as better_months,
            min(history.revenue_change_usd) as least_gain_usd,
            max(history.revenue_change_usd) as largest_gain_usd
        from pricing.rpt_plan_history_monthly as history
        inner join pricing.rpt_plan_comparison as plan on history.plan_id = plan.plan_id
        where plan.is_recommended and history.is_complete_month
        """
    )


def gain(warehouse: Warehouse) -> Evidence:
    """What the recommended plan adds to the margin of 30 days after churn: the one action of the analysis."""
    return warehouse.evidence(
        """
        select
            plan_label as plan_name,
            gross_margin_change_base_churn_usd as gain_usd,
            gross_margin_change_low_usd as low_gain_usd,
            gross_margin_change_high_usd as high_gain_usd,
            gross_margin_change_base_churn_usd as total_net_usd,
            customers_with_steep_rise
        from pricing.rpt_plan_comparison as plan
        where is_recommended and not is_current_plan
        """
    )


def programme(warehouse: Warehouse) -> Evidence:
    """What the change of prices takes and when it begins, after the savings; no row without it."""
    return warehouse.evidence(
        """
        select effort_usd, months_to_start, effort_usd / nullif(change_usd, 0)::double as payback_months
        from rates.rpt_decision_waterfall
        where scope_type = 'company' and step = 'price' and effort_usd > 0 and change_usd > 0
        """
    )
