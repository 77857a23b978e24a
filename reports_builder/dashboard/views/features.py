"""What each feature costs and earns, who uses it, and whether to invest, keep or close."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.domains.features import queries as ask
from reports_builder.domains.features.charts import decision_map, usage_ranges
from reports_builder.domains.spend.statements import split_section
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table


def build(warehouse: NarrowedWarehouse) -> View:
    """Feature economics."""
    totals = ask.totals(warehouse)
    judged = ask.judged(warehouse)
    return View(
        title="Features",
        headline=_headline(totals),
        tiles=(
            KeyFigure("Cost to serve", totals.cell("cost_usd", "usd_table")),
            KeyFigure("Revenue", totals.cell("revenue_usd", "usd_table")),
            KeyFigure(
                "Gross margin",
                totals.cell("margin_usd", "usd_table"),
                status=totals.say("{margin_share:percent} of revenue"),
            ),
            KeyFigure(
                "Features that lose money",
                totals.cell("losing_features", "count"),
                status=totals.say("of {features:count}; {losses_usd:usd} of loss"),
            ),
            KeyFigure("Cost that belongs to no feature", totals.cell("unallocated_cost_usd", "usd_table")),
            KeyFigure("Active customers", totals.cell("active_customers", "count")),
        ),
        sections=(
            *_figures(warehouse, totals, judged),
            split_section(warehouse, "feature", "Feature", "Spend by feature"),
            _table(warehouse),
            _use_table(warehouse),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def _headline(totals: Evidence) -> tuple[Prose, ...]:
    if not totals["features"]:
        return (note("No call of the period names a feature, so there is nothing to judge."),)
    return (
        totals.say(
            "{features:count} features together cost **{cost_usd:usd}** to serve, against "
            "**{revenue_usd:usd}** of revenue: a margin of {margin_usd:usd} ({margin_share:percent})."
        ),
        totals.say(
            "Judged by the rule: **{invest_features:count}** to invest in, **{keep_features:count}** to "
            "keep, **{sunset_features:count}** to close."
        ),
    )


def _figures(warehouse: NarrowedWarehouse, totals: Evidence, judged: Evidence) -> tuple[Section, ...]:
    if not judged.rows:
        return ()
    money = totals.say("{losing_features:count} of {features:count} features cost more than they bring")
    use = judged.say(
        "The median customer of {feature:text} calls it {calls_per_customer_p50:count} times; one in ten "
        "more than {calls_per_customer_p90:count} times"
    )
    decisions = totals.say("{invest_features:count} of {features:count} features deserve investment")
    bars = ranked_bars(
        judged,
        label="feature",
        value="cost_usd",
        style="usd",
        axis_title="US dollars in the period",
        marker="revenue_usd",
        highlight="loses_money",
    )
    key = (
        "Bar: cost to serve, dark where it is more than the revenue. Upright mark: revenue by share of calls."
    )
    across = "Left dot: the median customer. Right dot: nine of ten customers call less often."
    rule = "Dark dot: invest. Dashed: the adoption and the margin to invest from."
    figures = (
        ("Cost and revenue", Figure("cost-and-revenue", bars, money, money + note("."), judged, 320, key)),
        ("Use", Figure("feature-usage", usage_ranges(judged), use, use + note("."), judged, 320, across)),
        (
            "Invest, keep or close",
            Figure(
                "feature-decisions",
                decision_map(judged, ask.thresholds(warehouse)),
                decisions,
                decisions + note(". A dot per feature: adoption across, margin up."),
                judged,
                340,
                rule,
            ),
        ),
    )
    return tuple(Section(title, figures=(figure,)) for title, figure in figures)


def _table(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("feature", "Feature"),
        Column("allocated_revenue_usd", "Revenue", "usd_table"),
        Column("cost_to_serve_usd", "Cost", "usd_table"),
        Column("gross_margin_usd", "Margin", "usd_table"),
        Column("gross_margin_share", "Of revenue", "percent"),
        Column("adoption_share", "Adoption", "percent"),
        Column("calls_change_share", "Growth", "delta"),
        Column("judgement", "Judgement"),
        Column("reason", "Reason", "words"),
    )
    return Section(
        "Features and their judgement", tables=(Table(columns, ask.features(warehouse), max_rows=20),)
    )


def _use_table(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("feature", "Feature"),
        Column("team_id", "Team"),
        Column("customers_using", "Customers", "count"),
        Column("successful_calls", "Answered calls", "count"),
        Column("cost_per_call_usd", "Per answered call", "usd_unit"),
        Column("cost_per_customer_usd", "Per customer", "usd_table"),
        Column("top_tenth_call_share", "Most active tenth", "percent"),
        Column("usage_gini", "Gini", "ratio"),
    )
    return Section("Who uses what", tables=(Table(columns, ask.features(warehouse), max_rows=20),))
