"""What the reports and the dashboard say of what customers bring in, cost and are worth."""

from dataclasses import replace

from altair import TopLevelMixin

from reports_builder.chart_kinds import daily_trend, ranked_bars
from reports_builder.evidence import Evidence, Prose, join, note, say
from reports_builder.insight_words import phrase
from reports_builder.model import CUSTOMER_PAGE, Column, Figure, KeyFigure, Table, compared
from reports_builder.subjects.changes import BEFORE_UNKNOWN, change_or_new, moved
from reports_builder.subjects.margin import queries as ask
from reports_builder.warehouse import Warehouse

ASSUMPTIONS = (
    note(
        "Definition: fees are earned evenly over the days of a year, so that periods of the same length "
        "compare; a statement of a month spreads them over the days of that month. Earned is not invoiced "
        "and not paid. Cost to serve is the cost of the customer's calls and its share of shared costs. "
        "Support and staff are not in it, and hosting only as far as a rule says which customers it serves."
    ),
    note(
        "Assumed, not measured: that customers use as much after a change of price as before, "
        "and how many leave."
    ),
    note("Assumed, not measured: what winning a customer costs. The values shipped are illustrative."),
)
_MOST_BARS = 12
_COST_AND_FEES = "Bar: what the customer cost. Upright mark: the fees that it brought in."


def cost_named(totals: Evidence) -> str:
    """What the margin is after: AI cost alone, or also the costs that customers share; and before what."""
    kinds = ["AI", *(["shared"] if totals["has_shared_cost"] else [])]
    if totals["is_before_hosting"]:
        return f"{' and '.join(kinds)} cost, before hosting"
    return f"{', '.join(kinds)} and hosting cost"


def margin_named(warehouse: Warehouse) -> str:
    """The margins of customers by what they are after, as the beginning of a label."""
    return f"Margin after {cost_named(ask.costs_counted(warehouse))}"


def margin_within_sentence(warehouse: Warehouse) -> str:
    """The same within a sentence, which goes on behind it."""
    named = cost_named(ask.costs_counted(warehouse))
    return f"margin after {named}{',' if ', ' in named else ''}"


def fees_said(totals: Evidence, *after_all: Prose) -> Prose:
    """Fees earned, what is left after AI and ``after_all`` spend, and how many customers lose money."""
    if totals["revenue_usd"] is None:
        return note("No customer is on record, so the fees that they bring in are unknown.")
    if totals["margin_usd"] is None:
        return totals.say("Fees earned were **{revenue_usd:usd}**. ") + join(
            [*bound_said(totals), *after_all]
        )
    earns = _earns(totals)
    known = "As far as the cost is known, we" if totals["uncosted_calls"] else "We"
    said = totals.say(
        f"{known} {'make' if earns else 'do not make'} money after {cost_named(totals)}: fees earned were "
        "**{revenue_usd:usd}**, which leaves **{margin_share:percent}**" + ("." if after_all else "; ")
    )
    losing = phrase("margin/_lost", totals)
    if not after_all:
        return join([said + losing, *bound_said(totals)])
    return join(
        [said, *bound_said(totals), *after_all, note(f"By customer, after {cost_named(totals)}: ") + losing]
    )


def fees_against_all_said(fees: Evidence, beside: Evidence) -> tuple[Prose, ...]:
    """How fees compare with all spend, of which margins count AI alone; nothing where AI is all of it."""
    if not fees.rows or not beside.rows:
        return ()
    return (
        say(
            "After all spend, {all_spend_usd:usd}, "
            + ("we lose **{apart_usd:usd}**" if fees["is_short"] else "{apart_usd:usd} is left")
            + ": beside AI {beside_ai_usd:usd} was spent.",
            fees,
            beside,
        ),
    )


def bound_said(totals: Evidence) -> tuple[Prose, ...]:
    """Where the cost of calls is unknown: how far the margin holds, and for whom nothing can be said."""
    if not totals["uncosted_calls"]:
        return ()
    if totals["margin_usd"] is None:
        return (note("What that leaves is unknown: the cost of none of their calls is known."),)
    said = totals.say(
        "The cost is known for {costed_call_share:percent} of their calls, so the margin is at most that."
    )
    if not totals["unknown_customers"]:
        return (said,)
    return (
        said,
        totals.say(
            "Whether these earn or lose money is unknown, because the cost of too many of their calls is: "
            "{unknown_customers:count} of {customers:count} customers, with {unknown_revenue_usd:usd} of "
            "fees."
        ),
    )


def margin_said(warehouse: Warehouse, totals: Evidence) -> Prose:
    """The fees earned, what customers cost, and what that leaves."""
    if totals["revenue_usd"] is None:
        return note("No customer on record passes the filters, so revenue and margin are unknown.")
    if totals["margin_usd"] is None:
        return fees_said(totals)
    said = _makes_money(totals) + totals.say(
        "Fees earned were **{revenue_usd:usd}**, and customers cost **{cost_usd:usd}** to serve; "
        f"**{{margin_usd:usd}}** is left after {cost_named(totals)}, {{margin_share:percent}} of the fees"
    )
    if totals["prior_margin_usd"] is None:
        return join([said + note("."), *bound_said(totals)])
    before = warehouse.period_of(totals).before
    return join(
        [said + totals.say(f" ({{margin_share_change:delta_points}} on {before})."), *bound_said(totals)]
    )


def _earns(totals: Evidence) -> bool:
    """Whether customers bring in what they cost: who comes out even loses nothing."""
    return float(str(totals["margin_usd"])) >= 0


def _makes_money(totals: Evidence) -> Prose:
    """On how many customers we make money, and whether on all of them together: the first question of all."""
    earns = _earns(totals)
    return totals.say(
        ("We make money on customers as a whole" if earns else "**We lose money on customers as a whole**")
        + ", on {earning_customers:count} of {customers:count}"
        + (", and lose it on {losing_customers:count}. " if totals["losing_customers"] else ". ")
    )


def losses_said(totals: Evidence, losing: Evidence) -> Prose:
    """How many customers cost more than their fees, and the largest loss."""
    if not losing.rows and totals["unknown_customers"]:
        return note("No customer is known to have cost more than its fee.")
    if not losing.rows:
        return note("No customer cost more than its fee.")
    return totals.say(
        "**{losing_customers:count}** of {customers:count} customers cost more than their fees "
        "and lost us **{loss_usd:usd}**; the largest loss is "
    ) + losing.say(
        "{customer_name:text} on the {subscription_tier:text} tier, which brought in "
        "{revenue_usd:usd} and cost {cost_to_serve_usd:usd}."
        + (
            ""
            if not totals["abnormal_customers"]
            else " Without their abnormal days fewer would lose money: see the status beside each."
        )
    )


def _why_no_value(lifetime: Evidence) -> str:
    if lifetime["customers_too_new"]:
        return "history is too short"
    if lifetime["customers_cost_unknown"]:
        return "the cost of too many calls is unknown"
    if lifetime["customers_churn_unknown"] and not lifetime["departures"]:
        return "none of any tier has left yet"
    return "none has a margin and a tier that customers have left"


def worth(lifetime: Evidence) -> Prose:
    """What today's customers are worth, and for how many no value is known."""
    if not lifetime["valued_customers"]:
        return note(f"What customers are worth until they leave is not known: {_why_no_value(lifetime)}.")
    value = lifetime.say(
        "Until they leave, {valued_customers:count} of today's customers are worth "
        "**{lifetime_low_usd:usd}** of margin at the cautious end of the churn rates, "
        "{lifetime_usd:usd} at the rates observed, which rest on departures: {departures:count}, and mean a "
        "life of {life_months:count} months. Nothing is discounted."
    )
    if lifetime["customers_cost_unknown"]:
        value += lifetime.say(
            " For {customers_cost_unknown:count} more no value is known, because the cost of too many of "
            "their calls is not."
        )
    if not lifetime["customers_churn_unknown"]:
        return value
    return value + lifetime.say(
        " For {customers_churn_unknown:count} more no value is known, because none of their "
        "tier has left yet."
    )


def key_figures(totals: Evidence, lifetime: Evidence) -> tuple[KeyFigure, ...]:
    """Revenue, cost, margin and losses beside the window before."""
    return (
        revenue_figure(totals),
        compared(
            totals,
            "Cost to serve",
            "cost_usd",
            "usd_table",
            change="cost_change",
            status=note(_cost_against_fees(totals)),
            better="down",
        ),
        compared(
            totals,
            f"Margin after {cost_named(totals)}",
            "margin_usd",
            "usd_table",
            change="margin_change",
            better="up",
        ),
        margin_share_figure(totals, "The same, of fees earned"),
        KeyFigure(
            "Customers with a loss",
            totals.say("{losing_customers:count} of {customers:count}"),
            totals.cell("prior_losing_customers", "count"),
            target=note("0"),
            status=phrase("margin/_fees_cover", totals),
        ),
        compared(
            totals,
            "Lost on them",
            "loss_usd",
            "usd_table",
            change="loss_change_usd",
            by="delta_usd",
            better="down",
        ),
        KeyFigure(
            "Lifetime value of those with a margin, cautious",
            lifetime.cell("lifetime_low_usd", "usd_table"),
            status=lifetime.say(
                "{valued_customers:count} valued, {customers_without_margin:count} without a margin"
                if lifetime["valued_customers"]
                else _why_no_value(lifetime)
            ),
        ),
    )


def revenue_figure(totals: Evidence) -> KeyFigure:
    """The fees that were earned."""
    return compared(
        totals,
        "Fees earned",
        "revenue_usd",
        "usd_table",
        change="revenue_change",
        status=moved(totals["revenue_change"], "higher", "lower"),
        better="up",
    )


def margin_share_figure(totals: Evidence, label: str = "") -> KeyFigure:
    """What is left of it, as a share; ``label`` tells it from the margin in dollars where both stand."""
    return compared(
        totals,
        label or f"Margin after {cost_named(totals)}",
        "margin_share",
        "percent",
        change="margin_share_change",
        by="delta_points",
        status=_margin_status(totals),
        better="up",
    )


def _cost_against_fees(totals: Evidence) -> str:
    """How cost moved beside the fees that it is paid from."""
    if totals["revenue_change"] is None or totals["cost_change"] is None:
        return BEFORE_UNKNOWN
    fees, cost = float(str(totals["revenue_change"])), float(str(totals["cost_change"]))
    if cost == fees:
        return "cost moved with fees"
    if cost < 0 and fees < 0:
        return "cost fell less than fees" if cost > fees else "cost fell more than fees"
    if cost < 0:
        return "cost fell, fees did not"
    if fees < 0:
        return "fees fell, cost did not"
    return "cost grew faster than fees" if cost > fees else "cost grew less than fees"


def _margin_status(totals: Evidence) -> Prose:
    if totals["margin_share"] is None:
        return note("unknown")
    if float(str(totals["margin_share"])) < 0:
        return note("a loss")
    if totals["uncosted_calls"]:
        return note("at most: the cost of some calls is unknown")
    return moved(totals["margin_share_change"], "better", "worse")


def losses_figure(totals: Evidence, losing: Evidence, *, narrow: bool = False) -> Figure:
    """The customers with the largest losses."""
    shown = replace(losing, rows=losing.rows[:_MOST_BARS])
    title = totals.say(
        "{losing_customers:count} customers cost more than their fees, which do not follow their use"
    )
    return Figure(
        "loss-makers",
        _bars(
            shown,
            label="customer_name",
            cost="cost_to_serve_usd",
            highlight="is_loss",
            narrow=narrow,
        ),
        title,
        title
        + note(". Bars of cost with a mark where the fee ends, largest loss first: ")
        + losing.say("{customer_name:text} cost {cost_to_serve_usd:usd} and brought in {revenue_usd:usd}."),
        losing,
        height=80 + 26 * len(shown.rows),
        key=_COST_AND_FEES,
        page=CUSTOMER_PAGE,
    )


def costs_figure(warehouse: Warehouse) -> Figure:
    """The dearest customers, where none of them costs more than its fee."""
    dearest = ask.dearest_customers(warehouse)
    title = note(
        "No customer is known to cost more than its fee"
        if any(row["margin_status"] == "cost_unknown" for row in dearest.records())
        else "The fees of every customer cover its cost"
    )
    return Figure(
        "dearest-customers",
        _bars(
            replace(dearest, rows=dearest.rows[:_MOST_BARS]), label="customer_name", cost="cost_to_serve_usd"
        ),
        title,
        title
        + dearest.say(
            ". The dearest, {customer_name:text}, cost {cost_to_serve_usd:usd} and brought in "
            "{revenue_usd:usd}."
        ),
        dearest,
        height=400,
        key=_COST_AND_FEES,
    )


def segments_figure(segments: Evidence, *, narrow: bool = False) -> Figure:
    """Cost and revenue by tier and declared use."""
    title = (
        segments.say(
            "Fees do not follow use: {segment:text} customers cost {cost_usd:usd} and bring in "
            "{revenue_usd:usd}"
        )
        if segments["is_loss"]
        else note("The fees of every group of customers cover its cost")
    )
    return Figure(
        "segments",
        _bars(segments, label="segment", cost="cost_usd", highlight="is_loss", narrow=narrow),
        title,
        title + note(". A bar of cost and a mark of fees per group, the worst margin first."),
        segments,
        height=80 + 28 * len(segments.rows),
        key="Bar: what they cost. Upright mark: the fees that they brought in. Dark: a loss.",
    )


def _bars(
    rows: Evidence, *, label: str, cost: str, highlight: str | None = None, narrow: bool = False
) -> TopLevelMixin:
    """A bar of cost and a mark of fees each; ``narrow`` bars have no room for both values at the end."""
    return ranked_bars(
        rows,
        label=label,
        value=cost,
        style="usd",
        axis_title="US dollars in the period",
        highlight=highlight,
        marker="revenue_usd",
        end_label=None if narrow else ("cost, fees", "revenue_usd"),
    )


def bands_figure(totals: Evidence, bands: Evidence) -> Figure:
    """How margins are spread over customers."""
    title = totals.say(
        "{losing_customers:count} of {customers:count} customers are on the wrong side of zero"
    )
    return Figure(
        "margin-bands",
        ranked_bars(
            bands,
            label="margin_band",
            value="customers",
            style="count",
            axis_title="Customers",
            axis_format=",d",
            highlight="is_loss",
        ),
        title,
        title + note(". A bar per band of margin share, from the worst to the best."),
        bands,
        height=320,
        key="Bar: customers whose margin is this share of their fees. Dark: a loss.",
    )


def daily_margin_figure(warehouse: Warehouse, totals: Evidence) -> Figure:
    """The margin of each day."""
    days = ask.daily_margins(warehouse)
    title = totals.say("Margin is {margin_share:percent} of fees earned, {margin_share_change:delta_points}")
    return Figure(
        "daily-margin",
        daily_trend(
            days,
            None,
            day="day",
            value="margin_usd",
            axis_title="Margin a day, US dollars",
            is_by_week=True,
        ),
        title,
        title + note(". A line of the mean margin of seven days, and a dot for each day."),
        days,
        key="Line: the mean of the seven days up to each. Dots: the days.",
    )


def customers_table(warehouse: Warehouse) -> Table:
    """What each customer brings in and costs, the dearest first."""
    columns = (
        Column("customer_name", "Customer", page=CUSTOMER_PAGE),
        Column("subscription_tier", "Tier"),
        Column("subscribed_days", "Days subscribed", "count"),
        Column("calls", "Calls", "count"),
        Column("revenue_usd", "Fees earned", "usd_table"),
        Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
        Column("gross_margin_usd", "Margin", "usd_table"),
        Column("gross_margin_share", "Of fees", "percent"),
        Column("cost_change", "Cost against before", "delta_or_new", words=change_or_new),
    )
    return Table(columns, ask.dearest_customers(warehouse), max_rows=20)


def most_valuable_table(warehouse: Warehouse) -> Table:
    """The customers that are worth most until they leave."""
    columns = (
        Column("customer_name", "Customer"),
        Column("subscription_tier", "Tier"),
        Column("monthly_gross_margin_usd", "Margin a month", "usd_table"),
        Column("lifetime_value_low_usd", "At least", "usd_table"),
        Column("lifetime_value_usd", "Lifetime value", "usd_table"),
        Column("payback_months", "Payback, months", "count"),
    )
    return Table(columns, ask.most_valuable(warehouse), note("The most valuable customers"))
