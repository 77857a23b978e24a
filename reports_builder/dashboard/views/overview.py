"""What AI costs, what it brings in, what comes next, and what needs looking at."""

from reports_builder.chart_kinds import daily_trend, ranked_bars
from reports_builder.dashboard import queries
from reports_builder.dashboard.alerts_shown import Alerts, alerts_sections, alerts_tile, read_alerts
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table
from reports_builder.pages import _realtime_queries as realtime
from reports_builder.pages import _summary_queries as ask
from reports_builder.savings import ledger, total_savings


def build(warehouse: NarrowedWarehouse) -> View:
    """The overview."""
    spend = ask.spend(warehouse)
    margins = ask.margins(warehouse)
    outlook = ask.outlook(warehouse)
    alerts = read_alerts(warehouse)
    return View(
        title="Overview",
        headline=(spend_said(spend), _earned(margins), _to_come(outlook)),
        tiles=(
            *spend_tiles(spend),
            KeyFigure(
                "Revenue",
                margins.cell("revenue_usd", "usd_table"),
                margins.cell("prior_revenue_usd", "usd_table"),
                margins.cell("revenue_change", "delta"),
            ),
            KeyFigure(
                "Gross margin",
                margins.cell("gross_margin_usd", "usd_table"),
                change=margins.cell("margin_change", "delta_points"),
                status=margins.say("{gross_margin_share:percent} of revenue"),
            ),
            _forecast_tile(outlook),
            _savings_tile(warehouse),
            _alerts_tile(warehouse, alerts),
            _freshness_tile(queries.freshness(warehouse)),
        ),
        sections=(
            daily_section(warehouse, outlook),
            *alerts_sections(alerts, most=8),
            _customers_section(warehouse),
            split_section(warehouse, "provider", "Provider", "Spend by provider"),
            _drivers_section(warehouse),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def spend_said(spend: Evidence) -> Prose:
    """The first sentence: what was spent, and how that compares."""
    if spend["prior_spend_usd"] is None:
        return spend.say(
            "AI calls cost **{spend_usd:usd}**; there is no full earlier period to compare with."
        )
    return spend.say(
        "AI calls cost **{spend_usd:usd}**, {spend_change:delta} on the {prior_spend_usd:usd} of the period "
        "before."
    )


def spend_tiles(spend: Evidence) -> tuple[KeyFigure, ...]:
    """Spend and what a thousand calls cost."""
    return (
        KeyFigure(
            "AI spend",
            spend.cell("spend_usd", "usd_table"),
            spend.cell("prior_spend_usd", "usd_table"),
            spend.cell("spend_change", "delta"),
            status=spend.say("{calls:count} calls"),
        ),
        KeyFigure(
            "Cost of 1,000 calls",
            spend.cell("usd_per_thousand_calls", "usd_table"),
            spend.cell("prior_usd_per_thousand_calls", "usd_table"),
            spend.cell("unit_cost_change", "delta"),
        ),
    )


def _earned(margins: Evidence) -> Prose:
    if margins["revenue_usd"] is None:
        return note("No customer is on record, so what customers pay for it is unknown.")
    return margins.say(
        "Customers paid **{revenue_usd:usd}**, which leaves a gross margin of "
        "**{gross_margin_share:percent}**; {unprofitable_customers:count} of {active_customers:count} "
        "customers paid less than they cost."
    )


def _to_come(outlook: Evidence) -> Prose:
    if outlook["forecast_usd"] is None:
        return note("History is too short for a forecast: it takes fourteen days of data.")
    said = outlook.say("The next 30 days are expected to cost **{forecast_usd:usd}**")
    if outlook["lower_usd"] is None:
        return said + note("; history is too short for a range.")
    return said + outlook.say(" (between {lower_usd:usd} and {upper_usd:usd}).")


def _forecast_tile(outlook: Evidence) -> KeyFigure:
    known = outlook["lower_usd"] is not None
    return KeyFigure(
        "Forecast, next 30 days",
        outlook.cell("forecast_usd", "usd_table"),
        change=outlook.cell("change_share", "delta"),
        status=outlook.say("{lower_usd:usd} to {upper_usd:usd}" if known else "{status:text}"),
    )


def _savings_tile(warehouse: NarrowedWarehouse) -> KeyFigure:
    saved = total_savings(warehouse, ledger(warehouse))
    return KeyFigure(
        "Savings open, a month",
        saved.cell("total_net_usd", "usd_table") if saved["action_count"] else note("none"),
        status=saved.say("{action_count:count} actions, after overlap") if saved["action_count"] else None,
    )


def _alerts_tile(warehouse: NarrowedWarehouse, alerts: Alerts | None) -> KeyFigure:
    if alerts is not None:
        return alerts_tile(alerts)
    limits = realtime.limits(warehouse)
    return KeyFigure(
        "Customers over their cost limit",
        limits.cell("over_customers", "count"),
        status=limits.say("{close_customers:count} close to it"),
    )


def _freshness_tile(fresh: Evidence) -> KeyFigure:
    return KeyFigure(
        "Data up to",
        fresh.cell("last_date", "day_short"),
        status=fresh.say("{rows_read:count_short} records read, {rows_rejected:count} refused"),
    )


def daily_section(warehouse: NarrowedWarehouse, outlook: Evidence) -> Section:
    """Spend by day, then the forecast: that of everything, so only where nothing is narrowed."""
    days = ask.daily_spend(warehouse)
    whole = not warehouse.is_narrowed
    title = (
        outlook.say("The next 30 days are expected to cost {forecast_usd:usd}")
        if whole and outlook["forecast_usd"] is not None
        else note("Spend by day")
    )
    return Section(
        "Spend by day",
        figures=(
            Figure(
                "spend-by-day",
                daily_trend(
                    days,
                    ask.daily_forecast(warehouse) if whole else None,
                    day="day",
                    value="spend_usd",
                    axis_title="US dollars a day",
                ),
                title,
                title + note(". A line of the spend of each day, then the forecast inside its range."),
                days,
            ),
        ),
    )


def _customers_section(warehouse: NarrowedWarehouse) -> Section:
    top = ask.top_customers(warehouse)
    concentration = ask.concentration(warehouse)
    if not top.rows:
        return Section("Customers that cost most", text=(note("No call names a customer."),))
    title = concentration.say(
        "{listed_customers:count} customers cause {top_share:percent} of the cost; "
        "{top_unprofitable:count} of them paid less than they cost"
    )
    figure = Figure(
        "top-customers",
        ranked_bars(
            top,
            label="customer",
            value="cost_usd",
            style="usd",
            axis_title="US dollars in the period",
            highlight="is_unprofitable",
            marker="revenue_usd",
        ),
        title,
        title + top.say(". The first is {customer:text} with {cost_usd:usd}."),
        top,
        height=350,
        key="Bar: what the customer cost. Upright mark: what it paid. Dark: it paid less than it cost.",
    )
    return Section("Customers that cost most", figures=(figure,))


def split_section(warehouse: NarrowedWarehouse, dimension: str, heading: str, title: str) -> Section:
    """Spend by one dimension: a bar per value, and the same as a table."""
    parts = queries.spend_by(warehouse, dimension)
    if not parts.rows:
        return Section(title, text=(note("No call passes the filters."),))
    said = parts.say("{value:text} takes {cost_share:percent} of spend")
    has_prior = warehouse.chosen_period.has_prior
    return Section(
        title,
        figures=(
            Figure(
                f"spend-by-{dimension}",
                ranked_bars(
                    parts,
                    label="value",
                    value="cost_usd",
                    style="usd",
                    axis_title="US dollars in the period",
                    marker="prior_cost_usd" if has_prior else None,
                ),
                said,
                said + note(". A bar of cost for each, the largest first."),
                parts,
                height=70 + 26 * len(parts.rows),
                key="Bar: cost of the period. Upright mark: cost of the period before." if has_prior else "",
            ),
        ),
        tables=(
            Table(
                (
                    Column("value", heading),
                    Column("calls", "Calls", "count"),
                    Column("cost_usd", "Cost", "usd_table"),
                    Column("cost_share", "Share", "percent"),
                    Column("cost_change", "Change", "delta_or_new" if has_prior else "delta"),
                    Column("cost_per_call_usd", "Per call", "usd_unit"),
                ),
                parts,
            ),
        ),
    )


def _drivers_section(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("customer", "Customer"),
        Column("feature_id", "Feature", "words"),
        Column("model", "Model"),
        Column("cost_usd", "Cost", "usd_table"),
        Column("cost_share", "Share", "percent"),
        Column("cost_change", "Change", "delta_or_new" if warehouse.chosen_period.has_prior else "delta"),
    )
    return Section("What drives the cost", tables=(Table(columns, ask.drivers(warehouse)),))
