"""What the pages on recurring revenue ask the marts."""

from datetime import date

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def movements(warehouse: Warehouse) -> Evidence:
    """Recurring revenue of each month and what moved it, the newest first."""
    return warehouse.evidence(
        """
        select
            *, mrr_change_share as mrr_change,
            -churned_mrr_usd as lost_mrr_usd, -contraction_mrr_usd as smaller_mrr_usd
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
            invoiced_less_recognised_usd, has_left
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
        select
            count(*) as ahead_customers, sum(invoiced_less_recognised_usd) as ahead_usd,
            count(*) filter (where has_left) as left_customers,
            coalesce(sum(invoiced_less_recognised_usd) filter (where has_left), 0) as left_usd,
            coalesce(sum(invoiced_less_recognised_usd) filter (where not has_left), 0) as stay_usd
        from margin.rpt_customer_billing_monthly
        where month_start_date = :month_start and invoiced_less_recognised_usd >= 1
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def left_in_month(warehouse: Warehouse, month_start: date) -> Evidence:
    """The customers that left in a month, the largest fee first."""
    return warehouse.evidence(
        """
        select customer_id, customer_name, subscription_tier, monthly_fee_usd, churned_date
        from core.dim_customers
        where is_known and date_trunc('month', churned_date) = :month_start
        order by monthly_fee_usd desc nulls last, customer_id
        """,
        month_start=month_start,
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
