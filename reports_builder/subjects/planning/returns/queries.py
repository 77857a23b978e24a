"""What is asked of the marts about investments."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def investments(warehouse: Warehouse) -> Evidence:
    """Each investment by its plan, the highest value first, with its range over random draws."""
    return warehouse.evidence(
        """
        select
            investment_id,
            investment_label,
            is_illustrative,
            owner_role,
            period_unit,
            measured_action_id,
            first_period_benefit_usd,
            npv_usd,
            roi_share,
            irr_share,
            irr_status,
            mirr_share,
            payback_periods,
            payback_status,
            conservative_npv_usd,
            optimistic_npv_usd,
            ai_cost_spike_npv_usd,
            p10_usd,
            p50_usd,
            p90_usd,
            loss_share,
            loss_share_after_steps,
            verdict,
            plan_against_draws,
            is_plan_above_draws
        from planning.rpt_investments
        order by npv_usd desc, investment_id
        """
    )


def realised(warehouse: Warehouse) -> Evidence:
    """Investments of which something realised is on record, beside their plan of the same periods."""
    return warehouse.evidence(
        """
        select
            investment_label,
            owner_role,
            planned_cost_so_far_usd,
            realised_cost_usd,
            realised_cost_variance_usd,
            planned_benefit_so_far_usd,
            realised_benefit_usd,
            realised_benefit_variance_usd
        from planning.rpt_investments
        where realised_cost_usd is not null or realised_benefit_usd is not null
        order by realised_benefit_variance_usd - realised_cost_variance_usd nulls last, investment_id
        """
    )


def scenarios(warehouse: Warehouse) -> Evidence:
    """What each scenario of the table of investments assumes, and of which it assumes it."""
    return warehouse.evidence(
        """
        select scenario, assumes, investment_labels
        from planning.rpt_investment_scenarios
        where scenario in ('conservative', 'optimistic', 'ai_cost_spike')
        order by scenario desc, investments desc, assumes
        """
    )


def measured(warehouse: Warehouse, action_id: str) -> Evidence:
    """What the savings ledger measures of an action."""
    return warehouse.evidence(
        """
        select subject, net_monthly_savings_usd as measured_monthly_usd, is_counted
        from rates.rpt_savings_opportunities
        where action_id = :action_id
        """,
        action_id=action_id,
    )


def doubtful(warehouse: Warehouse) -> Evidence:
    """The investment likeliest to lose money, what its value hangs on, and what its steps make of it."""
    return warehouse.evidence(
        """
        select
            investment_id,
            investment_label,
            is_illustrative,
            owner_role,
            npv_usd,
            loss_share,
            loss_share_after_steps,
            verdict,
            p10_usd,
            p90_usd,
            p10_after_steps_usd,
            p90_after_steps_usd,
            steps_usd,
            driver_name,
            driver_low_usd,
            needed_share,
            needed_share_after_steps,
            bound,
            first_step
        from planning.rpt_investments
        order by loss_share desc nulls last, investment_id
        limit 1
        """
    )


def tornado(warehouse: Warehouse, investment_id: str) -> Evidence:
    """What each driver alone makes of the value of one investment, the widest first."""
    return warehouse.evidence(
        """
        select
            investment_label, note as driver_name, value as npv_usd, low_value as low_usd,
            high_value as high_usd
        from planning.rpt_investment_returns
        where investment_id = :investment_id and kind = 'tornado'
        order by rank_number
        """,
        investment_id=investment_id,
    )


def improvements(warehouse: Warehouse) -> Evidence:
    """What can be improved, quick wins first, each by what it brings for its cost."""
    return warehouse.evidence(
        """
        select
            investment_label,
            method,
            note,
            value as worth_usd,
            compared_value as cost_usd,
            status
        from planning.rpt_investment_returns
        where kind = 'driver'
        order by method desc, rank_number, investment_id, item
        """
    )


def claims(warehouse: Warehouse) -> Evidence:
    """Figures that were printed of an investment, with what follows from its plan."""
    return warehouse.evidence(
        """
        select investment_label, note, unit, compared_value as claimed, value as computed, status
        from planning.rpt_investment_returns
        where kind = 'claim'
        order by investment_id, status = 'not a figure', method
        """
    )


def years(warehouse: Warehouse) -> Evidence:
    """The plan of each investment by period."""
    return warehouse.evidence(
        """
        select
            investment_label,
            period,
            cost_usd,
            benefit_usd,
            cumulative_cash_flow_usd,
            cumulative_discounted_cash_flow_usd,
            cumulative_return_share
        from planning.fct_investment_flows
        where scenario = 'base'
        order by investment_id, period
        """
    )
