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
            owner_role,
            period_unit,
            max(value) filter (where kind = 'measure' and scenario = 'base' and method = 'npv') as npv_usd,
            max(value) filter (where kind = 'measure' and scenario = 'base' and method = 'roi') as roi,
            max(value) filter (
                where kind = 'measure' and scenario = 'base' and method = 'irr' and status = 'known'
            ) as irr,
            max(status) filter (where kind = 'measure' and scenario = 'base' and method = 'irr')
                as irr_status,
            max(value) filter (where kind = 'measure' and scenario = 'base' and method = 'mirr') as mirr,
            max(value) filter (where kind = 'measure' and scenario = 'base' and method = 'payback_simple')
                as payback_periods,
            max(status) filter (where kind = 'measure' and scenario = 'base' and method = 'payback_simple')
                as payback_status,
            max(value) filter (where kind = 'measure' and scenario = 'conservative' and method = 'npv')
                as conservative_usd,
            max(value) filter (where kind = 'measure' and scenario = 'ai_cost_spike' and method = 'npv')
                as ai_cost_spike_usd,
            max(value) filter (where kind = 'risk' and scenario = 'base' and method = 'npv_p10') as p10_usd,
            max(value) filter (where kind = 'risk' and scenario = 'base' and method = 'npv_p50') as p50_usd,
            max(value) filter (where kind = 'risk' and scenario = 'base' and method = 'npv_p90') as p90_usd,
            max(value) filter (where kind = 'verdict') as loss_share,
            max(compared_value) filter (where kind = 'verdict') as loss_share_after_steps,
            max(status) filter (where kind = 'verdict') as verdict,
            npv_usd > p90_usd as is_plan_above_draws
        from planning.rpt_investment_returns
        group by investment_id, investment_label, owner_role, period_unit
        order by npv_usd desc, investment_id
        """
    )


def scenarios(warehouse: Warehouse) -> Evidence:
    """What each scenario of the table of investments assumes, and of which it assumes it."""
    return warehouse.evidence(
        """
        select
            case scenario when 'conservative' then 'Value if cautious' else 'Value if AI costs jump' end
                as heading,
            note as assumes,
            string_agg(investment_label, ', ' order by investment_id) as investments
        from planning.rpt_investment_returns
        where kind = 'measure' and method = 'npv' and scenario in ('conservative', 'ai_cost_spike')
        group by scenario, note
        order by heading desc, count(*) desc, assumes
        """
    )


def measured(warehouse: Warehouse) -> Evidence:
    """Investments whose benefit the savings ledger measures, too, with what the first year should bring."""
    return warehouse.evidence(
        """
        select distinct
            returns.investment_label,
            returns.period_unit,
            flows.benefit_usd as planned_usd,
            ledger.subject,
            ledger.net_monthly_savings_usd as measured_monthly_usd,
            case when ledger.is_counted then '' else ', too little to be counted' end as counting
        from planning.rpt_investment_returns as returns
        inner join rates.rpt_savings_opportunities as ledger on returns.measured_action_id = ledger.action_id
        inner join planning.fct_investment_flows as flows
            on returns.investment_id = flows.investment_id and flows.scenario = 'base' and flows.period = 1
        order by returns.investment_label
        """
    )


def doubtful(warehouse: Warehouse) -> Evidence:
    """The investment likeliest to lose money, what its value hangs on, and what its steps make of it."""
    return warehouse.evidence(
        """
        with decisive as (
            select investment_id, item, note as driver_name, low_value
            from planning.rpt_investment_returns
            where kind = 'tornado' and rank_number = 1
        )
        select
            figures.investment_id,
            figures.investment_label,
            figures.owner_role,
            max(value) filter (where kind = 'measure' and scenario = 'base' and method = 'npv') as npv_usd,
            max(value) filter (where kind = 'verdict') as loss_share,
            max(compared_value) filter (where kind = 'verdict') as loss_share_after_steps,
            max(status) filter (where kind = 'verdict') as verdict,
            max(value) filter (where scenario = 'base' and method = 'npv_p10') as p10_usd,
            max(value) filter (where scenario = 'base' and method = 'npv_p90') as p90_usd,
            max(value) filter (where scenario = 'after_steps' and method = 'npv_p10') as p10_after_steps_usd,
            max(value) filter (where scenario = 'after_steps' and method = 'npv_p90') as p90_after_steps_usd,
            sum(compared_value) filter (where kind = 'driver' and status <> 'costs more than it brings')
                as steps_usd,
            max(decisive.driver_name) as driver_name,
            max(decisive.low_value) as driver_low_usd,
            max(value) filter (where kind = 'break_even' and scenario = 'base' and is_decisive)
                as needed_share,
            max(value) filter (where kind = 'break_even' and scenario = 'after_steps' and is_decisive)
                as needed_share_after_steps,
            max(status) filter (where kind = 'break_even' and is_decisive) as bound,
            max(note) filter (where kind = 'driver' and is_decisive) as first_step
        from (
            select returns.*, returns.item = decisive.item as is_decisive
            from planning.rpt_investment_returns as returns
            left join decisive on returns.investment_id = decisive.investment_id
        ) as figures
        left join decisive on figures.investment_id = decisive.investment_id
        group by figures.investment_id, figures.investment_label, figures.owner_role
        order by loss_share desc nulls last, figures.investment_id
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
        select
            investment_label,
            note,
            unit,
            compared_value as claimed,
            value as computed,
            status,
            count(*) over () as claims,
            count(*) filter (where status = 'follows') over () as followed
        from planning.rpt_investment_returns
        where kind = 'claim'
        order by investment_id, status = 'not a figure', method
        """
    )


def years(warehouse: Warehouse) -> Evidence:
    """The plan of each investment by period."""
    return warehouse.evidence(
        """
        with labels as (
            select distinct investment_id, investment_label
            from planning.rpt_investment_returns
        )
        select
            labels.investment_label,
            flows.period,
            flows.cost_usd,
            flows.benefit_usd,
            flows.cumulative_cash_flow_usd,
            flows.cumulative_discounted_cash_flow_usd,
            flows.cumulative_return_share
        from planning.fct_investment_flows as flows
        inner join labels on flows.investment_id = labels.investment_id
        where flows.scenario = 'base'
        order by flows.investment_id, flows.period
        """
    )
