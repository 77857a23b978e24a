"""Report 1: what AI costs, who and what drives it, and the three things to do first."""

from reports_builder.chart_kinds import daily_trend, ranked_bars
from reports_builder.confidence import confidence
from reports_builder.domains.spend import insights
from reports_builder.domains.spend import queries as ask
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.savings import NOTHING_TO_DO, action_plan, ledger, named, total_savings
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note("Assumed: a customer's fee is earned evenly over the days of its month."),
    note("Assumed: savings re-price the usage of these 30 days; usage itself stays as it is."),
    note(
        "Assumed: of what model switches could save, a share is kept; the shares are yours to set "
        "(savings assumptions)."
    ),
)


def build(warehouse: Warehouse) -> Page:
    """The executive summary for the trailing window."""
    spend = ask.spend(warehouse)
    margins = ask.margins(warehouse)
    top = ask.top_customers(warehouse)
    concentration = ask.concentration(warehouse)
    models = ask.models(warehouse)
    best = ledger(warehouse)
    saved = total_savings(warehouse, best)
    outlook = ask.outlook(warehouse)
    teams = ask.team_budgets(warehouse)
    return Page(
        path="finops_summary.md",
        title="AI spend",
        period=warehouse.period,
        question=note(
            "AI cost follows usage, fees mostly do not: without knowing who and what causes the "
            "cost, growth can lose money."
        ),
        answer=(
            *_spend_and_why(warehouse, spend),
            _who_pays(margins),
            _what_comes(outlook),
            _what_first(best, saved) + _what_prices_add(ask.price_plan(warehouse)),
        ),
        key_figures=(
            *_key_figures(spend, margins),
            _budget_figure(ask.budget(warehouse)),
            _forecast_figure(outlook),
            _savings_figure(saved),
        ),
        figures=(_top_customers_figure(top, concentration),) if top.rows else (),
        insights=(
            *([insights.concentrated_cost(top, concentration, margins)] if top.rows else []),
            insights.dear_model(warehouse, models),
            *insights.opportunities(warehouse, best),
            *insights.overrun_budgets(teams),
        ),
        plan=action_plan(warehouse),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=_reference(warehouse, outlook),
    )


def _spend_and_why(warehouse: Warehouse, spend: Evidence) -> tuple[Prose, ...]:
    if spend["prior_spend_usd"] is None:
        return (
            spend.say(
                "AI spend was **{spend_usd:usd}**; there is no full earlier period to compare it with."
            ),
        )
    return (
        spend.say(
            "AI spend was **{spend_usd:usd}**, {spend_change:delta} on the {prior_spend_usd:usd} of "
            "the 30 days before."
        ),
        ask.causes_of_change(warehouse).say(
            "Customers that started added {started_usd:usd}, customers that stopped took away "
            "{stopped_usd:usd}, and those that stayed spent {stayed_usd:more_or_less_usd}; the largest "
            "single change is {largest_mover:text}, {largest_move_usd:delta_usd}."
        ),
    )


def _who_pays(margins: Evidence) -> Prose:
    if margins["revenue_usd"] is None:
        return note("No customer is on record, so what customers pay for it is unknown.")
    return margins.say(
        "Customers paid **{revenue_usd:usd}**, which leaves a gross margin of "
        "**{gross_margin_share:percent}**; {unprofitable_customers:count} of "
        "{active_customers:count} customers paid less than they cost and lost us **{loss_usd:usd}**."
    )


def _what_comes(outlook: Evidence) -> Prose:
    if outlook["forecast_usd"] is None:
        return note("History is too short for a forecast.")
    if outlook["lower_usd"] is None:
        return outlook.say(
            "The next 30 days are expected to cost **{forecast_usd:usd}**; history is too short for a range."
        )
    return outlook.say(
        "The next 30 days are expected to cost **{forecast_usd:usd}** "
        "(between {lower_usd:usd} and {upper_usd:usd})."
    )


def _what_first(best: Evidence, saved: Evidence) -> Prose:
    if not best.rows:
        return note(NOTHING_TO_DO)
    return (
        note("Do this first: ")
        + named(best, begins_sentence=False)
        + say(
            ", worth **{net_monthly_savings_usd:usd}** a month; the actions below together are worth "
            "**{total_net_usd:usd}** a month, after overlap.",
            best,
            saved,
        )
    )


def _what_prices_add(plan: Evidence) -> Prose:
    """The change of prices, which lifts revenue where the ledger of savings lowers cost."""
    if not plan.rows:
        return note("")
    return plan.say(
        " Larger than all of them, and not in this total: the price plan of the pricing proposal, expected "
        "to lift the margin by **{plan_gain_usd:usd}** a month, at today's cost."
        if plan["is_largest"]
        else " Not in this total: the price plan of the pricing proposal, expected to lift the margin by "
        "**{plan_gain_usd:usd}** a month, at today's cost."
    )


def _key_figures(spend: Evidence, margins: Evidence) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure(
            "AI spend",
            spend.cell("spend_usd", "usd_table"),
            spend.cell("prior_spend_usd", "usd_table"),
            spend.cell("spend_change", "delta"),
            status=spend.cell("spend_status", "text"),
        ),
        KeyFigure(
            "Cost of 1,000 calls",
            spend.cell("usd_per_thousand_calls", "usd_table"),
            spend.cell("prior_usd_per_thousand_calls", "usd_table"),
            spend.cell("unit_cost_change", "delta"),
            status=spend.cell("unit_cost_status", "text"),
        ),
        KeyFigure(
            "Revenue",
            margins.cell("revenue_usd", "usd_table"),
            margins.cell("prior_revenue_usd", "usd_table"),
            margins.cell("revenue_change", "delta"),
            status=margins.cell("revenue_status", "text"),
        ),
        KeyFigure(
            "Gross margin",
            margins.cell("gross_margin_share", "percent"),
            margins.cell("prior_gross_margin_share", "percent"),
            margins.cell("margin_change", "delta_points"),
            status=margins.cell("margin_status", "text"),
        ),
    )


def _budget_figure(budget: Evidence) -> KeyFigure:
    return KeyFigure(
        budget.say("Spend in {month_start_date:month}"),
        budget.cell("actual_usd", "usd_table"),
        target=budget.cell("budget_usd", "usd_table"),
        status=budget.cell("status", "text"),
    )


def _forecast_figure(outlook: Evidence) -> KeyFigure:
    return KeyFigure(
        "Forecast, next 30 days",
        outlook.say(
            "{forecast_usd:usd_table}"
            if outlook["lower_usd"] is None
            else "{forecast_usd:usd_table} ({lower_usd:usd_table} to {upper_usd:usd_table})"
        ),
        change=outlook.cell("change_share", "delta"),
        status=outlook.cell("status", "text"),
    )


def _savings_figure(saved: Evidence) -> KeyFigure:
    return KeyFigure(
        "Savings open, a month",
        saved.cell("total_net_usd", "usd_table"),
        status=saved.say("{total_low_usd:usd} to {total_high_usd:usd}, after overlap"),
    )


def _top_customers_figure(top: Evidence, concentration: Evidence) -> Figure:
    title = concentration.say(
        "{listed_customers:count} customers cause {top_share:percent} of AI cost; "
        "{top_unprofitable:count} of them paid less than they cost"
    )
    return Figure(
        "top-customers",
        ranked_bars(
            top,
            label="customer",
            value="cost_usd",
            style="usd",
            axis_title="US dollars in 30 days",
            highlight="is_unprofitable",
            marker="revenue_usd",
            end_label=("cost, paid", "revenue_usd"),
        ),
        title,
        title
        + note(". Bars for each of them, the first is ")
        + top.say("{customer:text} with {cost_usd:usd}."),
        top,
        height=350,
        key="Bar: what the customer cost. Upright mark: what it paid. Dark bar: it paid less than it cost.",
    )


def _reference(warehouse: Warehouse, outlook: Evidence) -> tuple[Section, ...]:
    days = ask.daily_spend(warehouse)
    forecast = ask.daily_forecast(warehouse)
    providers = ask.providers(warehouse)
    title = providers.say("{provider:text} takes {cost_share:percent} of spend")
    return (
        Section(
            "Spend by provider",
            text=(title + note("."),),
            tables=(
                Table(
                    (
                        Column("provider", "Provider"),
                        Column("calls", "Calls", "count"),
                        Column("cost_usd", "Cost", "usd_table"),
                        Column("cost_share", "Share of cost", "percent"),
                        Column("cost_change", "Change", "delta"),
                    ),
                    providers,
                ),
            ),
        ),
        Section(
            "Top 10 cost drivers",
            text=(
                note(
                    "A driver is what one customer does with one feature on one model: the smallest "
                    "thing that can be changed."
                ),
            ),
            tables=(
                Table(
                    (
                        Column("customer", "Customer"),
                        Column("feature_id", "Feature", "words"),
                        Column("model", "Model"),
                        Column("cost_usd", "Cost", "usd_table"),
                        Column("cost_share", "Share of cost", "percent"),
                        Column(
                            "cost_change",
                            "Change",
                            "delta_or_new" if warehouse.period.has_prior else "delta",
                        ),
                    ),
                    ask.drivers(warehouse),
                ),
            ),
        ),
        Section(
            "Spend by day",
            figures=(
                Figure(
                    "daily-spend",
                    daily_trend(days, forecast, day="day", value="spend_usd", axis_title="US dollars a day"),
                    _what_comes(outlook),
                    note("Spend of each of the last 90 days as a line, then the forecast. ")
                    + _what_comes(outlook),
                    days,
                ),
            ),
        ),
    )
