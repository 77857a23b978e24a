"""Sentences, figures and tables about all spend; the report and the dashboard say the same."""

from collections.abc import Mapping

from reports_builder import formatting
from reports_builder.chart_kinds import ranked_bars, shares_as_areas
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.formatting import Value
from reports_builder.model import Column, Figure, KeyFigure, Section, Table, compared
from reports_builder.subjects.allocation.spend import queries as ask
from reports_builder.subjects.changes import moved
from reports_builder.warehouse import Warehouse

_COMPONENTS = (
    Column("ai_cost_usd", "Models", "usd_table"),
    Column("infrastructure_cost_usd", "Infrastructure", "usd_table"),
    Column("storage_cost_usd", "Storage", "usd_table"),
    Column("transfer_cost_usd", "Transfer", "usd_table"),
    Column("services_cost_usd", "Services", "usd_table"),
    Column("other_cost_usd", "Other", "usd_table"),
)
# Fewer are read from a table at a glance.
_FEWEST_SERVICES = 3
_TOTAL = Column("total_cost_usd", "Cost", "usd_table")


def _month(record: Mapping[str, Value]) -> str:
    """The month, and how much of it there is data for where that is not all."""
    month = formatting.month(record["month_start_date"])
    if record["covered_days"] == record["days_in_month"]:
        return month
    covered, days = (formatting.count(record[name]) for name in ("covered_days", "days_in_month"))
    return f"{month}, {covered} of {days} days"


UNOWNED_SHARE = Column("unowned_share", "Share of what has no team", "percent")
_MONTH = Column("month_start_date", "Month", words=_month)


def all_spend_said(warehouse: Warehouse, spend: Evidence, outlook: Evidence) -> Prose:
    """What everything cost, what is most of it, what nobody answers for, and what it will cost."""
    said = spend.say("All spend was **{cost_usd:usd}**")
    if spend["prior_cost_usd"] is not None:
        said += spend.say(", {cost_change_share:delta} on the {prior_cost_usd:usd} of ")
        said += note(f"{warehouse.period_of(spend).before}")
        said += note(" on days of the same length" if spend["is_moved_by_calendar"] else "")
    said += note("; ")
    ai = ask.ai_share(warehouse)
    if ai["ai_share"] is not None:
        said += ai.say("AI is {ai_share:percent} of it, ")
    said += ask.largest_category(warehouse).say(
        "the largest part beside AI is {largest_category:text} with {largest_cost_usd:usd}. "
    )
    said += spend.say("No team answers for **{unowned_cost_usd:usd}**, {unowned_share:percent} of it.")
    if outlook.rows and outlook["forecast_usd"] is not None:
        said += outlook.say(" {forecast_usd:usd} are expected for the next 30 days.")
    return said


def all_spend_figures(spend: Evidence) -> tuple[KeyFigure, ...]:
    """All spend, and its part without an owner."""
    return (
        compared(
            spend,
            "All spend",
            "cost_usd",
            "usd_table",
            change="cost_change_share",
            status=moved(spend["cost_change_share"], "higher", "lower"),
            better="down",
        ),
        KeyFigure(
            "All spend without an owner",
            spend.cell("unowned_share", "percent"),
            target=spend.cell("unowned_target_share", "percent"),
            status=note("within the target" if spend["is_owned_enough"] else "too much"),
        ),
    )


def _category(record: Mapping[str, Value]) -> str:
    return "All spend" if record["service_category"] == "all" else str(record["service_category"])


def _owner(record: Mapping[str, Value]) -> str:
    return "All spend" if record["rollup_level"] == "total" else str(record["owner_name"])


def _parent(record: Mapping[str, Value]) -> str:
    return "-" if record["rollup_level"] == "total" else formatting.text(record["parent_owner_name"])


def categories_section(warehouse: Warehouse) -> Section:
    """All spend by service category."""
    categories = ask.categories(warehouse)
    columns = (
        Column("service_category", "Service category", words=_category),
        Column("cost_usd", "Cost", "usd_table"),
        Column("prior_cost_usd", "Period before", "usd_table"),
        Column("cost_change_share", "Change", "delta"),
        Column("cost_share", "Share", "percent"),
        Column("unowned_cost_usd", "Without an owner", "usd_table"),
        Column("unowned_share", "Of the cost", "percent"),
    )
    return Section(
        "All spend by service category",
        _put_on_same_days(ask.all_spend(warehouse)),
        tables=(Table(columns, categories),),
    )


def _put_on_same_days(spend: Evidence) -> tuple[Prose, ...]:
    """Why the period before is not what was billed for it, where it is not."""
    if not spend.rows or not spend["is_moved_by_calendar"]:
        return ()
    return (
        spend.say(
            "Bills of a fixed amount a month cost less a day in a longer month, and some fall on one day of "
            "it, so the period before is put on days like those of this one. As billed it was "
            "{stated_prior_cost_usd:usd_table}; the calendar alone makes {calendar_usd:delta_usd_table}."
        ),
    )


def owned(month: Evidence) -> Prose:
    """What the newest month cost, and how much of it has an owner."""
    if not month.rows:
        return note("No cost is on record, so there is nothing to own.")
    said = month.say(
        "In {month_start_date:month} everything together cost **{total_cost_usd:usd}**, and teams answer for "
        "**{owned_share:percent}** of it (target {owned_target_share:percent})"
    )
    if not month["has_unowned"]:
        return said + note(".")
    return said + month.say(
        "; {unowned_cost_usd:usd} of that month, {unowned_share_of_all:percent}, have no owner."
    )


def spend_figures(month: Evidence) -> tuple[KeyFigure, ...]:
    """Cost of the month, own and shared, and the part that has an owner."""
    if not month.rows:
        return ()
    return (
        KeyFigure(
            month.say("All spend in {month_start_date:month}"),
            month.cell("total_cost_usd", "usd_table"),
            month.say("{prior_month_cost_usd:usd_table} in {prior_month_start_date:month}")
            if month["prior_month_cost_usd"] is not None
            else None,
            status=month.say("{covered_days:count} of {days_in_month:count} days"),
        ),
        KeyFigure("Of it, models", month.cell("ai_cost_usd", "usd_table")),
        KeyFigure("Of it, from shared pools", month.cell("shared_cost_usd", "usd_table")),
        KeyFigure(
            "Of it, a team answers for",
            month.cell("owned_share", "percent"),
            target=month.cell("owned_target_share", "percent"),
            status=month.say("{unowned_cost_usd:usd_table} without an owner"),
        ),
    )


def owner_figures(warehouse: Warehouse, month: Evidence) -> tuple[Figure, ...]:
    """Teams and the dearest customers of the newest month, beside the month before."""
    if not month.rows:
        return ()
    found = (
        (
            "teams",
            "owner_name",
            ask.dearest_teams(warehouse),
            "{owner_name:text} costs most of all teams",
        ),
        (
            "customers",
            "customer_name",
            ask.dearest_tenants(warehouse),
            "{customer_name:text} costs most of all customers",
        ),
    )
    return tuple(
        Figure(
            f"all-spend-{name}",
            ranked_bars(
                evidence,
                label=label,
                value="total_cost_usd",
                style="usd",
                axis_title="US dollars in the month",
                marker="prior_month_cost_usd",
            ),
            evidence.say(title),
            evidence.say(f"{title}, with {{total_cost_usd:usd}}."),
            evidence,
            height=70 + 26 * len(evidence.rows),
            key="Bar: cost of the newest month. Upright mark: the month before.",
        )
        for name, label, evidence, title in found
        if evidence.rows
    )


def services_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Where all spend goes, by provider and service; nothing where there are too few to compare."""
    services = ask.services(warehouse)
    if len([row for row in services.records() if _is_above_zero(row["cost_usd"])]) < _FEWEST_SERVICES:
        return ()
    title = services.say(
        "{service_name:text} of {provider_name:text} takes {cost_share:percent} of all spend"
    )
    columns = (
        Column("provider_name", "Provider"),
        Column("service_name", "Service"),
        Column("cost_usd", "Cost", "usd_table"),
        Column("cost_share", "Share of all spend", "percent"),
    )
    figure = Figure(
        "spend-by-service",
        shares_as_areas(services, group="provider_name", label="service_name", value="cost_usd", style="usd"),
        title,
        title + services.say(", {cost_usd:usd}. A rectangle for each service, as large as its cost."),
        services,
        height=340,
        key="As large as the cost of 30 days. One colour: one provider.",
    )
    return (
        Section(
            "By provider and service", figures=(figure,), tables=(Table(columns, services, max_rows=30),)
        ),
    )


def _is_above_zero(cost: Value) -> bool:
    return cost is not None and float(str(cost)) > 0


def components_section(warehouse: Warehouse) -> Section:
    """Months by component."""
    columns = (
        _MONTH,
        *_COMPONENTS,
        _TOTAL,
        Column("owned_share", "With a team", "percent"),
    )
    return Section("What it is made of", tables=(Table(columns, ask.components(warehouse)),))


def owner_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """The newest month by unit, team, project, user and cost centre, each with the whole."""
    levels = (
        ("business_unit", "Business units", "Unit"),
        ("team", "Teams", "Team"),
        ("project", "Projects", "Project"),
        ("user", "Users", "User"),
        ("cost_centre", "Cost centres", "Cost centre"),
    )
    return tuple(
        Section(
            title,
            tables=(
                Table(
                    (
                        Column("owner_name", label, words=_owner),
                        *(
                            (Column("parent_owner_name", "Of", words=_parent),)
                            if level not in ("business_unit", "cost_centre")
                            else ()
                        ),
                        *_COMPONENTS,
                        _TOTAL,
                        Column("cost_share", "Share", "percent"),
                        Column("prior_month_cost_usd", "Month before", "usd_table"),
                    ),
                    found,
                    max_rows=20,
                ),
            ),
        )
        for level, title, label in levels
        if (found := ask.owners(warehouse, level)).rows
        and any(record["is_owner"] for record in found.records())
    )


def unowned_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Cost without a team by cause; nothing where each dollar has one."""
    found = ask.unowned(warehouse)
    if not found.rows:
        return ()
    columns = (
        _MONTH,
        Column("cause", "Cause"),
        Column("cost_usd", "Cost", "usd_table"),
        UNOWNED_SHARE,
    )
    return (Section("Why cost has no team", tables=(Table(columns, found, max_rows=16),)),)


def _rose_most(record: Mapping[str, Value]) -> str:
    """The component that rose most by its heading, or why there is none."""
    said = {"None": "no month before", "none": "nothing rose"}
    headings = {column.name.removesuffix("_cost_usd"): column.heading for column in _COMPONENTS}
    return (said | headings)[str(record["largest_increase"])]


def tenants_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Customers by what they cost, and what beside them makes up all spend; nothing without cost."""
    found, whole = ask.tenants(warehouse), ask.tenants_and_rest(warehouse)
    if not whole.rows:
        return ()
    columns = (
        Column("customer_name", "Customer"),
        *_COMPONENTS,
        _TOTAL,
        Column("daily_cost_change_share", "Change of cost per day", "delta"),
        Column("largest_increase", "Rose most", words=_rose_most),
        Column("cost_per_call_usd", "Per call", "usd_unit"),
        Column("cost_per_1k_tokens_usd", "Per 1,000 tokens", "usd_unit"),
        Column("efficiency_score", "Efficiency, 0 to 1", "ratio"),
    )
    parts = (
        Column("part", "Part"),
        *_COMPONENTS,
        _TOTAL,
        Column("cost_share", "Share of all spend", "percent"),
    )
    return (
        Section(
            "What each customer costs",
            text=(
                note(
                    "What customers cost, not what they are charged: their own use and their part of shared "
                    "pools. Efficiency is the share of their calls that were answered, times what models "
                    "cost for a token of all calls over what they cost for one of theirs, at most 1."
                ),
            ),
            tables=(
                Table(columns, found, whole.say("Customers in {month_start_date:month}."), max_rows=20),
                Table(parts, whole, whole.say("What makes up all spend of {month_start_date:month}.")),
            ),
        ),
    )


def activities_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Shared pools by activity; nothing without a pool."""
    found = ask.activities(warehouse)
    if not found.rows:
        return ()
    columns = (
        _MONTH,
        Column("cost_pool", "Pool"),
        Column("driver", "Shared out by"),
        Column("activity_cost_usd", "Cost", "usd_table"),
        Column("driver_units", "Units", "count"),
        Column("usd_per_driver_unit", "Per unit", "usd_unit"),
        Column("unused_capacity_cost_usd", "Unused capacity", "usd_table"),
        Column("unused_share", "Unused", "percent"),
        Column("cost_without_units_usd", "Days without units", "usd_table"),
        Column("customers", "Customers", "count"),
    )
    return (Section("What shared pools cost by activity", tables=(Table(columns, found, max_rows=20),)),)


def support_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What support departments pass on, by each method; nothing without one."""
    found = ask.support_costs(warehouse)
    if not found.rows:
        return ()
    columns = (
        _MONTH,
        Column("cost_pool", "Department"),
        Column("target_value", "Owner"),
        Column("direct_cost_usd", "Directly", "usd_table"),
        Column("step_down_cost_usd", "Step by step", "usd_table"),
        Column("reciprocal_cost_usd", "Reciprocally", "usd_table"),
        Column("step_down_less_reciprocal_usd", "Moved by the order", "delta_usd_table"),
        Column("step_down_less_reciprocal_share", "Of it", "delta"),
    )
    text = note(
        "Departments that serve each other pass their cost on in a stored order; the reciprocal result, "
        "which has no order, is the check."
    )
    return (
        Section(
            "What support departments pass on", text=(text,), tables=(Table(columns, found, max_rows=20),)
        ),
    )
