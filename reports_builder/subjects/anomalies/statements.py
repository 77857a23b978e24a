"""What the reports and the dashboard say of abnormal days and of limits."""

from reports_builder.evidence import Evidence, Prose, join, note, say
from reports_builder.insight_words import phrase
from reports_builder.model import CUSTOMER_PAGE, Column, Figure, KeyFigure, Section, Table, compared
from reports_builder.subjects.anomalies import queries as ask
from reports_builder.subjects.anomalies.charts import marked_days
from reports_builder.warehouse import Warehouse

EPISODE_COLUMNS = (
    Column("customer", "Customer", page=CUSTOMER_PAGE),
    Column("episode_start_date", "From", "day_short"),
    Column("days", "Days", "count"),
    Column("expected_usd", "Expected", "usd_table"),
    Column("observed_usd", "Cost", "usd_table"),
    Column("excess_usd", "Above expected", "usd_table"),
    Column("driver", "Why"),
    Column("cause_feature", "Most of all in", "words"),
    Column("cause_model", "On model"),
)


def what_was_abnormal(warehouse: Warehouse, abnormal: Evidence, episodes: Evidence) -> Prose:
    """How many days were abnormal, what they cost, and the dearest of them."""
    if abnormal["abnormal_days"] is None:
        return ask.needed_days(warehouse).say(
            "History is too short to call a day abnormal: it takes {anomaly_min_history_days:count} days of "
            "it."
        )
    if not episodes.rows:
        return note("No customer had an abnormal day in the period.")
    return (
        abnormal.say(
            "{abnormal_days:count} days of {abnormal_customers:count} customers were abnormal and cost "
            "**{excess_usd:usd}** more than their own past leads one to expect. "
        )
        + episodes.say("The dearest is {customer:text} (")
        + phrase("anomalies/_run", episodes)
        + episodes.say(
            " from {episode_start_date:day}): **{excess_usd:usd}** too much, because of {driver:text}, most "
            "of all in {cause_feature:words}."
        )
    )


def who_is_at_the_limit(warehouse: Warehouse, limits: Evidence) -> Prose:
    """How many customers cost too large a part of their fees, or have outgrown their tier."""
    if not limits["over_customers"] and not limits["close_customers"]:
        if not ask.paying_customers(warehouse)["paying_customers"]:
            return note("No customer has fees to hold its cost against.")
        return note("No customer is close to its cost limit.")
    return say(
        "Customers that cost more than {cost_share_of_revenue_limit:percent} of their fees: "
        "{over_customers:count}, with **{above_limit_usd:usd}** beyond that limit in 30 days. Close to it: "
        "{close_customers:count}. Grown past their tier: {outgrown_customers:count}.",
        limits,
        ask.limit_share(warehouse),
    )


def key_figures(
    warehouse: Warehouse, abnormal: Evidence, limits: Evidence, premium: Evidence
) -> tuple[KeyFigure, ...]:
    """Abnormal days, customers at their limits, and premium models on trivial work."""
    return (
        compared(
            abnormal,
            "Abnormal customer days",
            "abnormal_days",
            "count",
            status=abnormal.say("{abnormal_days_lately:count} in the last three days")
            if abnormal["abnormal_days"] is not None
            else note("too little history"),
        ),
        compared(abnormal, "Cost above expected on them", "excess_usd", "usd_table"),
        over_limit_figure(warehouse, limits),
        KeyFigure("Customers close to it", limits.cell("close_customers", "count")),
        KeyFigure("Customers that outgrew their tier", limits.cell("outgrown_customers", "count")),
        KeyFigure(
            "Premium models on trivial work",
            premium.cell("all_cost_usd", "usd_table") if premium["customers"] else note("0"),
        ),
    )


def over_limit_figure(warehouse: Warehouse, limits: Evidence) -> KeyFigure:
    """Customers whose cost is too large a part of their fees."""
    return KeyFigure(
        "Customers over their cost limit",
        limits.cell("over_customers", "count"),
        target=note("0"),
        status=ask.limit_share(warehouse).say("limit: {cost_share_of_revenue_limit:percent} of fees")
        if ask.paying_customers(warehouse)["paying_customers"]
        else note("nobody with fees to judge"),
    )


def abnormal_days_figure(warehouse: Warehouse, episodes: Evidence) -> tuple[Figure, ...]:
    """The days of the customer with the dearest abnormal run; nothing when nobody had one."""
    if not episodes.rows:
        return ()
    days = ask.days_of(warehouse, str(episodes["customer_id"]))
    if not days.rows:
        return ()
    title = (
        episodes.say("{customer:text} cost {excess_usd:usd} more than expected (")
        + phrase("anomalies/_run", episodes)
        + episodes.say(" from {episode_start_date:day})")
    )
    figure = Figure(
        "abnormal-days",
        marked_days(days),
        title,
        title
        + note(". Its cost of each day as a line, with abnormal days as dots; expected was ")
        + episodes.say("{expected_usd:usd}, it became {observed_usd:usd}."),
        days,
        key="Line: cost of the day. Dot: abnormal day. Short bar: what was expected of it.",
    )
    return (figure,)


def episodes_section(episodes: Evidence) -> Section:
    """Every abnormal run of the period."""
    return Section("All abnormal days of the period", tables=(Table(EPISODE_COLUMNS, episodes, max_rows=40),))


def near_limit_table(near: Evidence) -> Table:
    """Customers at or near their limit: cost and fees of the same 30 days."""
    return Table(
        (
            Column("customer", "Customer", page=CUSTOMER_PAGE),
            Column("subscription_tier", "Tier"),
            Column("severity", "Status"),
            Column("revenue_usd", "Fees earned", "usd_table"),
            Column("cost_usd", "Cost", "usd_table"),
            Column("cost_share_of_revenue", "Cost of fees", "percent"),
        ),
        near,
        note("The 30 days of the period, on both sides."),
        max_rows=40,
    )


def portfolio_risk_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """How much of revenue and of spend rests on customers at a loss, and which way that goes."""
    risks = ask.portfolio_risk(warehouse)
    if not risks.rows:
        return ()
    columns = (
        Column("measure", "Of all", "words"),
        Column("customers_at_risk", "Customers at a loss", "count"),
        Column("at_risk_usd", "Theirs", "usd_table"),
        Column("total_usd", "Of all customers", "usd_table"),
        Column("at_risk_share", "Share", "percent"),
        Column("prior_at_risk_share", "Share before", "percent"),
        Column("change_share", "Change", "delta_points"),
        Column("trend", "Trend"),
    )
    said = join(
        [
            risk.say(
                "{customers_at_risk:count} customers that cost more than their fees stand for "
                "**{at_risk_share:percent}** of {measure:words}; that share is {trend:text}."
                if risk["trend"] != "unknown"
                else "{customers_at_risk:count} customers that cost more than their fees stand for "
                "**{at_risk_share:percent}** of {measure:words}; the period before is not covered."
            )
            for risk in risks.each()
        ]
    )
    return (Section("Portfolio risk", text=(said,), tables=(Table(columns, risks),)),)
