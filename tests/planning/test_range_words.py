"""What is said of ranges that held too little: whose, how often, and how little that was tested."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.subjects.planning.budgets import queries as ask
from reports_builder.subjects.planning.budgets.insights import heading_over
from reports_builder.subjects.planning.budgets.statements import budgets_section
from reports_builder.subjects.planning.statements import how_ranges_held, scores_section
from tests.reports.empty_marts import empty_marts, with_rows

OUTLOOK = "planning.rpt_cost_outlook"
BUDGETS = "planning.rpt_budgets"
ACCURACY = "planning.rpt_forecast_accuracy"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(OUTLOOK, BUDGETS, ACCURACY) as opened:
        yield opened


def scope(kind: str, label: str, days: str, sums: str, tested: int = 38) -> str:
    return (
        f"'{kind}' as scope, '{label}' as scope_id, '{label}' as scope_label, {days} as days_within_range_share, "
        f"{sums} as sums_within_range_share, {tested} as tested_sums, 2 as independent_tested_sums, "
        f"0.7 as doubtful_below_share, coalesce({days} < 0.7, false) as is_range_doubtful"
    )


def test_scopes_of_whose_days_too_few_lay_within_their_range_are_named_the_worst_first(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(
        connection,
        OUTLOOK,
        scope("total", "all spend", "0.83", "0.05"),
        scope("provider", "provider AWS", "0.67", "0.34"),
        scope("team", "team web-team", "0.41", "0.66"),
        scope("team", "team kept", "0.7", "0.9"),
        scope("team", "team young", "null", "null", 0),
    )
    days, sums = how_ranges_held(warehouse)
    assert days.plain == (
        "Fewer than 70 % of past days lay within their range for team web-team (41 %), provider AWS (67 %): "
        "their cost moves more than these ranges say."
    )
    assert sums.plain.startswith(
        "The range of 30 days was tested, too: it would have held 5.0 % of 38 past sums of all spend, of which "
        "only 2 without overlap, and fewer than 70 % for 2 of 3 other scopes."
    )


def test_nothing_is_said_where_ranges_held_and_none_of_a_sum_was_tested(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(connection, OUTLOOK, scope("total", "all spend", "0.83", "null", 0))
    assert how_ranges_held(warehouse) == ()


@pytest.mark.parametrize(
    ("low", "held", "said"),
    [
        ("500", "0.82", "$600 ($500 to $700; such ranges held 82 % of past sums of 30 days)."),
        ("500", "null", "$600 ($500 to $700)."),
        ("null", "null", "$600."),
    ],
)
def test_the_range_of_a_budget_to_come_says_how_often_such_ranges_held(
    connection: duckdb.DuckDBPyConnection, low: str, held: str, said: str
) -> None:
    with_rows(connection, OUTLOOK, scope("team", "team web-team", "0.41", "0.66"))
    warehouse = with_rows(
        connection,
        BUDGETS,
        "'provider' as scope, 'x' as scope_id, 'x' as scope_name, 'month' as period, date '2026-11-01' as period_start_date, "
        f"'planned' as period_phase, 100 as budget_usd, 600 as forecast_usd, {low} as lower_usd, 700 as upper_usd, "
        f"{held} as sums_within_range_share, true as is_forecast_over, 500 as overrun_usd, 'CFO' as approver_role",
    )
    ahead = ask.ahead(warehouse)
    (insight,) = heading_over(ahead)
    assert insight.problem.plain.endswith(said)
    (section,) = budgets_section(warehouse, ahead)
    assert "team web-team (41 %)" in section.text[1].plain


def test_the_method_in_use_is_scored_for_every_scope_and_no_other_method_is(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    def scored(scope: str, used: bool, horizon: str, wape: float, held: float, total: str = "null") -> str:
        return (
            f"'{scope}' as scope, '{scope}' as scope_id, '{scope}' as scope_name, '{'combined' if used else 'seasonal_naive'}' as forecast_method, {used} as is_used, "
            f"'{horizon}' as horizon, {wape} as wape, -0.02 as bias_share, 0.1 as skill_share, {held} as interval_coverage_share, {total} as total_wape, {total} * 15 as total_coverage_share, 'better' as verdict"
        )

    warehouse = with_rows(
        connection,
        ACCURACY,
        scored("team", True, "all days", 0.2, 0.81, "0.05"),
        scored("team", True, "30-day total", 0.05, 0.75),
        scored("team", False, "all days", 0.9, 0.1),
        scored("total", True, "all days", 0.03, 0.8),
    )
    ((table,),) = (section.tables for section in scores_section(warehouse))
    assert [[str(cell) for cell in row][:4] for row in table.cells] == [
        ["all spend", "combined", "3.0 %", "-2.0 %"],
        ["team team", "combined", "20 %", "-2.0 %"],
    ]
    assert [str(cell) for cell in table.cells[1]][7:9] == ["5.0 %", "75 %"]
