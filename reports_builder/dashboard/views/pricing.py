"""The same use under every price plan: revenue, margin, who pays more, who may leave."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.domains.plans import queries as ask
from reports_builder.domains.plans.charts import expected_margins, monthly_margins
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table


def build(warehouse: NarrowedWarehouse) -> View:
    """Pricing."""
    plan = ask.recommended(warehouse)
    plans = ask.plans(warehouse)
    return View(
        title="Pricing",
        headline=_headline(plan),
        tiles=_tiles(plan) if plan.rows else (),
        sections=(
            *_plans_section(plan, plans),
            *_history_section(warehouse),
            *_changes_section(warehouse),
            _invoices(warehouse, rising=True),
            _invoices(warehouse, rising=False),
            _segments(warehouse),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def _headline(plan: Evidence) -> tuple[Prose, ...]:
    if not plan.rows:
        return (
            note("No customer is on record, so no plan can be judged: put your customers into the raw data."),
        )
    today = plan.say(
        "Today's prices earn **{current_revenue_usd:usd}** and a margin of "
        "**{current_gross_margin_usd:usd}**; "
        "{current_unprofitable:count} customers cost **{current_losses_usd:usd}** more than they pay."
    )
    if plan["is_current_plan"]:
        return (today, note("No plan on file passes the rules and earns more: keep today's prices."))
    return (
        today,
        plan.say(
            "The rules recommend **{plan_name:text}**: "
            "**{gross_margin_change_base_churn_usd:more_or_less_usd}** margin after expected departures."
        ),
    )


def _tiles(plan: Evidence) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure("Revenue, as it is", plan.cell("current_revenue_usd", "usd_table")),
        KeyFigure(
            "Revenue under the recommended plan",
            plan.cell("revenue_base_churn_usd", "usd_table"),
            change=plan.cell("revenue_change_base_share", "delta"),
        ),
        KeyFigure("Margin, as it is", plan.cell("current_gross_margin_usd", "usd_table")),
        KeyFigure(
            "Margin under the recommended plan",
            plan.cell("gross_margin_base_churn_usd", "usd_table"),
            change=plan.cell("margin_change_base_share", "delta"),
            status=plan.say("{gross_margin_high_churn_usd:usd} to {gross_margin_low_churn_usd:usd} by churn"),
        ),
        KeyFigure(
            "Customers with a steep rise",
            plan.cell("customers_with_steep_rise", "count"),
            status=plan.say("of {paying_customers:count} paying customers"),
        ),
        KeyFigure(
            "Expected departures",
            plan.cell("customers_lost_base_churn", "count"),
            status=plan.say("{customers_lost_low_churn:count} to {customers_lost_high_churn:count}, assumed"),
        ),
    )


def _plans_section(plan: Evidence, plans: Evidence) -> tuple[Section, ...]:
    if not plan.rows:
        return ()
    title = plan.say("{plan_name:text} earns {gross_margin_base_churn_usd:usd} of margin after base churn")
    figure = Figure(
        "plan-margins",
        expected_margins(plans),
        title,
        title + note(". A bar per plan, the recommended one dark, with its range by churn."),
        plans,
        height=70 + 40 * len(plans.rows),
        key="Bar: margin after base churn; dark is recommended. Line: high to low churn. Dashed: today.",
    )
    columns = (
        Column("plan_name", "Plan"),
        Column("revenue_usd", "Revenue", "usd_table"),
        Column("revenue_change_usd", "Against today", "delta_usd_table"),
        Column("customers_paying_more", "Pay more", "count"),
        Column("customers_paying_less", "Pay less", "count"),
        Column("customers_with_steep_rise", "Steep rise", "count"),
        Column("gross_margin_change_base_churn_usd", "Margin after churn", "delta_usd_table"),
        Column("judgement", "Judgement"),
    )
    return (Section("Plans", figures=(figure,), tables=(Table(columns, plans),)),)


def _history_section(warehouse: NarrowedWarehouse) -> tuple[Section, ...]:
    history = ask.history(warehouse)
    months = ask.months(warehouse)
    if not months["complete_months"]:
        return ()
    title = months.say(
        "The recommended plan earns more than today's prices in {better_months:count} of "
        "{complete_months:count} complete months"
    )
    figure = Figure(
        "plan-history",
        monthly_margins(history),
        title,
        title + note(". A line per plan for the margin of each month, nobody leaving."),
        history,
        key="Named: today's prices and the recommended plan. Grey: the other plans. Nobody leaving.",
    )
    return (Section("Every month re-rated", figures=(figure,)),)


def _changes_section(warehouse: NarrowedWarehouse) -> tuple[Section, ...]:
    changes = ask.changes(warehouse)
    if not changes.rows:
        return ()
    title = note("Customers by how much their invoice changes under the recommended plan")
    chart = ranked_bars(
        changes, label="band", value="customers", style="count", axis_title="Customers", axis_format=",.0f"
    )
    said = title + note(". A bar per band of change.")
    figure = Figure("invoice-changes", chart, title, said, changes, height=70 + 26 * len(changes.rows))
    return (Section("Who pays more, who pays less", figures=(figure,)),)


def _invoices(warehouse: NarrowedWarehouse, *, rising: bool) -> Section:
    columns = (
        Column("customer_id", "Id"),
        Column("customer_name", "Customer"),
        Column("subscription_tier", "Tier"),
        Column("current_revenue_usd", "Invoice today", "usd_table"),
        Column("revenue_usd", "Under the plan", "usd_table"),
        Column("revenue_change_usd", "Change", "delta_usd_table"),
        Column("gross_margin_usd", "Margin then", "usd_table"),
    )
    title = "Invoices that rise" if rising else "Invoices that fall"
    return Section(title, tables=(Table(columns, ask.invoices(warehouse, rising=rising)),))


def _segments(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("plan_name", "Plan"),
        Column("segment", "Tier"),
        Column("customers", "Customers", "count"),
        Column("revenue_usd", "Revenue", "usd_table"),
        Column("revenue_change_share", "Against today", "delta"),
        Column("gross_margin_usd", "Margin", "usd_table"),
        Column("unprofitable_customers", "Below cost", "count"),
    )
    segments = ask.segments(warehouse, "subscription_tier")
    return Section("Every plan by tier", tables=(Table(columns, segments, max_rows=20),))
