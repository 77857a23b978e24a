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
            all_months_forecast_usd,
            all_months_lower_usd,
            all_months_upper_usd,
            all_months_change_usd,
            all_months_all_spend_forecast_usd,
            all_months_all_spend_lower_usd,
            all_months_all_spend_upper_usd,
            all_months_all_spend_change_usd
        from planning.rpt_forecast_scenarios
        where month_number = 1
        order by scenario <> 'base', all_months_forecast_usd, scenario
        """
    )


def months(warehouse: Warehouse, *, all_spend: bool = False) -> Evidence:
    """The forecast of AI, or of everything, by month, with the events and decided savings in it."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            actual_usd,
            forecast_usd,
            lower_usd,
            upper_usd,
            event_usd,
            -decided_savings_usd as decided_usd
        from planning.fct_cost_forecasts_monthly
        where scope = :scope and scope_id = :scope_id
        order by month_start_date
        """,
        scope="total" if all_spend else "component",
        scope_id="total" if all_spend else "ai",
    )


def decided(warehouse: Warehouse) -> Evidence:
    """What decided savings take off all these months, of all spend and of AI alone."""
    return warehouse.evidence(
        """
        select
            sum(decided_savings_usd) filter (where scope = 'total') as all_decided_savings_usd,
            sum(decided_savings_usd) filter (where scope_id = 'ai') as decided_savings_usd
        from planning.fct_cost_forecasts_monthly
        where scope in ('total', 'component')
        """
    )
