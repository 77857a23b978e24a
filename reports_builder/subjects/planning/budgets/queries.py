"""What is asked of the marts about budgets of every scope."""

from datetime import date

from reports_builder.evidence import Evidence
from reports_builder.formatting import Value
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
            forecast_basis,
            lower_usd,
            upper_usd,
            event_usd,
            days_within_range_share,
            sums_within_range_share,
            days_to_breach,
            earliest_days_to_breach,
            latest_days_to_breach,
            budget_status,
            stop_chance_share,
            approver_role,
            decide_by_date,
            overrun_usd,
            is_forecast_over,
            open_savings_usd,
            period_savings_usd,
            forecast_after_savings_usd,
            month_once_saved_usd,
            all_saved_from_date,
            savings_verdict
        from planning.rpt_budgets
        where period_phase <> 'ended'
        order by
            is_forecast_over desc, stop_chance_share desc nulls last, overrun_usd desc nulls last,
            scope, scope_id, period_start_date
        """
    )


def may_stop(warehouse: Warehouse) -> Evidence:
    """Hard stops that may be reached though it is not expected, the likeliest first."""
    return warehouse.evidence(
        """
        select
            scope, scope_name, period, period_start_date, budget_usd, actual_usd, forecast_usd, upper_usd,
            stop_chance_share, decided_with_team_name, decided_by_role, decide_by_date
        from planning.rpt_budgets
        where budget_status = 'may stop'
        order by stop_chance_share desc, scope, scope_id, period_start_date
        """
    )


def of_company(warehouse: Warehouse) -> Evidence:
    """The company's budgets of the month of the as-of date: of all spend, then of AI; no row without any."""
    return warehouse.evidence(
        """
        select scope, period_start_date, period_phase, budget_usd, actual_usd, forecast_usd, budget_status
        from planning.rpt_budgets
        where period = 'month' and period_start_date = :month_start
            and (scope = 'total' or scope = 'component' and scope_id = 'ai')
        order by scope = 'total' desc
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def ahead_counted(warehouse: Warehouse) -> Evidence:
    """How many budgets of periods are not over, and how many of them are heading over."""
    return warehouse.evidence(
        """
        select count(*) as budgets, count(*) filter (where is_forecast_over) as heading_over
        from planning.rpt_budgets
        where period_phase <> 'ended'
        """
    )


def missed(warehouse: Warehouse) -> Evidence:
    """Budgets missed so often in a row that they are wrong themselves, by their latest period."""
    return warehouse.evidence(
        """
        select scope, scope_name, period, period_start_date, missed_in_a_row, budget_usd, actual_usd
        from planning.rpt_budgets
        where is_repeatedly_missed
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
            last_month_usd,
            last_budget_usd,
            proposed_a_month_usd,
            open_savings_usd,
            proposed_after_savings_usd,
            quarter_proposed_usd,
            quarter_event_budget_usd,
            forecast_error_share,
            proposed_by_error_usd,
            growth_share,
            contingency_share,
            basis
        from planning.rpt_budget_proposals
        where period = 'month' and quarter_proposed_usd > 0 and month_start_date = quarter_start_date
        order by scope = 'total' desc, scope, quarter_proposed_usd desc, scope_id
        """
    )


def longer_proposals(warehouse: Warehouse) -> Evidence:
    """Budgets of the next quarter and year, of scopes that have had one of that length."""
    return warehouse.evidence(
        """
        select scope, scope_name, period, period_start_date, last_budget_usd, expected_usd, proposed_usd
        from planning.rpt_budget_proposals
        where period <> 'month' and proposed_usd > 0
        order by period, scope = 'total' desc, scope, proposed_usd desc, scope_id
        """
    )


def renewals_to_come(warehouse: Warehouse, quarter_start: Value) -> Evidence:
    """Commitments that end before a quarter does and are worth renewing: what their end costs is budgeted."""
    if not isinstance(quarter_start, date):
        raise TypeError(f"the first day of a quarter is wanted here, not {quarter_start!r}")
    return warehouse.evidence(
        """
        select
            coalesce(commitment_type, 'commitment') as commitment_type, provider_name, team_id, ends_on,
            decide_by_date, renewed_monthly_savings_usd
        from rates.rpt_commitment_renewals
        where
            advice = 'renew it' and not is_renewed_automatically
            and ends_on <= last_day(:quarter_start + 62)
        order by ends_on, provider_name, commitment_id
        """,
        quarter_start=quarter_start,
    )


def after_price_plan(warehouse: Warehouse) -> Evidence:
    """What AI costs after the savings on calls and the price plan; no row where no plan changes it."""
    return warehouse.evidence(
        """
        select cost_usd, cost_low_usd
        from rates.rpt_decision_waterfall
        where step = 'price' and scope_type = 'company' and change_usd <> 0
        """
    )
