"""What is said of budgets to come: which is heading furthest over, and what the next ones would be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from reports_builder.evidence import note
from reports_builder.subjects.planning.budgets import queries as ask
from reports_builder.subjects.planning.budgets.insights import heading_over, may_stop
from reports_builder.subjects.planning.budgets.statements import (
    BUDGET_COLUMNS,
    budgets_section,
    company_budget_figures,
    proposals_section,
    what_is_kept,
)
from tests.reports.empty_marts import empty_marts, with_rows

TABLES = (
    "planning.rpt_budgets",
    "planning.rpt_budget_proposals",
    "rates.rpt_commitment_renewals",
    "rates.rpt_decision_waterfall",
    "planning.rpt_cost_outlook",
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(*TABLES, as_of=date(2026, 11, 15)) as opened:
        yield opened


def budget(scope: str, name: str, budget_usd: int, forecast_usd: int, phase: str = "running") -> str:
    return (
        f"'{scope}' as scope, '{name}' as scope_id, '{name}' as scope_name, 'month' as period, "
        f"date '2026-11-01' as period_start_date, '{phase}' as period_phase, {budget_usd} as budget_usd, "
        f"{forecast_usd} as forecast_usd, {forecast_usd} > {budget_usd} as is_forecast_over, {forecast_usd - budget_usd} as overrun_usd, "
        "'Head of Engineering' as approver_role, false as is_repeatedly_missed, date '2026-11-29' as decide_by_date"
    )


def test_the_one_furthest_over_is_named_and_teams_are_left_to_their_own_insight(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(
        connection,
        "planning.rpt_budgets",
        budget("team", "Agents", 100, 900),
        budget("provider", "near", 1000, 1100),
        budget("provider", "openai", 1500, 2080),
        budget("provider", "over and gone", 1, 9000, "ended"),
        budget("provider", "kept", 1000, 900),
    )
    ahead = ask.ahead(warehouse)
    assert what_is_kept(ahead, ask.ahead_counted(warehouse), ask.missed(warehouse)).plain == (
        "Of 4 budgets to come 3 are heading over, furthest that of team Agents: $900 against $100."
    )
    (insight,) = heading_over(ahead)
    assert insight.title.plain == "The budget of provider openai is heading $580 over"
    assert insight.problem.plain == (
        "For provider openai $1.5K is planned in the month from 1 November 2026; it comes to $2.1K."
    )
    assert insight.recommendation.action.plain.startswith("Decide by 29 November 2026")
    assert insight.recommendation.owner_role == "Head of Engineering"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (
            "they keep it",
            "Make the open savings on this scope: $600.00 of them fall in the month if the work begins now, and keep it at $1,480.00.",
        ),
        (
            "they keep later ones",
            "Leave the budget as it is, and make the open savings on this scope: from December 2026 on they take $832.00 off a "
            "month, and such a month comes to $1,248.00. Of this one they take $600.00",
        ),
        (
            "they take part of it",
            "Make the open savings on this scope first: $600.00 of them fall in the month, which then comes to $1,480.00.",
        ),
        ("none is open", "set the budget to what it comes to; no saving on this scope is open."),
        ("not known", "which savings fall on this scope is not known."),
    ],
)
def test_savings_on_a_scope_come_before_a_cut_of_its_use(
    verdict: str, said: str, connection: duckdb.DuckDBPyConnection
) -> None:
    warehouse = with_rows(
        connection,
        "planning.rpt_budgets",
        budget("provider", "openai", 1500, 2080)
        + f", '{verdict}' as savings_verdict, 832 as open_savings_usd, 600 as period_savings_usd, 1480 as forecast_after_savings_usd, "
        "1248 as month_once_saved_usd, date '2026-12-01' as all_saved_from_date",
    )
    (insight,) = heading_over(ask.ahead(warehouse))
    assert said in insight.recommendation.action.plain


def test_the_company_is_held_to_its_own_budget_and_not_to_the_sum_of_its_teams(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(
        connection,
        "planning.rpt_budgets",
        budget("component", "ai", 360, 380) + ", 170 as actual_usd, 'heading over budget' as budget_status",
        budget("total", "total", 1900, 1840, "ended")
        + ", 1840 as actual_usd, 'within budget' as budget_status",
        budget("component", "storage", 1, 2),
        budget("total", "total", 9, 9).replace("2026-11-01", "2026-12-01"),
    )
    company, teams = ask.of_company(warehouse), note("3 of 8 teams were over")
    figures = company_budget_figures(company, teams, is_ai_alone=False)
    assert [[cell.plain for cell in figure.cells] for figure in figures] == [
        ["All spend of November 2026", "$1,840.00", "-", "-", "$1,900.00", "within budget; 3 of 8 teams were over"],
        ["AI spend of November 2026", "$170.00", "-", "-", "$360.00", "heading over budget: $380.00 are expected for the month"],
    ]  # fmt: skip
    (alone,) = company_budget_figures(company, teams, is_ai_alone=True)
    assert alone.cells[0].plain == "AI spend of November 2026"
    assert alone.status.plain.endswith("; 3 of 8 teams were over")


@pytest.mark.parametrize(
    ("days", "early", "late", "said"),
    [
        (None, None, None, "over budget"),
        (4.2, 2.5, 9.1, "over budget: spent in 4 days (2 to 9)"),
        (4.2, 2.5, None, "over budget: spent in 4 days (2 or later)"),
        (4.2, None, None, "over budget: spent in 4 days"),
    ],
)
def test_a_budget_that_will_not_last_says_in_how_many_days_it_is_spent(
    days: float | None, early: float | None, late: float | None, said: str
) -> None:
    [status] = [column for column in BUDGET_COLUMNS if column.name == "budget_status"]
    record = {
        "budget_status": "over budget",
        "days_to_breach": days,
        "earliest_days_to_breach": early,
        "latest_days_to_breach": late,
    }
    assert status.value(record) == said


def test_nothing_is_said_where_every_budget_is_kept(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(connection, "planning.rpt_budgets", budget("provider", "kept", 1000, 900))
    ahead = ask.ahead(warehouse)
    assert heading_over(ahead) == ()
    assert (
        what_is_kept(ahead, ask.ahead_counted(warehouse), ask.missed(warehouse)).plain
        == "Of 1 budgets to come 0 are heading over."
    )


def test_a_proposal_names_the_renewal_that_its_events_do_not_need_and_the_plan_that_it_leaves_out(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    with_rows(
        connection,
        "planning.rpt_budget_proposals",
        "date '2027-01-01' as quarter_start_date, date '2027-01-01' as month_start_date, 'month' as period, 'total' as scope, "
        "'total' as scope_id, 'forecast' as basis, 1 as quarter_proposed_usd, 353 as quarter_event_budget_usd",
    )
    with_rows(
        connection,
        "rates.rpt_commitment_renewals",
        *(
            f"'{advice}' as advice, {by_itself} as is_renewed_automatically, 'Reservation' as commitment_type, 'AWS' as provider_name, "
            f"'{name}' as commitment_id, '{name}' as team_id, date '{ends}' as ends_on, date '2026-11-30' as decide_by_date, "
            "102.29 as renewed_monthly_savings_usd"
            for name, advice, by_itself, ends in (
                ("a", "renew it", False, "2027-03-31"),
                ("late", "renew it", False, "2027-04-01"),
                ("poor", "let it end", False, "2026-12-14"),
                ("automatic", "renew it", True, "2026-12-14"),
            )
        ),
    )
    warehouse = with_rows(
        connection,
        "rates.rpt_decision_waterfall",
        "'price' as step, 'company' as scope_type, 1896.77 as cost_usd, 1678.57 as cost_low_usd, 9 as change_usd",
        "'price' as step, 'customer' as scope_type, 1 as cost_usd, 1 as cost_low_usd, 9 as change_usd",
    )
    (section,) = proposals_section(warehouse, ask.proposals(warehouse), ask.longer_proposals(warehouse))
    assert section.text[1].plain == (
        "Known events put $353.00 into the quarter. What of it is the end of a commitment, a renewal makes needless: Reservation of a with "
        "AWS, which ends on 31 March 2027: renew it by 30 November 2026, which saves $102.29 a month."
    )
    assert section.text[2].plain.startswith(
        "The price plan, and who leaves with it, are in no budget: after it and the savings on calls AI is expected to cost $1,896.77 in "
    )


def test_proposals_are_summed_over_the_quarter_and_stand_beside_the_last_month(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    nothing = with_rows(connection, "planning.rpt_budget_proposals")
    assert proposals_section(nothing, ask.proposals(nothing), ask.longer_proposals(nothing)) == ()
    common = "date '2027-01-01' as quarter_start_date, 'forecast' as basis, 0.1 as growth_share, 0.15 as contingency_share"
    for month in (1, 2, 3):
        warehouse = with_rows(
            connection,
            "planning.rpt_budget_proposals",
            f"{common}, 'month' as period, date '2027-0{month}-01' as month_start_date, 'total' as scope, 'total' as scope_id, "
            "'total' as scope_name, 100 as expected_usd, 126.5 as proposed_usd, 300 as quarter_expected_usd, 379.5 as quarter_proposed_usd, "
            "90 as last_month_usd, 95 as last_budget_usd, 126.5 as proposed_a_month_usd, 26 as open_savings_usd, "
            "100.5 as proposed_after_savings_usd, 0.02 as forecast_error_share, 112.2 as proposed_by_error_usd, 9 as quarter_event_budget_usd",
            f"{common}, 'month' as period, date '2027-0{month}-01' as month_start_date, 'team' as scope, 'idle' as scope_id, "
            "'Idle' as scope_name, 0 as expected_usd, 0 as proposed_usd, 0 as quarter_proposed_usd",
        )
    warehouse = with_rows(
        connection,
        "planning.rpt_budget_proposals",
        f"{common}, 'quarter' as period, date '2027-01-01' as period_start_date, date '2027-01-01' as month_start_date, 'total' as "
        "scope, 'total' as scope_id, 'total' as scope_name, 300 as expected_usd, 379.5 as proposed_usd, 379.5 as quarter_proposed_usd, "
        "350 as last_budget_usd",
    )
    (section,) = proposals_section(warehouse, ask.proposals(warehouse), ask.longer_proposals(warehouse))
    assert "with 10 % growth and 15 % contingency" in section.text[0].plain
    assert section.text[1].plain.startswith(
        "The proposal pays for what can be saved: for all spend it is $127 a month, and $101 once the open savings of $26 a "
    )
    assert (
        "missed by 2.0 %: with that in its place a month would be $112.20, not $126.50"
        in section.text[3].plain
    )
    assert section.text[4].plain == "Known events put $9.00 into the quarter."
    table, longer = section.tables
    assert [[str(cell) for cell in row] for row in table.cells] == [
        ["all spend", "$90.00", "$95.00", "$126.50", "$26.00", "$100.50", "2.0 %", "$112.20", "$379.50", "+$9.00", "forecast"]
    ]  # fmt: skip
    assert [[str(cell) for cell in row] for row in longer.cells] == [
        ["all spend", "quarter from 2027-01-01", "$350.00", "$300.00", "$379.50"]
    ]


@pytest.mark.parametrize(
    ("chance", "words"), [(0.44, "in four of ten cases"), (0.03, "in fewer than one of ten cases")]
)
def test_a_hard_stop_that_may_be_reached_is_no_budget_on_track(
    connection: duckdb.DuckDBPyConnection, chance: float, words: str
) -> None:
    warehouse = with_rows(
        connection,
        "planning.rpt_budgets",
        budget("product", "agents", 900, 876)
        + f", 'may stop' as budget_status, 'hard stop' as gate, 1120 as upper_usd, {chance} as stop_chance_share, "
        "'Head of Engineering' as decided_by_role",
        budget("product", "calm", 900, 300)
        + ", 'on track' as budget_status, 'hard stop' as gate, 310 as upper_usd",
    )
    (insight,) = may_stop(ask.may_stop(warehouse))
    assert insight.title.plain == "Calls of product agents may be refused in the month from 1 November 2026"
    assert (
        f"$900.00 is a hard stop, $876.00 are expected, and $1,120.00 at the high end: {words}"
        in insight.problem.plain
    )
    assert insight.recommendation.owner_role == "Head of Engineering"
    (section,) = budgets_section(warehouse, ask.ahead(warehouse))
    cells = [str(cell) for row in section.tables[0].cells for cell in row]
    assert f"may stop: {words}" in cells
    assert "on track" in cells


def test_a_hard_stop_on_the_calls_of_a_team_that_is_over_is_one_decision_with_its_budget(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(
        connection,
        "planning.rpt_budgets",
        budget("product", "agents", 900, 876)
        + ", 'may stop' as budget_status, 'hard stop' as gate, 1120 as upper_usd, 0.4 as stop_chance_share, "
        "'Agents' as decided_with_team_name, 'Head of Finance' as decided_by_role",
    )
    (insight,) = may_stop(ask.may_stop(warehouse))
    said = insight.recommendation.action.plain
    assert said.startswith("One decision with the budget of Agents, whose calls these are, by ")
    assert "raise the stop" not in said
    assert insight.recommendation.owner_role == "Head of Finance"
