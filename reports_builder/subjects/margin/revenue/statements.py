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
_AHEAD = (
    Column("customer_name", "Customer"),
    Column("invoiced_usd", "Invoiced this month", "usd_table"),
    Column("recognised_usd", "Earned this month", "usd_table"),
    Column("invoiced_less_recognised_usd", "Invoiced and not earned", "usd_table"),
    Column("collected_usd", "Collected this month", "usd_table"),
    Column("has_left", "Has left", "yes_no"),
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
        ahead = ask.not_earned(warehouse)
        sections.append(
            Section(
                "Earned, invoiced and collected",
                text=(text, *_not_earned_said(ahead, ask.not_earned_in_all(warehouse)), *_age_said(debtors)),
                tables=(
                    Table(_BILLING, months, max_rows=12),
                    *((Table(_AHEAD, ahead, note("Invoiced and not earned"), 20),) if ahead.rows else ()),
                    *((Table(_DEBTORS, debtors, note("Who still owes")),) if debtors.rows else ()),
                ),
            )
        )
    return tuple(sections)


def _not_earned_said(ahead: Evidence, total: Evidence) -> tuple[Prose, ...]:
    if not ahead.rows:
        return ()
    who = "One customer was" if total["ahead_customers"] == 1 else "{ahead_customers:count} customers were"
    return (
        total.say(
            f"{who} invoiced more in the newest month than they earned us, **{{ahead_usd:usd}}** together, "
        )
        + ahead.say("{customer_name:text} most. ")
        + _what_becomes_of_it(total)
        + note(" Neither is booked here."),
    )


def _what_becomes_of_it(total: Evidence) -> Prose:
    """What is earned later is deferred; of who has left nothing more is earned."""
    if not total["left_customers"]:
        return note("They stay, so it is earned later: defer it.")
    if total["left_customers"] == total["ahead_customers"]:
        return total.say(
            "All of them have left, so it is never earned: refund the {left_usd:usd_table}, or keep it as "
            "agreed."
        )
    return total.say(
        "Of {left_customers:count} that have left it is never earned: refund the {left_usd:usd_table}, or "
        "keep it as agreed. The others stay and earn it later: defer {stay_usd:usd_table}."
    )


def _age_said(debtors: Evidence) -> tuple[Prose, ...]:
    if not debtors.rows:
        return ()
    return (
        note(
            "How old a receivable is, and whether it is overdue, is unknown: the documents state no due date."
        ),
    )
