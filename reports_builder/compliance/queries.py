"""What is asked of the marts about the books of a month."""

from datetime import date

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def completeness(warehouse: Warehouse, month: date) -> Evidence:
    """What became of every record and every cent, by source."""
    return warehouse.evidence(
        """
        select
            source, days_with_records, days_in_month, rows_read, rows_accepted, rows_rejected, rows_duplicate,
            billed_cost_read_usd, billed_cost_in_marts_usd, billed_cost_rejected_usd,
            billed_cost_duplicate_usd, difference_usd, is_complete
        from core.rpt_completeness_monthly
        where month_start_date = :month
        order by source
        """,
        month=month,
    )


def incomplete(warehouse: Warehouse, month: date) -> Evidence:
    """How many sources there are, and how many of them lack a record or a cent."""
    return warehouse.evidence(
        """
        select
            count(*) as sources,
            count(*) filter (where not is_complete) as incomplete_sources,
            sum(rows_read) as rows_read,
            sum(rows_rejected) as rows_rejected,
            sum(rows_duplicate) as rows_duplicate
        from core.rpt_completeness_monthly
        where month_start_date = :month
        """,
        month=month,
    )


def invoices(warehouse: Warehouse, month: date) -> Evidence:
    """What providers invoiced beside what the ledger has, and why it differs."""
    return warehouse.evidence(
        """
        select
            provider_name, invoiced_usd, ledger_usd, difference_usd, credits_and_taxes_usd,
            unbilled_usage_usd,
            rejected_records_usd, duplicate_records_usd, calls_not_recorded_usd, unexplained_usd
        from core.rpt_invoice_variance
        where billing_month_start_date = :month and invoices > 0
        order by provider_name
        """,
        month=month,
    )


def company(warehouse: Warehouse, month: date) -> Evidence:
    """All spend of the month, and how much of the month there is data for."""
    return warehouse.evidence(
        """
        select actual_usd, budget_usd, covered_days, days_in_month
        from planning.rpt_month_close
        where month_start_date = :month and period = 'month' and scope = 'total'
        """,
        month=month,
    )


def charged(warehouse: Warehouse, month: date) -> Evidence:
    """What each team was charged or shown, and where the rest stands."""
    return warehouse.evidence(
        """
        select
            team_name, cost_centre, charging_method, direct_cost_usd, shared_cost_usd,
            allocated_cost_usd, charged_cost_usd
        from allocation.rpt_chargebacks_monthly
        where month_start_date = :month
        order by team_name, cost_centre
        """,
        month=month,
    )


def charged_in_all(warehouse: Warehouse, month: date) -> Evidence:
    """The sums of that table."""
    return warehouse.evidence(
        """
        select sum(allocated_cost_usd) as allocated_cost_usd, sum(charged_cost_usd) as charged_cost_usd
        from allocation.rpt_chargebacks_monthly
        where month_start_date = :month
        """,
        month=month,
    )


def kept_months(warehouse: Warehouse) -> Evidence:
    """How long each class of data is kept whole, and why."""
    return warehouse.evidence(
        "select data_class, months, reason from seeds.retention_policies order by data_class"
    )


def unowned(warehouse: Warehouse, month: date) -> Evidence:
    """Cost without a team, by cause."""
    return warehouse.evidence(
        """
        select cause, cost_usd, unowned_share, next_step
        from allocation.rpt_unowned_costs_monthly
        where month_start_date = :month
        order by cost_usd desc, cause
        """,
        month=month,
    )
