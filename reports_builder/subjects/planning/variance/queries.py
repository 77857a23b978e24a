"""What is asked of the marts about months that cost more or less than they were held to."""

from reports_builder.evidence import Evidence
from reports_builder.formatting import Value
from reports_builder.warehouse import Warehouse


def latest_month(warehouse: Warehouse) -> Evidence:
    """The latest month that can be compared, in total: against the month before and against its forecast."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            last_day(month_start_date) > :as_of as is_running,
            max(actual_usd) as actual_usd,
            max(compared_usd) filter (where basis = 'prior period') as prior_usd,
            max(total_variance_usd) filter (where basis = 'prior period') as prior_variance_usd,
            max(total_variance_share) filter (where basis = 'prior period') as prior_variance_share,
            max(severity) filter (where basis = 'prior period') as prior_severity,
            max(compared_usd) filter (where basis = 'forecast') as forecast_usd,
            max(total_variance_usd) filter (where basis = 'forecast') as forecast_variance_usd,
            max(total_variance_share) filter (where basis = 'forecast') as forecast_variance_share,
            max(severity) filter (where basis = 'forecast') as forecast_severity
        from planning.rpt_cost_variances
        where scope = 'total'
        group by month_start_date
        order by month_start_date desc
        limit 1
        """
    )


def parts(warehouse: Warehouse) -> Evidence:
    """What changed the total of that month against the month before, the largest part first."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            part,
            variance_usd,
            lmdi_usd,
            main_team_name,
            main_customer_id,
            main_feature_id,
            main_model,
            main_variance_usd
        from planning.rpt_cost_variances
        where
            scope = 'total' and basis = 'prior period' and variance_usd <> 0
            and month_start_date = (select max(month_start_date) from planning.rpt_cost_variances)
        order by part_rank
        """
    )


def causes(warehouse: Warehouse, team_id: Value = None) -> Evidence:
    """The five largest single causes of that month, of one team or over all, with who answers for them."""
    return warehouse.evidence(
        """
        select
            part,
            scope_name,
            main_customer_id,
            main_feature_id,
            main_model,
            main_variance_usd,
            variance_usd
        from planning.rpt_cost_variances
        where
            scope = 'team' and basis = 'prior period' and main_variance_usd is not null
            and month_start_date = (select max(month_start_date) from planning.rpt_cost_variances)
            and scope_id = coalesce(:team_id, scope_id)
        order by abs(main_variance_usd) desc, scope_id, part
        limit 5
        """,
        team_id=team_id,
    )


def teams(warehouse: Warehouse) -> Evidence:
    """Each team of that month against its budget, worst first, and the part that weighs most."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            scope_id,
            scope_name,
            severity,
            actual_usd,
            compared_usd,
            total_variance_usd,
            total_variance_share,
            part,
            variance_usd,
            (
                select max(before.total_variance_usd)
                from planning.rpt_cost_variances as before
                where
                    before.basis = 'prior period' and before.scope = 'team'
                    and before.scope_id = variances.scope_id
                    and before.month_start_date = variances.month_start_date
            ) as change_usd,
            total_variance_usd > 0 and severity in ('major', 'critical') as is_serious
        from planning.rpt_cost_variances as variances
        where
            scope = 'team' and basis = 'budget' and part_rank = 1
            and month_start_date = (select max(month_start_date) from planning.rpt_cost_variances)
        order by total_variance_share desc nulls last, scope_id
        """
    )


def closed_months(warehouse: Warehouse) -> Evidence:
    """Every comparison of every month: what it was held to, what it cost, and the sum of each part."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            basis,
            scope,
            scope_name,
            max(compared_usd) as compared_usd,
            max(actual_usd) as actual_usd,
            max(total_variance_usd) as total_variance_usd,
            max(severity) as severity,
            sum(variance_usd) filter (where part = 'starting point') as starting_point_usd,
            sum(variance_usd) filter (where part = 'volume') as volume_usd,
            sum(variance_usd) filter (where part = 'mix') as mix_usd,
            sum(variance_usd) filter (where part = 'efficiency') as efficiency_usd,
            sum(variance_usd) filter (where part = 'price') as price_usd,
            sum(variance_usd) filter (where part = 'new') as new_usd,
            sum(variance_usd) filter (where part = 'lost') as lost_usd,
            sum(variance_usd) filter (where part = 'other costs') as other_costs_usd
        from planning.rpt_cost_variances
        where scope in ('total', 'team')
        group by month_start_date, basis, scope, scope_id, scope_name
        order by month_start_date desc, scope = 'total' desc, basis, scope_name
        """
    )
