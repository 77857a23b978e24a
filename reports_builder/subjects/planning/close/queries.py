"""What is asked of the marts about a month that is over."""

from datetime import date

from reports_builder.evidence import Evidence
from reports_builder.formatting import Value
from reports_builder.warehouse import Warehouse


def company(warehouse: Warehouse, closed_by: date) -> Evidence:
    """All spend of the last month that was over on a day; no row where none was."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            actual_usd,
            prior_actual_usd,
            prior_variance_usd,
            prior_daily_variance_share,
            prior_severity,
            days_usd,
            budget_usd,
            budget_variance_usd,
            budget_variance_share,
            budget_severity,
            forecast_usd,
            forecast_basis,
            forecast_recorded_at,
            forecast_variance_usd,
            forecast_severity,
            scope,
            scope_id,
            scope_name,
            largest_part,
            largest_part_usd,
            cause_team_name,
            cause_customer_name,
            cause_feature_id,
            cause_model,
            cause_service_name,
            cause_resource_id,
            cause_meter,
            cause_unit,
            cause_usd,
            period,
            owner_name,
            approver_role
        from planning.rpt_month_close
        where period = 'month' and scope = 'total' and last_day(month_start_date) <= :closed_by
        order by month_start_date desc
        limit 1
        """,
        closed_by=closed_by,
    )


def scopes(warehouse: Warehouse, month: Value) -> Evidence:
    """The company, its teams, its components and what else had a budget, each by what it is over."""
    return warehouse.evidence(
        """
        select
            scope,
            scope_id,
            scope_name,
            period,
            period_start_date,
            owner_name,
            budget_usd,
            forecast_usd,
            forecast_basis,
            actual_usd,
            budget_variance_usd,
            budget_variance_share,
            budget_severity,
            forecast_variance_usd,
            prior_variance_usd,
            prior_daily_variance_share,
            largest_part,
            largest_part_usd,
            cause_team_name,
            cause_unit,
            approver_role
        from planning.rpt_month_close
        where
            month_start_date = :month
            and (budget_usd is not null or period = 'month' and scope in ('total', 'component', 'team'))
        order by
            scope = 'total' desc, scope = 'team' desc, scope = 'component' desc, period = 'month' desc,
            budget_variance_usd desc nulls last, actual_usd desc, scope_id
        """,
        month=_day(month),
    )


def parts(warehouse: Warehouse, month: Value) -> Evidence:
    """What the differences of the company are made of, their sums, and the differences themselves."""
    return warehouse.evidence(
        """
        select part, budget_part_usd, forecast_part_usd, prior_part_usd
        from planning.rpt_month_close_parts
        where period = 'month' and scope = 'total' and month_start_date = :month
        order by part_order
        """,
        month=_day(month),
    )


def sums(warehouse: Warehouse, month: Value) -> Evidence:
    """Whether teams, and components, sum to the company, and what the budgets of teams come to."""
    return warehouse.evidence(
        """
        select
            sum(actual_usd) filter (where scope = 'team') as teams_usd,
            sum(actual_usd) filter (where scope = 'component') as components_usd,
            sum(actual_usd) filter (where scope = 'total') as company_usd,
            teams_usd - company_usd as teams_left_usd,
            components_usd - company_usd as components_left_usd,
            sum(budget_usd) filter (where scope = 'team') as team_budgets_usd,
            team_budgets_usd - sum(budget_usd) filter (where scope = 'total') as budgets_apart_usd
        from planning.rpt_month_close
        where period = 'month' and month_start_date = :month
        """,
        month=_day(month),
    )


def furthest_over(warehouse: Warehouse, month: Value) -> Evidence:
    """The budget that is most US dollars over, of whatever scope and period; no row where none is over."""
    return warehouse.evidence(
        """
        select
            scope,
            scope_id,
            scope_name,
            period,
            period_start_date,
            owner_name,
            actual_usd,
            budget_usd,
            budget_variance_usd,
            budget_severity,
            largest_part,
            largest_part_usd,
            cause_team_name,
            cause_unit,
            approver_role
        from planning.rpt_month_close
        where month_start_date = :month and budget_variance_usd > 0
        order by budget_variance_usd desc, scope, scope_id, period
        limit 1
        """,
        month=_day(month),
    )


def advice_on_teams(warehouse: Warehouse, month: Value) -> Evidence:
    """What is advised on teams that are over in the month after."""
    return warehouse.evidence(
        """
        select team_id, advice
        from allocation.rpt_budget_advice
        where month_start_date = last_day(:month) + 1 and is_over
        order by team_id
        """,
        month=_day(month),
    )


def advice_on_others(warehouse: Warehouse, month: Value) -> Evidence:
    """What open savings do about other budgets that are heading over in the month after."""
    return warehouse.evidence(
        """
        select scope, scope_id, advice
        from planning.rpt_budgets
        where period = 'month' and period_start_date = last_day(:month) + 1
            and is_forecast_over and scope <> 'team'
        order by scope, scope_id
        """,
        month=_day(month),
    )


def proposed(warehouse: Warehouse) -> Evidence:
    """Whether less is proposed for the next quarter than the budget of the last month, where anything is."""
    return warehouse.evidence(
        """
        select distinct scope, scope_id, is_below_last_budget
        from planning.rpt_budget_proposals
        where period = 'month'
        order by scope, scope_id
        """
    )


def alerts(warehouse: Warehouse, month: Value) -> Evidence:
    """Alerts on budgets of that month, of each budget and measure the one of the highest limit."""
    return warehouse.evidence(
        """
        select
            scope,
            subject_id,
            subject_name,
            period,
            measure,
            limit_share,
            severity,
            budget_usd,
            alert_date,
            fired_at
        from anomalies.rpt_budget_alerts
        where is_highest_of_month and alert_date between :month and last_day(:month)
        order by limit_share desc, alert_date, scope, subject_id, measure
        """,
        month=_day(month),
    )


def alerts_counted(warehouse: Warehouse, month: Value) -> Evidence:
    """How many budgets reached a limit in that month, are used up, and had an alert fired on them."""
    return warehouse.evidence(
        """
        select
            count(*) filter (where measure = 'budget_used') as reached,
            count(*) filter (where measure = 'budget_used' and limit_share >= 1) as used_up,
            count(fired_at) as fired
        from anomalies.rpt_budget_alerts
        where is_highest_of_month and alert_date between :month and last_day(:month)
        """,
        month=_day(month),
    )


def _day(month: Value) -> date:
    if not isinstance(month, date):
        raise TypeError(f"the first day of a month is wanted here, not {month!r}")
    return month
