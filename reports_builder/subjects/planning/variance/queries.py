"""What is asked of the marts about months that cost more or less than they were held to."""

from reports_builder.evidence import Evidence
from reports_builder.formatting import Value
from reports_builder.warehouse import Warehouse


def latest_month(warehouse: Warehouse, basis: str = "prior period") -> Evidence:
    """AI in the latest month that can be compared, against the month before or another basis."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            is_running,
            actual_usd,
            compared_usd,
            total_variance_usd,
            total_variance_share,
            daily_variance_share,
            severity
        from planning.rpt_variance_statements_monthly
        where scope = 'component' and scope_id = 'ai' and basis = :basis and is_latest
        """,
        basis=basis,
    )


def parts(warehouse: Warehouse) -> Evidence:
    """What changed the cost of AI in that month against the month before, the largest part first."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            part,
            variance_usd,
            lmdi_usd,
            main_team_name,
            main_customer_name,
            main_feature_id,
            main_model,
            main_variance_usd
        from planning.rpt_cost_variances
        where
            scope = 'component' and scope_id = 'ai' and basis = 'prior period' and variance_usd <> 0
            and is_latest
        order by part_rank
        """
    )


def causes(warehouse: Warehouse, scope: Value = "team", scope_id: Value = None) -> Evidence:
    """The five largest single causes of that month, of one scope or over all teams, beside its days."""
    return warehouse.evidence(
        """
        select
            part,
            main_team_name,
            main_customer_name,
            main_feature_id,
            main_model,
            main_service_name,
            main_resource_id,
            main_meter,
            main_unit,
            main_variance_usd,
            variance_usd
        from planning.rpt_cost_variances
        where
            scope = :scope and basis = 'prior period' and main_variance_usd is not null and is_latest
            and part <> 'days' and scope_id = coalesce(:scope_id, scope_id)
        order by abs(main_variance_usd) desc, scope_id, part
        limit 5
        """,
        scope=scope,
        scope_id=scope_id,
    )


def budgets(warehouse: Warehouse) -> Evidence:
    """Each budget of that month against its cost, worst first, and the part that weighs most."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            scope,
            scope_id,
            scope_name,
            severity,
            actual_usd,
            compared_usd,
            total_variance_usd,
            total_variance_share,
            largest_part,
            largest_part_usd,
            prior_variance_usd,
            is_seriously_over
        from planning.rpt_variance_statements_monthly
        where basis = 'budget' and is_latest
        order by total_variance_share desc nulls last, scope, scope_id
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
            scope_id,
            scope_name,
            compared_usd,
            actual_usd,
            total_variance_usd,
            severity,
            starting_point_usd,
            days_usd,
            volume_usd,
            mix_usd,
            efficiency_usd,
            price_usd,
            new_usd,
            lost_usd,
            other_costs_usd
        from planning.rpt_variance_statements_monthly
        where scope in ('total', 'team') or scope = 'component' and scope_id = 'ai'
        order by month_start_date desc, scope = 'total' desc, scope = 'component' desc, basis, scope_name
        """
    )
