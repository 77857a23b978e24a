"""Abnormal days, limits reached, and where the month ends."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard import queries
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.dashboard.views.overview import alerts_section, daily_section
from reports_builder.domains.efficiency import queries as efficiency
from reports_builder.domains.realtime import queries as ask
from reports_builder.domains.realtime.charts import marked_days
from reports_builder.domains.understanding import queries as understanding
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table


def build(warehouse: NarrowedWarehouse) -> View:
    """Abnormal cost and limits."""
    abnormal = ask.abnormal(warehouse)
    episodes = ask.episodes(warehouse)
    limits = ask.limits(warehouse)
    return View(
        title="Real time",
        headline=(_what_was_abnormal(abnormal, episodes), _who_is_at_the_limit(limits)),
        tiles=(
            KeyFigure(
                "Abnormal customer days",
                abnormal.cell("abnormal_days", "count"),
                abnormal.cell("prior_abnormal_days", "count"),
                status=abnormal.say("{abnormal_days_lately:count} in the last three days"),
            ),
            KeyFigure(
                "Cost above expected on them",
                abnormal.cell("excess_usd", "usd_table"),
                abnormal.cell("prior_excess_usd", "usd_table"),
            ),
            KeyFigure(
                "Customers over their cost limit",
                limits.cell("over_customers", "count"),
                status=limits.say("{close_customers:count} close to it"),
            ),
            KeyFigure("Cost beyond the limits", limits.cell("above_limit_usd", "usd_table")),
            KeyFigure("Customers that outgrew their tier", limits.cell("outgrown_customers", "count")),
        ),
        sections=(
            *alerts_section(queries.open_alerts(warehouse)),
            *_worst_customer(warehouse, episodes),
            *_near_limit(warehouse),
            daily_section(warehouse, understanding.outlook(warehouse)),
            _episodes_table(episodes),
            _premium_table(warehouse),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def _what_was_abnormal(abnormal: Evidence, episodes: Evidence) -> Prose:
    if not episodes.rows:
        return note("No customer had an abnormal day in the period.")
    return abnormal.say(
        "{abnormal_days:count} days of {abnormal_customers:count} customers were abnormal and cost "
        "**{excess_usd:usd}** more than their own past leads one to expect. "
    ) + episodes.say(
        "The dearest is {customer:text} ({run:text} from {episode_start_date:day}), because of {driver:text}."
    )


def _who_is_at_the_limit(limits: Evidence) -> Prose:
    if limits["limit_share"] is None:
        return note("No customer is close to its cost limit.")
    return limits.say(
        "**{over_customers:count}** customers cost more than {limit_share:percent} of what they pay, with "
        "**{above_limit_usd:usd}** beyond that limit."
    )


def _worst_customer(warehouse: NarrowedWarehouse, episodes: Evidence) -> tuple[Section, ...]:
    if not episodes.rows:
        return ()
    days = ask.days_of(warehouse, str(episodes["customer_id"]))
    if not days.rows:
        return ()
    title = episodes.say(
        "{customer:text} cost {excess_usd:usd} more than expected ({run:text} from {episode_start_date:day})"
    )
    figure = Figure(
        "abnormal-days",
        marked_days(days),
        title,
        title + note(". Its cost of each day as a line, with abnormal days as dots."),
        days,
        key="Line: cost of the day. Dot: abnormal day. Short bar: what was expected of it.",
    )
    return (Section("The dearest abnormal days", figures=(figure,)),)


def _near_limit(warehouse: NarrowedWarehouse) -> tuple[Section, ...]:
    near = ask.near_limit(warehouse)
    if not near.rows:
        return ()
    title = near.say("{customer:text} costs {cost_share_of_revenue:percent} of what it pays")
    figure = Figure(
        "near-limit",
        ranked_bars(
            near,
            label="customer",
            value="cost_share_of_revenue",
            style="percent",
            axis_title="Cost as a share of revenue",
            axis_format=".0%",
        ),
        title,
        title + note(". A bar per customer, the highest share first."),
        near,
        height=60 + 24 * len(near.rows),
    )
    columns = (
        Column("customer", "Customer"),
        Column("subscription_tier", "Tier"),
        Column("severity", "Status"),
        Column("month_cost_usd", "Cost this month", "usd_table"),
        Column("projected_month_cost_usd", "Whole month", "usd_table"),
        Column("monthly_fee_usd", "Fee", "usd_table"),
        Column("days_remaining", "Days left", "count"),
    )
    return (
        Section("Customers near their limit", figures=(figure,), tables=(Table(columns, near, max_rows=20),)),
    )


def _episodes_table(episodes: Evidence) -> Section:
    columns = (
        Column("customer", "Customer"),
        Column("episode_start_date", "From", "day_short"),
        Column("days", "Days", "count"),
        Column("expected_usd", "Expected", "usd_table"),
        Column("observed_usd", "Cost", "usd_table"),
        Column("excess_usd", "Too much", "usd_table"),
        Column("driver", "Because of"),
        Column("cause_feature", "Feature", "words"),
        Column("cause_model", "Model"),
    )
    return Section("All abnormal days of the period", tables=(Table(columns, episodes, max_rows=20),))


def _premium_table(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("customer", "Customer"),
        Column("feature_id", "Feature", "words"),
        Column("task_type", "Task", "words"),
        Column("model", "Model"),
        Column("suggested_model", "Enough for it"),
        Column("cost_usd", "Cost", "usd_table"),
        Column("monthly_savings_usd", "Saves a month", "usd_table"),
    )
    return Section(
        "Premium models on trivial work", tables=(Table(columns, efficiency.premium_on_trivial(warehouse)),)
    )
