"""What is asked of the marts about budgets of every scope."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def ahead(warehouse: Warehouse) -> Evidence:
    """Budgets of periods that are not over, those heading over first, the largest excess first."""
    return warehouse.evidence(
        """
        select
            scope,
            scope_name,
            period,
            period_start_date,
            budget_usd,
            gate,
            stated_by,
            actual_usd,
            burn_share,
            forecast_usd,
            lower_usd,
            upper_usd,
            days_to_breach,
            budget_status,
            approver_role,
            cast(:as_of + 14 as date) as decide_by_date,
            forecast_usd - budget_usd as overrun_usd,
            is_forecast_over,
            count(*) over () as budgets,
            count(*) filter (where is_forecast_over) over () as heading_over
        from planning.rpt_budgets
        where period_phase <> 'ended'
        order by
            is_forecast_over desc, forecast_usd - budget_usd desc nulls last,
            scope, scope_id, period_start_date
        """
    )


def missed(warehouse: Warehouse) -> Evidence:
    """Budgets missed so often in a row that they are wrong themselves, by their latest period."""
    return warehouse.evidence(
        """
        select scope, scope_name, period, period_start_date, missed_in_a_row, budget_usd, actual_usd
        from planning.rpt_budgets
        inner join seeds.assumptions as limits on limits.name = 'budget_wrong_months_from'
        where missed_in_a_row >= limits.value
        qualify row_number() over (partition by scope, scope_id, period order by period_start_date desc) = 1
        order by missed_in_a_row desc, scope, scope_name
        """
    )


def proposals(warehouse: Warehouse) -> Evidence:
    """Budgets of the next whole quarter by the forecast: of the company, then each kind by amount."""
    return warehouse.evidence(
        """
        select
            scope,
            scope_id,
            scope_name,
            quarter_start_date,
            max(last_month_usd) as last_month_usd,
            max(last_budget_usd) as last_budget_usd,
            sum(expected_usd) as expected_usd,
            max(quarter_proposed_usd) as proposed_usd,
            max(growth_share) as growth_share,
            max(contingency_share) as contingency_share,
            max(basis) as basis
        from planning.rpt_budget_proposals
        where quarter_proposed_usd > 0
        group by scope, scope_id, scope_name, quarter_start_date
        order by scope = 'total' desc, scope, proposed_usd desc, scope_id
        """
    )
