"""What is asked of the marts about price plans: what each would have brought."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def recommended(warehouse: Warehouse) -> Evidence:
    """The recommended plan beside today's, with what the churn scenarios leave; no row without customers."""
    return warehouse.evidence(
        """
        select * replace (plan_label as plan_name)
        from pricing.rpt_plan_comparison
        where is_recommended
        """
    )


def room(warehouse: Warehouse) -> Evidence:
    """How many more steep rises the recommended plan bears."""
    return warehouse.evidence(
        """
        select
            profitable_steep_rises as steep_customers,
            profitable_steep_rises_allowed as steep_customers_allowed,
            steep_rises_until_rejected as rises_until_rejected
        from pricing.rpt_plan_comparison
        where is_recommended and not is_current_plan
        """
    )


def best_listed(warehouse: Warehouse) -> Evidence:
    """The best plan of the list, rated as the search rates its own; no row where it is today's or chosen."""
    return warehouse.evidence(
        """
        select
            offer_name as listed_name,
            revenue_change_base_churn_usd as listed_revenue_change_usd,
            gain_base_usd as listed_gain_usd,
            gain_low_usd as listed_gain_low_usd,
            gain_high_usd as listed_gain_high_usd,
            gross_margin_worst_after_savings_usd as listed_worst_usd
        from pricing.rpt_plan_frontier
        where is_best_listed and not is_current_plan and not is_chosen
        """
    )


def after_savings(warehouse: Warehouse) -> Evidence:
    """The company's margin after cheaper models and settings, without and with the recommended plan."""
    return warehouse.evidence(
        """
        select
            margin_before_usd as saved_margin_usd,
            gross_margin_usd as planned_margin_usd,
            gross_margin_low_usd as planned_margin_low_usd,
            gross_margin_high_usd as planned_margin_high_usd,
            change_usd as gain_after_savings_usd,
            alone_usd as gain_alone_usd,
            overlap_usd as savings_lost_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'company' and step = 'price' and change_usd <> 0 and change_before_usd > 0
        """
    )


def best_rejected(warehouse: Warehouse) -> Evidence:
    """The rejected plan of the list, as it stands there, that would earn most beyond the recommended one."""
    return warehouse.evidence(
        """
        select
            plan_name as rejected_name,
            verdict,
            more_than_chosen_base_usd as missed_gain_usd,
            -gain_worst_usd as worst_loss_usd,
            profitable_steep_rises as rejected_steep_customers,
            profitable_customers as rejected_paying_customers,
            invoice_shock_share as rejected_steep_share,
            profitable_steep_rises_allowed as steep_allowed,
            profitable_steep_rises_beyond as steep_beyond_limit
        from pricing.rpt_plan_frontier
        where is_listed and transition_id = 'none'
            and verdict in ('too_many_steep_rises', 'loses_margin_under_high_churn')
            and more_than_chosen_base_usd > 0
        order by more_than_chosen_base_usd desc, plan_id
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
            revenue_per_paying_customer_usd as revenue_per_customer_usd
        from pricing.rpt_plan_comparison as plan
        where is_current_plan
        """
    )


def price_list(warehouse: Warehouse) -> Evidence:
    """What the price list on file asks of the customers that it prices, beside what they pay."""
    return warehouse.evidence(
        """
        select
            list_fee_usd as today_revenue_usd, list_fee_paid_usd as paid_usd, list_gap_share,
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
            * replace (plan_label as plan_name),
            gross_margin_least_churn_usd as low_usd,
            gross_margin_most_churn_usd as high_usd
        from pricing.rpt_plan_comparison
        order by gross_margin_base_churn_usd desc, plan_id
        """
    )


def rated_alike(warehouse: Warehouse) -> Evidence:
    """The chosen plan and those of the list as they stand there, each rated by the search."""
    return warehouse.evidence(
        """
        select
            plan_name, offer_name, gross_margin_base_churn_usd,
            gross_margin_least_churn_usd as low_usd,
            gross_margin_most_churn_usd as high_usd,
            is_current_plan, is_chosen as is_recommended,
            verdict in (
                'too_many_steep_rises', 'loses_profitable_customers', 'loses_margin_under_high_churn',
                'gains_too_little', 'lost_to_cheaper_tiers'
            ) as is_rejected
        from pricing.rpt_plan_frontier
        where is_chosen or (is_listed and transition_id = 'none')
        order by gross_margin_base_churn_usd desc, candidate_id
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
            rise_from_share as rise_share, low_leave_share as low_share, base_leave_share as base_share,
            high_leave_share as high_share
        from pricing.rpt_churn_scenarios
        order by rise_from_share
        """
    )


def prices(warehouse: Warehouse) -> Evidence:
    """The price list of the recommended plan beside today's fee."""
    return warehouse.evidence(
        """
        select
            subscription_tier, today_fee_usd, base_fee_usd, usage_unit, included_units, usage_cap_units,
            usd_per_unit, unit_cost_basis_usd, target_margin_share, rationale
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
            plan_label as plan_name, subscription_tier, base_fee_usd, usage_unit, included_units,
            usd_per_unit, rationale
        from pricing.rpt_plan_prices
        order by is_recommended desc, is_current_plan desc, plan_id, today_fee_usd nulls last, base_fee_usd,
            subscription_tier
        """
    )


def history(warehouse: Warehouse) -> Evidence:
    """Every plan over the months of the data."""
    return warehouse.evidence(
        """
        select * replace (plan_label as plan_name)
        from pricing.rpt_plan_history_monthly
        order by month_start_date, is_recommended desc, plan_gross_margin_base_churn_usd desc, plan_id
        """
    )


def whole_months(warehouse: Warehouse) -> Evidence:
    """Each whole month under the recommended plan and as it was."""
    return warehouse.evidence(
        """
        select
            month_start_date, customers, current_revenue_usd, revenue_usd, revenue_change_usd,
            cost_to_serve_usd, current_gross_margin_usd, gross_margin_usd
        from pricing.rpt_plan_history_monthly
        where is_recommended and is_complete_month
        order by month_start_date
        """
    )


def months(warehouse: Warehouse) -> Evidence:
    """In how many complete months the recommended plan would have earned more than today's prices."""
    return warehouse.evidence(
        """
        select
            count(*) as complete_months,
            count(*) filter (where revenue_change_usd > 0) as better_months
        from pricing.rpt_plan_history_monthly
        where is_recommended and is_complete_month
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
            gross_margin_change_base_churn_usd as total_net_usd
        from pricing.rpt_plan_comparison as plan
        where is_recommended and not is_current_plan
        """
    )


def programme(warehouse: Warehouse) -> Evidence:
    """What the change of prices takes and when it begins, after the savings; no row without it."""
    return warehouse.evidence(
        """
        select
            effort_usd, months_to_start, last_start_months, payback_with_start_months, own_first_year_usd,
            pays_from_year, change_usd as gain_total_usd, change_low_usd as gain_total_low_usd,
            change_high_usd as gain_total_high_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'company' and step = 'price' and effort_usd > 0 and change_usd > 0
        """
    )


def programme_gain(warehouse: Warehouse, *, losing: bool) -> Evidence:
    """What the change of prices brings a month after the savings, of who is at a loss today or of others."""
    return warehouse.evidence(
        """
        select
            sum(change_usd) as gain_usd, sum(change_low_usd) as gain_low_usd,
            sum(change_high_usd) as gain_high_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'customer' and step = 'price' and is_losing_today = :losing
        having count(*) > 0
        """,
        losing=losing,
    )
