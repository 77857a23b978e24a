"""How sure the figures are: the footer that every page carries."""

from reports_builder.evidence import Evidence, Prose, say
from reports_builder.model import Confidence, ConfidenceItem
from reports_builder.warehouse import Warehouse


def confidence(warehouse: Warehouse, assumptions: tuple[Prose, ...] = ()) -> Confidence:
    """Coverage, unpriced, unallocated, forecast error and invoice variance of the window.

    ``assumptions`` are the page's own; they stand below the measures, so that nobody takes one
    for the other.
    """
    days = _days(warehouse)
    quality = _quality(warehouse)
    forecast = _forecast(warehouse)
    items = (
        ConfidenceItem(
            "Days with data",
            days.say("{days_with_usage:count} of {days_in_window:count}"),
            "Measured: days of the period on which at least one call arrived.",
        ),
        ConfidenceItem(
            "Records refused",
            quality.cell("rejected_share", "percent"),
            "Measured: they are listed with the reason in core.rejected_records.",
        ),
        ConfidenceItem(
            "Cost lost between files and marts",
            quality.cell("lost_usd", "usd_table"),
            "Measured: cost read that is neither in the marts, nor refused, nor a duplicate.",
        ),
        ConfidenceItem(
            "Calls without a list price",
            quality.cell("unpriced_call_share", "percent"),
            "Measured: models that the price list does not know.",
        ),
        ConfidenceItem(
            "Calls without any cost",
            quality.cell("uncosted_call_share", "percent"),
            "Measured: neither a charge nor a list price; their cost is in no figure.",
        ),
        ConfidenceItem(
            "Cost without a customer",
            quality.cell("unallocated_cost_share", "percent"),
            "Measured: in the totals, shown as unallocated, in no customer's margin.",
        ),
        ConfidenceItem(
            "Error of the forecast",
            forecast.cell("wape", "percent"),
            "Measured: what past forecasts missed per day, over what came (WAPE).",
        ),
        ConfidenceItem(
            "Difference from provider invoices",
            quality.cell("invoice_variance_share", "percent"),
            "Measured: over all months that were invoiced, in core.rpt_invoice_variance by cause; unknown "
            "where the warehouse holds no invoice.",
        ),
    )
    coverage = say(
        "Data on {days_with_usage:count} of {days_in_window:count} days; "
        "{allocated_cost_share:percent} of the cost has a known customer.",
        days,
        quality,
    )
    return Confidence(coverage, items, assumptions)


def _days(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(distinct usage_date) as days_with_usage,
            date_diff('day', :window_start, :as_of) + 1 as days_in_window
        from core.fct_usage_daily
        where usage_date between :window_start and :as_of
        """
    )


def _quality(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            max(affected_call_share) filter (where check_name = 'record_rejected') as rejected_share,
            max(affected_cost_usd) filter (where check_name = 'reconciliation_difference') as lost_usd,
            max(affected_call_share) filter (where check_name = 'unpriced') as unpriced_call_share,
            max(affected_call_share) filter (where check_name = 'cost_unknown') as uncosted_call_share,
            max(affected_share) filter (where check_name = 'unallocated') as unallocated_cost_share,
            1 - unallocated_cost_share as allocated_cost_share,
            max(affected_share) filter (where check_name = 'invoice_variance') as invoice_variance_share
        from core.rpt_data_quality
        """
    )


def _forecast(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select wape, skill_share
        from planning.rpt_forecast_accuracy
        where scope = 'total' and horizon = 'all days' and is_used
        """
    )
