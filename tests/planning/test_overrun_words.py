"""What is said of budgets that were missed: the worst of all, and what can be saved before a larger budget."""

from __future__ import annotations

from datetime import date

from reports_builder.subjects.allocation.teams.insights import budget_decision, budget_outcome
from reports_builder.subjects.allocation.teams.queries import budgets_ahead
from reports_builder.subjects.planning.budgets import queries as ask_budgets
from reports_builder.subjects.planning.budgets.insights import furthest_ahead
from reports_builder.subjects.planning.variance import queries as ask_variance
from reports_builder.subjects.planning.variance.insights import over_budget, worst
from reports_builder.subjects.planning.variance.statements import worst_budget_figure
from tests.reports.empty_marts import empty_marts, with_rows

ADVICE = "allocation.rpt_budget_advice"


def team(name: str, over: int, verdict: str, more: str) -> str:
    return (
        f"date '2026-11-01' as month_start_date, '{name}' as team_id, '{name}' as team_name, 'planned' as month_phase, "
        f"{over} as projected_variance_usd, true as is_over, 'heading over budget' as budget_status, 650 as budget_usd, "
        f"3 as judged_months, 3 as over_months, 20500 as suggested_team_budgets_usd, '{verdict}' as overrun_verdict, {more}"
    )


def test_savings_that_cover_an_overrun_come_before_a_larger_budget() -> None:
    with empty_marts(ADVICE, as_of=date(2026, 10, 31)) as opened:
        budgets = budgets_ahead(
            with_rows(
                opened,
                ADVICE,
                team(
                    "Platform", 356, "the use is", "677.61 as open_savings_usd, true as is_covered_by_savings"
                ),
                team(
                    "Agents",
                    226,
                    "the budget is wrong",
                    "885.51 as suggested_budget_usd, false as is_covered_by_savings",
                ),
            )
        )
        said = budget_decision(budgets).plain
        worth = budget_outcome(budgets).plain
    assert said == (
        "The use is to change, not the budget: open savings of Platform on machines and storage, $677.61 a month, cover the "
        "$356.00 that it is heading over. Do the savings first, and do not raise the budget: have the team say by 14 November 2026 "
        "which it does (the optimization page lists them). The budget of Agents is wrong: it was over in 3 of 3 whole months, "
        "and no open saving on machines and storage covers that. Set it to $885.51."
    )
    assert worth.startswith("Up to $677.61 a month")


def test_a_budget_that_was_never_kept_and_that_no_saving_covers_is_wrong() -> None:
    with empty_marts(ADVICE, as_of=date(2026, 10, 31)) as opened:
        budgets = budgets_ahead(
            with_rows(
                opened,
                ADVICE,
                team(
                    "Agents",
                    226,
                    "the budget is wrong",
                    "885.51 as suggested_budget_usd, false as is_covered_by_savings",
                ),
            )
        )
        assert budget_decision(budgets).plain.startswith("The budget is wrong, not the use: Agents was over")


STATEMENTS, CAUSES, BUDGETS = (
    "planning.rpt_variance_statements_monthly",
    "planning.rpt_cost_variances",
    "planning.rpt_budgets",
)


def missed(scope: str, name: str, share: float) -> str:
    return (
        f"date '2026-10-01' as month_start_date, true as is_latest, 'budget' as basis, '{scope}' as scope, '{name}' as scope_id, "
        f"'{name}' as scope_name, {100 * (1 + share)} as actual_usd, 100 as compared_usd, {100 * share} as total_variance_usd, "
        f"{share} as total_variance_share, 'critical' as severity, 'volume' as largest_part, {100 * share} as largest_part_usd, "
        f"{share > 0} as is_seriously_over"
    )


def heading(scope: str, name: str) -> str:
    return (
        f"'{scope}' as scope, '{name}' as scope_id, '{name}' as scope_name, 'month' as period, date '2026-11-01' as "
        "period_start_date, 'planned' as period_phase, 100 as budget_usd, 140 as forecast_usd, 40 as overrun_usd, true as is_forecast_over"
    )


def test_the_worst_of_all_budgets_is_named_and_one_with_an_insight_of_its_own_gets_no_second() -> None:
    with empty_marts(STATEMENTS, CAUSES, BUDGETS, ADVICE, as_of=date(2026, 10, 31)) as opened:
        kept = with_rows(opened, STATEMENTS, missed("total", "total", -0.1))
        assert worst_budget_figure(ask_variance.budgets(kept)) == ()
        assert worst(ask_variance.budgets(kept), None) is None
        warehouse = with_rows(
            opened, STATEMENTS, missed("team", "Agents", 0.3), missed("provider", "openai", 0.37)
        )
        budgets = ask_variance.budgets(warehouse)
        (figure,) = worst_budget_figure(budgets)
        assert str(figure.label) == "Furthest over its budget by share, of all: provider openai"
        found = worst(budgets, None)
        assert found is not None
        (insight,) = over_budget(
            found,
            ask_variance.causes(warehouse, found["scope"], found["scope_id"]),
            budgets_ahead(warehouse),
        )
        assert insight.title.plain == "Provider openai cost 37 % more than its budget of October 2026"
        ahead = ask_budgets.ahead(with_rows(opened, BUDGETS, heading("provider", "openai")))
        second = worst(budgets, furthest_ahead(ahead))
        assert second is not None and second["scope_name"] == "Agents"
