"""Months against their plan, and what investments return."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.model import Section
from reports_builder.subjects import insights
from reports_builder.subjects.planning import queries as ask
from reports_builder.subjects.planning.budgets import queries as ask_budgets
from reports_builder.subjects.planning.budgets.statements import (
    budgets_section,
    proposals_section,
    what_is_kept,
)
from reports_builder.subjects.planning.close.statements import close_section
from reports_builder.subjects.planning.funnel.statements import funnel_section
from reports_builder.subjects.planning.returns import queries as ask_returns
from reports_builder.subjects.planning.returns.statements import (
    claims_table,
    improvements_table,
    return_tables,
    returns_said,
    tornado_figure,
    value_figures,
)
from reports_builder.subjects.planning.stacking.statements import stacking_section
from reports_builder.subjects.planning.statements import (
    accuracy_figure,
    forecast_figure,
    spend_by_day,
    what_comes,
)
from reports_builder.subjects.planning.tokens.statements import (
    before_it_is_made_sections,
    lifetimes_section,
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


def build(warehouse: NarrowedWarehouse) -> View:
    """Planning."""
    outlook = ask.outlook(warehouse)
    month = ask_variance.latest_month(warehouse)
    parts = ask_variance.parts(warehouse)
    month_budgets = ask_variance.budgets(warehouse)
    ahead = ask_budgets.ahead(warehouse)
    investments = ask_returns.investments(warehouse)
    return View(
        title="Planning",
        headline=(
            what_comes(outlook),
            month_against(month, parts),
            what_is_kept(ahead, ask_budgets.ahead_counted(warehouse), ask_budgets.missed(warehouse)),
            *returns_said(investments, ask_returns.doubtful(warehouse)),
        ),
        tiles=(
            forecast_figure(outlook),
            accuracy_figure(ask.accuracy(warehouse)),
            *month_figures(month, ask_variance.latest_month(warehouse, "forecast")),
            *worst_budget_figure(month_budgets),
            *value_figures(investments),
        ),
        sections=(
            Section("What comes", figures=(spend_by_day(warehouse, outlook),)),
            Section(
                "Why the month cost more or less",
                figures=parts_figure(month, parts),
                tables=(causes_table(ask_variance.causes(warehouse)), month_budgets_table(month_budgets)),
            ),
            *close_section(warehouse, warehouse.chosen_period.as_of),
            *budgets_section(ahead),
            *proposals_section(ask_budgets.proposals(warehouse), ask_budgets.longer_proposals(warehouse)),
            *year_section(warehouse),
            Section("Months closed", tables=(closed_months_table(ask_variance.closed_months(warehouse)),)),
            Section(
                "Investments side by side",
                figures=tornado_figure(warehouse, investments),
                tables=(*return_tables(warehouse, investments), improvements_table(warehouse)),
            ),
            Section(
                "Example: figures that others printed", tables=(claims_table(ask_returns.claims(warehouse)),)
            ),
            *tokens_section(warehouse),
            *funnel_section(warehouse),
            *before_it_is_made_sections(warehouse),
            *stacking_section(warehouse),
            *lifetimes_section(warehouse),
        ),
        period=warehouse.chosen_period,
        insights=insights.planning(warehouse.whole),
    )
