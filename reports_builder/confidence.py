"""How sure the figures are: the footer that every page carries."""

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Confidence, ConfidenceItem
from reports_builder.warehouse import Warehouse


def confidence(warehouse: Warehouse, assumptions: tuple[Prose, ...] = ()) -> Confidence:
    """Coverage, unpriced, unallocated, forecast error and invoice variance of the window."""
    usage = warehouse.evidence(
        """
        select
            count(distinct usage_date) as days_with_usage,
            date_diff('day', :window_start, :as_of) + 1 as days_in_window,
            sum(calls) as calls,
            sum(unpriced_calls) / nullif(sum(calls)::double, 0) as unpriced_share
        from core.fct_usage_daily
        where usage_date between :window_start and :as_of
        """
    )
    records = warehouse.evidence(
        """
        select
            sum(rows_accepted) / nullif(sum(rows_read)::double, 0) as accepted_share,
            sum(rows_rejected) as rejected_rows,
            sum(difference_usd) as reconciliation_difference_usd
        from core.rpt_reconciliation
        """
    )
    unallocated = warehouse.evidence(
        """
        select
            sum(case when customer_id = 'unallocated' then allocated_cost_usd else 0 end)
            / nullif(sum(allocated_cost_usd)::double, 0) as unallocated_share
        from allocation.fct_allocated_costs_daily
        where usage_date between :window_start and :as_of
        """
    )
    items = (
        ConfidenceItem(
            "Days with data",
            say("{days_with_usage:count} of {days_in_window:count}", usage),
            "Measured: days of the period on which at least one call arrived.",
        ),
        ConfidenceItem(
            "Records accepted",
            records.cell("accepted_share", "percent"),
            "Measured over all files: the rest are duplicates or lie in core.rejected_records.",
        ),
        ConfidenceItem(
            "Cost read but not in the marts",
            records.cell("reconciliation_difference_usd", "usd_table"),
            "Measured: what the accepted records cost less what the marts hold.",
        ),
        ConfidenceItem(
            "Calls without a price",
            usage.cell("unpriced_share", "percent"),
            "Measured: models that the price list does not know.",
        ),
        ConfidenceItem(
            "Cost without an owner",
            unallocated.cell("unallocated_share", "percent"),
            "Measured: cost of calls that name no known customer; shown as unallocated.",
        ),
        *_forecast_error(warehouse),
        ConfidenceItem(
            "Difference from provider invoices",
            note("unknown"),
            "No provider invoice has been loaded.",
        ),
    )
    return Confidence(_coverage(usage, records), items, assumptions)


def _coverage(usage: Evidence, records: Evidence) -> Prose:
    return say(
        "Data on {days_with_usage:count} of {days_in_window:count} days; "
        "{accepted_share:percent} of all records were accepted.",
        usage,
        records,
    )


def _forecast_error(warehouse: Warehouse) -> tuple[ConfidenceItem, ...]:
    return ()
