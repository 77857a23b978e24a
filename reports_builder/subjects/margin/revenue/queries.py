"""What the pages on recurring revenue ask the marts."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def movements(warehouse: Warehouse) -> Evidence:
    """Recurring revenue of each month and what moved it, the newest first."""
    return warehouse.evidence(
        """
        select *, mrr_usd / nullif(opening_mrr_usd::double, 0) - 1 as mrr_change
        from core.rpt_revenue_movements_monthly
        order by month_start_date desc
        """
    )


def billing(warehouse: Warehouse) -> Evidence:
    """Earned, invoiced and collected by month, the newest first; no row without billing of customers."""
    return warehouse.evidence(
        """
        select month_start_date, recognised_usd, invoiced_usd, collected_usd, receivable_usd
        from margin.rpt_billing_monthly
        where has_billing
        order by month_start_date desc
        """
    )


def not_earned(warehouse: Warehouse) -> Evidence:
    """Customers that were invoiced a dollar or more beyond what the month earned, the largest first."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, recognised_usd, invoiced_usd, collected_usd,
            invoiced_less_recognised_usd
        from margin.rpt_customer_billing_monthly
        where month_start_date = :month_start and invoiced_less_recognised_usd >= 1
        order by invoiced_less_recognised_usd desc, customer_id
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def not_earned_in_all(warehouse: Warehouse) -> Evidence:
    """How many these are, and what they were invoiced beyond what was earned: one row."""
    return warehouse.evidence(
        """
        select count(*) as ahead_customers, sum(invoiced_less_recognised_usd) as ahead_usd
        from margin.rpt_customer_billing_monthly
        where month_start_date = :month_start and invoiced_less_recognised_usd >= 1
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def debtors(warehouse: Warehouse) -> Evidence:
    """Customers that have not paid all that they were invoiced, the largest amount first."""
    return warehouse.evidence(
        """
        select customer_id, customer_name, recognised_usd, invoiced_usd, collected_usd, receivable_usd
        from margin.rpt_customer_billing_monthly
        where month_start_date = :month_start and receivable_usd > 0
        order by receivable_usd desc, customer_id
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )
