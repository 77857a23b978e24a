"""What is said of budgets that were missed: the worst of all, and what can be saved before a larger budget, from its month on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from reports_builder.model import Table
from reports_builder.subjects.allocation.teams.insights import (
    budget_decision,
    budget_outcome,
    dear_team,
    decisions_table,
    team_decision,
    too_large,
)
from reports_builder.subjects.allocation.teams.queries import decided, teams
from reports_builder.subjects.allocation.teams.queries import too_large as ask_too_large
from reports_builder.subjects.planning.budgets import queries as ask_budgets
from reports_builder.subjects.planning.budgets.insights import furthest_ahead
from reports_builder.subjects.planning.variance import queries as ask_variance
from reports_builder.subjects.planning.variance.insights import over_budget, worst
from reports_builder.subjects.planning.variance.statements import worst_budget_figure
from tests.reports.empty_marts import empty_marts, with_rows

ADVICE = "allocation.rpt_budget_advice"
TEAMS = "allocation.rpt_team_costs"

SAVED_ON_MACHINES = (
    "677.61 as open_savings_usd, 677.61 as open_savings_on_machines_usd, 0 as open_savings_on_calls_usd, 0 as lift_savings_usd, "
    "date '2026-12-01' as all_saved_from_date, 520 as most_over_usd, date '2027-03-31' as last_date_ahead"
)
LATER = "193.9 as month_savings_usd, 162.1 as overrun_after_savings_usd, date '2026-12-01' as kept_from_date"
LIFTED = (
    "182.4 as open_savings_usd, 0 as open_savings_on_machines_usd, 0 as open_savings_on_calls_usd, 182.4 as lift_savings_usd, "
    "'agent calls: all models to sonnet' as lifts_for_less, 0 as month_savings_usd, "
    "226 as overrun_after_savings_usd, date '2026-12-01' as all_saved_from_date, 703.11 as suggested_budget_usd, "
    "885.51 as suggested_without_savings_usd, 80.22 as most_over_after_savings_usd, date '2027-03-31' as last_date_ahead"
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(ADVICE, TEAMS, as_of=date(2026, 10, 31)) as opened:
        yield opened


USE, THEN_BUDGET = "change the use, not the budget", "change the use, then the budget"


def team(name: str, over: int, advice: str, more: str) -> str:
    return (
        f"date '2026-11-01' as month_start_date, '{name}' as team_id, '{name}' as team_name, 'planned' as month_phase, "
        f"{over} as projected_variance_usd, true as is_over, 'heading over budget' as budget_status, 650 as budget_usd, "
        "date '2026-11-14' as decide_by_date, 'Head of Finance' as approver_role, "
        f"3 as judged_months, 3 as over_months, 20500 as suggested_team_budgets_usd, '{advice}' as advice, {more}"
    )


def rows_of(table: Table) -> list[list[str]]:
    return [list(map(str, row)) for row in table.cells]


def test_the_first_team_that_is_over_is_told_what_to_do_and_each_of_them_has_a_row(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    over = decided(
        with_rows(
            connection,
            ADVICE,
            team(
                "Platform", 356, USE, f"{SAVED_ON_MACHINES}, {LATER}, date '2026-12-01' as kept_low_from_date"
            ),
            team("Agents", 226, THEN_BUDGET, LIFTED),
        )
    )
    platform, agents = over.each()
    assert budget_decision(over).plain == (
        "Platform: change the use, not the budget. Its open savings, $677.61 a month, keep $650.00 from December 2026 on, at their low end "
        "as well; in November 2026 $162.10 stay over. It says by 14 November 2026 which of them it makes. What the other teams decide is in "
        "the table."
    )
    assert budget_decision(over).plain.startswith(team_decision(platform).plain)
    assert team_decision(agents).plain == (
        "Agents: change the use, then the budget. It was over in 3 of 3 whole months. It decides by 14 November 2026 on its open savings, "
        "$182.40 a month; then set its budget to $703.11, or to $885.51 if nothing is saved."
    )
    table = decisions_table(over)
    assert rows_of(table) == [
        [
            *("Platform", "$650.00", "$356.00", USE, "\\$677.61 on machines and storage", "December 2026"),
            *("as it is", "none proposed", "none", "2026-11-14", "Head of Finance"),
        ],
        [
            *("Agents", "$650.00", "$226.00", THEN_BUDGET, "\\$182.40 by moves to the quality floor"),
            *("not by them", "\\$703.11", "\\$885.51", "none", "2026-11-14", "Head of Finance"),
        ],
    ]
    assert table.caption is not None and table.caption.plain.endswith(
        "The teams' budgets, those that are too large cut to what is proposed, would then come to $20.5K a month, without what no team owns."
    )
    assert budget_outcome(over).plain == (
        "Platform: up to $677.61 a month from December 2026 on, $193.90 of it in November 2026. Assumption: the work on savings begins now, "
        "use stays as it is, and the forecast of the teams holds."
    )


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (
            "200 as month_savings_usd, 0 as overrun_after_savings_usd, date '2026-11-01' as kept_from_date",
            "keep $650.00 in November 2026 already, if the work begins now. It says",
        ),
        (LATER, "from December 2026 on, but not at their low end; in November 2026 $162.10 stay over."),
    ],
    ids=["in time", "not at the low end"],
)
def test_a_budget_is_said_to_be_kept_from_the_month_in_which_it_is(
    when: str, said: str, connection: duckdb.DuckDBPyConnection
) -> None:
    warehouse = with_rows(connection, ADVICE, team("Platform", 356, USE, f"{SAVED_ON_MACHINES}, {when}"))
    assert said in budget_decision(decided(warehouse)).plain


def test_a_budget_that_was_never_kept_is_wrong_where_nothing_can_be_saved(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(
        connection,
        ADVICE,
        team(
            "Agents",
            226,
            "change the budget, not the use",
            "885.51 as suggested_budget_usd, date '2027-01-01' as suggested_missed_from_date, 'product agents' as hard_stop_of, "
            "900 as hard_stop_usd, 1075 as hard_stop_upper_usd",
        ),
    )
    assert budget_decision(decided(warehouse)).plain == (
        "Agents: change the budget, not the use. It was over in 3 of 3 whole months, and no saving is open. Set it to $885.51 by 14 "
        "November 2026."
    )
    [row] = rows_of(decisions_table(decided(warehouse)))
    assert "\\$885.51, missed in January 2027" in row
    assert "product agents at \\$900.00, at most \\$1,075.00 forecast" in row
    assert "none is open" in row


def test_savings_that_are_open_are_named_where_the_budget_may_be_raised(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    mixed = (
        "30 as open_savings_usd, 20 as open_savings_on_machines_usd, 10 as open_savings_on_calls_usd, 0 as lift_savings_usd, "
        "700 as projected_cost_usd"
    )
    warehouse = with_rows(connection, ADVICE, team("Data", 50, "decide on a cut or on another budget", mixed))
    assert budget_decision(decided(warehouse)).plain == (
        "Data: decide by 14 November 2026 whether to raise its budget for November 2026 to $700.00, or have it say what it cuts to save "
        "$50.00. Its open savings, $30.00 a month, are a part of that."
    )
    [row] = rows_of(decisions_table(decided(warehouse)))
    assert "\\$20.00 on machines and storage, \\$10.00 on calls" in row
    assert "to decide" in row


def test_a_budget_that_is_never_nearly_used_is_released(connection: duckdb.DuckDBPyConnection) -> None:
    def unused(name: str, month: str, released: int) -> str:
        return (
            f"date '{month}' as month_start_date, '{name}' as team_id, '{name}' as team_name, 3 as judged_months, 0.69 as most_used_share, "
            f"3100 as budget_usd, 2050 as projected_cost_usd, {3100 - released} as suggested_budget_usd, {released} as released_usd, "
            "true as is_too_large, date '2027-03-31' as last_date_ahead, date '2026-11-14' as decide_by_date, 'planned' as month_phase"
        )

    assert too_large(ask_too_large(with_rows(connection, ADVICE))) == ()
    warehouse = with_rows(
        connection,
        ADVICE,
        unused("Web", "2026-11-01", 50),
        unused("Data", "2026-11-01", 742) + ", 500 as open_savings_usd, 1783 as proposed_after_savings_usd",
        unused("Data", "2026-12-01", 742),
        unused("Kept", "2026-11-01", 9).replace("true as is_too_large", "false as is_too_large"),
    )
    [insight] = too_large(ask_too_large(warehouse))
    assert insight.title.plain == "Data does not need $742 a month of its budget"
    assert insight.problem.plain.startswith(
        "In 3 whole months Data used at most 69 % of its budget, and none to March 2027 is expected to come near it: November 2026 is "
        "heading for $2,050.00 of $3,100.00. In 3 whole months Web"
    )
    assert insight.recommendation.action.plain.startswith(
        "Set the budget of Data to $2,358.00 by 14 November 2026, as proposed for the next quarter. Once its open savings, $500.00 a month, are made, "
        "$1,783.00 will do. Set the budget of Web to $3,050.00"
    )
    assert insight.outcome.plain.startswith(
        "Data: $742.00 a month is free for another budget. Web: $50.00 a month"
    )


def test_a_dear_team_is_sent_to_the_models_that_are_cheaper_for_its_work(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    def costs(name: str, per_call: int, more: str) -> str:
        return (
            f"'{name}' as team_id, '{name}' as team_name, 10 as calls, 100 as cost_usd, {per_call} as cost_per_call_usd, "
            f"2 as cost_per_call_to_average, 1 as task_types, 0 as task_types_to_switch, {more}"
        )

    warehouse = with_rows(
        connection,
        TEAMS,
        costs(
            "Agents",
            9,
            "1 as task_types_to_lift_for_less, 'agent calls: all models to sonnet' as lifts_for_less, 182.4 as savings_on_calls_usd",
        ),
        costs("Web", 1, "0 as task_types_to_lift_for_less"),
    )
    [insight] = dear_team(teams(warehouse))
    assert "agent calls: all models to sonnet" in insight.recommendation.action.plain
    assert "no cheaper model" not in insight.recommendation.action.plain
    assert insight.outcome.plain.startswith("Up to $182.40 a month")


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
            decided(warehouse),
        )
        assert insight.title.plain == "Provider openai cost 37 % more than its budget of October 2026"
        ahead = ask_budgets.ahead(with_rows(opened, BUDGETS, heading("provider", "openai")))
        second = worst(budgets, furthest_ahead(ahead))
        assert second is not None and second["scope_name"] == "Agents"
