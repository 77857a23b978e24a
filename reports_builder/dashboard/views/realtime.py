"""Abnormal days, limits reached, and where the month ends."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.alerts_shown import alerts_sections, read_alerts
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import note
from reports_builder.model import CUSTOMER_PAGE, Figure, Section, Table
from reports_builder.subjects import insights
from reports_builder.subjects.anomalies import queries as ask
from reports_builder.subjects.anomalies.series.statements import series_section
from reports_builder.subjects.anomalies.statements import (
    abnormal_days_figure,
    episodes_section,
    key_figures,
    near_limit_table,
    portfolio_risk_section,
    what_was_abnormal,
    who_is_at_the_limit,
)
from reports_builder.subjects.efficiency.insights import PREMIUM_COLUMNS
from reports_builder.subjects.efficiency.queries import premium_in_all, premium_on_trivial
from reports_builder.subjects.planning.queries import outlook
from reports_builder.subjects.planning.statements import spend_by_day


def build(warehouse: NarrowedWarehouse) -> View:
    """Abnormal cost and limits."""
    abnormal = ask.abnormal(warehouse)
    episodes = ask.episodes(warehouse)
    limits = ask.limits(warehouse)
    return View(
        title="Real time",
        headline=(what_was_abnormal(warehouse, abnormal, episodes), who_is_at_the_limit(warehouse, limits)),
        tiles=key_figures(warehouse, abnormal, limits, premium_in_all(warehouse)),
        sections=(
            *alerts_sections(read_alerts(warehouse)),
            *(
                Section("The dearest abnormal days", figures=(figure,))
                for figure in abnormal_days_figure(warehouse, episodes)
            ),
            *_near_limit(warehouse),
            *portfolio_risk_section(warehouse),
            Section("AI spend by day", figures=(spend_by_day(warehouse, outlook(warehouse)),)),
            episodes_section(episodes),
            *series_section(warehouse),
            Section(
                "Premium models on trivial work",
                tables=(Table(PREMIUM_COLUMNS, premium_on_trivial(warehouse)),),
            ),
        ),
        period=warehouse.chosen_period,
        insights=insights.realtime(warehouse.whole),
    )


def _near_limit(warehouse: NarrowedWarehouse) -> tuple[Section, ...]:
    near = ask.near_limit(warehouse)
    if not near.rows:
        return ()
    title = near.say("{customer:text} costs {cost_share_of_revenue:percent} of its fees")
    figure = Figure(
        "near-limit",
        ranked_bars(
            near,
            label="customer",
            value="cost_share_of_revenue",
            style="percent",
            axis_title="Cost as a share of fees",
            axis_format=".0%",
        ),
        title,
        title + note(". A bar per customer, the highest share first."),
        near,
        height=60 + 24 * len(near.rows),
        page=CUSTOMER_PAGE,
    )
    return (Section("Customers near their limit", figures=(figure,), tables=(near_limit_table(near),)),)
