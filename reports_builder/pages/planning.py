"""Analysis: the cost to come, months against budget and forecast, and what investments return."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.model import Page, Section
from reports_builder.subjects import insights
from reports_builder.subjects.planning import queries as ask
from reports_builder.subjects.planning.budgets import queries as ask_budgets
from reports_builder.subjects.planning.budgets.statements import (
    budgets_section,
    proposals_section,
    what_is_kept,
)
from reports_builder.subjects.planning.close import queries as ask_close
from reports_builder.subjects.planning.close.statements import (
    close_section,
    month_against_forecast,
    month_against_the_one_before,
    month_closed,
)
from reports_builder.subjects.planning.funnel.statements import funnel_section
from reports_builder.subjects.planning.returns import queries as ask_returns
from reports_builder.subjects.planning.returns.statements import (
    claims_section,
    improvements_table,
    measured_beside,
    return_tables,
    returns_said,
    tornado_figure,
    unmeasured_plans,
    value_figures,
    years_table,
)
from reports_builder.subjects.planning.stacking.statements import stacking_section
from reports_builder.subjects.planning.statements import (
    forecast_figure,
    named_outlooks_section,
    scores_section,
    what_comes,
)
from reports_builder.subjects.planning.tokens.statements import (
    before_it_is_made_sections,
    lifetimes_section,
    tiers_section,
    tokens_section,
)
from reports_builder.subjects.planning.variance import queries as ask_variance
from reports_builder.subjects.planning.variance.statements import (
    causes_table,
    closed_months_table,
    month_against,
    month_budgets_table,
    month_figures,
    parts_figure,
    worst_budget_figure,
)
from reports_builder.subjects.planning.year.statements import year_section
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note("Set by you: the budgets, and every amount, range and rate of an investment (seeds investment_*)."),
    note(
        "Assumed: of a difference of cost the days of the month count first, then the number of calls, who "
        "makes them with which model, and the tokens of a call; the rest is price. Drivers of an investment "
        "move independently."
    ),
    note(
        "Measured: calls, tokens and cost of both months. A forecast is what was written down before the "
        "month, or a backtest, and is named so."
    ),
)


def build(warehouse: Warehouse) -> Page:
    """Forecast, variance and returns."""
    outlook = ask.outlook(warehouse)
    month = ask_variance.latest_month(warehouse)
    parts = ask_variance.parts(warehouse)
    causes = ask_variance.causes(warehouse)
    month_budgets = ask_variance.budgets(warehouse)
    ahead = ask_budgets.ahead(warehouse)
    investments = ask_returns.investments(warehouse)
    doubtful = ask_returns.doubtful(warehouse)
    return Page(
        path="analyses/planning.md",
        title="Planning: months against their plan, and what investments return",
        period=warehouse.period,
        question=note(
            "A plan is worth something when somebody looks afterwards at what became of it, and why."
        ),
        answer=(
            what_comes(outlook),
            *_company_month(warehouse),
            month_against(month, parts),
            what_is_kept(ahead, ask_budgets.ahead_counted(warehouse), ask_budgets.missed(warehouse)),
            *returns_said(investments, doubtful, unmeasured_plans(warehouse, investments)),
        ),
        key_figures=(
            forecast_figure(outlook),
            *month_figures(month, ask_variance.latest_month(warehouse, "forecast")),
            *worst_budget_figure(month_budgets),
            *value_figures(investments),
        ),
        figures=parts_figure(month, parts),
        insights=insights.planning(warehouse),
        plan=None,
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            *close_section(warehouse, warehouse.period.as_of),
            *_variance_sections(warehouse, causes, month_budgets),
            *budgets_section(warehouse, ahead),
            *proposals_section(
                warehouse, ask_budgets.proposals(warehouse), ask_budgets.longer_proposals(warehouse)
            ),
            *scores_section(warehouse),
            *year_section(warehouse),
            *named_outlooks_section(warehouse),
            *_return_sections(warehouse, investments),
            *tiers_section(warehouse),
            *funnel_section(warehouse),
            *before_it_is_made_sections(warehouse),
            *stacking_section(warehouse),
            *lifetimes_section(warehouse),
            *claims_section(warehouse),
            *tokens_section(warehouse),
        ),
    )


def _company_month(warehouse: Warehouse) -> tuple[Prose, ...]:
    company = ask_close.company(warehouse, warehouse.period.as_of)
    if not company.rows:
        return ()
    return (
        join([month_closed(company), month_against_forecast(company), month_against_the_one_before(company)]),
    )


def _variance_sections(
    warehouse: Warehouse, causes: Evidence, month_budgets: Evidence
) -> tuple[Section, ...]:
    if not causes.rows:
        return ()
    return (
        Section("Who caused the difference, and what to do", tables=(causes_table(causes),)),
        Section("Budgets of the month", tables=(month_budgets_table(month_budgets),)),
        Section(
            "Months closed: plan, cost and the parts of the difference",
            tables=(closed_months_table(ask_variance.closed_months(warehouse)),),
        ),
    )


def _return_sections(warehouse: Warehouse, investments: Evidence) -> tuple[Section, ...]:
    if not investments.rows:
        return ()
    return (
        Section(
            "Investments",
            text=(_rates(), *measured_beside(warehouse, investments)),
            figures=tornado_figure(warehouse, investments),
            tables=return_tables(warehouse, investments),
        ),
        Section("What can be improved", tables=(improvements_table(warehouse),)),
        Section("Plans by period", tables=(years_table(warehouse),)),
    )


def _rates() -> Prose:
    return note(
        "Where money goes out again after it came in, several internal rates exist, or none: then judge by "
        "the value, and take no rate for the return."
    )
