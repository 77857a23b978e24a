"""Analysis: what each feature costs and brings in, who uses it, and whether to invest, keep or close it."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.pages import _feature_insights as insights
from reports_builder.pages import _feature_queries as ask
from reports_builder.savings import action_plan
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note(
        "Definition: features have no price of their own. A customer's fee is split over the "
        "features it used, by its successful calls; fees of customers without a successful "
        "call belong to none."
    ),
    note("Assumed: a call is worth as much in one feature as in another. A price per feature would show it."),
)


def build(warehouse: Warehouse) -> Page:
    """Feature economics of the trailing window."""
    totals = ask.totals(warehouse)
    features = ask.features(warehouse)
    return Page(
        path="analyses/features.md",
        title="Feature economics",
        period=warehouse.period,
        question=note(
            "Every feature costs money with each call, and no invoice says which of them earns it back."
        ),
        answer=_answer(totals, features, ask.losing(warehouse)),
        key_figures=_key_figures(totals),
        figures=(_margin_figure(totals, features),),
        insights=(
            *insights.losing(ask.losing(warehouse)),
            *insights.investing(ask.investing(warehouse)),
            *insights.concentrated(ask.spread(warehouse)),
        ),
        plan=action_plan(warehouse, "model_switch", "inefficient_usage", rows=5),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(_economics(features), _decisions(warehouse, features)),
    )


def _answer(totals: Evidence, features: Evidence, losing: Evidence) -> tuple[Prose, ...]:
    sentences = [
        totals.say(
            "{features:count} features cost **{cost_usd:usd}** and carry **{revenue_usd:usd}** of "
            "revenue, a margin of {margin_share:percent}."
        ),
        features.say(
            "The dearest is {feature_id:words}: **{cost_to_serve_usd:usd}**, {cost_share:percent} "
            "of the cost, for {allocated_revenue_usd:usd} of revenue."
        ),
    ]
    if losing.rows:
        sentences.append(
            losing.say(
                "Of them {losing_features:count} cost more than they bring in; {feature_id:words} "
                "loses most, **{loss_usd:usd}**."
            )
        )
    else:
        sentences.append(note("Every feature brings in more than it costs."))
    sentences.append(
        totals.say(
            "By your rules: invest in **{invest_features:count}**, keep {keep_features:count}, close "
            "{sunset_features:count}."
        )
    )
    return tuple(sentences)


def _key_figures(totals: Evidence) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure("Cost of all features", totals.cell("cost_usd", "usd_table")),
        KeyFigure("Revenue that falls to them", totals.cell("revenue_usd", "usd_table")),
        KeyFigure("Gross margin of revenue", totals.cell("margin_share", "percent")),
        KeyFigure(
            "Features with a loss",
            totals.say("{losing_features:count} of {features:count}"),
            target=note("none"),
            status=totals.say("{loss_usd:usd} lost"),
        ),
        KeyFigure(
            "To invest in, keep, close",
            totals.say("{invest_features:count}, {keep_features:count}, {sunset_features:count}"),
        ),
        KeyFigure(
            "Cost and revenue of no feature",
            totals.say("{unallocated_cost_usd:usd_table} and {unallocated_revenue_usd:usd_table}"),
            status=note("shown, in the totals"),
        ),
    )


def _margin_figure(totals: Evidence, features: Evidence) -> Figure:
    title = totals.say("{losing_features:count} of {features:count} features cost more than they bring in")
    return Figure(
        "features",
        ranked_bars(
            features,
            label="feature_id",
            value="cost_to_serve_usd",
            style="usd",
            axis_title="US dollars: bar = cost, upright mark = revenue that falls to it, dark = a loss",
            highlight="is_loss",
            marker="allocated_revenue_usd",
            end_label=("cost, revenue", "allocated_revenue_usd"),
        ),
        title,
        title + features.say(". The dearest is {feature_id:words} at {cost_to_serve_usd:usd}."),
        features,
        height=80 + 28 * len(features.rows),
    )


def _economics(features: Evidence) -> Section:
    return Section(
        "Cost and margin per feature", tables=(Table(insights.ECONOMICS_COLUMNS, features, max_rows=30),)
    )


def _decisions(warehouse: Warehouse, features: Evidence) -> Section:
    return Section(
        "Invest, keep or close",
        text=(
            ask.rules(warehouse).say(
                "Close what nobody uses, or what loses money while fewer than "
                "{sunset_adoption:percent} of active customers use it and its calls grow by less than "
                "{sunset_growth:percent}. Invest where the margin is at least {invest_margin:percent} "
                "and at least {invest_adoption:percent} of active customers use it or its calls grow "
                "by {invest_growth:percent} or more. Keep the rest."
            ),
        ),
        tables=(
            Table(
                (
                    Column("feature_id", "Feature", "words"),
                    Column("team_id", "Team", "words"),
                    Column("decision", "Decision"),
                    Column("decision_reason", "Because", "words"),
                    Column("gross_margin_share", "Margin", "percent"),
                    Column("adoption_share", "Adoption", "percent"),
                    Column("calls_change_share", "Calls", "delta"),
                ),
                features,
                max_rows=30,
            ),
        ),
    )
