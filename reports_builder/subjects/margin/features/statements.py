"""What the reports and the dashboard say of features and of their judgement."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import FEATURE_PAGE, Column, Figure, KeyFigure, Section, Table
from reports_builder.subjects.margin.features import queries as ask
from reports_builder.subjects.margin.features.charts import decision_map, usage_ranges
from reports_builder.warehouse import Warehouse


def what_they_bring(totals: Evidence, named: str) -> Prose:
    """What all features cost and bring together; ``named`` says what a margin is after."""
    if not totals["features"]:
        return note("No call of the period names a feature, so there is nothing to judge.")
    if totals["margin_usd"] is None:
        return totals.say(
            "Whether we make money on features ({features:count}) is unknown: the cost of none of their "
            "calls is known. Revenue was **{revenue_usd:usd}**."
        )
    earns = float(str(totals["margin_usd"])) > 0
    return totals.say(
        f"We {'make' if earns else 'do not make'} money on the features together"
        + (", as far as their cost is known" if totals["uncosted_calls"] else "")
        + ", and on {earning_features:count} of {features:count} of them alone: AI spend was "
        "**{cost_usd:usd}**, with what belongs to no feature, against **{revenue_usd:usd}** of revenue, a "
        f"{named} of {{margin_usd:usd}} ({{margin_share:percent}})"
        + (
            ", at most: calls without a known cost {uncosted_calls:count}."
            if totals["uncosted_calls"]
            else "."
        )
    )


def judgement(totals: Evidence) -> Prose:
    """How many features cost little and are used, how many to keep and to close, and which first."""
    said = totals.say(
        "Judged by cost and use: **{invest_features:count}** cost little and are much used or growing, which "
        "makes them candidates for investment and no more, **{keep_features:count}** to keep, "
        "**{sunset_features:count}** to close. "
    )
    if totals["invest_features"]:
        said += totals.say("The first candidates, by margin: {invest_names:text}. ")
    if totals["mended_features"]:
        said += totals.say(
            "Kept until the savings that are open for them are made, which alone mend their loss: "
            "{mended_features:count}. "
        )
    if totals["unknown_features"]:
        said += totals.say(
            "Kept for now, because the cost of too many of their calls is unknown: {unknown_features:count}. "
        )
    if totals["sunset_features"]:
        return said + totals.say("To close: {sunset_names:text}. ") + _SPLIT_BY_CALLS
    return said + note("None has to be closed. ") + _SPLIT_BY_CALLS


_SPLIT_BY_CALLS = note(
    "Fees are split over features by calls, so a feature with cheap calls has a high margin by construction: "
    "the judgement shows where cost is low, not what customers would pay."
)


def key_figures(totals: Evidence, named: str) -> tuple[KeyFigure, ...]:
    """What features cost and bring, and what belongs to none; ``named`` says what a margin is after."""
    return (
        KeyFigure("AI spend", totals.cell("cost_usd", "usd_table")),
        KeyFigure("Fees earned", totals.cell("revenue_usd", "usd_table")),
        KeyFigure(
            f"{named}, with what belongs to no feature",
            totals.cell("margin_usd", "usd_table"),
            status=totals.say(
                "{margin_share:percent} of revenue" + (", at most" if totals["uncosted_calls"] else "")
            ),
        ),
        KeyFigure(
            "Features that lose money",
            totals.say("{losing_features:count} of {features:count}"),
            status=totals.say("{losses_usd:usd} of loss"),
        ),
        KeyFigure(
            "Cost that belongs to no feature",
            totals.cell("unallocated_cost_usd", "usd_table"),
            status=totals.say("{unallocated_revenue_usd:usd} of fees belongs to none"),
        ),
        KeyFigure("Active customers", totals.cell("active_customers", "count")),
    )


def revenue_and_cost(
    warehouse: Warehouse, totals: Evidence, judged: Evidence, *, narrow: bool = False
) -> tuple[Figure, ...]:
    """A bar of cost and a mark of fees per feature; ``narrow`` bars have no room for both values."""
    if not judged.rows:
        return ()
    title = (
        totals.say("Features that cost more than they bring: {losing_features:count} of {features:count}")
        if totals["losing_features"]
        else note("Every feature brings more than it costs")
    )
    figure = Figure(
        "feature-cost-and-revenue",
        ranked_bars(
            judged,
            label="feature_name",
            value="cost_usd",
            style="usd",
            axis_title=f"US dollars in {warehouse.period_of(judged).length}",
            marker="revenue_usd",
            end_label=None if narrow else ("cost, revenue", "revenue_usd"),
            highlight="is_unprofitable",
        ),
        title,
        title
        + judged.say(". The dearest is {feature_name:text}: {cost_usd:usd}, revenue {revenue_usd:usd}."),
        judged,
        height=320,
        key=(
            "Bar: cost to serve, dark where it is more than the revenue. "
            "Upright mark: fees by share of calls."
        ),
        page=FEATURE_PAGE,
    )
    return (figure,)


def usage_figure(judged: Evidence) -> tuple[Figure, ...]:
    """How differently customers use each feature."""
    if not judged.rows:
        return ()
    title = judged.say(
        "The median customer of {feature_name:text} calls it {calls_per_customer_p50:count} times; one in "
        "ten more than {calls_per_customer_p90:count} times"
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
    return (figure,)


def decisions_figure(warehouse: Warehouse, totals: Evidence, judged: Evidence) -> tuple[Figure, ...]:
    """Adoption and margin of each feature beside the lines of the rule."""
    if not judged.rows:
        return ()
    thresholds = ask.thresholds(warehouse)
    title = totals.say(
        "Features that cost little and are much used or growing: {invest_features:count} of {features:count}"
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
            "Dark dot: a candidate for investment. Dashed: the adoption and the margin from which on it is "
            "one; left of the upright line growth can take the place of adoption."
        ),
    )
    return (figure,)


def profit_table(everything: Evidence) -> Table:
    """What each feature brings and costs, and how it is judged."""
    columns = (
        Column("feature_name", "Feature"),
        Column("allocated_revenue_usd", "Fees earned", "usd_table"),
        Column("cost_to_serve_usd", "Cost", "usd_table"),
        Column("gross_margin_usd", "Margin", "usd_table"),
        Column("gross_margin_share", "Of revenue", "percent"),
        Column("margin_after_savings_usd", "With what is advised", "usd_table"),
        Column("margin_after_savings_share", "Of revenue then", "percent"),
        Column("revenue_per_customer_usd", "Fees per customer", "usd_table"),
        Column("judgement", "Judgement"),
        Column("reason", "Reason", "words"),
    )
    return Table(columns, everything, max_rows=20)


def adoption_table(everything: Evidence) -> Table:
    """Who uses each feature, and how that changes."""
    columns = (
        Column("feature_name", "Feature"),
        Column("customers_using", "Customers", "count"),
        Column("adoption_share", "Adoption", "percent"),
        Column("prior_successful_calls", "Calls before", "count"),
        Column("successful_calls", "Calls now", "count"),
        Column("calls_change_share", "Change", "delta"),
        Column("gross_margin_share", "Margin", "percent"),
        Column("judgement", "Judgement"),
    )
    return Table(columns, everything, max_rows=20)


def usage_table(everything: Evidence) -> Table:
    """How evenly each feature is used."""
    columns = (
        Column("feature_name", "Feature"),
        Column("customers_using", "Customers", "count"),
        Column("successful_calls", "Answered calls", "count"),
        Column("calls_per_customer_p50", "Median", "count"),
        Column("calls_per_customer_p90", "Nine in ten below", "count"),
        Column("top_tenth_call_share", "Most active tenth", "percent"),
        Column("usage_gini", "Gini", "ratio"),
    )
    return Table(columns, everything, max_rows=20)


def cost_table(everything: Evidence) -> Table:
    """What each feature costs, also by call and by customer."""
    columns = (
        Column("feature_name", "Feature"),
        Column("team_id", "Team"),
        Column("cost_to_serve_usd", "Cost", "usd_table"),
        Column("cost_share", "Share", "percent"),
        Column("calls", "Calls", "count"),
        Column("cost_per_call_usd", "Per answered call", "usd_unit"),
        Column("cost_per_customer_usd", "Per customer", "usd_table"),
    )
    return Table(columns, everything, max_rows=20)


def candidates_section(warehouse: Warehouse, totals: Evidence) -> tuple[Section, ...]:
    """Features that deserve investment, and the one condition under which more use pays; nothing without any.

    No action: what the work would cost is not on record, so whether it pays is unknown.
    """
    if not totals["invest_features"]:
        return ()
    growth = ask.growth(warehouse)
    text = (
        growth.say(
            "Features that cost little and are used keep {invested_margin_share:percent} of their fees and "
            "earn **{invested_margin_usd:usd}**, {share_of_all_margin:percent} of the margin. What customers "
            "would pay for them is not known. Under a flat fee the same customers calling more brings cost "
            "and no revenue; only new subscriptions bring both."
        ),
        say(
            "If {invest_growth_share:percent} more customers of today's kind subscribed for them, the margin "
            "would be {gain_with_new_customers_usd:usd} larger in 30 days; if only today's customers called "
            "that much more, {cost_of_more_calls_usd:usd} smaller. **Not an action yet**: what the work "
            "itself would cost is not on record, so nobody can say whether it pays.",
            growth,
            ask.thresholds(warehouse),
        ),
    )
    columns = (
        Column("subject", "Feature"),
        Column("gross_margin_usd", "Margin", "usd_table"),
        Column("gross_margin_share", "Of revenue", "percent"),
        Column("customers_using", "Customers", "count"),
        Column("adoption_share", "Adoption", "percent"),
        Column("calls_change_share", "Use", "delta"),
        Column("reason", "Reason", "words"),
    )
    return (
        Section(
            "Candidates for investment",
            text=text,
            tables=(Table(columns, ask.features(warehouse, "invest")),),
        ),
    )
