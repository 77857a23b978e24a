"""What was paid less than list, by month and by reason, and what became of savings that somebody decided."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, Section, Table
from reports_builder.warehouse import Warehouse

_WAYS = (
    Column("kind", "Way", "words"),
    Column("cost_before_usd", "Before", "usd_table"),
    Column("savings_usd", "Saved", "usd_table"),
    Column("cost_after_usd", "After", "usd_table"),
    Column("savings_share", "Of list", "percent"),
)
_MONTHS = (
    Column("month_start_date", "Month", "month"),
    Column("list_cost_usd", "At list", "usd_table"),
    Column("savings_usd", "Saved", "usd_table"),
    Column("effective_cost_usd", "Paid", "usd_table"),
    Column("savings_share", "Of list", "percent"),
    Column("unknown_cost_usd", "Paid without a list price", "usd_table"),
    Column("all_spend_usd", "All spend", "usd_table"),
)
_TRACKED = (
    Column("tracking_id", "Decision"),
    Column("subject", "About"),
    Column("accepted_date", "Since", "day"),
    Column("month_start_date", "Month", "month"),
    Column("measured_days", "Days", "count"),
    Column("predicted_savings_usd", "Expected", "usd_table"),
    Column("realized_savings_usd", "Came", "usd_table"),
    Column("realized_share", "Of it", "percent"),
)


def _latest(warehouse: Warehouse) -> Evidence:
    """The ways of the latest month, in their order."""
    return warehouse.evidence(
        """
        select
            month_start_date, replace(kind, '_', ' ') as kind, list_cost_usd, cost_before_usd, savings_usd,
            cost_after_usd, savings_share, effective_cost_usd, unknown_cost_usd, all_spend_usd,
            month_savings_usd, month_savings_share
        from rates.rpt_savings_realized_monthly
        where is_latest
        order by step_order
        """
    )


def _months(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            month_start_date, list_cost_usd, month_savings_usd as savings_usd, effective_cost_usd,
            month_savings_share as savings_share, unknown_cost_usd, all_spend_usd
        from rates.rpt_savings_realized_monthly
        where step_order = 1
        order by month_start_date
        """
    )


def _tracked(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            tracking_id, subject, accepted_date, month_start_date, measured_days, predicted_savings_usd,
            realized_savings_usd, realized_share, decisions, measured_decisions, all_predicted_usd,
            all_realized_usd, all_realized_share
        from rates.rpt_savings_tracked
        order by accepted_date, tracking_id, month_start_date
        """
    )


def tracked_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What became of the savings that somebody decided to make; nothing where nobody did."""
    tracked = _tracked(warehouse)
    return (Section("Savings that were accepted", tables=_tracked_table(tracked)),) if tracked.rows else ()


def _tracked_table(tracked: Evidence) -> tuple[Table, ...]:
    caption = note("Savings that were decided, expected and measured")
    return (Table(_TRACKED, tracked, caption),) if tracked.rows else ()


def realized_sections(warehouse: Warehouse, *, tracked: bool = True) -> tuple[Section, ...]:
    """The latest month by way, the months, and the decisions that are ``tracked``; nothing without cost."""
    latest = _latest(warehouse)
    if not latest.rows:
        return ()
    decided = _tracked(warehouse) if tracked else None
    return (
        Section(
            "What was saved: list price to effective cost",
            text=(_said(latest), *((_came(decided),) if decided is not None and decided.rows else ())),
            figures=_figures(latest),
            tables=(
                Table(_WAYS, latest, note("The latest month, each way on what the ones before it left")),
                Table(_MONTHS, _months(warehouse), note("By month")),
                *(_tracked_table(decided) if decided is not None else ()),
            ),
        ),
    )


def _said(latest: Evidence) -> Prose:
    unknown = (
        latest.say(
            " What else was paid, **{unknown_cost_usd:usd_table}** for services whose bills state no list "
            "price, for fees and for taxes, may have saved something, and nobody knows; with it all spend of "
            "the month is {all_spend_usd:usd_table}."
        )
        if latest["unknown_cost_usd"]
        else note("")
    )
    return (
        latest.say(
            "In {month_start_date:month} what was used would have cost **{list_cost_usd:usd}** at list "
            "prices and without a cache; **{effective_cost_usd:usd_table}** was paid, so that "
            "**{month_savings_usd:usd}** ({month_savings_share:percent}) was saved. Every dollar of that "
            "has one reason."
        )
        + unknown
    )


def _came(tracked: Evidence) -> Prose:
    if tracked["all_predicted_usd"] is None:
        return tracked.say(
            "Savings that were decided and are tracked: {decisions:count}; nothing is known of them yet."
        )
    return tracked.say(
        "Of the savings that were decided, {decisions:count} are tracked, and {measured_decisions:count} are "
        "measured: until now **{all_predicted_usd:usd_table}** were expected of these, and "
        "**{all_realized_usd:usd_table}** came ({all_realized_share:percent})."
    )


def _figures(latest: Evidence) -> tuple[Figure, ...]:
    title = latest.say("{month_savings_usd:usd} less than list was paid in {month_start_date:month}")
    return (
        Figure(
            "savings-realized",
            ranked_bars(
                latest,
                label="kind",
                value="savings_usd",
                style="usd",
                axis_title="US dollars of the month, on what the ways before it left",
            ),
            title,
            title + note(". A bar per way, in the order in which they are taken off."),
            latest,
            height=60 + 24 * len(latest.rows),
        ),
    )
