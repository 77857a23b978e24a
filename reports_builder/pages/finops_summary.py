"""Report 1: what everything and AI cost, who and what drives it, and the three things to do first."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, join, note, say
from reports_builder.model import KeyFigure, Page, Section
from reports_builder.savings import NOTHING_TO_DO, main_actions, named, savings_figure, total_of_works, works
from reports_builder.subjects import insights
from reports_builder.subjects.allocation.spend import queries as everything
from reports_builder.subjects.allocation.spend.statements import (
    all_spend_figures,
    all_spend_said,
    categories_section,
)
from reports_builder.subjects.allocation.teams import queries as alignment
from reports_builder.subjects.allocation.teams.statements import budget_status, month_budget_figure
from reports_builder.subjects.core import queries as ask
from reports_builder.subjects.core.statements import (
    drivers_table,
    ledger_said,
    spend_figures,
    spend_said,
    split_table,
    takes_most,
    top_customers_figure,
    why_it_changed,
)
from reports_builder.subjects.margin.queries import fees_and_all_spend, spend_beside_ai
from reports_builder.subjects.margin.queries import totals as margin_totals
from reports_builder.subjects.margin.statements import (
    fees_against_all_said,
    fees_said,
    margin_share_figure,
    revenue_figure,
)
from reports_builder.subjects.planning import queries as forecast
from reports_builder.subjects.planning.budgets import queries as budgets
from reports_builder.subjects.planning.budgets.statements import company_budget_figures
from reports_builder.subjects.planning.statements import forecast_figure, spend_by_day, what_comes
from reports_builder.subjects.rates.decisions import decision_section, decisions_said
from reports_builder.subjects.rates.expiries import due, due_said
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note(
        "Assumed: a customer's fee is earned evenly over the days of a year, so that periods of the same "
        "length compare; earned is not invoiced and not paid."
    ),
    note("Assumed: savings re-price the usage of these 30 days; usage itself stays as it is."),
    note(
        "Assumed: of what model switches could save, a share is kept; the shares are yours to set "
        "(savings assumptions)."
    ),
)


def build(warehouse: Warehouse) -> Page:
    """The executive summary for the trailing window."""
    spend = ask.spend(warehouse)
    all_spend = everything.all_spend(warehouse)
    margins = margin_totals(warehouse)
    top = ask.top_customers(warehouse)
    concentration = ask.concentration(warehouse)
    best = works(warehouse)
    saved = total_of_works(warehouse)
    outlook = forecast.outlook(warehouse)
    return Page(
        path="finops_summary.md",
        title="All spend" if all_spend.rows else "AI spend",
        period=warehouse.period,
        question=note(
            "AI cost follows usage, fees mostly do not: without knowing who and what causes the "
            "cost, growth can lose money."
        ),
        answer=(
            fees_said(
                margins, *fees_against_all_said(fees_and_all_spend(warehouse), spend_beside_ai(warehouse))
            ),
            *(
                [all_spend_said(warehouse, all_spend, forecast.outlook(warehouse, all_spend=True))]
                if all_spend.rows
                else []
            ),
            join([spend_said(warehouse, spend), *why_it_changed(warehouse, spend), what_comes(outlook)]),
            *(() if all_spend.rows else ledger_said(warehouse)),
            join([_what_first(best, saved), *_what_prices_add(warehouse, best, saved)]),
            *due_said(due(warehouse)),
            *decisions_said(warehouse),
        ),
        key_figures=(
            *(all_spend_figures(all_spend) if all_spend.rows else ()),
            *spend_figures(spend),
            revenue_figure(margins),
            margin_share_figure(margins),
            *_budget_figures(warehouse, is_ai_alone=not all_spend.rows),
            forecast_figure(outlook),
            savings_figure(saved),
        ),
        figures=(top_customers_figure(warehouse, top, concentration),) if top.rows else (),
        insights=insights.summary(warehouse),
        plan=main_actions(warehouse),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            *((categories_section(warehouse),) if all_spend.rows else ()),
            *_reference(warehouse, outlook),
        ),
    )


def _budget_figures(warehouse: Warehouse, *, is_ai_alone: bool) -> tuple[KeyFigure, ...]:
    """The company's budgets of the month; those of teams together only where it has none of its own."""
    teams = alignment.month_budget(warehouse)
    company = budgets.of_company(warehouse)
    if not company.rows:
        return (month_budget_figure(teams),)
    return company_budget_figures(company, budget_status(teams), is_ai_alone=is_ai_alone)


def _what_first(best: Evidence, saved: Evidence) -> Prose:
    if not best.rows:
        return note(NOTHING_TO_DO)
    return (
        note("Do this first: ")
        + named(best, begins_sentence=False)
        + say(
            ", worth **{net_monthly_savings_usd:usd}** a month for {effort:text} of work; the actions "
            "below together are worth "
            "**{total_net_usd:usd}** a month, after overlap.",
            best,
            saved,
        )
    )


def _what_prices_add(warehouse: Warehouse, best: Evidence, saved: Evidence) -> tuple[Prose, ...]:
    """The change of prices, which lifts revenue where the ledger of savings lowers cost."""
    plan = ask.price_plan(warehouse)
    if not plan.rows:
        return ()
    return (_gain_of_prices(best, saved, plan),)


def _gain_of_prices(best: Evidence, saved: Evidence, plan: Evidence) -> Prose:
    if float(str(plan["plan_gain_usd"] or 0)) <= float(str(saved["total_net_usd"] or 0)):
        return plan.say(
            "Not in this total: the price plan of the pricing proposal, expected to lift the margin by "
            "**{plan_gain_usd:usd}** a month after these savings, by {plan_gain_today_usd:usd} without them."
        )
    if not best.rows:
        return plan.say(
            "What remains is the price plan of the pricing proposal, expected to lift the margin by "
            "**{plan_gain_usd:usd}** a month."
        )
    return plan.say(
        "Larger than all of these savings, and not in this total: the price plan of the pricing proposal, "
        "expected to lift the margin by **{plan_gain_usd:usd}** a month after them, by "
        "{plan_gain_today_usd:usd} without them. It comes later because it takes notice and customers who "
        "accept it."
    )


def _reference(warehouse: Warehouse, outlook: Evidence) -> tuple[Section, ...]:
    providers = ask.spend_by(warehouse, "provider")
    return (
        Section(
            "AI spend by provider",
            text=(takes_most(providers) + note("."),),
            tables=(split_table("provider", "Provider", providers),),
        ),
        Section(
            "Top 10 cost drivers",
            text=(
                note(
                    "A driver is what one customer does with one feature on one model: the smallest "
                    "thing that can be changed."
                ),
            ),
            tables=(drivers_table(warehouse),),
        ),
        Section("AI spend by day", figures=(spend_by_day(warehouse, outlook),)),
        *decision_section(warehouse, customers=False),
    )
