"""The commitments that go together: chosen by savings per dollar at risk, and signed in tranches."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, KeyFigure, Section, Table
from reports_builder.subjects.rates.offers import OFFER
from reports_builder.warehouse import Warehouse

TRANCHES = "The portfolio in tranches"
"""The title of the section on when to sign."""

LIMITS = ("the target of coverage is reached", "beyond the limit of risk")
"""Why the limits of the portfolio keep an offer out."""

_CHOSEN = (
    Column("usage_group", "Usage"),
    OFFER,
    Column("level_name", "Level"),
    Column("hourly_commitment_usd", "Per hour", "usd_table"),
    Column("obligation_usd", "Promised in all", "usd_table"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("money_at_risk_usd", "At risk", "usd_table"),
    Column("covered_share", "Covers", "percent_fine"),
)
_LEFT = (
    Column("step_rank", "Step", "count"),
    Column("usage_group", "Usage"),
    OFFER,
    Column("monthly_savings_usd", "Would save a month", "usd_table"),
    Column("money_at_risk_usd", "At risk", "usd_table"),
    Column("portfolio_at_risk_usd", "With all before it", "usd_table"),
    Column("reason", "Why not"),
)
_REASONS = (
    Column("provider_name", "Provider"),
    Column("reason", "Why"),
    Column("usage_groups", "Groups of usage", "count"),
    Column("monthly_usd", "On demand a month", "usd_table"),
    Column("judged_share", "Of what was judged", "percent_fine"),
    Column("what_to_do", "What to do"),
)
_TO_SIGN = (
    Column("month_start_date", "Month", "month"),
    Column("usage_group", "Usage"),
    OFFER,
    Column("signed_usd_per_hour", "Sign per hour", "usd_unit"),
    Column("upfront_usd", "Pay at once", "usd_table"),
)
_MONTHS = (
    Column("month_start_date", "Month", "month"),
    Column("signed_usd_per_hour", "Sign per hour", "usd_table"),
    Column("ended_usd_per_hour", "Ends per hour", "usd_table"),
    Column("hourly_commitment_usd", "In force per hour", "usd_table"),
    Column("coverage_share", "Covered", "percent"),
    Column("owned_coverage_share", "Of it by what is owned, until it ends", "percent"),
    Column("upfront_usd", "Pay at once", "usd_table"),
    Column("recurring_monthly_usd", "Pay in the month", "usd_table"),
    Column("paid_usd", "Pay until the next row", "usd_table"),
    Column("paid_so_far_usd", "Paid so far", "usd_table"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("delayed_savings_usd", "Saved less until the next", "usd_table"),
)


def _totals(warehouse: Warehouse) -> Evidence:
    """What the portfolio comes to; no row where nothing is chosen."""
    return warehouse.evidence(
        """
        select
            monthly_savings_usd, at_risk_usd, coverage_share, owned_coverage_share, eligible_monthly_usd,
            target_coverage_share, risk_limit_usd, unlimited_monthly_savings_usd, unlimited_at_risk_usd,
            is_cut
        from rates.rpt_commitment_portfolio_summary
        """
    )


def _steps(warehouse: Warehouse, reason: str, other_reason: str) -> Evidence:
    """What one of two reasons keeps in the portfolio or out of it, in the order in which it is looked at."""
    return warehouse.evidence(
        """
        select
            step_rank, usage_group, offer_name, is_illustrative, level_name, hourly_commitment_usd,
            obligation_usd, monthly_savings_usd, money_at_risk_usd, portfolio_at_risk_usd,
            covered_share, reason
        from rates.rpt_commitment_portfolio
        where reason in (:reason, :other_reason)
        order by step_rank, usage_group
        """,
        reason=reason,
        other_reason=other_reason,
    )


def _reasons(warehouse: Warehouse) -> Evidence:
    """All usage that could be covered, by why it is or is not; what was judged first."""
    return warehouse.evidence(
        """
        select provider_name, reason, usage_groups, monthly_usd, judged_share, what_to_do
        from rates.rpt_commitment_gaps
        order by is_judged desc, monthly_usd desc, provider_name, reason
        """
    )


def _judged(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            sum(monthly_usd) filter (where is_judged) as judged_usd,
            coalesce(sum(judged_share) filter (where reason in ('owned', 'to sign')), 0) as covered_share,
            coalesce(sum(judged_share) filter (where reason = 'measure first'), 0) as unmeasured_share,
            coalesce(sum(monthly_usd) filter (where reason = 'other actions come first'), 0) as earlier_usd
        from rates.rpt_commitment_gaps
        """
    )


def coverage_reasons(warehouse: Warehouse) -> tuple[Section, ...]:
    """Why commitments cover what they do; nothing without usage that one could cover."""
    judged, reasons = _judged(warehouse), _reasons(warehouse)
    if judged["judged_usd"] is None:
        return ()
    said = judged.say(
        "With all that is owned and to be signed, {covered_share:percent} of {judged_usd:usd_table} a month "
        "is covered. Each other dollar has a reason, and none of them is to be signed to reach a target"
    )
    if judged["unmeasured_share"]:
        said += judged.say(
            "; {unmeasured_share:percent} waits until somebody measures the use of its machines"
        )
    said += note(".")
    if judged["earlier_usd"]:
        said += judged.say(
            " Beside it are {earlier_usd:usd_table} that other actions take first: commit to none of them."
        )
    return (
        Section(
            "Why no more is covered",
            text=(said,),
            tables=(
                Table(_REASONS, reasons, note("What was judged first; it sums to the whole"), max_rows=40),
            ),
        ),
    )


def _tranches(warehouse: Warehouse) -> Evidence:
    """What signing in tranches costs, and how much ends at once."""
    return warehouse.evidence(
        """
        select
            sum(delayed_savings_usd) as delayed_savings_usd,
            max(ended_usd_per_hour) as most_ended_usd_per_hour,
            max(hourly_commitment_usd) as most_usd_per_hour,
            sum(upfront_usd) as upfront_usd,
            sum(paid_usd) as paid_usd,
            min(month_start_date) as first_month_date,
            max(month_start_date) as last_month_date,
            min(months_to_wait) as months_to_wait,
            bool_or(is_illustrative) as is_example,
            bool_and(is_owned_end_known) as is_owned_end_known
        from rates.rpt_commitment_ladder
        where is_total
        """
    )


def _ladder(warehouse: Warehouse) -> Evidence:
    """The months of the whole portfolio."""
    return warehouse.evidence(
        """
        select
            month_start_date, signed_usd_per_hour, ended_usd_per_hour, hourly_commitment_usd, coverage_share,
            owned_coverage_share, monthly_savings_usd, delayed_savings_usd, upfront_usd,
            recurring_monthly_usd, paid_usd,
            paid_so_far_usd
        from rates.rpt_commitment_ladder
        where is_total
        order by month_start_date
        """
    )


def _to_sign(warehouse: Warehouse) -> Evidence:
    """What is signed in each tranche."""
    return warehouse.evidence(
        """
        select
            month_start_date, usage_group, offer_name, is_illustrative, signed_usd_per_hour, upfront_usd
        from rates.rpt_commitment_ladder
        where not is_total and signed_usd_per_hour > 0
        order by month_start_date, signed_usd_per_hour desc, usage_group
        """
    )


def portfolio_figures(warehouse: Warehouse) -> tuple[KeyFigure, ...]:
    """What is covered, and what the portfolio puts at risk; nothing where nothing is chosen."""
    totals = _totals(warehouse)
    if not totals.rows:
        return ()
    return (
        KeyFigure(
            "Usage that commitments cover",
            totals.cell("owned_coverage_share", "percent"),
            target=totals.cell("target_coverage_share", "percent"),
            status=totals.say("{coverage_share:percent} with the portfolio"),
        ),
        KeyFigure(
            "At risk with the portfolio",
            totals.cell("at_risk_usd", "usd_table"),
            status=totals.say("as long as no machine goes; limit {risk_limit_usd:usd}"),
        ),
    )


def portfolio_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """What to sign together, what a limit keeps out, and in which months; nothing where nothing is chosen."""
    totals, chosen = _totals(warehouse), _steps(warehouse, "chosen", "chosen")
    tranches, months = _tranches(warehouse), _ladder(warehouse)
    if not totals.rows:
        return ()
    return (
        Section(
            "A portfolio of commitments, of clouds and on models",
            text=(_said(totals),),
            tables=(
                Table(
                    _CHOSEN,
                    chosen,
                    note(
                        "What to sign, of each usage the level that the limits allow: the smaller ones that "
                        "it replaces are not listed. What each covers, and what is owned, sum to what "
                        "is covered with the portfolio. At risk is what is paid for nothing until the "
                        "end, if every hour uses only what nineteen of twenty use; what is paid for "
                        "a machine that goes is not in it, and stands with what to sign"
                    ),
                    max_rows=40,
                ),
                *_left_table(_steps(warehouse, *LIMITS)),
            ),
        ),
        Section(
            TRANCHES,
            text=(
                _when(tranches),
                tranches.say(
                    "Signed in tranches, at most {most_ended_usd_per_hour:usd} of {most_usd_per_hour:usd} an "
                    "hour ends in one month. That costs {delayed_savings_usd:usd} of savings that begin "
                    "later. Shares are out of the same usage as those of the portfolio. Nothing is taken to "
                    "be renewed, whatever is advised: what is owned now counts until its term ends. In all "
                    "{paid_usd:usd} is paid until {last_month_date:month}, {upfront_usd:usd} of it on the "
                    "days of signing. What rests on machines that are still to take their type is signed "
                    "once a month of their hours is on the bill."
                )
                + _unknown_ends(tranches),
            ),
            tables=(
                Table(_MONTHS, months, note("Month by month"), max_rows=40),
                Table(_TO_SIGN, _to_sign(warehouse), note("What to sign in each tranche"), max_rows=60),
            ),
        ),
    )


def _when(tranches: Evidence) -> Prose:
    """When the first tranche could be signed, and that nothing is to be signed by examples."""
    begins = tranches.say(
        "The first tranche is in {first_month_date:month}"
        + (
            ", when the actions on calls and machines that it rests on are done ({months_to_wait:months})."
            if tranches["months_to_wait"]
            else "."
        )
    )
    if not tranches["is_example"]:
        return begins
    return note(
        "An example, because offers in it are examples: sign nothing by it before you have quotes. "
    ) + (begins)


def _unknown_ends(tranches: Evidence) -> Prose:
    if tranches["is_owned_end_known"] is not False:
        return note("")
    return note(" The end of some of what is owned is not on record: it is taken to go on.")


def _left_table(left: Evidence) -> tuple[Table, ...]:
    return (Table(_LEFT, left, note("Kept out by target or limit"), max_rows=20),) if left.rows else ()


def _said(totals: Evidence) -> Prose:
    return totals.say(
        "Together they save **{monthly_savings_usd:usd}** a month with **{at_risk_usd:usd}** at risk while "
        "every machine stays; the limit is {risk_limit_usd:usd}. Of **{eligible_monthly_usd:usd_table}** a "
        "month that offers of clouds and on models could cover once the other actions are done, and what is "
        "owned, {owned_coverage_share:percent} is covered now and {coverage_share:percent} with them; the "
        "target is {target_coverage_share:percent}."
    ) + (
        totals.say(
            " Without target and limit they would save {unlimited_monthly_savings_usd:usd} a month, with "
            "{unlimited_at_risk_usd:usd} at risk."
        )
        if totals["is_cut"]
        else note("")
    )
