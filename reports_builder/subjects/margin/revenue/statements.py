"""What the report and the dashboard say of recurring revenue, and of what was invoiced and paid."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Section, Table
from reports_builder.subjects.margin.revenue import queries as ask
from reports_builder.warehouse import Warehouse

_MOVEMENTS = (
    Column("month_start_date", "Month", "month"),
    Column("opening_mrr_usd", "At its start", "usd_table"),
    Column("new_mrr_usd", "New", "delta_usd_table"),
    Column("expansion_mrr_usd", "Expansion", "delta_usd_table"),
    Column("contraction_mrr_usd", "Contraction", "delta_usd_table"),
    Column("churned_mrr_usd", "Churned", "delta_usd_table"),
    Column("reactivated_mrr_usd", "Reactivated", "delta_usd_table"),
    Column("mrr_usd", "At its end", "usd_table"),
    Column("nrr_share", "Net retention", "percent_fine"),
    Column("grr_share", "Gross retention", "percent_fine"),
)
_BILLING = (
    Column("month_start_date", "Month", "month"),
    Column("recognised_usd", "Earned", "usd_table"),
    Column("invoiced_usd", "Invoiced", "usd_table"),
    Column("collected_usd", "Collected", "usd_table"),
    Column("receivable_usd", "Receivable at its end", "usd_table"),
)
_DEBTORS = (
    Column("customer_name", "Customer"),
    Column("recognised_usd", "Earned this month", "usd_table"),
    Column("invoiced_usd", "Invoiced this month", "usd_table"),
    Column("collected_usd", "Collected this month", "usd_table"),
    Column("receivable_usd", "Receivable", "usd_table"),
)


def recurring_said(movements: Evidence) -> tuple[Prose, ...]:
    """Monthly recurring revenue, how it moved in the newest month, and how much of it stayed."""
    if not movements.rows or not movements["opening_mrr_usd"]:
        return ()
    return (
        movements.say(
            "Recurring fees are **{mrr_usd:usd}** a month, {mrr_change:delta} in {month_start_date:month}: "
            "new {new_mrr_usd:delta_usd}, larger plans {expansion_mrr_usd:delta_usd}, smaller ones "
            "{contraction_mrr_usd:delta_usd}, departures {churned_mrr_usd:delta_usd}, returns "
            "{reactivated_mrr_usd:delta_usd}. Net retention {nrr_share:percent_fine}, gross "
            "{grr_share:percent_fine}."
        ),
    )


def revenue_sections(warehouse: Warehouse, movements: Evidence) -> tuple[Section, ...]:
    """Recurring revenue by month; and earned, invoiced and collected, where billing is on file."""
    sections = []
    if movements.rows:
        text = note(
            "Monthly fees in force on the last day of a month, and what moved them since the month before: "
            "the movements sum to the change. Retention leaves out new and returning customers."
        )
        sections.append(
            Section("Recurring revenue", text=(text,), tables=(Table(_MOVEMENTS, movements, max_rows=12),))
        )
    months, debtors = ask.billing(warehouse), ask.debtors(warehouse)
    if months.rows:
        text = note(
            "Earned by the days of the month, invoiced and collected by the dates of the documents. "
            "Receivable is what was invoiced and has not been paid."
        )
        open_ones = (Table(_DEBTORS, debtors, note("Who still owes")),) if debtors.rows else ()
        sections.append(
            Section(
                "Earned, invoiced and collected",
                text=(text,),
                tables=(Table(_BILLING, months, max_rows=12), *open_ones),
            )
        )
    return tuple(sections)
