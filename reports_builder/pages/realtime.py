"""Analysis: abnormal cost, customers at their limit, and what to do about both today."""

from reports_builder.confidence import confidence
from reports_builder.domains.efficiency import insights as efficiency_insights
from reports_builder.domains.efficiency import queries as efficiency
from reports_builder.domains.realtime import insights
from reports_builder.domains.realtime import queries as ask
from reports_builder.domains.realtime.charts import marked_days
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.savings import action_plan
from reports_builder.warehouse import Warehouse


def build(warehouse: Warehouse) -> Page:
    """Abnormal days, limits reached and wasteful use of the trailing window."""
    abnormal = ask.abnormal(warehouse)
    episodes = ask.episodes(warehouse)
    limits = ask.limits(warehouse)
    premium = efficiency.premium_on_trivial(warehouse)
    return Page(
        path="analyses/realtime.md",
        title="Abnormal cost and limits",
        period=warehouse.period,
        question=note(
            "A loop, a leak or a customer that has outgrown its plan costs money every day until somebody "
            "notices; the invoice says it weeks later."
        ),
        answer=(
            _what_was_abnormal(abnormal, episodes),
            *([_is_it_over(abnormal)] if episodes.rows else []),
            _who_is_at_the_limit(limits),
            _what_is_wasted(premium),
        ),
        key_figures=_key_figures(abnormal, limits, premium),
        figures=_figure(warehouse, episodes),
        insights=(
            *insights.abnormal_days(episodes),
            *insights.over_limit(ask.over_limit(warehouse)),
            *insights.outgrown(ask.outgrown(warehouse)),
            *efficiency_insights.premium_on_trivial(premium, efficiency.fixes_of_premium_use(warehouse)),
        ),
        plan=action_plan(warehouse),
        confidence=confidence(warehouse, _assumptions()),
        sections=_reference(warehouse, episodes),
    )


def _what_was_abnormal(abnormal: Evidence, episodes: Evidence) -> Prose:
    if not episodes.rows:
        return note("No customer had an abnormal day in the period.")
    return abnormal.say(
        "{abnormal_days:count} days of {abnormal_customers:count} customers were abnormal and cost "
        "**{excess_usd:usd}** more than their own past leads one to expect. "
    ) + episodes.say(
        "The dearest is {customer:text} ({run:text} from {episode_start_date:day}): **{excess_usd:usd}** "
        "too much, because of {driver:text}, mostly {cause_feature:words}."
    )


def _is_it_over(abnormal: Evidence) -> Prose:
    if not abnormal["abnormal_days_lately"]:
        return note("None of it was in the last three days: nothing is running away now.")
    return abnormal.say(
        "Of the last three days, {abnormal_days_lately:count} customer days are abnormal: look at them today."
    )


def _who_is_at_the_limit(limits: Evidence) -> Prose:
    if not limits["over_customers"] and not limits["close_customers"]:
        if limits["limit_share"] is None:
            return note("No customer has revenue to hold its cost against.")
        return note("No customer is close to its cost limit.")
    return limits.say(
        "Customers that cost more than {limit_share:percent} of what they pay: {over_customers:count}, with"
        " **{above_limit_usd:usd}** beyond that limit in 30 days. Close to it: {close_customers:count}. "
        "Grown past their tier: {outgrown_customers:count}."
    )


def _what_is_wasted(premium: Evidence) -> Prose:
    if not premium.rows:
        return note("No premium model does trivial work.")
    return premium.say(
        "{who_have:text} trivial work done by premium models, at **{all_cost_usd:usd}** in 30 days: "
        "{dearer_ratio:ratio} times what it needs to cost."
    )


def _key_figures(abnormal: Evidence, limits: Evidence, premium: Evidence) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure(
            "Abnormal customer days",
            abnormal.cell("abnormal_days", "count"),
            abnormal.cell("prior_abnormal_days", "count"),
        ),
        KeyFigure(
            "Cost above expected on them",
            abnormal.cell("excess_usd", "usd_table"),
            abnormal.cell("prior_excess_usd", "usd_table"),
        ),
        KeyFigure(
            "Customers over their cost limit",
            limits.cell("over_customers", "count"),
            target=note("none"),
            status=limits.say("limit: {limit_share:percent} of revenue")
            if limits["limit_share"] is not None
            else note("nobody with revenue to judge"),
        ),
        KeyFigure("Customers close to it", limits.cell("close_customers", "count")),
        KeyFigure("Customers that outgrew their tier", limits.cell("outgrown_customers", "count")),
        KeyFigure(
            "Premium models on trivial work",
            premium.cell("all_cost_usd", "usd_table") if premium.rows else note("none"),
        ),
    )


def _figure(warehouse: Warehouse, episodes: Evidence) -> tuple[Figure, ...]:
    if not episodes.rows:
        return ()
    days = ask.days_of(warehouse, str(episodes["customer_id"]))
    title = episodes.say(
        "{customer:text} cost {excess_usd:usd} more than expected ({run:text} from {episode_start_date:day})"
    )
    return (
        Figure(
            "abnormal-days",
            marked_days(days),
            title,
            title
            + note(
                ". Its cost of each of the last 90 days as a line, with abnormal days as dots; expected was "
            )
            + episodes.say("{expected_usd:usd}, it became {observed_usd:usd}."),
            days,
            key="Line: cost of the day. Dot: abnormal day. Short bar: what was expected of it.",
        ),
    )


def _assumptions() -> tuple[Prose, ...]:
    return (
        note(
            "Expected is the median of the customer's own working days (or weekend days) in the 28 days "
            "before; how far a day may stray is what its days of the last eight weeks did. Nothing after "
            "the day is used."
        ),
        note(
            "A customer's first two weeks are not judged, and neither is a customer without revenue for "
            "limits."
        ),
        note("Where a month ends is projected with the mean day of the last four weeks."),
    )


def _reference(warehouse: Warehouse, episodes: Evidence) -> tuple[Section, ...]:
    return (
        Section(
            "All abnormal days of the period",
            tables=(Table(insights.EPISODE_COLUMNS, episodes, max_rows=40),),
        ),
        Section(
            "Customers at or near their limit, and where their month ends",
            tables=(
                Table(
                    (
                        Column("customer", "Customer"),
                        Column("subscription_tier", "Tier"),
                        Column("severity", "Status"),
                        Column("cost_share_of_revenue", "Cost of revenue", "percent"),
                        Column("month_cost_usd", "Cost this month", "usd_table"),
                        Column("projected_month_cost_usd", "Whole month", "usd_table"),
                        Column("monthly_fee_usd", "Fee", "usd_table"),
                        Column("days_remaining", "Days left", "count"),
                    ),
                    ask.near_limit(warehouse),
                    max_rows=40,
                ),
            ),
        ),
    )
