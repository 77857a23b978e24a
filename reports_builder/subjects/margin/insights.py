"""The insight blocks of the profitability report."""

from collections.abc import Mapping
from datetime import date

from reports_builder.evidence import Evidence
from reports_builder.formatting import Value
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.margin import queries as ask
from reports_builder.subjects.pricing import customers as ask_prices
from reports_builder.warehouse import Warehouse


def _margin_status(customer: Mapping[str, Value]) -> Value:
    """Since when a customer loses money that came in the period; else how lasting its loss is."""
    since = customer["new_since_date"]
    return f"new since {since.day} {since:%B}" if isinstance(since, date) else customer["margin_status"]


LOSS_COLUMNS = (
    Column("customer_name", "Customer"),
    Column("subscription_tier", "Tier"),
    Column("usage_archetype", "Declared use"),
    Column("revenue_usd", "Fees earned", "usd_table"),
    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
    Column("gross_margin_usd", "Margin", "usd_table"),
    Column("prior_gross_margin_usd", "Margin before", "usd_table"),
    Column("margin_status", "Status", "words", words=_margin_status),
)


def where_margin_goes(
    warehouse: Warehouse, totals: Evidence, losing: Evidence, segments: Evidence
) -> tuple[Insight, ...]:
    """Who loses money, which group of customers most, and who is next."""
    return (
        *losses(totals, losing, ask_prices.segments(warehouse, "margin_today")),
        *worst_segment(segments, ask_prices.segments(warehouse, "tier_and_archetype")),
        *next_to_lose(ask.next_to_lose(warehouse), ask.at_risk(warehouse)),
    )


def losses(totals: Evidence, losing: Evidence, by_margin: Evidence) -> tuple[Insight, ...]:
    """Whose fees do not cover their cost, and what the recommended plan makes of it."""
    if not losing.rows:
        return ()
    after = _segment(by_margin, "loses_money")
    return (
        insight(
            "margin/losses",
            totals,
            after=after,
            is_moved=_is_moved(after),
            is_in_plan=_is_moved(after),
            supporting=Table(LOSS_COLUMNS, losing),
        ),
    )


def _is_moved(segment: Evidence) -> bool:
    """Whether the recommended plan changes what these customers pay."""
    return segment["gain_usd"] is not None and bool(segment["revenue_change_usd"])


def _segment(segments: Evidence, name: str) -> Evidence:
    """The row of that segment; one of unknown values where there is none."""
    names = [row["segment"] for row in segments.records()]
    return segments.at(names.index(name) if name in names else len(names))


def worst_segment(segments: Evidence, planned: Evidence) -> tuple[Insight, ...]:
    """The tier and declared use whose fees fall furthest short of the cost."""
    # Where the declared use is not on record, a tier is no finer than the customers listed above.
    if not segments["is_loss"] or segments["usage_archetype"] == "unknown":
        return ()
    after = _segment(planned, str(segments["segment"]))
    return (
        insight(
            "margin/worst_segment",
            segments,
            after=after,
            is_moved=_is_moved(after),
            is_in_plan=_is_moved(after),
            supporting=Table(SEGMENT_MARGIN_COLUMNS, segments),
        ),
    )


def next_to_lose(risky: Evidence, together: Evidence) -> tuple[Insight, ...]:
    """Who turns into a loss when its cost rises once more as it just did."""
    if not risky.rows:
        return ()
    return (
        insight(
            "margin/next_to_lose",
            risky,
            together,
            supporting=Table(
                (
                    Column("customer_name", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("revenue_usd", "Fees earned", "usd_table"),
                    Column("usual_cost_usd", "Cost without abnormal days", "usd_table"),
                    Column("abnormal_cost_usd", "On abnormal days", "usd_table"),
                    Column("cost_rise_usd", "Rise of cost", "usd_table"),
                    Column("margin_left_usd", "Margin left", "usd_table"),
                ),
                risky,
            ),
        ),
    )


def lifetime(tiers: Evidence, total: Evidence) -> tuple[Insight, ...]:
    """What customers are worth until they leave, and where winning one pays."""
    if tiers["low_value_usd"] is None:
        return ()
    # What an example says of winning customers is no decision.
    is_known = tiers["low_value_to_cost"] is not None and not tiers["is_example"]
    lost = (tier for tier in tiers.each() if is_known and not _pays(tier))
    return (
        insight(
            "margin/lifetime",
            tiers,
            total=total,
            is_known=is_known,
            pays=is_known and _pays(tiers),
            lost=tuple(lost),
            supporting=Table(LIFETIME_COLUMNS, tiers),
        ),
    )


def _pays(tier: Evidence) -> bool:
    """Whether a customer of the tier brings what it costs to win, cautiously; unknown counts as so."""
    return tier["low_value_to_cost"] is None or tier["low_value_to_cost"] >= 1  # type: ignore[operator]


def _sample(tier: Mapping[str, Value]) -> Value:
    return "few departures: read the low value" if tier["is_small_sample"] else "enough"


LIFETIME_COLUMNS = (
    Column("subscription_tier", "Tier"),
    Column("valued_customers", "Customers", "count"),
    Column("without_margin", "Without a margin", "count"),
    Column("churned_customers", "Left", "count"),
    Column("monthly_churn_rate", "Churn a month", "percent"),
    Column("monthly_churn_rate_high", "At most", "percent"),
    Column("margin_usd", "Margin a month", "usd_table"),
    Column("value_usd", "Lifetime value", "usd_table"),
    Column("low_value_usd", "At least", "usd_table"),
    Column("payback_months", "Payback, months", "count"),
    Column("is_small_sample", "Sample", words=_sample),
)

SEGMENT_MARGIN_COLUMNS = (
    Column("segment", "Tier / declared use"),
    Column("customers", "Customers", "count"),
    Column("losing_customers", "With a loss", "count"),
    Column("revenue_usd", "Fees earned", "usd_table"),
    Column("cost_usd", "Cost to serve", "usd_table"),
    Column("margin_usd", "Margin", "usd_table"),
    Column("margin_share", "Of fees", "percent"),
)
