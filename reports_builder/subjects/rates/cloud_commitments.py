"""Reservations, savings plans and committed use of clouds: what is covered, what to sign, what was left."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, Insight, Recommendation, Section, Table
from reports_builder.subjects.capabilities import RATE_OPTIMIZATION, RATES
from reports_builder.warehouse import Warehouse

_SIGN = (
    Column("usage_group", "Usage"),
    Column("offer_name", "Offer"),
    Column("committed_units", "Units", "ratio"),
    Column("hourly_commitment_usd", "Per hour", "usd_table"),
    Column("upfront_cost_usd", "Upfront", "usd_table"),
    Column("monthly_payment_usd", "Then a month", "usd_table"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("stable_monthly_savings_usd", "At the stable level", "usd_table"),
    Column("backtested_monthly_savings_usd", "Backtest", "usd_table"),
    Column("utilization_share", "Utilization", "percent"),
    Column("break_even_utilization_share", "Break-even", "percent"),
    Column("break_even_months", "Upfront is back after", "months"),
    Column("confidence", "Confidence"),
)
_LOOK_BACKS = (
    Column("usage_group", "Usage"),
    Column("committed_units", "Committed", "ratio"),
    Column("best_units_last_7", "7 days", "ratio"),
    Column("best_units_last_30", "30 days", "ratio"),
    Column("best_units_last_60", "60 days", "ratio"),
    Column("best_units_last_90", "90 days", "ratio"),
    Column("used_units_p05", "Used in 95 % of hours", "ratio"),
    Column("used_units_p50", "In half", "ratio"),
    Column("used_units_max", "At most", "ratio"),
    Column("regret_less_usage_usd", "Regret, less usage", "usd_table"),
    Column("regret_more_usage_usd", "Regret, more usage", "usd_table"),
)
_LEFT = (
    Column("reason", "Why not"),
    Column("options", "Options", "count"),
    Column("best_usd", "The best would save a month", "usd_table"),
)
_COVERED = (
    Column("month_start_date", "Month", "month"),
    Column("provider_name", "Provider"),
    Column("commitment", "Commitment"),
    Column("coverage_share", "Coverage", "percent"),
    Column("utilization_share", "Utilization", "percent"),
    Column("unused_cost_usd", "Unused", "usd_table"),
    Column("team_id", "Whose"),
    Column("savings_usd", "Saved", "usd_table"),
    Column("effective_savings_rate", "Effective savings rate", "percent"),
)


def _totals(warehouse: Warehouse) -> Evidence:
    """One row: the offers of clouds that were judged, and what the recommended ones come to."""
    return warehouse.evidence(
        """
        select
            count(*) as options, count(distinct offer_id) as offers,
            count(*) filter (where is_recommended) as signed,
            coalesce(sum(monthly_savings_usd) filter (where is_recommended), 0) as saved_usd,
            coalesce(sum(stable_monthly_savings_usd) filter (where is_recommended), 0) as stable_usd,
            coalesce(sum(backtested_monthly_savings_usd) filter (where is_recommended), 0) as backtested_usd,
            coalesce(sum(hourly_commitment_usd) filter (where is_recommended), 0) as hourly_usd,
            coalesce(sum(upfront_cost_usd) filter (where is_recommended), 0) as upfront_usd,
            coalesce(bool_or(is_illustrative), false) as is_example
        from rates.rpt_commitment_recommendations
        where not is_on_models
        """
    )


def _signed(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            usage_group, offer_name || case when is_illustrative then ' (example)' else '' end as offer_name,
            committed_units, hourly_commitment_usd, upfront_cost_usd, monthly_payment_usd,
            monthly_savings_usd, stable_monthly_savings_usd, backtested_monthly_savings_usd,
            utilization_share,
            break_even_utilization_share, break_even_months, confidence,
            best_units_last_7, best_units_last_30, best_units_last_60, best_units_last_90,
            used_units_p05, used_units_p50, used_units_max, regret_less_usage_usd, regret_more_usage_usd
        from rates.rpt_commitment_recommendations
        where is_recommended and not is_on_models
        order by monthly_savings_usd desc, usage_group, offer_id
        """
    )


def _left(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select reason, count(*) as options, max(monthly_savings_usd) as best_usd
        from rates.rpt_commitment_recommendations
        where not is_recommended and not is_on_models
        group by reason
        order by options desc, reason
        """
    )


def _coverage(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            month_start_date, provider_name,
            case when is_total then 'all' else coalesce(commitment_name, commitment_id) end as commitment,
            coverage_share, utilization_share, unused_cost_usd, team_id, savings_usd, effective_savings_rate
        from rates.rpt_commitment_coverage
        where month_start_date = (
            select max(month_start_date) from rates.rpt_commitment_coverage where month_start_date <= :as_of
        )
        order by provider_name, is_total desc, unused_cost_usd desc, commitment_id
        """
    )


def cloud_commitment_insight(warehouse: Warehouse) -> tuple[Insight, ...]:
    """What to commit to at the clouds; nothing where no bill has usage that an offer covers, or none pays."""
    totals = _totals(warehouse)
    if not totals["signed"]:
        return ()
    signed = _signed(warehouse)
    return (
        Insight(
            title=totals.say("Commitments to clouds could save {saved_usd:usd} a month"),
            problem=totals.say(
                "Machines that run all day are paid on demand. {options:count} options of {offers:count} "
                "offers were settled hour by hour, on what is left after idle machines are stopped and large "
                "ones made smaller."
            ),
            domain_spec=RATE_OPTIMIZATION,
            domain_framework=RATES,
            ubr_impact=totals.say(
                "**{saved_usd:usd}** a month for a promise of {hourly_usd:usd} an hour over the term; "
                "{upfront_usd:usd} of it fall due on the first day."
            ),
            recommendation=Recommendation(
                signed.say("Begin with {offer_name:text} for {usage_group:text}.")
                + note(
                    " The discounts are examples: put yours into the seed cloud_commitment_offers first."
                    if totals["is_example"]
                    else " Sign one part a month, so that not all of it ends on one day."
                ),
                "Head of Finance",
                "a day",
            ),
            outcome=totals.say(
                "**{saved_usd:usd}** a month if the last 30 days repeat, {stable_usd:usd} at what every hour "
                "used; what was chosen a month earlier would have saved {backtested_usd:usd} a month since."
            ),
            supporting=Table(
                _SIGN,
                signed,
                note("one option for each part of the usage; units of spend are dollars at list price"),
            ),
        ),
    )


def cloud_commitment_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """What is covered, what to sign by look-back, what was left; nothing without usage of clouds."""
    totals, covered = _totals(warehouse), _coverage(warehouse)
    if not totals["options"] and not covered.rows:
        return ()
    signed, left = _signed(warehouse), _left(warehouse)
    return (
        Section(
            "Commitments to clouds",
            text=(_said(totals),) if totals["options"] else (),
            figures=_figures(totals, signed),
            tables=(
                *_table(_COVERED, covered, "What is covered now"),
                *_table(_SIGN, signed, "What to sign"),
                *_table(_LOOK_BACKS, signed, "How sure it is"),
                *_table(_LEFT, left, "What was left, and why"),
            ),
        ),
    )


def _table(columns: tuple[Column, ...], rows: Evidence, title: str) -> tuple[Table, ...]:
    return (Table(columns, rows, note(title), max_rows=40),) if rows.rows else ()


def _said(totals: Evidence) -> Prose:
    return totals.say(
        "{options:count} options were judged; {signed:count} are worth signing, for {saved_usd:usd} a month. "
        "Options for the same usage exclude one another, so only these add up."
    )


def _figures(totals: Evidence, signed: Evidence) -> tuple[Figure, ...]:
    if not signed.rows:
        return ()
    title = totals.say("{signed:count} commitments save {saved_usd:usd} a month")
    return (
        Figure(
            "commitment-savings",
            ranked_bars(
                signed,
                label="usage_group",
                value="monthly_savings_usd",
                style="usd",
                axis_title="US dollars a month",
                marker="backtested_monthly_savings_usd",
            ),
            title,
            title + note(". A bar per part of the usage, the largest first."),
            signed,
            height=60 + 24 * len(signed.rows),
            key="Bar: what the last 30 days would have saved. Upright mark: the backtest.",
        ),
    )
