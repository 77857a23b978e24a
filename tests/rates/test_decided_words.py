"""What is said of savings that were decided: who did not carry them out, since when, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from reports_builder.evidence import note
from reports_builder.savings import action_plan
from reports_builder.subjects.rates.decided import missed_insight, moves_came, tracked_section
from reports_builder.subjects.rates.insights import model_switches
from reports_builder.warehouse import open_warehouse
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows
from tests.reports.warehouse_fixture import build_warehouse

OFF_HOURS = """'off' as tracking_id, 'off_hours' as action_kind, 'i-1' as subject, 'Team lead' as owner_role, 'data-team' as team_id,
    date '2026-09-21' as accepted_date, date '2026-10-01' as month_start_date, 31 as measured_days, true as is_last_month,
    78.69 as predicted_monthly_savings_usd, 81.31 as predicted_savings_usd, 0 as realized_savings_usd, 0 as realized_share,
    107.54 as decision_predicted_usd, 0 as decision_realized_usd, 107.54 as missed_savings_usd, 'not carried out' as verdict"""
MOVE = """'move' as tracking_id, 'model_switch' as action_kind, 'chat calls from a to b' as subject, 'Head of Engineering' as owner_role,
    date '2026-10-01' as accepted_date, date '2026-10-01' as month_start_date, 31 as measured_days, true as is_last_month,
    9.6 as predicted_monthly_savings_usd, 9.92 as predicted_savings_usd, 0 as realized_savings_usd, 0 as moved_share,
    9.92 as decision_predicted_usd, 0 as decision_realized_usd, 9.92 as missed_savings_usd, 0 as decision_moved_share,
    'not carried out' as verdict"""
OF_ALL = """4 as decisions, 4 as measured_decisions, 2 as missed_decisions, 433.11 as all_predicted_usd, 315.65 as all_realized_usd,
    0.7288 as all_realized_share, 117.46 as all_missed_usd, 88.29 as all_missed_monthly_usd"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(
        "rates.rpt_savings_tracked", "rates.rpt_savings_waterfall", "rates.rpt_model_switch_savings"
    ) as opened:
        yield opened


def test_what_was_not_carried_out_is_said_with_who_answers_for_it(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(
        connection, "rates.rpt_savings_tracked", f"{MOVE}, {OF_ALL}", f"{OFF_HOURS}, {OF_ALL}"
    )
    (insight,) = missed_insight(warehouse)
    assert insight.title.plain == "Decided and not carried out: 2 of 4 savings, $88.29 a month"
    assert insight.problem.plain == (
        "Missed most: off hours, i-1, was to hold from 21 September 2026 on and has not been carried out since (owner: Team lead of "
        "data-team). Of $107.54 that were expected until now $0.00 came, at $78.69 a month."
    )
    assert insight.recommendation.owner_role == "Team lead"
    assert insight.supporting is not None
    assert [(row[2], row[-1]) for row in insight.supporting.cells] == [
        ("Team lead, data-team", "&#45;"),
        ("Head of Engineering", "0 %"),
    ]
    (section,) = tracked_section(warehouse)
    assert section.text[0].plain.endswith("2 of them were not carried out, and $117.46 of it is missed.")


def test_a_move_whose_calls_did_not_move_is_said_beside_those_that_are_advised(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(connection, "rates.rpt_savings_tracked", f"{MOVE}, {OF_ALL}")
    (insight,) = missed_insight(warehouse)
    assert insight.problem.plain.endswith("0 % of the calls that were to move did.")
    kind = warehouse.evidence(
        "select 90 as kind_net_usd, 200 as kind_scope_usd, 50 as kind_low_usd, 120 as kind_high_usd, 'x' as kind_assumption, 3 as kind_effort_days"
    )
    switch = warehouse.evidence(
        "select 'chat' as task_type, 'a' as from_model, 'b' as to_model, 5 as calls, 9 as current_cost_usd, 1 as cost_after_usd,"
        " 8 as monthly_savings_usd, 0 as quality_change, 0 as latency_p95_change_ms"
    )
    (advised,) = model_switches(
        kind, switch, moves_came(warehouse), note(" What moves to ended models waits for their day.")
    )
    assert advised.recommendation.action.plain == (
        "Move the tasks of the table to the model named there, chat first. What moves to ended models waits for their day."
    )
    assert advised.outcome.plain.endswith(
        "Of the moves that were decided before one was measured: $9.92 were expected until now, and $0.00 came."
    )


def test_a_decision_that_another_move_of_the_calls_replaces_is_to_be_given_up(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    with_rows(connection, "rates.rpt_savings_tracked", f"{MOVE}, {OF_ALL}", f"{OFF_HOURS}, {OF_ALL}")
    warehouse = with_rows(
        connection,
        "rates.rpt_model_switch_savings",
        "'chat' as task_type, 'a' as from_model, 'c' as to_model, 'b' as replaced_to_model",
    )
    (insight,) = missed_insight(warehouse)
    assert insight.recommendation.action.plain == (
        "Carry out what the table names, off hours of i-1 first, or give it up by `savings give-up`. "
        "Give up chat calls from a to b: the action that moves these calls to c takes its place."
    )


def test_nothing_is_said_where_everything_was_carried_out(connection: duckdb.DuckDBPyConnection) -> None:
    assert missed_insight(warehouse_of(connection)) == ()
    done = OFF_HOURS.replace("not carried out", "carried out")
    assert missed_insight(with_rows(connection, "rates.rpt_savings_tracked", f"{done}, {OF_ALL}")) == ()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (1, "Switch off a machine; decided before, for 21 September 2026"),
        (9, "Switch off a machine; a part of it decided before, for 21 September 2026"),
    ],
)
def test_an_action_that_is_listed_again_says_that_it_was_decided(
    parts: int, said: str, tmp_path: Path
) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"""
            insert into rates.rpt_savings_actions by name select 'off' as work_id, 'off_hours' as action_kind, 'a machine' as subject,
                {parts} as parts, 20 as net_monthly_savings_usd, true as is_counted, 1 as action_rank, 1 as first_year_rank;
            insert into rates.rpt_usage_optimizations by name select 'off' as work_id, date '2026-09-21' as decided_date
        """)
    with open_warehouse(path) as warehouse:
        said_of = [action.action.plain for action in action_plan(warehouse).actions]
    assert said in said_of
