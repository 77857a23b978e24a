"""What was paid less than list, by month and by reason."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.model import Column, Figure, Section, Table
from reports_builder.subjects.rates.decided import came_said, tracked, tracked_table
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


def _latest(warehouse: Warehouse) -> Evidence:
    """The ways of the latest month, in their order."""
    return warehouse.evidence(
        """
        select
            month_start_date, replace(kind, '_', ' ') as kind, list_cost_usd, cost_before_usd, savings_usd,
            cost_after_usd, savings_share, effective_cost_usd, unknown_cost_usd, unlisted_usage_usd,
            unlisted_resources, unlisted_providers, all_spend_usd, month_savings_usd, month_savings_share
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


def realized_sections(warehouse: Warehouse, *, with_decided: bool = True) -> tuple[Section, ...]:
    """The latest month by way, the months, and what was decided if asked; nothing without cost."""
    latest = _latest(warehouse)
    if not latest.rows:
        return ()
    decided = tracked(warehouse) if with_decided else None
    return (
        Section(
            "What was saved: list price to effective cost",
            text=(_said(latest), *(came_said(decided) if decided else ())),
            figures=_figures(latest),
            tables=(
                Table(_WAYS, latest, note("The latest month, each way on what the ones before it left")),
                Table(_MONTHS, _months(warehouse), note("By month")),
                *(tracked_table(decided) if decided else ()),
            ),
        ),
    )


def _said(latest: Evidence) -> Prose:
    return (
        latest.say(
            "In {month_start_date:month} what was used would have cost **{list_cost_usd:usd}** at list "
            "prices and without a cache; **{effective_cost_usd:usd_table}** was paid, so that "
            "**{month_savings_usd:usd}** ({month_savings_share:percent}) was saved."
        )
        + _beside_use(latest)
        + note(" Every dollar of that has one reason.")
        + _unknown(latest)
    )


def _beside_use(latest: Evidence) -> Prose:
    """What is in the sum and is no price of what was used; nothing where there is none of it."""
    said = {
        "unused commitments": "{savings_usd:usd_table} for commitments that nobody used",
        "credits": "{savings_usd:usd_table} of credits",
    }
    parts = [
        way.say(said[str(way["kind"])])
        for way in latest.each()
        if way["kind"] in said and float(str(way["savings_usd"]))
    ]
    return note(" In that are ") + join(parts, " and ") + note(".") if parts else note("")


def _unknown(latest: Evidence) -> Prose:
    if not latest["unknown_cost_usd"]:
        return note("")
    unlisted = (
        "**{unlisted_usage_usd:usd_table}** of it for "
        + ("one resource" if latest["unlisted_resources"] == 1 else "{unlisted_resources:count} resources")
        + " of {unlisted_providers:text} whose bills state no list price, less the credits on them, "
        "the rest for fees, taxes and whatever else has none"
        if latest["unlisted_usage_usd"]
        else "for fees, taxes and what has no list price"
    )
    return latest.say(
        f" What else was paid, **{{unknown_cost_usd:usd_table}}**, {unlisted}, may have saved something, and "
        "nobody knows; with it all spend of the month is {all_spend_usd:usd_table}."
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
