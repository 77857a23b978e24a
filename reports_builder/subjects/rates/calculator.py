"""The commitments that the engine recommends, or that save most within what a reader allows."""

from dataclasses import dataclass

from reports_builder.evidence import Evidence, Prose, note
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
    Column("verdict", "Verdict"),
)
_EVERYTHING = 100


@dataclass(frozen=True)
class WhatIf:
    """What a reader allows: a term in months (0 is any), a payment, and at most so many per cent."""

    term_months: int
    payment_option: str
    coverage_up_to: int
    risk_up_to: int

    @property
    def is_unlimited(self) -> bool:
        """Whether the reader has set nothing: then what the engine recommends is chosen."""
        return (
            self.term_months == 0
            and self.payment_option == ANY
            and min(self.coverage_up_to, self.risk_up_to) >= _EVERYTHING
        )


def terms_and_payments(warehouse: Warehouse) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The terms in months and the payments that are on offer."""
    found = warehouse.evidence("select distinct term_months, payment_option from rates.rpt_commitment_levels")
    terms, payments = ({record[name] for record in found.records()} for name in found.columns)
    return (
        tuple(sorted(term for term in terms if isinstance(term, int))),
        tuple(sorted(str(payment) for payment in payments)),
    )


def what_if(warehouse: Warehouse, wanted: WhatIf) -> Evidence:
    """What the engine recommends; within limits, the levels that pay and save most, one for each part.

    A plan on everything is taken where it saves more than all offers on parts of it. What does not pay by
    itself, for the engine's reasons, is no choice.
    """
    return warehouse.evidence(
        """
        with allowed as (
            select *
            from rates.rpt_commitment_levels
            where is_worthwhile and (is_recommended or not :is_unlimited) and :term_months in (0, term_months)
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
            monthly_savings_usd, money_at_risk_usd, measured_share, verdict,
            count(*) filter (where is_recommended) over () as recommended,
            sum(monthly_savings_usd) over () as saved_usd, sum(obligation_usd) over () as promised_usd,
            sum(upfront_cost_usd) over () as upfront_usd, sum(money_at_risk_usd) over () as at_risk_usd
        from chosen
        order by monthly_savings_usd desc, usage_group
        """,
        term_months=wanted.term_months,
        payment_option=wanted.payment_option,
        coverage_up_to=wanted.coverage_up_to,
        risk_up_to=wanted.risk_up_to,
        is_unlimited=wanted.is_unlimited,
    )


def what_if_section(warehouse: Warehouse, wanted: WhatIf) -> Section:
    """What would be signed, and what it comes to."""
    found = what_if(warehouse, wanted)
    if not found.rows:
        said = note(
            "No commitment is recommended."
            if wanted.is_unlimited
            else "No level of an offer pays within these limits."
        )
    else:
        said = _chosen_by(found, wanted) + found.say(
            " They would save **{saved_usd:usd}** a month for a promise of **{promised_usd:usd}**, of which "
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
                note(
                    "Levels settled hour by hour on the look-back; a verdict other than recommended says "
                    "what keeps a level out that pays by itself."
                ),
                max_rows=40,
            ),
        ),
    )


def _chosen_by(found: Evidence, wanted: WhatIf) -> Prose:
    if wanted.is_unlimited:
        return note("This is what is recommended; the controls choose within limits of your own.")
    return found.say(
        "Of the levels that pay by themselves these save most within your limits; of them "
        "{recommended:count} are recommended."
    )
