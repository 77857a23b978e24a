"""The commitments that save most within the term, payment, coverage and risk that a reader allows."""

from dataclasses import dataclass

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Section, Table
from reports_builder.subjects.rates.offers import OFFER
from reports_builder.warehouse import Warehouse

ANY = "any"
_COLUMNS = (
    Column("usage_group", "Usage"),
    OFFER,
    Column("hourly_commitment_usd", "Per hour", "usd_table"),
    Column("upfront_cost_usd", "Upfront", "usd_table"),
    Column("obligation_usd", "Promised in all", "usd_table"),
    Column("coverage_share", "Coverage", "percent"),
    Column("utilization_share", "Utilization", "percent"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("money_at_risk_usd", "At risk", "usd_table"),
    Column("measured_share", "Measured", "percent"),
)


@dataclass(frozen=True)
class WhatIf:
    """What a reader allows: a term in months (0 is any), a payment, and at most so many per cent."""

    term_months: int
    payment_option: str
    coverage_up_to: int
    risk_up_to: int


def terms_and_payments(warehouse: Warehouse) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The terms in months and the payments that are on offer."""
    found = warehouse.evidence("select distinct term_months, payment_option from rates.rpt_commitment_levels")
    terms, payments = ({record[name] for record in found.records()} for name in found.columns)
    return (
        tuple(sorted(term for term in terms if isinstance(term, int))),
        tuple(sorted(str(payment) for payment in payments)),
    )


def what_if(warehouse: Warehouse, wanted: WhatIf) -> Evidence:
    """The settled levels that save most within what is allowed, one offer for each part of the usage.

    A plan on everything is taken where it saves more than all offers on parts of it.
    """
    return warehouse.evidence(
        """
        with allowed as (
            select *
            from rates.rpt_commitment_levels
            where monthly_savings_usd > 0 and :term_months in (0, term_months)
                and :payment_option in ('any', payment_option)
                and coverage_share <= :coverage_up_to / 100 and risk_share <= :risk_up_to / 100
            qualify row_number() over (
                partition by usage_group, offer_id order by monthly_savings_usd desc, committed_units
            ) = 1
        ),
        offers as (
            select *, sum(monthly_savings_usd) over (partition by group_id, offer_id) as offer_savings_usd
            from allowed
        ),
        of_groups as (
            select *
            from offers
            qualify dense_rank() over (partition by group_id order by offer_savings_usd desc, offer_id) = 1
        ),
        chosen as (
            select *
            from of_groups
            window scope as (partition by alternatives)
            qualify (group_id = alternatives) = (
                coalesce(sum(monthly_savings_usd) filter (where group_id = alternatives) over scope, 0)
                > coalesce(sum(monthly_savings_usd) filter (where group_id <> alternatives) over scope, 0)
            )
        )
        select
            usage_group,
            offer_name, is_illustrative,
            hourly_commitment_usd, upfront_cost_usd, obligation_usd, coverage_share, utilization_share,
            monthly_savings_usd, money_at_risk_usd, measured_share,
            sum(monthly_savings_usd) over () as saved_usd, sum(obligation_usd) over () as promised_usd,
            sum(upfront_cost_usd) over () as upfront_usd, sum(money_at_risk_usd) over () as at_risk_usd
        from chosen
        order by monthly_savings_usd desc, usage_group
        """,
        term_months=wanted.term_months,
        payment_option=wanted.payment_option,
        coverage_up_to=wanted.coverage_up_to,
        risk_up_to=wanted.risk_up_to,
    )


def what_if_section(warehouse: Warehouse, wanted: WhatIf) -> Section:
    """What would be signed, and what it comes to."""
    found = what_if(warehouse, wanted)
    if not found.rows:
        said = note("No level of an offer saves anything within these limits.")
    else:
        said = found.say(
            "They would save **{saved_usd:usd}** a month for a promise of **{promised_usd:usd}**, of which "
            "{upfront_usd:usd} is paid on the first day. At risk is {at_risk_usd:usd}: what is paid for "
            "nothing if every hour uses only what nineteen of twenty use."
        )
    return Section(
        "What you would sign",
        text=(said,),
        tables=(
            Table(
                _COLUMNS,
                found,
                note("levels that the engine settled on the look-back; what is advised stands further above"),
                max_rows=40,
            ),
        ),
    )
