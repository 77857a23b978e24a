"""Analysis: what each feature costs and earns, who uses it, and whether to invest, keep or close."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.confidence import confidence
from reports_builder.domains.features import insights
from reports_builder.domains.features import queries as ask
from reports_builder.domains.features.charts import decision_map, usage_ranges
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.savings import action_plan
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
        key_figures=_key_figures(totals),
        figures=_revenue_and_cost(totals, judged),
        insights=(
            *insights.losses(warehouse, totals),
            *insights.closures(warehouse, totals),
            *insights.investments(warehouse, totals),
            *insights.uneven_use(warehouse),
        ),
        plan=action_plan(warehouse, "model_switch", "inefficient_usage", "batch", "caching"),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            _cost_section(everything),
            _profit_section(everything),
            _usage_section(everything, judged),
            _adoption_section(warehouse, everything, judged),
        ),
    )


def _answer(warehouse: Warehouse, totals: Evidence) -> tuple[Prose, ...]:
    if not totals["features"]:
        return (note("No call of the period names a feature, so there is nothing to judge."),)
    return (
        totals.say(
            "All features together (there are {features:count}) cost **{cost_usd:usd}** to serve, "
            "against **{revenue_usd:usd}** of revenue: a margin of {margin_usd:usd} "
            "({margin_share:percent})."
        ),
        _judgement(totals),
        _loss(warehouse, totals),
        _distribution(ask.concentrated(warehouse)),
    )


def _judgement(totals: Evidence) -> Prose:
    said = totals.say(
        "Judged by the rule: **{invest_features:count}** to invest in, **{keep_features:count}** to keep, "
        "**{sunset_features:count}** to close. "
    )
    if totals["invest_features"]:
        said += totals.say("Foremost to invest in, by margin: {invest_names:text}. ")
    if totals["sunset_features"]:
        return said + totals.say("To close: {sunset_names:text}.")
    return said + note("None has to be closed.")


def _loss(warehouse: Warehouse, totals: Evidence) -> Prose:
    if not totals["losing_features"]:
        return note("Every feature brings more than it costs.")
    actions = ask.losing_actions(warehouse)
    said = say(
        "{losing_features:count} lose **{losses_usd:usd}** together, {feature_id:words} most of all."
        if totals["losing_features"] != 1
        else "{losing_features:count} of them loses money: {feature_id:words}, **{losses_usd:usd}**.",
        totals,
        ask.losing(warehouse),
    )
    if not actions["open_actions"]:
        return said
    return said + actions.say(
        " The open actions on its tasks are worth **{open_net_usd:usd}** a month: take them first."
    )


def _distribution(uneven: Evidence) -> Prose:
    if not uneven.rows:
        return note("No feature has enough customers to say how evenly it is used.")
    return uneven.say(
        "Use is uneven: a tenth of its customers makes {top_tenth_call_share:percent} of the calls of "
        "{feature_id:words}, under one flat fee for all."
    )


def _key_figures(totals: Evidence) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure("Cost to serve", totals.cell("cost_usd", "usd_table")),
        KeyFigure("Revenue", totals.cell("revenue_usd", "usd_table")),
        KeyFigure(
            "Gross margin",
            totals.cell("margin_usd", "usd_table"),
            status=totals.say("{margin_share:percent} of revenue"),
        ),
        KeyFigure(
            "Features that lose money",
            totals.say("{losing_features:count} of {features:count}"),
            status=totals.say("{losses_usd:usd} of loss"),
        ),
        KeyFigure(
            "Cost that belongs to no feature",
            totals.cell("unallocated_cost_usd", "usd_table"),
            status=totals.say("{unallocated_revenue_usd:usd} of revenue belongs to none"),
        ),
        KeyFigure("Active customers", totals.cell("active_customers", "count")),
    )


def _revenue_and_cost(totals: Evidence, judged: Evidence) -> tuple[Figure, ...]:
    if not judged.rows:
        return ()
    title = (
        totals.say("Features that cost more than they bring: {losing_features:count} of {features:count}")
        if totals["losing_features"]
        else note("Every feature brings more than it costs")
    )
    return (
        Figure(
            "feature-cost-and-revenue",
            ranked_bars(
                judged,
                label="feature",
                value="cost_usd",
                style="usd",
                axis_title="US dollars in 30 days",
                marker="revenue_usd",
                end_label=("cost, revenue", "revenue_usd"),
                highlight="loses_money",
            ),
            title,
            title + judged.say(". The dearest is {feature:text}: {cost_usd:usd}, revenue {revenue_usd:usd}."),
            judged,
            height=320,
            key=(
                "Bar: cost to serve, dark where it is more than the revenue. "
                "Upright mark: revenue by share of calls."
            ),
        ),
    )


def _cost_section(everything: Evidence) -> Section:
    return Section(
        "Cost per feature",
        text=(note("All rows together are the cost of the period; what belongs to no feature has its own."),),
        tables=(
            Table(
                (
                    Column("feature", "Feature"),
                    Column("team_id", "Team"),
                    Column("cost_to_serve_usd", "Cost", "usd_table"),
                    Column("cost_share", "Share", "percent"),
                    Column("calls", "Calls", "count"),
                    Column("cost_per_call_usd", "Per answered call", "usd_unit"),
                    Column("cost_per_customer_usd", "Per customer", "usd_table"),
                ),
                everything,
                max_rows=20,
            ),
        ),
    )


def _profit_section(everything: Evidence) -> Section:
    return Section(
        "Profitability per feature",
        tables=(
            Table(
                (
                    Column("feature", "Feature"),
                    Column("allocated_revenue_usd", "Revenue", "usd_table"),
                    Column("cost_to_serve_usd", "Cost", "usd_table"),
                    Column("gross_margin_usd", "Margin", "usd_table"),
                    Column("gross_margin_share", "Of revenue", "percent"),
                    Column("revenue_per_customer_usd", "Revenue per customer", "usd_table"),
                    Column("judgement", "Judgement"),
                    Column("reason", "Reason", "words"),
                ),
                everything,
                max_rows=20,
            ),
        ),
    )


def _usage_section(everything: Evidence, judged: Evidence) -> Section:
    title = judged.say(
        "The median customer of {feature:text} calls it {calls_per_customer_p50:count} times; one in ten "
        "more than {calls_per_customer_p90:count} times"
    )
    figure = Figure(
        "feature-usage",
        usage_ranges(judged),
        title,
        note("Per feature a line from the median customer's calls to the ninth in ten. ") + title,
        judged,
        height=320,
        key="Left dot: the median customer. Right dot: nine of ten customers call less often.",
    )
    return Section(
        "Distribution of use",
        text=(
            note(
                "Among the customers that use the feature. Gini is zero when all call alike and tends to one "
                "when a single customer makes all calls."
            ),
        ),
        tables=(
            Table(
                (
                    Column("feature", "Feature"),
                    Column("customers_using", "Customers", "count"),
                    Column("successful_calls", "Answered calls", "count"),
                    Column("calls_per_customer_p50", "Median", "count"),
                    Column("calls_per_customer_p90", "Nine in ten below", "count"),
                    Column("top_tenth_call_share", "Most active tenth", "percent"),
                    Column("usage_gini", "Gini", "ratio"),
                ),
                everything,
                max_rows=20,
            ),
        ),
        figures=(figure,) if judged.rows else (),
    )


def _adoption_section(warehouse: Warehouse, everything: Evidence, judged: Evidence) -> Section:
    thresholds = ask.thresholds(warehouse)
    totals = ask.totals(warehouse)
    title = totals.say(
        "Features with the margin, and the users or the growth, to invest in: {invest_features:count} of "
        "{features:count}"
    )
    figure = Figure(
        "feature-decisions",
        decision_map(judged, thresholds),
        title,
        title
        + thresholds.say(". The lines stand at {invest_adoption_share:percent} adoption and ")
        + thresholds.say("{invest_margin_share:percent} margin."),
        judged,
        height=340,
        key=(
            "Dark dot: invest. Dashed: the adoption and the margin to invest from; left of the upright line "
            "growth can take the place of adoption."
        ),
    )
    return Section(
        "Adoption, growth and the rule of the judgement",
        text=(
            thresholds.say(
                "**Close** a feature that nobody uses, or that loses money while fewer than "
                "{sunset_adoption_share:percent} of active customers use it and its calls grow by less than "
                "{sunset_growth_share:percent}. **Invest** in one that keeps {invest_margin_share:percent} "
                "of its revenue or more and is used by {invest_adoption_share:percent} of active customers "
                "or grows by {invest_growth_share:percent}. **Keep** every other. Growth that is not known "
                "neither saves nor promotes."
            ),
        ),
        tables=(
            Table(
                (
                    Column("feature", "Feature"),
                    Column("customers_using", "Customers", "count"),
                    Column("adoption_share", "Adoption", "percent"),
                    Column("prior_successful_calls", "Calls before", "count"),
                    Column("successful_calls", "Calls now", "count"),
                    Column("calls_change_share", "Change", "delta"),
                    Column("gross_margin_share", "Margin", "percent"),
                    Column("judgement", "Judgement"),
                ),
                everything,
                max_rows=20,
            ),
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
        figures=(figure,) if judged.rows else (),
    )
