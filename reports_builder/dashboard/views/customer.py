"""One customer: what it brings in and costs, with what, what would change it, down to single traces."""

from reports_builder.chart_kinds import daily_trend
from reports_builder.dashboard.alerts_shown import customer_alerts_section
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.dashboard.views.trace import TRACE_COLUMNS
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.marts import USAGE
from reports_builder.model import Column, Figure, KeyFigure, Section, Table, compared
from reports_builder.subjects.margin.statements import cost_named

_USAGE = (
    Column("feature_id", "Feature", "words"),
    Column("provider", "Provider"),
    Column("model", "Model"),
    Column("calls", "Calls", "count"),
    Column("failed_calls", "Failed", "count"),
    Column("cost_usd", "Cost", "usd_table"),
)
_STEPS = (
    Column("step_name", "Step"),
    Column("revenue_usd", "Fees", "usd_table"),
    Column("cost_usd", "Cost", "usd_table"),
    Column("gross_margin_usd", "Margin", "usd_table"),
    Column("gross_margin_low_usd", "Low", "usd_table"),
    Column("gross_margin_high_usd", "High", "usd_table"),
)
_SAVINGS = (
    Column("action_kind", "Action", "words"),
    Column("subject", "On"),
    Column("is_counted", "In the plan", "yes_no"),
    Column("gross_monthly_savings_usd", "Saves alone, a month", "usd_table"),
    Column("net_monthly_savings_usd", "After those above", "usd_table"),
    Column("low_monthly_savings_usd", "At least", "usd_table"),
    Column("high_monthly_savings_usd", "At most", "usd_table"),
)
_PLANS = (
    Column("plan_name", "Plan"),
    Column("is_recommended", "Recommended", "yes_no"),
    Column("is_current_plan", "Today's", "yes_no"),
    Column("base_fee_usd", "Base fee", "usd_table"),
    Column("usage_fee_usd", "For use", "usd_table"),
    Column("transition_usd", "By the transition", "delta_usd_table"),
    Column("revenue_usd", "Invoice", "usd_table"),
    Column("revenue_change_usd", "Against today", "delta_usd_table"),
    Column("gross_margin_usd", "Margin", "usd_table"),
)
TRACES = "Its dearest traces"


def build(warehouse: NarrowedWarehouse, customer_id: str) -> View | None:
    """The customer with this id; None where there is none."""
    margin = _margin(warehouse, customer_id)
    if not margin.rows:
        return None
    return View(
        title="Customer",
        headline=(
            margin.say(
                "{customer_name:text}, {organization_id:text}, {subscription_tier:text}: fees earned were "
                "**{revenue_usd:usd_table}** and its calls cost **{cost_to_serve_usd:usd_table}**, which "
                "leaves **{gross_margin_usd:usd_table}**."
            ),
        ),
        tiles=(
            compared(margin, "Fees earned", "revenue_usd", "usd_table"),
            compared(margin, "Cost to serve", "cost_to_serve_usd", "usd_table", change="cost_change_share"),
            compared(margin, f"Margin after {cost_named(margin)}", "gross_margin_usd", "usd_table"),
            KeyFigure("Cost, of fees", margin.cell("cost_of_revenue_share", "percent")),
            KeyFigure("Calls", margin.cell("calls", "count")),
        ),
        sections=(
            *customer_alerts_section(warehouse, customer_id),
            Section("Cost by day", figures=(_by_day(warehouse, margin, customer_id),)),
            Section("What it uses, the dearest first", tables=(_usage(warehouse, customer_id),)),
            Section(
                "Before and after each programme",
                text=(note("Every step is what the ones before it leave."),),
                tables=(_steps(warehouse, customer_id),),
            ),
            *_savings(warehouse, customer_id),
            Section(
                "The invoice of this period, under the recommended price plan and those of your list",
                text=_recommended(warehouse, customer_id),
                tables=(_plans(warehouse, customer_id),),
            ),
        ),
        period=warehouse.chosen_period,
    )


def _margin(warehouse: NarrowedWarehouse, customer_id: str) -> Evidence:
    return warehouse.evidence(
        """
        select
            customer_name, organization_id, subscription_tier, calls, revenue_usd, cost_to_serve_usd,
            gross_margin_usd, cost_of_revenue_share, prior_revenue_usd, prior_cost_to_serve_usd,
            prior_gross_margin_usd, cost_change_share, shared_cost_usd <> 0 as has_shared_cost,
            hosting_cost_usd = 0 as is_before_hosting
        from margin.rpt_customer_margins
        where customer_id = :customer_id
        """,
        customer_id=customer_id,
    )


def _by_day(warehouse: NarrowedWarehouse, margin: Evidence, customer_id: str) -> Figure:
    days = warehouse.evidence(
        """
        select usage_date as day, sum(effective_cost_usd) as cost_usd
        from :usage
        where customer_id = :customer_id and usage_date between :history_start and :as_of
        group by usage_date
        order by usage_date
        """,
        usage=USAGE,
        customer_id=customer_id,
    )
    title = margin.say("Its calls cost {cost_to_serve_usd:usd_table} in the period")
    drawn = daily_trend(days, None, day="day", value="cost_usd", axis_title="US dollars a day")
    return Figure("customer-by-day", drawn, title, title + note(". A line of the cost of each day."), days)


def _usage(warehouse: NarrowedWarehouse, customer_id: str) -> Table:
    found = warehouse.evidence(
        """
        select
            feature_id, provider, model,
            sum(calls) as calls, sum(failed_calls) as failed_calls, sum(effective_cost_usd) as cost_usd
        from :usage
        where customer_id = :customer_id and usage_date between :window_start and :as_of
        group by feature_id, provider, model
        order by cost_usd desc nulls last, feature_id, provider, model
        """,
        usage=USAGE,
        customer_id=customer_id,
    )
    return Table(_USAGE, found)


def _steps(warehouse: NarrowedWarehouse, customer_id: str) -> Table:
    found = warehouse.evidence(
        """
        select
            step_name, revenue_usd, cost_usd, gross_margin_usd, gross_margin_low_usd, gross_margin_high_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'customer' and scope_id = :customer_id
        order by step_order
        """,
        customer_id=customer_id,
    )
    return Table(_STEPS, found)


def _savings(warehouse: NarrowedWarehouse, customer_id: str) -> tuple[Section, ...]:
    found = warehouse.evidence(
        """
        select
            action_kind, subject, is_counted, gross_monthly_savings_usd, net_monthly_savings_usd,
            low_monthly_savings_usd, high_monthly_savings_usd
        from rates.rpt_customer_savings
        where customer_id = :customer_id
        order by not is_counted, applied_order, net_monthly_savings_usd desc, action_id
        """,
        customer_id=customer_id,
    )
    if not found.rows:
        return ()
    return (
        Section(
            "What would make its calls cheaper",
            text=(
                note(
                    "Its part of each action: a model to switch to, a setting, batch, caching. "
                    "Below zero, the action costs this customer more."
                ),
            ),
            tables=(Table(_SAVINGS, found, stacks=True),),
        ),
    )


def _recommended(warehouse: NarrowedWarehouse, customer_id: str) -> tuple[Prose, ...]:
    found = warehouse.evidence(
        """
        select
            plan_name, is_listed, current_revenue_usd, revenue_usd, revenue_change_usd,
            leave_probability_base
        from pricing.rpt_plan_backtests
        where customer_id = :customer_id and is_recommended
        """,
        customer_id=customer_id,
    )
    if not found.rows:
        return ()
    if found["is_listed"]:
        return (found.say("Today's plan, “{plan_name:text}”, is the recommended one."),)
    return (
        found.say(
            "The search recommends “{plan_name:text}”: the invoice goes from "
            "{current_revenue_usd:usd_table} to **{revenue_usd:usd_table}** "
            "({revenue_change_usd:delta_usd_table}), at which the customer is assumed to leave with a "
            "probability of {leave_probability_base:percent} in the base scenario."
        ),
    )


def _plans(warehouse: NarrowedWarehouse, customer_id: str) -> Table:
    found = warehouse.evidence(
        """
        select
            plan_name, is_recommended, is_current_plan, base_fee_usd, usage_fee_usd, transition_usd,
            revenue_usd, revenue_change_usd, gross_margin_usd
        from pricing.rpt_plan_backtests
        where customer_id = :customer_id
        order by not is_recommended, not is_current_plan, revenue_usd, plan_id
        """,
        customer_id=customer_id,
    )
    return Table(_PLANS, found)


def traces_section(warehouse: NarrowedWarehouse, customer_id: str) -> Section:
    """Its dearest traces; they are read from the calls themselves, which takes a moment."""
    found = warehouse.evidence(
        """
        select trace_id, usage_date, workflow_name, calls, failed_calls, effective_cost_usd, wall_time_ms
        from core.fct_traces
        where customer_id = :customer_id and usage_date between :window_start and :as_of
        order by effective_cost_usd desc nulls last, trace_id, source_name
        limit 20
        """,
        customer_id=customer_id,
    )
    return Section(TRACES, tables=(Table(TRACE_COLUMNS, found, max_rows=20),))
