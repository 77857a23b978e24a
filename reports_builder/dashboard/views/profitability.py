"""What each customer brings in and costs, who loses money, what a customer is worth."""

from reports_builder.chart_kinds import daily_trend, ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.domains.margins import queries as ask
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, Section, Table
from reports_builder.pages.customer_profitability import key_figures, worth


def build(warehouse: NarrowedWarehouse) -> View:
    """Customer profitability."""
    totals = ask.totals(warehouse)
    losing = ask.losing_customers(warehouse)
    lifetime = ask.lifetime_total(warehouse)
    return View(
        title="Profitability",
        headline=(_margin(totals), worth(lifetime)),
        tiles=key_figures(totals, lifetime),
        sections=(
            _daily(warehouse),
            *_losers(losing),
            *_segments(warehouse),
            *_bands(warehouse),
            _customers(warehouse),
            _lifetimes(warehouse),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def _margin(totals: Evidence) -> Prose:
    if totals["revenue_usd"] is None:
        return note("No customer on record passes the filters, so revenue and margin are unknown.")
    return totals.say(
        "Customers paid **{revenue_usd:usd}** and cost **{cost_usd:usd}** to serve; **{margin_usd:usd}** is "
        "left, {margin_share:percent} of revenue. **{losing_customers:count}** of {customers:count} "
        "customers cost more than they paid and lost us **{loss_usd:usd}**."
    )


def _daily(warehouse: NarrowedWarehouse) -> Section:
    days = ask.daily_margins(warehouse)
    title = note("What is left of each day's revenue")
    chart = daily_trend(
        days, None, day="day", value="margin_usd", axis_title="Gross margin a day, US dollars"
    )
    said = note("A line of the gross margin of each day.")
    return Section("Margin by day", figures=(Figure("margin-by-day", chart, title, said, days),))


def _losers(losing: Evidence) -> tuple[Section, ...]:
    if not losing.rows:
        return ()
    title = losing.say(
        "{customer_name:text} loses most: it paid {revenue_usd:usd} and cost {cost_to_serve_usd:usd}"
    )
    chart = ranked_bars(
        losing,
        label="customer_name",
        value="cost_to_serve_usd",
        style="usd",
        axis_title="US dollars in the period",
        highlight="is_loss",
        marker="revenue_usd",
    )
    figure = Figure(
        "loss-makers",
        chart,
        title,
        title + note(". A bar of cost and a mark of revenue per customer, the largest loss first."),
        losing,
        height=70 + 26 * len(losing.rows),
        key="Bar: what the customer cost. Upright mark: what it paid.",
    )
    return (Section("Customers that cost more than they pay", figures=(figure,)),)


def _segments(warehouse: NarrowedWarehouse) -> tuple[Section, ...]:
    segments = ask.segments(warehouse)
    if not segments.rows:
        return ()
    title = segments.say("{segment:text} has the lowest margin: {margin_usd:usd}")
    chart = ranked_bars(
        segments,
        label="segment",
        value="cost_usd",
        style="usd",
        axis_title="US dollars in the period",
        highlight="is_loss",
        marker="revenue_usd",
    )
    figure = Figure(
        "segments",
        chart,
        title,
        title + note(". A bar of cost and a mark of revenue per group, the lowest margin first."),
        segments,
        height=70 + 26 * len(segments.rows),
        key="Bar: cost. Upright mark: what they paid. Dark: a loss.",
    )
    return (Section("Tiers and kinds of use", figures=(figure,)),)


def _bands(warehouse: NarrowedWarehouse) -> tuple[Section, ...]:
    bands = ask.distribution(warehouse)
    if not bands.rows:
        return ()
    title = note("How margins are spread over customers")
    chart = ranked_bars(
        bands,
        label="margin_band",
        value="customers",
        style="count",
        axis_title="Customers",
        axis_format=",.0f",
        highlight="is_loss",
    )
    said = note("A bar per band of margin share with its number of customers; bands of a loss are dark.")
    figure = Figure("margin-bands", chart, title, said, bands, height=70 + 22 * len(bands.rows))
    return (Section("Customers by margin", figures=(figure,)),)


def _customers(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("customer_id", "Id"),
        Column("customer_name", "Customer"),
        Column("subscription_tier", "Tier"),
        Column("calls", "Calls", "count"),
        Column("revenue_usd", "Paid", "usd_table"),
        Column("cost_to_serve_usd", "Cost", "usd_table"),
        Column("gross_margin_usd", "Margin", "usd_table"),
        Column("gross_margin_share", "Of revenue", "percent"),
        Column("cost_change_share", "Cost change", "delta"),
    )
    return Section(
        "Customers, the dearest first",
        tables=(Table(columns, ask.dearest_customers(warehouse), max_rows=20),),
    )


def _lifetimes(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("customer_name", "Customer"),
        Column("subscription_tier", "Tier"),
        Column("monthly_gross_margin_usd", "Margin a month", "usd_table"),
        Column("lifetime_value_low_usd", "Worth at least", "usd_table"),
        Column("lifetime_value_usd", "Lifetime value", "usd_table"),
        Column("payback_months", "Payback, months", "count"),
    )
    return Section("The most valuable customers", tables=(Table(columns, ask.most_valuable(warehouse)),))
