"""The insight blocks of the rate optimization page."""

from reports_builder.evidence import Evidence, Prose, literal
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.rates.cloud_commitments import offer_words
from reports_builder.subjects.rates.portfolio import LIMITS
from reports_builder.subjects.rates.statements import (
    after_the_price_plan,
    days_of,
    offers_called,
    offers_that_pay,
)


def model_switches(
    kind: Evidence, switches: Evidence, came: Evidence, beyond_end: Prose
) -> tuple[Insight, ...]:
    """Work that a cheaper model does as well; nothing when there is none.

    ``came`` is what became of moves that were decided before, ``beyond_end`` what is said of moves to models
    whose sale has ended.
    """
    if not switches.rows:
        return ()
    return (
        insight(
            "rates/model_switches",
            kind,
            switches,
            came,
            effort=literal(days_of(kind)),
            was_measured=bool(came.rows),
            beyond_end=beyond_end,
            slowest=literal("95th percentile"),
            is_in_plan=True,
            supporting=Table(
                (
                    Column("task_type", "Task", "words"),
                    Column("from_model", "From"),
                    Column("to_model", "To"),
                    Column("calls", "Calls", "count"),
                    Column("current_cost_usd", "Cost now", "usd_table"),
                    Column("cost_after_usd", "Cost after", "usd_table"),
                    Column("monthly_savings_usd", "If every call moves", "usd_table"),
                    Column("quality_change", "Quality change", "delta_points"),
                    Column("latency_p95_change_ms", "Change of p95 latency", "milliseconds"),
                ),
                switches,
            ),
        ),
    )


def commitments(
    offer: Evidence,
    beyond: Evidence,
    counts: Evidence,
    owned: Evidence,
    offers: Evidence,
    *,
    look_backs: Evidence,
) -> tuple[Insight, ...]:
    """Which commitment to sign on what the other actions leave, or why none; nothing without offers.

    ``offer`` is what the limits of the portfolio allow, ``beyond`` what would save most without them,
    ``look_backs`` what other days than those of the look-back say of each.
    """
    if not counts["offers_judged"]:
        return ()
    return (
        insight(
            "rates/commitments" if offer.rows else "rates/no_commitment",
            offer,
            counts,
            owned,
            beyond,
            look_backs=look_backs,
            pay=offers_that_pay(counts),
            offers_called=offers_called(counts),
            left_out=_left_out(counts),
            has_beyond=bool(beyond.rows),
            is_beyond_limits=beyond["beyond_reason"] in LIMITS,
            is_looked_back_on=bool(offer.rows) and look_backs["offer_id"] == offer["offer_id"],
            is_history_short=float(str(look_backs["history_share"] or 1)) < 1,
            backtest=_backtest(look_backs),
            shorter=literal("60 days"),
            longer=literal("90"),
            after_the_price_plan=after_the_price_plan(offer),
            has_after_the_price_plan=bool(after_the_price_plan(offer).plain),
            is_in_plan=bool(offer.rows) and not offer["is_illustrative"],
            supporting=Table(
                (
                    Column("offer_name", "Offer", words=offer_words),
                    Column("hourly_commitment_usd", "Per hour", "usd_table"),
                    Column("utilization_share", "Utilization", "percent"),
                    Column("break_even_utilization_share", "Break-even (above 100 %: never)", "percent"),
                    Column("net_monthly_savings_usd", "Saves a month", "usd_table"),
                    Column("net_monthly_savings_less_usage_usd", "With less usage", "usd_table"),
                    Column("regret_less_usage_usd", "Regret, less usage", "usd_table"),
                    Column("regret_more_usage_usd", "Regret, more usage", "usd_table"),
                    Column("money_at_risk_usd", "At risk", "usd_table"),
                    Column("savings_without_contract_usd", "Batch and caching save before it", "usd_table"),
                    Column("verdict", "Verdict"),
                ),
                offers,
            ),
        ),
    )


def _backtest(look_backs: Evidence) -> Prose:
    if look_backs["backtested_monthly_savings_usd"] is None:
        return phrase("rates/_backtest_none")
    if not look_backs["backtested_units"]:
        return phrase("rates/_backtest_no_commitment")
    return phrase("rates/_backtest", look_backs)


def _left_out(counts: Evidence) -> Prose:
    """Which offers the table shows: not those that save nothing, but all where none pays."""
    if not counts["offers_paying"]:
        return phrase("rates/_offers_none_pays")
    if not counts["offers_saving_nothing"]:
        return phrase("rates/_offers_all_save")
    return phrase("rates/_offers_left_out", counts)


def batch(kind: Evidence, tasks: Evidence) -> tuple[Insight, ...]:
    """Calls that nobody waits for; nothing when no task can wait or none saves."""
    if not kind["kind_actions"]:
        return ()
    return (
        insight(
            "rates/batch",
            kind,
            tasks,
            effort=literal(days_of(kind)),
            is_in_plan=True,
            supporting=Table(
                (
                    Column("task_type", "Task", "words"),
                    Column("calls", "Calls", "count"),
                    Column("batchable_share", "Can wait", "percent"),
                    Column("batchable_calls", "Calls that wait", "count"),
                    Column("current_cost_usd", "Cost now", "usd_table"),
                    Column("gross_usd", "Saves alone", "usd_table"),
                    Column("net_usd", "Saves a month", "usd_table"),
                ),
                tasks,
            ),
        ),
    )
