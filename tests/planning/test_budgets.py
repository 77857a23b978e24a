"""Budgets that are set by a command, and requests that are checked against every budget that applies."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from reports_builder.budgets import BudgetChanges, check_request
from reports_builder.budgets.changes import budget_change
from reports_builder.budgets.estimate import estimate
from reports_builder.budgets.policy import EXIT_CODES
from reports_builder.budgets.proposals import accepted_changes
from reports_builder.errors import ReportError
from tests.reports.warehouse_fixture import columns_of
from tests.workspace import ROOT

# As of 20 November: budget, spent, heading for, at most; and the gate.
BUDGETS = [
    ("total", "total", "month", "2026-11-01", "2026-11-30", 1000, 500, 800, 900, "approval required", "CFO"),
    ("total", "total", "year", "2026-01-01", "2026-12-31", 12000, 9000, 11950, 12500, "hard stop", "CFO"),
    ("team", "t", "month", "2026-11-01", "2026-11-30", 200, 100, 150, 190, "approval required", "Head of T"),
    ("team", "t", "month", "2026-12-01", "2026-12-31", 200, 0, 190, 230, "hard stop", "Head of T"),
    ("team", "over", "month", "2026-11-01", "2026-11-30", 100, 90, 130, 150, "warning", "Head of O"),
    ("provider", "x", "month", "2026-11-01", "2026-11-30", 300, 100, 290, 320, "warning", "Head of X"),
    ("customer", "new", "month", "2026-11-01", "2026-11-30", 50, 0, None, None, "approval required", "Sales"),
]
POLICIES = [
    ("large", "total", "total", 100, "approval required", "Finance", "Large"),
    ("huge", "total", "total", 5000, "refused", "CFO", "Huge"),
    ("frozen", "team", "frozen", 0, "refused", "CEO", "Frozen"),
]
# A model that nobody uses yet: an older version, one for long prompts, one for quiet hours, one to come.
PUBLISHED = [
    ("new", "standard", 0, "2025-01-01", 9, 90, None),
    ("new", "standard", 0, "2026-01-01", 2, 20, None),
    ("new", "standard", 0, "2026-01-01", 1, 10, "00:00-06:00"),
    ("new", "standard", 5001, "2026-01-01", 4, 40, None),
    ("new", "standard", 0, "2999-01-01", 8, 80, None),
    ("new", "batch", 0, "2026-02-01", 1, 10, None),
]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "finops.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema intermediate; create schema planning; create schema seeds")
        connection.execute("create schema core; create schema efficiency")
        connection.execute(
            """create table intermediate.int_as_of_date as select date '2026-11-20' as as_of_date,
            date '2026-10-22' as window_start_date, date '2026-09-22' as prior_window_start_date,
            date '2026-10-21' as prior_window_end_date, date '2026-01-01' as first_usage_date"""
        )
        for table in (
            "planning.rpt_budgets", "planning.rpt_budget_proposals", "planning.rpt_cost_outlook", "seeds.spending_policies", "seeds.assumptions", "core.dim_models",
            "efficiency.rpt_model_efficiency", "seeds.price_book",
        ):  # fmt: skip
            columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(table).items())
            connection.execute(f"create table {table} ({columns})")
        connection.executemany(
            """insert into planning.rpt_budgets (scope, scope_id, period, period_start_date, period_end_date, budget_usd,
            actual_usd, forecast_usd, upper_usd, gate, approver_role) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            BUDGETS,
        )
        connection.execute("update planning.rpt_budgets set event_usd = 20 where scope_id = 't'")
        connection.execute(
            """insert into planning.rpt_budget_proposals (period, period_start_date, scope, scope_id, proposed_usd, gate, approver_role) values
            ('month', '2027-01-01', 'team', 't', 210.33, 'hard stop', 'Head of T'),
            ('month', '2027-01-01', 'total', 'total', 310.5, 'approval required', 'CFO'),
            ('quarter', '2027-01-01', 'total', 'total', 931.5, 'approval required', 'CFO'),
            ('month', '2027-01-01', 'team', 'idle', 0, 'approval required', 'Head of Finance'),
            ('month', '2027-01-01', 'team', 'O''Hara, Ltd', 100.17, 'approval required', 'Head of Finance')"""
        )
        connection.executemany("insert into seeds.spending_policies values (?, ?, ?, ?, ?, ?, ?)", POLICIES)
        connection.execute(
            "insert into seeds.assumptions (name, value) values ('model_switch_token_variation', 0.2)"
        )
        connection.execute(
            """insert into core.dim_models (provider, model, is_priced, usd_per_million_input_tokens,
            usd_per_million_cached_input_tokens, usd_per_million_output_tokens)
            values ('x', 'm', true, 3, 0.3, 15), ('x', 'dark', false, null, null, null)"""
        )
        connection.execute(
            """insert into efficiency.rpt_model_efficiency (task_type, provider, model, calls, uncosted_calls,
            effective_cost_usd) values ('chat', 'x', 'm', 11, 1, 5), ('code', 'x', 'm', 10, 0, 20)"""
        )
        connection.executemany(
            """insert into seeds.price_book (package, provider, model, service_tier, min_input_tokens, valid_from,
            usd_per_million_input_tokens, usd_per_million_output_tokens, recorded_on, hours_utc)
            values ('list', 'x', ?, ?, ?, ?, ?, ?, '2026-11-21', ?)""",
            PUBLISHED,
        )
    return path


NOVEMBER, YEAR, TEAM = (
    "budget of all spend, 2026-11",
    "budget of all spend, 2026",
    "budget of team t, 2026-11",
)


@pytest.mark.parametrize(
    ("request_told", "decision", "approvers", "judged"),
    [
        # 150 + 40 of 200, 800 + 40 of 1000, 11950 + 40 of 12000.
        ({"team": "t", "amount_usd": 40}, "allowed", (), {NOVEMBER: "allowed", YEAR: "allowed", TEAM: "allowed"}),
        # 150 + 50 is the budget to the cent; a cent more is not. The year of 12000 is at its end, too.
        ({"team": "t", "amount_usd": "50.00"}, "allowed", (), {TEAM: "allowed", YEAR: "allowed"}),
        ({"team": "t", "amount_usd": "50.01"}, "refused", ("CFO",), {TEAM: "approval required", YEAR: "refused"}),
        # December has a hard stop of the team's.
        ({"team": "t", "amount_usd": 11, "start_date": "2026-12-24"}, "refused", ("Head of T",), {"budget of team t, 2026-12": "refused"}),
        # A warning lets through, whatever was broken before.
        ({"team": "over", "amount_usd": 1}, "allowed", (), {"budget of team over, 2026-11": "allowed"}),
        ({"provider": "x", "amount_usd": 40}, "allowed", (), {"budget of provider x, 2026-11": "allowed"}),
        # Rules on single requests: of two of one scope the larger.
        ({"team": "frozen", "amount_usd": 1}, "refused", ("CEO",), {"policy frozen": "refused"}),
        ({"amount_usd": 6000, "start_date": "2028-01-01"}, "refused", ("CFO",), {"policy huge": "refused", "no budget": "approval required"}),
        ({"amount_usd": 100, "start_date": "2028-01-01"}, "approval required", ("Finance", "Head of Finance"), {"policy large": "approval required"}),
        # 25 in November and in December: twice of the year.
        ({"amount_usd": 25, "recurrence": "monthly"}, "allowed", (), {YEAR: "allowed", NOVEMBER: "allowed"}),
        ({"amount_usd": 26, "recurrence": "monthly"}, "refused", ("CFO",), {YEAR: "refused", NOVEMBER: "allowed"}),
    ],
)  # fmt: skip
def test_requests_are_answered_by_every_budget(
    warehouse: Path,
    request_told: dict[str, Any],
    decision: str,
    approvers: tuple[str, ...],
    judged: dict[str, str],
) -> None:
    found = check_request(request_told, warehouse)
    assert (found.decision, found.approvers) == (decision, approvers)
    assert judged.items() <= {each.rule: each.decision for each in found.judged}.items()
    assert found.exit_code == EXIT_CODES[decision]


def test_the_numbers_behind_a_decision_are_shown(warehouse: Path) -> None:
    found = check_request({"team": "t", "amount_usd": 40, "amount_high_usd": 70}, warehouse)
    (team,) = [each for each in found.judged if each.rule == TEAM]
    assert team.numbers == {
        "budget_usd": "200.000000000000", "spent_usd": "100.000000000000",
        "forecast_before_usd": "150.000000000000", "known_events_usd": "20.000000000000", "forecast_after_usd": "190.000000000000",
        "upper_after_usd": "260.000000000000", "gate": "approval required", "thresholds_crossed": None,
    }  # fmt: skip
    assert "At the upper end" in team.reason
    shown = run(warehouse, "policy", "check", "-", told='{"team": "t", "amount_usd": 40}').stdout
    assert "190.00 of 200.00 USD with it, of it known events: 20.00." in shown
    assert any("provider x" in told for told in found.not_judged)
    (crossed,) = [
        each for each in check_request({"team": "t", "amount_usd": 65}, warehouse).judged if each.rule == TEAM
    ]
    assert crossed.numbers["thresholds_crossed"] == "80%"


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"team": "t"}, "amount_usd or estimate"),
        ({"team": "t", "amount_usd": -1}, "from zero on"),
        ({"team": "t", "amount_usd": "NaN"}, "from zero on"),
        ({"team": "t", "amount_usd": True}, "from zero on"),
        ({"teem": "t", "amount_usd": 1}, "'teem', which nothing reads"),
        ({"team": 7, "amount_usd": 1}, "write its id as a text"),
        ({"amount_usd": 1, "start_date": "soon"}, "YYYY-MM-DD"),
        ({"amount_usd": 1, "recurrence": "daily"}, "once or monthly"),
        ({"amount_usd": 1, "amount_low_usd": 2}, "rise in this order"),
        ({"estimate": {"model": "dark", "provider": "x", "calls": 1, "input_tokens": 1, "output_tokens": 1}}, "no list price"),
        ({"estimate": {"model": "m", "provider": "x", "calls": 1.5}}, "whole numbers"),
        ([1], "an object of JSON"),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_read_says_why(warehouse: Path, told: Any, problem: str) -> None:
    with pytest.raises(ReportError, match=problem):
        check_request(told, warehouse)


def test_calls_are_estimated_by_price_or_by_record(warehouse: Path) -> None:
    # 600 x 3 + 400 x 0.3 + 100 x 15 = 3,420 millionths of a dollar.
    found = estimate(warehouse, "x", "m", 1000, input_tokens=1000, output_tokens=100, cached_input_tokens=400)
    assert (found.cost_usd, found.low_usd, found.high_usd) == (
        Decimal("3.42"),
        Decimal("2.736"),
        Decimal("4.104"),
    )
    assert estimate(warehouse, "x", "m", 10, task_type="chat").cost_usd == 5
    assert estimate(warehouse, "x", "m", 4).cost_usd == 5
    asked = {"provider": "x", "estimate": {"model": "m", "calls": 10, "task_type": "code"}}
    assert check_request(asked, warehouse).amount_usd == 20


def test_a_model_nobody_uses_yet_is_estimated_by_the_published_list(warehouse: Path) -> None:
    # 1,000 x 2 + 100 x 20 = 4,000 millionths of a dollar; cached tokens cost as others where no price is named.
    found = estimate(warehouse, "x", "new", 10, input_tokens=1000, output_tokens=100, cached_input_tokens=500)
    assert found.cost_usd == Decimal("0.04")
    assert "published list price (list, recorded 2026-11-21)" in found.basis
    # The price of a long prompt holds for the whole of it.
    assert estimate(warehouse, "x", "new", 1, input_tokens=6000, output_tokens=0).cost_usd == Decimal("0.024")


def run(warehouse: Path, *arguments: str, told: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reports_builder", *arguments, "--warehouse", str(warehouse)]
    return subprocess.run(command, cwd=ROOT, input=told, capture_output=True, text=True, check=False)


def test_a_budget_set_by_the_command_counts_at_once(warehouse: Path) -> None:
    done = run(
        warehouse, "budget", "set", "team", "t", "2026-11", "160", "--gate", "hard stop", "--by", "ann"
    )
    assert done.returncode == 0, done.stderr
    assert run(warehouse, "budget", "set", "customer", "c", "2026-Q4", "9").returncode == 0
    refused = run(
        warehouse, "policy", "check", "-", "--json", told='{"team": "t", "customer": "c", "amount_usd": 11}'
    )
    assert refused.returncode == 20, refused.stderr
    answer = json.loads(refused.stdout)
    by_rule = {each["rule"]: each for each in answer["judged"]}
    assert by_rule[TEAM]["decision"] == "refused"
    assert by_rule["budget of customer c, 2026-Q4"]["decision"] == "approval required"
    assert "not known yet" in by_rule["budget of customer c, 2026-Q4"]["reason"]
    assert run(warehouse, "budget", "withdraw", "team", "t", "2026-11").returncode == 0
    allowed = run(warehouse, "policy", "check", "-", told='{"team": "t", "amount_usd": 11}')
    assert allowed.returncode == 0
    assert TEAM not in allowed.stdout
    history = run(warehouse, "budget", "history").stdout.splitlines()
    assert len(history) == 3
    assert "ann: team t, 2026-11: 160.00 USD, hard stop" in history[0]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("teem", "t", "2026-11", "1"), "no scope"),
        (("team", "t", "2026-13", "1"), "no period"),
        (("team", "t", "2026-11", "1.005"), "parts of a cent"),
        (("team", "t", "2026-11", "1e99"), "no amount that a budget can have"),
        (("team", "t", "2026-11", "x"), "no amount in USD"),
        (("team", "", "2026-11", "1"), "is empty"),
        (("total", "t", "2026-11", "1"), "one id"),
        (("team", "a\nb", "2026-11", "1"), "control character"),
    ],
)
def test_a_wrong_budget_is_refused_with_its_reason(arguments: tuple[str, ...], problem: str) -> None:
    with pytest.raises(ReportError, match=problem):
        budget_change(*arguments)  # type: ignore[arg-type]


def test_writers_at_once_and_a_kill_lose_nothing(tmp_path: Path) -> None:
    changes = BudgetChanges(tmp_path / "finops.duckdb")
    writers = [
        threading.Thread(
            target=lambda number=number: changes.append(  # type: ignore[misc]
                [budget_change("team", f"t{number}", f"2026-{month:02}", "1") for month in range(1, 13)]
            )
        )
        for number in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(changes.in_force()) == 96
    with changes.path.open("ab") as file:
        file.write(b'{"change_id": "cut off by a ki')
    changes.append([budget_change("total", "total", "2027", "5")])
    assert len(changes.in_force()) == 97
    assert changes.in_force()["total", "total", "year", date(2027, 1, 1)].budget_usd == 5


PROPOSED = """scope,scope_id,period,period_start_date,budget_usd,gate,approver_role
total,total,month,2027-01-01,310.50,approval required,CFO
team,"O'Hara, Ltd",month,2027-01-01,100.17,approval required,Head of Finance
team,t,month,2027-01-01,210.33,hard stop,Head of T
total,total,quarter,2027-01-01,931.50,approval required,CFO
"""


def test_proposals_are_rows_of_the_seed_and_count_once_accepted(warehouse: Path, tmp_path: Path) -> None:
    assert run(warehouse, "budget", "propose").stdout == PROPOSED
    seed = (ROOT / "dbt_project" / "seeds" / "scope_budgets.csv").read_text().splitlines()
    assert PROPOSED.splitlines()[0] == seed[0]
    file = tmp_path / "next.csv"
    done = run(warehouse, "budget", "propose", "--out", str(file))
    assert (done.returncode, file.read_text()) == (0, PROPOSED), done.stderr
    assert "4 proposals" in done.stdout
    assert BudgetChanges(warehouse).all() == []
    file.write_text(PROPOSED.replace("310.50", "300"))
    done = run(warehouse, "budget", "accept", str(file), "--by", "ann")
    assert "4 budgets are set" in done.stdout, done.stderr
    amounts = {
        (change.scope_id, change.period): change.budget_usd for change in BudgetChanges(warehouse).all()
    }
    assert amounts == {
        ("total", "month"): 300, ("O'Hara, Ltd", "month"): Decimal("100.17"), ("t", "month"): Decimal("210.33"),
        ("total", "quarter"): Decimal("931.5"),
    }  # fmt: skip
    refused = run(
        warehouse, "policy", "check", "-", told='{"team": "t", "amount_usd": 9, "start_date": "2027-01-05"}'
    )
    assert refused.returncode == 10


def test_before_there_is_a_forecast_a_template_is_filled_in(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            """insert into planning.rpt_cost_outlook (scope, scope_id, first_forecast_date, is_rest) values
            ('total', 'total', '2026-11-21', false), ('team', 't', '2026-11-21', false), ('service', 'EC2', '2026-11-21', false),
            ('team', 'unallocated', '2026-11-21', false), ('service', '(all others)', '2026-11-21', false), ('model', 'm', '2026-11-21', false),
            ('team', 'rest: all spend less the teams', '2026-11-21', true)"""
        )
    file = tmp_path / "blank.csv"
    done = run(warehouse, "budget", "propose", "--template", "--out", str(file))
    assert "9 rows to fill in" in done.stdout, done.stderr
    header, total, *rows = file.read_text().splitlines()
    assert (header, total) == (
        PROPOSED.splitlines()[0],
        "total,total,month,2026-11-01,,approval required,Head of Finance",
    )
    assert [row.split(",")[1:4:2] for row in rows[1:4]] == [
        ["t", "2026-11-01"],
        ["total", "2026-12-01"],
        ["EC2", "2026-12-01"],
    ]
    assert rows[-1].startswith("team,t,month,2027-01-01,,")
    blank = run(warehouse, "budget", "accept", str(file))
    assert blank.returncode != 0
    assert "holds no budget" in blank.stderr
    file.write_text(
        file.read_text().replace("total,total,month,2026-12-01,,", "total,total,month,2026-12-01,500,")
    )
    assert "1 budgets are set" in run(warehouse, "budget", "accept", str(file)).stdout
    assert [(change.name, change.budget_usd) for change in BudgetChanges(warehouse).all()] == [
        ("all spend, 2026-12", 500)
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("scope,budget_usd\n", "needs the columns"),
        (PROPOSED.splitlines()[0] + "\n", "holds no budget"),
        (PROPOSED.replace("310.50", "310.505"), "line 2: .*parts of a cent"),
        (PROPOSED.replace("team,t,", "teem,t,"), "line 4: .*no scope"),
        (PROPOSED.replace("month,2027-01-01,310", "month,2027-01-02,310"), "line 2: no 'month' begins on 2027-01-02"),
        (PROPOSED.replace("month,2027-01-01,310", "week,2027-01-01,310"), "line 2: no 'week' begins"),
        (PROPOSED.replace("month,2027-01-01,310", "month,soon,310"), "line 2: "),
        (PROPOSED + PROPOSED.splitlines()[-2] + "\n", "team t, 2027-01 is in the file twice"),
    ],
)  # fmt: skip
def test_a_file_of_proposals_with_a_wrong_row_sets_nothing(text: str, problem: str) -> None:
    with pytest.raises(ReportError, match=problem):
        accepted_changes(text, actor="ann")


def _form(warehouse: str) -> None:
    from reports_builder.dashboard import budget_form  # noqa: PLC0415
    from reports_builder.dashboard.settings import Settings  # noqa: PLC0415

    budget_form.draw(Settings(warehouse=warehouse))


def test_a_budget_set_on_the_page_is_written_down(tmp_path: Path) -> None:
    warehouse = tmp_path / "finops.duckdb"
    page = AppTest.from_function(_form, kwargs={"warehouse": str(warehouse)}).run()
    fields = {field.label: field for field in (*page.text_input, *page.selectbox)}
    fields["Budget of"].set_value("team")
    fields["Which one (total for the total)"].set_value("agents-team")
    fields["Period: 2026-11, 2026-Q4 or 2026"].set_value("2026-11")
    fields["USD for the whole period; empty withdraws the budget"].set_value("1500.50")
    page.button[0].click().run()
    assert "say who you are" in page.error[0].value
    next(field for field in page.text_input if field.label == "Your name").set_value("ann")
    page.button[0].click().run()
    assert not page.exception
    assert "It counts from the next build on" in page.success[0].value
    [change] = BudgetChanges(warehouse).all()
    assert (change.name, change.budget_usd, change.actor) == (
        "team agents-team, 2026-11",
        Decimal("1500.50"),
        "ann",
    )
