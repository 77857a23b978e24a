"""What is to be done about a team over its budget: what can be saved comes before a larger budget."""

from __future__ import annotations

from datetime import date

from reports_builder.subjects.allocation.teams.insights import budget_decision, budget_outcome
from reports_builder.subjects.allocation.teams.queries import budgets_ahead
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
