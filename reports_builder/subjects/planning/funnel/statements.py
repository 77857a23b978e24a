"""What the reports say of customers who began without a fee."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, KeyFigure, Section, Table
from reports_builder.subjects.planning.funnel import queries as ask
from reports_builder.warehouse import Warehouse


def funnel_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """From sign-up to paying, by segment and cohort; nothing where no customer has a plan without a fee."""
    funnel = ask.funnel(warehouse)
    if not funnel.rows:
        return ()
    return (
        Section(
            "From a free plan to a paying one",
            text=(_how_many_pay(funnel), *_what_is_unknown(funnel)),
            tables=(
                Table(
                    (
                        Column("segment", "Segment"),
                        Column("cohort", "Signed up in"),
                        Column("signed_up", "Signed up", "count"),
                        Column("active", "Active", "count"),
                        Column("reached_allowance", "Reached the allowance", "count"),
                        Column("unknown_allowance", "Not known", "count"),
                        Column("converted", "Pay", "count"),
                        Column("left_unpaid", "Left", "count"),
                        Column("still_free", "Still free", "count"),
                        Column("converted_share", "Pay of signed up", "percent"),
                        Column("lower_converted_share", "Low", "percent"),
                        Column("upper_converted_share", "High", "percent"),
                        Column("converted_after_allowance_share", "Pay of those who reached it", "percent"),
                        Column("is_settled", "Had their time", "yes_no"),
                        Column("free_cost_usd", "Cost while free", "usd_table"),
                    ),
                    funnel,
                    note(
                        "Low and high hold in 19 of 20 cases. Where a month has not had its time, more may "
                        "still begin to pay."
                    ),
                    max_rows=30,
                ),
            ),
        ),
    )


def conversion_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """How many of those who began without a fee pay; nothing where no plan is without one."""
    funnel = ask.funnel(warehouse)
    return (_how_many_pay(funnel),) if funnel.rows else ()


def conversion_figure(warehouse: Warehouse) -> tuple[KeyFigure, ...]:
    """The same as a key figure; nothing where nobody has signed up for such a plan."""
    funnel = ask.funnel(warehouse)
    if not funnel.rows or not funnel["signed_up"]:
        return ()
    return (
        KeyFigure(
            "Pay, of those who began free",
            funnel.cell("converted_share", "percent"),
            status=funnel.say(
                "{lower_converted_share:percent} to {upper_converted_share:percent}; {converted:count} of "
                "{signed_up:count}"
            ),
        ),
    )


def _how_many_pay(funnel: Evidence) -> Prose:
    if not funnel["signed_up"]:
        return note("Nobody has signed up for a plan without a fee since the data begins.")
    return funnel.say(
        "{signed_up:count} customers began without a fee: {active:count} made a call, "
        "{reached_allowance:count} reached the allowance of {allowance_tokens:count} tokens in a month, "
        "{converted:count} pay. That is {converted_share:percent} of those who signed up, between "
        "{lower_converted_share:percent} and {upper_converted_share:percent}; the table of free tokens "
        "assumes {assumed_conversion_share:percent} of those whom the allowance leaves short."
    )


def _what_is_unknown(funnel: Evidence) -> tuple[Prose, ...]:
    if not funnel["unobserved_customers"]:
        return ()
    return (
        funnel.say(
            "{unobserved_customers:count} more signed up before the data begins and are in no count: nobody "
            "saw their first days."
        ),
    )
