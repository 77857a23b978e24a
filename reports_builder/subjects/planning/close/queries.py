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
            cause_customer_id,
            cause_feature_id,
            cause_model,
            cause_usd
        from planning.rpt_month_close
        where scope = 'total' and last_day(month_start_date) <= :closed_by
        order by month_start_date desc
        limit 1
        """,
        closed_by=closed_by,
    )


def scopes(warehouse: Warehouse, month: Value) -> Evidence:
    """The company, its teams and its components in that month, each kind by what it is over its budget."""
    return warehouse.evidence(
        """
        select
            scope,
            scope_id,
            scope_name,
            budget_usd,
            forecast_usd,
            forecast_basis,
            actual_usd,
            budget_variance_usd,
            budget_variance_share,
            budget_severity,
            forecast_variance_usd,
            largest_part,
            largest_part_usd,
            cause_team_name,
            approver_role
        from planning.rpt_month_close
        where month_start_date = :month
        order by
            scope = 'total' desc, scope = 'team' desc,
            budget_variance_usd desc nulls last, actual_usd desc, scope_id
        """,
        month=_day(month),
    )


def parts(warehouse: Warehouse, month: Value) -> Evidence:
    """What both differences of the company are made of, their sums, and the differences themselves."""
    return warehouse.evidence(
        """
        with company as (
            select
                *,
                case when budget_usd is not null then 1 end as has_budget,
                case when forecast_usd is not null then 1 end as has_forecast
            from planning.rpt_month_close
            where scope = 'total' and month_start_date = :month and other_costs_usd is not null
        ),
        parts as (
            select
                has_budget,
                has_forecast,
                budget_variance_usd,
                forecast_variance_usd,
                unnest([
                    {
                        place: 1, part: 'starting point',
                        of_budget: budget_starting_point_usd, of_forecast: forecast_starting_point_usd
                    },
                    {place: 2, part: 'volume', of_budget: volume_usd, of_forecast: volume_usd},
                    {place: 3, part: 'mix', of_budget: mix_usd, of_forecast: mix_usd},
                    {place: 4, part: 'efficiency', of_budget: efficiency_usd, of_forecast: efficiency_usd},
                    {place: 5, part: 'price', of_budget: price_usd, of_forecast: price_usd},
                    {place: 6, part: 'new', of_budget: new_usd, of_forecast: new_usd},
                    {place: 7, part: 'lost', of_budget: lost_usd, of_forecast: lost_usd},
                    {place: 8, part: 'other costs', of_budget: other_costs_usd, of_forecast: other_costs_usd}
                ], recursive := true)
            from company
        ),
        rows as (
            select
                place,
                part,
                of_budget * has_budget as budget_part_usd,
                of_forecast * has_forecast as forecast_part_usd
            from parts
            union all
            select 9, 'sum of the parts', sum(of_budget * has_budget), sum(of_forecast * has_forecast)
            from parts having count(*) > 0
            union all
            select 10, 'cost less plan', max(budget_variance_usd), max(forecast_variance_usd)
            from parts having count(*) > 0
        )
        select part, budget_part_usd, forecast_part_usd from rows order by place
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
        where month_start_date = :month
        """,
        month=_day(month),
    )


def furthest_over(warehouse: Warehouse, month: Value) -> Evidence:
    """The team that is most US dollars over its budget; no row where none is over."""
    return warehouse.evidence(
        """
        select
            scope,
            scope_id,
            scope_name,
            actual_usd,
            budget_usd,
            budget_variance_usd,
            budget_severity,
            largest_part,
            largest_part_usd,
            cause_team_name,
            approver_role
        from planning.rpt_month_close
        where scope = 'team' and month_start_date = :month and budget_variance_usd > 0
        order by budget_variance_usd desc, scope_id
        limit 1
        """,
        month=_day(month),
    )


def alerts(warehouse: Warehouse, month: Value) -> Evidence:
    """Alerts on budgets of that month, of each budget and measure the one of the highest limit."""
    return warehouse.evidence(
        """
        with highest as (
            select *
            from anomalies.rpt_budget_alerts
            where alert_date between :month and last_day(:month)
            qualify row_number() over (
                partition by scope, subject_id, period_start_date, measure order by limit_share desc, rule_id
            ) = 1
        )
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
            fired_at,
            count(*) filter (where measure = 'budget_used') over () as reached,
            count(*) filter (where measure = 'budget_used' and limit_share >= 1) over () as used_up,
            count(fired_at) over () as fired
        from highest
        order by limit_share desc, alert_date, scope, subject_id, measure
        """,
        month=_day(month),
    )


def _day(month: Value) -> date:
    if not isinstance(month, date):
        raise TypeError(f"the first day of a month is wanted here, not {month!r}")
    return month
