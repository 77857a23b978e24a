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
