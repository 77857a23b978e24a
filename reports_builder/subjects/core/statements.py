"""What the reports and the dashboard say of spend, of those who cause it, and of what it brings in."""

from reports_builder.chart_kinds import hours_of_week, ranked_bars, shares_as_areas
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import (
    CUSTOMER_PAGE,
    FEATURE_PAGE,
    Column,
    Figure,
    KeyFigure,
    Section,
    Table,
    compared,
)
from reports_builder.subjects.changes import change_or_new, moved
from reports_builder.subjects.core import queries as ask
from reports_builder.warehouse import Warehouse

BESIDE_BEFORE = "Bar: cost of the period. Upright mark: cost of the period before."


def spend_said(warehouse: Warehouse, spend: Evidence) -> Prose:
    """What was spent, and how that compares."""
    if spend["prior_spend_usd"] is None:
        return spend.say(
            "AI spend was **{spend_usd:usd}**; there is no full earlier period to compare it with."
        )
    return spend.say(
        "AI spend was **{spend_usd:usd}**, {spend_change:delta} on the {prior_spend_usd:usd} of "
        f"{warehouse.period_of(spend).before}."
    )


def why_it_changed(warehouse: Warehouse, spend: Evidence) -> tuple[Prose, ...]:
    """What made the change, where there is a period to compare with."""
    if spend["prior_spend_usd"] is None:
        return ()
    causes, mover = ask.causes_of_change(warehouse), ask.largest_mover(warehouse)
    unknown = (
        "; customers whose cost in one of the periods is unknown stand for {unknown_usd:more_or_less_usd}"
        if causes["unknown_usd"]
        else ""
    )
    largest = (
        "; the largest single change is {largest_mover:text}, {largest_move_usd:delta_usd}"
        + (", which left on {largest_mover_left_date:day}" if mover["largest_mover_left_date"] else "")
        if mover["largest_move_usd"] is not None
        else ""
    )
    return (
        say(
            "Customers that started added {started_usd:usd}, customers that stopped took away "
            "{stopped_usd:usd}, and those with calls in both periods cost {stayed_usd:more_or_less_usd}"
            f"{unknown}{largest}.",
            causes,
            mover,
        ),
    )


def ledger_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """What the ledger has beside the calls, of which most of a page speaks; nothing where it has nothing."""
    held = ask.ledger(warehouse)
    if not held.rows:
        return ()
    others = int(str(held["pools"]))
    named = "{largest_pools:text}" + (f", {others - 3} more" if others > 3 else "")
    return (
        held.say(
            "The ledger holds **{ledger_usd:usd}** for these days: {usage_usd:usd} for calls (as they, or "
            "the bill that counts for them, say)"
            + (f" and {{others_usd:usd}} that no call shows ({named})" if others else "")
            + ". Spend by model, feature and task is that of the calls."
        ),
    )


def spend_figures(spend: Evidence) -> tuple[KeyFigure, KeyFigure]:
    """Spend, and what a thousand calls cost."""
    return (
        compared(
            spend,
            "AI spend",
            "spend_usd",
            "usd_table",
            change="spend_change",
            status=moved(spend["spend_change"], "higher", "lower"),
            better="down",
        ),
        compared(
            spend,
            "Cost of 1,000 calls",
            "usd_per_thousand_calls",
            "usd_table",
            change="unit_cost_change",
            status=moved(spend["unit_cost_change"], "a call costs more", "a call costs less"),
            better="down",
        ),
    )


def top_customers_figure(
    warehouse: Warehouse, top: Evidence, concentration: Evidence, *, narrow: bool = False
) -> Figure:
    """The customers that cost most; ``narrow`` bars have no room for both values at their ends."""
    title = concentration.say(
        "{listed_customers:count} customers cause {top_share:percent} of AI cost; "
        "{top_unprofitable:count} of them cost more than their fees"
    )
    return Figure(
        "top-customers",
        ranked_bars(
            top,
            label="customer",
            value="cost_usd",
            style="usd",
            axis_title=f"US dollars in {warehouse.period_of(top).length}",
            highlight="is_unprofitable",
            marker="revenue_usd",
            end_label=None if narrow else ("cost, fees", "revenue_usd"),
        ),
        title,
        title
        + note(". Bars for each of them, the first is ")
        + top.say("{customer:text} with {cost_usd:usd}."),
        top,
        height=350,
        key="Bar: what the customer cost. Upright mark: the fees that it brought in. Dark bar: a loss.",
        page=CUSTOMER_PAGE,
    )


def takes_most(parts: Evidence) -> Prose:
    """The value of a dimension that takes the largest share of spend."""
    return parts.say("{value:text} takes {cost_share:percent} of spend")


# Where the dashboard says more of one value of a dimension.
_LEADS_TO = {
    "feature": FEATURE_PAGE[0],
    "model": "performance?model",
    "organization": "profitability?organization",
    "product": "features?product",
    "provider": "performance?provider",
}


def _page_on(dimension: str) -> tuple[str, str] | None:
    more = _LEADS_TO.get(dimension)
    return (more, "value_id") if more else None


def split_table(dimension: str, heading: str, parts: Evidence) -> Table:
    """Spend by the values of one dimension."""
    return Table(
        (
            Column("value", heading, page=_page_on(dimension)),
            Column("calls", "Calls", "count"),
            Column("cost_usd", "Cost", "usd_table"),
            Column("cost_share", "Share of cost", "percent"),
            Column("cost_change", "Change", "delta_or_new", words=change_or_new),
            Column("cost_per_call_usd", "Per call", "usd_unit"),
            *without_a_cost(parts),
        ),
        parts,
    )


def split_section(warehouse: Warehouse, dimension: str, heading: str, title: str) -> Section:
    """Spend by one dimension: a bar per value, and the same as a table."""
    parts = ask.spend_by(warehouse, dimension)
    if not parts.rows:
        return Section(title, text=(note("No call passes the filters."),))
    said = takes_most(parts)
    has_prior = warehouse.period_of(parts).has_prior
    figure = Figure(
        f"spend-by-{dimension}",
        ranked_bars(
            parts,
            label="value",
            value="cost_usd",
            style="usd",
            axis_title=f"US dollars in {warehouse.period_of(parts).length}",
            marker="prior_cost_usd" if has_prior else None,
        ),
        said,
        said + note(". A bar of cost for each, the largest first."),
        parts,
        height=70 + 26 * len(parts.rows),
        key=BESIDE_BEFORE if has_prior else "",
        page=_page_on(dimension),
    )
    return Section(title, figures=(figure,), tables=(split_table(dimension, heading, parts),))


def hours_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """When the cost arises, by weekday and hour; nothing where no call has a cost."""
    hours = ask.hours_of_week(warehouse)
    if not hours["cost_to_mean"]:
        return ()
    title = hours.say(
        "{weekday_name:text} from {hour_of_day:count}:00 {time_zone:text} costs most: "
        "{mean_cost_usd:usd_table} an hour, {cost_to_mean:ratio} times the mean hour"
    )
    figure = Figure(
        "hours-of-week",
        hours_of_week(
            hours,
            value="mean_cost_usd",
            style="usd_table",
            legend_title="US dollars an hour",
        ),
        title,
        title + note(". A cell for each hour of the week, the darker the more it costs."),
        hours,
        height=290,
        key="The darker, the more such an hour costs on average. No cell: no call.",
    )
    return (Section("When the cost arises", figures=(figure,)),)


def features_of_customers_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Who uses what, as areas; nothing where one customer or one feature is all there is."""
    parts = ask.features_of_customers(warehouse)
    costing = [row for row in parts.records() if row["cost_usd"] and float(str(row["cost_usd"])) > 0]
    if any(len({row[column] for row in costing}) < 2 for column in ("customer_id", "feature_id")):
        return ()
    title = parts.say("{customer:text} with {feature_id:words} is {cost_share:percent} of AI spend")
    figure = Figure(
        "features-of-customers",
        shares_as_areas(
            parts, group="feature_id", label="customer", value="cost_usd", style="usd", group_style="words"
        ),
        title,
        title
        + parts.say(", {cost_usd:usd}. A rectangle for each customer and feature, as large as its cost."),
        parts,
        height=380,
        key="The dearest sixty, each as large as its cost. One colour: one feature.",
    )
    columns = (
        Column("customer", "Customer", page=CUSTOMER_PAGE),
        Column("feature_id", "Feature", "words", page=FEATURE_PAGE),
        Column("cost_usd", "Cost", "usd_table"),
        Column("cost_share", "Share of AI spend", "percent"),
    )
    return (Section("Customers and features", figures=(figure,), tables=(Table(columns, parts),)),)


def drivers_table(warehouse: Warehouse) -> Table:
    """What one customer does with one feature on one model, the dearest first."""
    drivers = ask.drivers(warehouse)
    return Table(
        (
            Column("customer", "Customer", page=CUSTOMER_PAGE),
            Column("feature_id", "Feature", "words", page=FEATURE_PAGE),
            Column("model", "Model", page=(_LEADS_TO["model"], "model")),
            Column("cost_usd", "Cost", "usd_table"),
            Column("cost_share", "Share of cost", "percent"),
            Column("cost_change", "Change", "delta_or_new", words=change_or_new),
            *without_a_cost(drivers),
        ),
        drivers,
    )


def without_a_cost(parts: Evidence) -> tuple[Column, ...]:
    """How many calls of each row have no known cost, where there are any; the cost is of the others."""
    has_any = any(record["uncosted_calls"] for record in parts.records())
    return (Column("uncosted_calls", "Calls without a cost", "count"),) if has_any else ()
