"""Analysis: what each feature costs and earns, who uses it, and whether to invest, keep or close."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Page, Section, Table
from reports_builder.savings import action_plan
from reports_builder.subjects import insights
from reports_builder.subjects.margin.features import queries as ask
from reports_builder.subjects.margin.features.statements import (
    adoption_table,
    candidates_section,
    cost_table,
    decisions_figure,
    judgement,
    key_figures,
    profit_table,
    revenue_and_cost,
    usage_figure,
    usage_table,
    what_they_bring,
)
from reports_builder.subjects.margin.statements import margin_named, margin_within_sentence
from reports_builder.subjects.rates.decisions import hosting_said
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note(
        "Assumed: no feature has a price of its own. A customer's revenue is split over the features it used "
        "by its successful calls, so a feature's margin says how well fees cover its use, not what customers "
        "would pay for it."
    ),
    note("Assumed: the thresholds of the rule are the business's own; they stand below."),
    note(
        "Features also bear the cost of calls without a customer, so their margin together is below that of "
        "the customers."
    ),
    note("Measured: cost, with the shared pools that fall to the feature, and use per customer."),
)

_ALL_ROWS = note("All rows together are the cost of the period; what belongs to no feature has its own.")
_GINI = note(
    "Among the customers that use the feature. Gini is zero when all call alike and tends to one "
    "when a single customer makes all calls."
)


def build(warehouse: Warehouse) -> Page:
    """Cost, margin, adoption and distribution of use per feature, and the judgement with its rule."""
    totals = ask.totals(warehouse)
    judged = ask.judged(warehouse)
    everything = ask.features(warehouse)
    return Page(
        path="analyses/features.md",
        title="Feature economics: invest, keep or close",
        period=warehouse.period,
        question=note(
            "Customers pay one fee for all features, so nobody sees which feature the fee pays for and which "
            "one lives on the others."
        ),
        answer=_answer(warehouse, totals),
        key_figures=key_figures(totals, margin_named(warehouse)),
        figures=revenue_and_cost(warehouse, totals, judged),
        insights=insights.features(warehouse),
        plan=action_plan(warehouse, "model_switch", "inefficient_usage", "batch", "caching"),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            Section("Cost per feature", text=(_ALL_ROWS,), tables=(cost_table(everything),)),
            Section("Profitability per feature", tables=(profit_table(everything),)),
            Section(
                "Distribution of use",
                text=(_GINI,),
                tables=(usage_table(everything),),
                figures=usage_figure(judged),
            ),
            _adoption_section(warehouse, totals, everything, judged),
            *candidates_section(warehouse, totals),
        ),
    )


def _answer(warehouse: Warehouse, totals: Evidence) -> tuple[Prose, ...]:
    if not totals["features"]:
        return (what_they_bring(totals, margin_within_sentence(warehouse)),)
    return (
        what_they_bring(totals, margin_within_sentence(warehouse)) + _customers_margin(warehouse),
        *hosting_said(warehouse),
        judgement(totals),
        _loss(warehouse, totals),
        _distribution(ask.concentrated(warehouse)),
    )


def _loss(warehouse: Warehouse, totals: Evidence) -> Prose:
    if not totals["losing_features"]:
        return note("Every feature brings more than it costs.")
    actions = ask.losing_actions(warehouse)
    said = say(
        "{losing_features:count} lose **{losses_usd:usd}** together, {subject:text} most of all."
        if totals["losing_features"] != 1
        else "{losing_features:count} of them loses money: {subject:text}, **{losses_usd:usd}**.",
        totals,
        ask.losing(warehouse),
    )
    if not actions["open_actions"]:
        return said
    if actions["open_net_usd"] >= totals["losses_usd"]:  # type: ignore[operator]
        return said + actions.say(
            " Open actions on the same tasks save **{open_net_usd:usd}** a month, enough to cover it: take "
            "them first."
        )
    return said + actions.say(
        " Open actions on the same tasks cover at most **{open_net_usd:usd}** of it a month; the rest needs "
        "a price, or fewer tokens per call."
    )


def _customers_margin(warehouse: Warehouse) -> Prose:
    """How the margin here differs from that of the customers, where some cost has none."""
    cost = ask.without_customer(warehouse)
    if not cost["customerless_usd"]:
        return note("")
    return say(
        " That is **{customerless_usd:usd_table}** below the {customer_margin_usd:usd_table} of the "
        "customers: cost that none of them caused.",
        cost,
        ask.customer_margin(warehouse),
    )


def _distribution(uneven: Evidence) -> Prose:
    if not uneven.rows:
        return note("No feature has enough customers to say how evenly it is used.")
    return uneven.say(
        "Use is uneven: a tenth of its customers makes {top_tenth_call_share:percent} of the calls of "
        "{feature_id:words}, under one flat fee for all."
    )


def _adoption_section(
    warehouse: Warehouse, totals: Evidence, everything: Evidence, judged: Evidence
) -> Section:
    thresholds = ask.thresholds(warehouse)
    return Section(
        "Adoption, growth and the rule of the judgement",
        text=(
            thresholds.say(
                "**Close** a feature that nobody uses, or that loses money while fewer than "
                "{sunset_adoption_share:percent} of active customers use it and its calls grow by less than "
                "{sunset_growth_share:percent}, unless the savings open for it cover the loss. **Invest** in "
                "one that keeps {invest_margin_share:percent} of its revenue or more and is used by "
                "{invest_adoption_share:percent} of active customers "
                "or grows by {invest_growth_share:percent}. **Keep** every other. Growth that is not known "
                "neither saves nor promotes."
            ),
        ),
        tables=(
            adoption_table(everything),
            Table(
                (
                    Column("rule_name", "Threshold", "words"),
                    Column("rule_value", "Value", "percent"),
                    Column("description", "Meaning"),
                ),
                ask.rules(warehouse),
                note("the thresholds of the rule, as you set them."),
            ),
        ),
        figures=decisions_figure(warehouse, totals, judged),
    )
