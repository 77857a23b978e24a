"""What is asked of the marts about the twelve months to come."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def scenarios(warehouse: Warehouse) -> Evidence:
    """Each scenario over all months, the forecast itself first."""
    return warehouse.evidence(
        """
        select
            scenario,
            description,
            min(month_start_date) as first_month,
            max(month_start_date) as last_month,
            sum(forecast_usd) as forecast_usd,
            sum(lower_usd) as lower_usd,
            sum(upper_usd) as upper_usd,
            sum(change_usd) as change_usd
        from planning.rpt_forecast_scenarios
        group by scenario, description
        order by scenario <> 'base', forecast_usd, scenario
        """
    )


def months(warehouse: Warehouse) -> Evidence:
    """The forecast of AI for each month, with its range, and the events and decided savings in it."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            actual_usd,
            forecast_usd,
            lower_usd,
            upper_usd,
            event_usd,
            -decided_savings_usd as decided_usd,
            sum(decided_savings_usd) over () as all_decided_usd
        from planning.fct_cost_forecasts_monthly
        where scope = 'component' and scope_id = 'ai'
        order by month_start_date
        """
    )
