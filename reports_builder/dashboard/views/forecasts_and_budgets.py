"""The cost to come, months against their plan, and budgets."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.model import Section, folded
from reports_builder.subjects import insights
from reports_builder.subjects.planning import queries as ask
from reports_builder.subjects.planning.budgets import queries as ask_budgets
from reports_builder.subjects.planning.budgets.statements import (
    budgets_section,
    proposals_section,
    what_is_kept,
)
from reports_builder.subjects.planning.close.statements import close_section
from reports_builder.subjects.planning.statements import (
    accuracy_figure,
    forecast_figure,
    named_outlooks_section,
    scores_section,
    spend_by_day,
    what_comes,
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
    """Forecasts and budgets."""
    outlook = ask.outlook(warehouse)
    month, parts = ask_variance.latest_month(warehouse), ask_variance.parts(warehouse)
    month_budgets, ahead = ask_variance.budgets(warehouse), ask_budgets.ahead(warehouse)
    return View(
        title="Forecasts and budgets",
        headline=(
            what_comes(outlook),
            month_against(month, parts),
            what_is_kept(ahead, ask_budgets.ahead_counted(warehouse), ask_budgets.missed(warehouse)),
        ),
        tiles=(
            forecast_figure(outlook),
            accuracy_figure(ask.accuracy(warehouse)),
            *month_figures(month, ask_variance.latest_month(warehouse, "forecast")),
            *worst_budget_figure(month_budgets),
        ),
        sections=(
            Section("What comes", figures=(spend_by_day(warehouse, outlook),)),
            Section(
                "Why the month cost more or less",
                figures=parts_figure(month, parts),
                tables=(causes_table(ask_variance.causes(warehouse)), month_budgets_table(month_budgets)),
            ),
            *budgets_section(warehouse, ahead),
            *close_section(warehouse, warehouse.chosen_period.as_of),
            *year_section(warehouse),
            *folded(
                (
                    *named_outlooks_section(warehouse),
                    *scores_section(warehouse),
                    *proposals_section(
                        warehouse,
                        ask_budgets.proposals(warehouse),
                        ask_budgets.longer_proposals(warehouse),
                    ),
                    Section(
                        "Months closed", tables=(closed_months_table(ask_variance.closed_months(warehouse)),)
                    ),
                )
            ),
        ),
        period=warehouse.chosen_period,
        insights=insights.budgets(warehouse.whole),
    )
