"""What is asked of the marts about investments."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def investments(warehouse: Warehouse) -> Evidence:
    """Each investment by its plan, the highest value first, with its range over random draws."""
    return warehouse.evidence(
        """
        select
            investment_id,
            investment_name,
            owner_role,
            period_unit,
            is_illustrative,
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
            max(value) filter (where kind = 'risk' and method = 'npv_p10') as p10_usd,
            max(value) filter (where kind = 'risk' and method = 'npv_p50') as p50_usd,
            max(value) filter (where kind = 'risk' and method = 'npv_p90') as p90_usd,
            max(value) filter (where kind = 'risk' and method = 'loss_share') as loss_share,
            npv_usd > p90_usd as is_plan_above_draws
        from planning.rpt_investment_returns
        group by investment_id, investment_name, owner_role, period_unit, is_illustrative
        order by npv_usd desc, investment_id
        """
    )


def measured(warehouse: Warehouse) -> Evidence:
    """Investments whose benefit the savings ledger measures, too, with what the first year should bring."""
    return warehouse.evidence(
        """
        select distinct
            returns.investment_name,
            returns.period_unit,
            flows.benefit_usd as planned_usd,
            ledger.subject,
            ledger.net_monthly_savings_usd as measured_monthly_usd,
            case when ledger.is_counted then '' else ', too little to be counted' end as counting
        from planning.rpt_investment_returns as returns
        inner join rates.rpt_savings_opportunities as ledger on returns.measured_action_id = ledger.action_id
        inner join planning.fct_investment_flows as flows
            on returns.investment_id = flows.investment_id and flows.scenario = 'base' and flows.period = 1
        order by returns.investment_name
        """
    )


def doubtful(warehouse: Warehouse) -> Evidence:
    """The investment that is likeliest to lose money, and the driver that can cost it most."""
    return warehouse.evidence(
        """
        select
            investment_id,
            investment_name,
            owner_role,
            max(value) filter (where method = 'npv' and kind = 'measure' and scenario = 'base') as npv_usd,
            max(value) filter (where method = 'loss_share') as loss_share,
            max(value) filter (where method = 'npv_p10') as p10_usd,
            max(value) filter (where method = 'npv_p90') as p90_usd,
            max(note) filter (where kind = 'tornado' and rank_number = 1) as driver_name,
            max(low_value) filter (where kind = 'tornado' and rank_number = 1) as driver_low_usd,
            max(note) filter (where kind = 'driver' and rank_number = 1) as first_step
        from planning.rpt_investment_returns
        group by investment_id, investment_name, owner_role
        order by loss_share desc nulls last, investment_id
        limit 1
        """
    )


def tornado(warehouse: Warehouse, investment_id: str) -> Evidence:
    """What each driver alone makes of the value of one investment, the widest first."""
    return warehouse.evidence(
        """
        select note as driver_name, value as npv_usd, low_value as low_usd, high_value as high_usd
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
            investment_name,
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
            investment_name,
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
        select
            investment_id,
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
