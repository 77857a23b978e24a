"""What AI and all else costs, what it brings in, what comes next, and what needs looking at."""

from dataclasses import replace

from reports_builder.dashboard import queries
from reports_builder.dashboard.alerts_shown import (
    Alerts,
    alerts_sections,
    alerts_tile,
    read_alerts,
    what_is_new,
)
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import CHANGED, Opening, View
from reports_builder.evidence import Evidence, note
from reports_builder.model import KeyFigure, Section
from reports_builder.savings import ledger, savings_figure, total_savings
from reports_builder.subjects import insights
from reports_builder.subjects.allocation.spend import queries as everything
from reports_builder.subjects.allocation.spend.statements import all_spend_figures, all_spend_said
from reports_builder.subjects.anomalies import queries as realtime
from reports_builder.subjects.anomalies.statements import over_limit_figure
from reports_builder.subjects.core import queries as ask
from reports_builder.subjects.core.decisions import to_decide
from reports_builder.subjects.core.statements import (
    drivers_table,
    spend_figures,
    spend_said,
    split_section,
    top_customers_figure,
    why_it_changed,
)
from reports_builder.subjects.margin.queries import fees_and_all_spend, spend_beside_ai
from reports_builder.subjects.margin.queries import totals as margin_totals
from reports_builder.subjects.margin.statements import (
    fees_against_all_said,
    fees_said,
    margin_share_figure,
    revenue_figure,
)
from reports_builder.subjects.planning import queries as forecast
from reports_builder.subjects.planning.statements import forecast_figure, spend_by_day, what_comes


def build(warehouse: NarrowedWarehouse) -> View:
    """The overview."""
    spend = ask.spend(warehouse)
    all_spend = everything.all_spend(warehouse)
    margins = margin_totals(warehouse)
    outlook = forecast.outlook(warehouse)
    alerts = read_alerts(warehouse)
    of_all = all_spend_figures(all_spend) if all_spend.rows else ()
    of_calls, of_a_call = spend_tiles(spend)
    return View(
        title="Overview",
        headline=(
            fees_said(
                margins,
                *(
                    fees_against_all_said(fees_and_all_spend(warehouse), spend_beside_ai(warehouse))
                    if all_spend.rows
                    else ()
                ),
            ),
            *(
                [all_spend_said(warehouse, all_spend, forecast.outlook(warehouse, all_spend=True))]
                if all_spend.rows
                else []
            ),
        ),
        further=(spend_said(warehouse, spend), what_comes(outlook)),
        tiles=(
            *of_all[:1],
            of_calls,
            margin_share_figure(margins),
            forecast_figure(outlook),
            savings_figure(total_savings(warehouse, ledger(warehouse))),
            *of_all[1:],
            of_a_call,
            revenue_figure(margins),
            _alerts_tile(warehouse, alerts),
            _freshness_tile(queries.freshness(warehouse)),
        ),
        sections=(
            Section("AI spend by day", figures=(spend_by_day(warehouse, outlook),)),
            *alerts_sections(alerts, most=8),
            _customers_section(warehouse),
            split_section(warehouse, "provider", "Provider", "AI spend by provider"),
            Section("What drives the cost", tables=(drivers_table(warehouse),)),
        ),
        period=warehouse.chosen_period,
        insights=insights.summary(warehouse.whole),
        opening=_opening(warehouse, spend, alerts),
        leads=("profitability", *(["allocation"] if all_spend.rows else [])),
    )


def _opening(warehouse: NarrowedWarehouse, spend: Evidence, alerts: Alerts | None) -> tuple[Opening, ...]:
    """What to decide, and what has changed."""
    news = (
        *((said, "understanding") for said in why_it_changed(warehouse, spend)),
        *((said, "realtime") for said in (what_is_new(warehouse, alerts) if alerts else ())),
    )
    lists = (
        Opening("To decide", to_decide(warehouse.whole), is_ordered=True),
        Opening(CHANGED, news),
    )
    return tuple(each for each in lists if each.lines)


def spend_tiles(spend: Evidence) -> tuple[KeyFigure, KeyFigure]:
    """Spend and what a thousand calls cost; the change says which way, so that the calls have room."""
    total, unit = spend_figures(spend)
    return replace(total, status=spend.say("{calls:count} calls")), replace(unit, status=None)


def _alerts_tile(warehouse: NarrowedWarehouse, alerts: Alerts | None) -> KeyFigure:
    if alerts is not None:
        return alerts_tile(alerts)
    return over_limit_figure(warehouse, realtime.limits(warehouse))


def _freshness_tile(fresh: Evidence) -> KeyFigure:
    return KeyFigure(
        "Data up to",
        fresh.cell("last_date", "day_short"),
        status=fresh.say("{rows_read:count_short} records read, {rows_rejected:count} refused"),
    )


def _customers_section(warehouse: NarrowedWarehouse) -> Section:
    top = ask.top_customers(warehouse)
    if not top.rows:
        return Section("Customers that cost most", text=(note("No call names a customer."),))
    figure = top_customers_figure(warehouse, top, ask.concentration(warehouse), narrow=True)
    return Section("Customers that cost most", figures=(figure,))
