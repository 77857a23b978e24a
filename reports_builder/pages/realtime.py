"""Analysis: abnormal cost, customers at their limit, and what to do about both today."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.insight_words import phrase
from reports_builder.model import ActionPlan, Page, Section
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
from reports_builder.subjects.efficiency import queries as efficiency
from reports_builder.warehouse import Warehouse

_ELSEWHERE = note(
    "What cheaper models, smaller machines and settings save is listed once, in the analysis of savings "
    "(analyses/optimization.md)."
)


def build(warehouse: Warehouse) -> Page:
    """Abnormal days, limits reached and wasteful use of the trailing window."""
    abnormal = ask.abnormal(warehouse)
    episodes = ask.episodes(warehouse)
    limits = ask.limits(warehouse)
    premium = efficiency.premium_in_all(warehouse)
    near = ask.near_limit(warehouse)
    return Page(
        path="analyses/realtime.md",
        title="Abnormal cost and limits",
        period=warehouse.period,
        question=note(
            "A loop, a leak or a customer that has outgrown its plan costs money every day until somebody "
            "notices; the invoice says it weeks later."
        ),
        answer=(
            what_was_abnormal(warehouse, abnormal, episodes),
            *([_is_it_over(abnormal)] if episodes.rows else []),
            who_is_at_the_limit(warehouse, limits),
            _what_is_wasted(premium),
        ),
        key_figures=key_figures(warehouse, abnormal, limits, premium),
        figures=abnormal_days_figure(warehouse, episodes),
        insights=insights.realtime(warehouse),
        plan=ActionPlan((), _ELSEWHERE),
        confidence=confidence(warehouse, _assumptions()),
        sections=_reference(warehouse, episodes, near),
    )


def _is_it_over(abnormal: Evidence) -> Prose:
    if not abnormal["abnormal_days_lately"]:
        return note("None of it was in the last three days, as far as customers are judged.")
    return abnormal.say(
        "Of the last three days, {abnormal_days_lately:count} customer days are abnormal: look at them today."
    )


def _what_is_wasted(premium: Evidence) -> Prose:
    if not premium["customers"]:
        return note("No premium model does trivial work.")
    return phrase("efficiency/_who_has_premium", premium) + premium.say(
        " trivial work done by premium models, at **{all_cost_usd:usd}** in 30 days: "
        "{dearer_ratio:ratio} times what it needs to cost."
    )


def _assumptions() -> tuple[Prose, ...]:
    return (
        note(
            "Expected is the median of the customer's own working days (or weekend days) with calls in the "
            "28 days before; how far a day may stray is what its days of the last eight weeks did, steadied "
            "by customers of about its size. Nothing after the day is used."
        ),
        note(
            "A customer's first two weeks are not judged, and neither is a customer without fees for limits."
        ),
    )


def _reference(warehouse: Warehouse, episodes: Evidence, near: Evidence) -> tuple[Section, ...]:
    return (
        episodes_section(episodes),
        *series_section(warehouse),
        Section(
            "Customers at or near their limit",
            tables=(near_limit_table(near),),
        ),
        *portfolio_risk_section(warehouse),
    )
