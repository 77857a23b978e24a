"""How sure the figures are: the footer that every page carries."""

from reports_builder.evidence import Evidence, Prose, join, note, say
from reports_builder.model import Confidence, ConfidenceItem
from reports_builder.warehouse import Warehouse

_NAMED_MODELS = 3
_NAMED_BILLS = 3
_REJECTED = {
    "billing": "Rejected lines of the billing of customers: {rows_rejected:count} ({reasons:text}); they are "
    "neither invoiced nor collected",
    "customers": "Rejected rows of the customer list: {rows_rejected:count} ({reasons:text}); their fees are "
    "in no figure",
    "invoices": "Rejected lines of invoices: {rows_rejected:count} ({reasons:text}); nothing is held against "
    "them",
}
"""What rejected rows mean for the figures, by their source."""


def confidence(warehouse: Warehouse, assumptions: tuple[Prose, ...] = ()) -> Confidence:
    """Coverage, unpriced, unallocated, forecast error and invoice variance of the window.

    ``assumptions`` are the page's own; they stand below the measures, so that nobody takes one
    for the other.
    """
    days = _days(warehouse)
    quality, owned = _quality(warehouse), _owned(warehouse)
    records = _records(warehouse)
    forecast = _forecast(warehouse)
    invoices = _invoices(warehouse)
    items = (
        ConfidenceItem(
            "Days with calls",
            days.say("{days_with_usage:count} of {days_in_window:count}"),
            "Measured: days of the period on which at least one call arrived.",
        ),
        *_bills_reach(warehouse),
        ConfidenceItem(
            "Records read",
            records.say(
                "{rows_read:count}: {rows_accepted:count} counted, {rows_rejected:count} refused, "
                "{rows_duplicate:count} repeated"
            )
            if records.rows
            else note("none"),
            "Measured: each record of the period is in one of the three; the refused ones are kept with "
            "their reason.",
        ),
        ConfidenceItem(
            "Cost lost on the way from the files to these figures",
            records.cell("lost_usd", "usd_table") if records.rows else note("unknown"),
            "Measured: cost read that is neither counted, nor refused, nor repeated. Anything but zero is "
            "an error.",
        ),
        ConfidenceItem(
            "Cost of calls without a list price",
            quality.say("{unpriced_cost_share:percent}, {unpriced_call_share:percent} of calls"),
            "Measured: charged for calls whose list cost is unknown; none is moved to a model without price.",
        ),
        ConfidenceItem(
            "Calls without any cost",
            quality.cell("uncosted_call_share", "percent"),
            "Measured: neither a charge nor a list price; their cost is in no figure.",
        ),
        ConfidenceItem(
            "Cost without a customer",
            owned.cell("unallocated_cost_share", "percent"),
            "Measured: of AI, shared pools and what names a product; in the totals, in no customer's margin.",
        ),
        ConfidenceItem(
            "Error of the 30-day forecast",
            forecast.cell("wape", "percent"),
            "Measured: by how much past forecasts missed the sum of their 30 days, as a share of it.",
        ),
        ConfidenceItem(
            "Difference from provider invoices",
            _difference(invoices),
            "Measured: over all months that were invoiced, whichever way they differ."
            if invoices.rows
            else "Not measured: no provider's invoice is on file to hold the cost against.",
        ),
        *_bills(warehouse),
    )
    coverage = say(
        "Calls on {days_with_usage:count} of {days_in_window:count} days; "
        "{allocated_cost_share:percent} of the cost of serving customers (AI, shared pools and what names a "
        "customer or a product) has a known customer.",
        days,
        owned,
    )
    coverage += _unpriced(warehouse)
    coverage += _left_out(warehouse)
    coverage += _late_sources(warehouse)
    if not invoices.rows:
        coverage += note(" Not reconciled with any invoice of a provider.")
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


def _bills_reach(warehouse: Warehouse) -> tuple[ConfidenceItem, ...]:
    """Until which day the bills of each source say what was spent; nothing without bills."""
    sources = warehouse.evidence(
        """
        select source, last_date
        from core.rpt_source_freshness
        where is_of_bills
        order by last_date, source
        """
    )
    if not sources.rows:
        return ()
    return (
        ConfidenceItem(
            "Bills reach until",
            join([source.say("{source:text} {last_date:day_short}") for source in sources.each()], "; "),
            "Measured: the newest day that a line of each source charges for. What is beside calls comes "
            "from bills alone.",
        ),
    )


def _quality(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            max(affected_share) filter (where check_name = 'unpriced') as unpriced_cost_share,
            max(affected_call_share) filter (where check_name = 'unpriced') as unpriced_call_share,
            max(affected_call_share) filter (where check_name = 'cost_unknown') as uncosted_call_share
        from core.rpt_data_quality
        """
    )


def _owned(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            customer_coverage_share as allocated_cost_share,
            unallocated_cost_share
        from allocation.rpt_cost_allocation
        where rollup_level = 'total'
        """
    )


def _unpriced(warehouse: Warehouse) -> Prose:
    """What lacks a list price; a model whose calls all lack token counts needs no price."""
    models = warehouse.evidence(
        """
        select
            count(*) filter (where is_price_missing) as unpriced_models,
            sum(unpriced_calls) as unpriced_calls,
            sum(unpriced_uncosted_calls) as uncosted_calls,
            nullif(sum(unpriced_billed_cost_usd), 0) as unpriced_usd
        from efficiency.rpt_model_usage
        where unpriced_calls > 0
        having count(*) > 0
        """
    )
    if not models.rows:
        return note("")
    said = models.say(
        " The list cost of {unpriced_calls:count} calls is unknown"
        + (", which were charged {unpriced_usd:usd_table}" if models["unpriced_usd"] is not None else "")
        + (
            "; for {uncosted_calls:count} of them no charge is known either"
            if models["uncosted_calls"]
            else ""
        )
    )
    dearest = warehouse.evidence(
        """
        select model
        from efficiency.rpt_model_usage
        where is_price_missing
        order by unpriced_billed_cost_usd desc nulls last, model, provider
        limit :named
        """,
        named=_NAMED_MODELS,
    )
    if not dearest.rows:
        return said + note(".")
    has_more = int(str(models["unpriced_models"])) > _NAMED_MODELS
    return (
        said
        + models.say(" (models: {unpriced_models:count}, the dearest " if has_more else " (models: ")
        + join([model.cell("model", "text") for model in dearest.each()], ", ")
        + note("). Where a price is missing, add it to the seed model_prices; 0 says that the model is free.")
    )


def _left_out(warehouse: Warehouse) -> Prose:
    """Which rows of customers and invoices do not count, and what is not read; nothing where all is."""
    said = note("")
    for source, words in _REJECTED.items():
        rejected = warehouse.evidence(
            """
            select count(*) as rows_rejected, string_agg(distinct reason, ', ' order by reason) as reasons
            from core.rejected_records
            where source = :source
            having count(*) > 0
            """,
            source=source,
        )
        if rejected.rows:
            said += rejected.say(f" {words}, and core.rejected_records has the rows.")
    left = warehouse.evidence(
        """
        select check_name, details
        from core.rpt_data_quality
        where check_name in ('column_not_read', 'customer_lost', 'files_of_no_source') and affected_calls > 0
        order by check_name
        """
    )
    for check in left.each():
        said += check.say(" {details:text}")
    return said


def _late_sources(warehouse: Warehouse) -> Prose:
    """The sources whose data ends before the window does, or after it; nothing where all end with it."""
    sources = warehouse.evidence(
        """
        select source, last_date, days_behind, is_ahead
        from core.rpt_source_freshness
        where is_stale or is_ahead
        order by is_ahead, last_date, source
        """
    )
    said = note("")
    for source in sources.each():
        said += source.say(
            " Source {source:text} is ahead: it has records up to {last_date:day}."
            if source["is_ahead"]
            else " Source {source:text} is {days_behind:count} days behind: its data ends on {last_date:day}."
        )
    return said


def _records(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            sum(rows_read) as rows_read,
            sum(rows_accepted) as rows_accepted,
            sum(rows_rejected) as rows_rejected,
            sum(rows_duplicate) as rows_duplicate,
            sum(abs(difference_usd)) as lost_usd
        from core.rpt_reconciliation
        where usage_date between :window_start and :as_of
        having count(*) > 0
        """
    )


def _invoices(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            sum(invoices) as invoices,
            sum(abs(difference_usd)) as variance_usd,
            sum(abs(difference_usd)) / nullif(sum(invoiced_usd)::double, 0) as variance_share
        from core.rpt_invoice_variance
        where invoiced_usd is not null
        having count(*) > 0
        """
    )


def _difference(invoices: Evidence) -> Prose:
    if not invoices.rows:
        return note("no invoices loaded")
    return invoices.say("{variance_share:percent} ({variance_usd:usd_table}) over {invoices:count} invoices")


def _bills(warehouse: Warehouse) -> tuple[ConfidenceItem, ...]:
    """What a bill and the calls say of the same spend; the largest differences first, none without both."""
    bills = warehouse.evidence(
        """
        select
            provider_name, billing_month_start_date,
            usage_cost_usd, bill_cost_usd, bill_difference_usd,
            counts
        from core.rpt_invoice_variance
        where counts is not null
        order by
            abs(bill_difference_usd) desc nulls first, billing_month_start_date desc, provider_name
        """
    )
    if not bills.rows:
        return ()
    said = [
        bill.say(
            "{provider_name:text}, {billing_month_start_date:month}: "
            "{usage_cost_usd:usd_table} by the calls, {bill_cost_usd:usd_table} on the bill, "
            + (
                "difference unknown; "
                if bill["bill_difference_usd"] is None
                else "{bill_difference_usd:delta_usd_table}; "
            )
            + ("the bill counts" if bill["counts"] == "bill" else "the calls count")
        )
        for bill in list(bills.each())[:_NAMED_BILLS]
    ]
    if len(bills.rows) > len(said):
        said.append(note("more in core.rpt_invoice_variance"))
    return (
        ConfidenceItem(
            "Bills of what the calls show, too",
            join(said, ". "),
            "Measured: effective cost of the calls and billed lines of the same provider, service and "
            "month. One of both is in the totals (seed ledger_precedence), never both.",
        ),
    )


def _forecast(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select wape, skill_share
        from planning.rpt_forecast_accuracy
        where scope = 'component' and scope_id = 'ai' and horizon = '30-day total' and is_used
        """
    )
