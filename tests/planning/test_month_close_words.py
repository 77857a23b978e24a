"""What is said of a closed month names its forecast for what it is, its causes, and who answers."""

from __future__ import annotations

from datetime import date

import pytest

from reports_builder.subjects.planning.close.statements import close_section
from tests.reports.empty_marts import empty_marts, warehouse_of

TABLES = (
    "planning.rpt_month_close",
    "planning.rpt_month_close_parts",
    "planning.rpt_budgets",
    "planning.rpt_budget_proposals",
    "allocation.rpt_budget_advice",
    "anomalies.rpt_budget_alerts",
)
CLOSED = date(2026, 10, 31)


def said(
    rows: list[str], alerts: str = "", closed_by: date = CLOSED, advice: tuple[tuple[str, str], ...] = ()
) -> str:
    """The text and the cells of the section, of rows of the mart in its named columns, and of others by table."""
    with empty_marts(*TABLES, as_of=date(2026, 11, 5)) as connection:
        for table, row in (*(("planning.rpt_month_close", row) for row in rows), *advice):
            connection.execute(f"insert into {table} by name select {row}")
        if alerts:
            connection.execute(f"insert into anomalies.rpt_budget_alerts by name select {alerts}")
        sections = close_section(warehouse_of(connection), closed_by)
    cells = [
        str(cell) for section in sections for table in section.tables for row in table.cells for cell in row
    ]
    return "\n".join([*(text.plain for section in sections for text in section.text), *cells])


TOTAL = (
    "date '2026-10-01' as month_start_date, 'month' as period, 'total' as scope, 'total' as scope_id, 'total' as scope_name, "
    "112 as actual_usd, 'moderate' as budget_severity, 'major' as forecast_severity"
)
FORECAST = "93 as forecast_usd, 19 as forecast_variance_usd"


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (
            f"'recorded' as forecast_basis, timestamp '2026-10-01 06:00:00' as forecast_recorded_at, {FORECAST}",
            "The forecast that was written down on 1 October 2026 said $93.00; it cost $19 more",
        ),
        (
            f"'backtest' as forecast_basis, {FORECAST}",
            "No forecast was written down before the month began. A backtest, which is what the method in use today",
        ),
        ("'none' as forecast_basis", "and there is too little data before it for a backtest"),
    ],
)  # fmt: skip
def test_a_backtest_is_never_called_a_forecast_that_was_made(forecast: str, words: str) -> None:
    assert words in said([f"{TOTAL}, {forecast}"])


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (
            "90 as prior_actual_usd, 22 as prior_variance_usd, 0.204 as prior_daily_variance_share, 'major' as prior_severity",
            "The month before cost $90.00: this one cost $22 more; on like days up 20 %, a major difference.",
        ),
        ("0 as prior_actual_usd, 112 as prior_variance_usd", "The month before cost $0.00: this one cost $112 more."),
        ("null as prior_actual_usd", "The data does not cover the month before, so the two are not compared."),
    ],
)  # fmt: skip
def test_the_month_before_is_compared_where_the_data_covers_it(before: str, words: str) -> None:
    assert words in said([f"{TOTAL}, 'none' as forecast_basis, {before}"])


def test_the_cause_has_what_to_do_and_an_owner() -> None:
    budget = "'none' as forecast_basis, 100 as budget_usd, 12 as budget_variance_usd"
    cause = (
        "'new' as largest_part, 9 as largest_part_usd, 'Team T' as cause_team_name, 'Acme' as cause_customer_name, "
        "'chat' as cause_feature_id, 'm' as cause_model, 'calls' as cause_unit, 8 as cause_usd"
    )
    text = said([f"{TOTAL}, {budget}, {cause}"])
    assert "In October 2026 the company spent $112.00 of a budget of $100.00: $12 more" in text
    assert (
        "customers and resources that began, up $9; the largest single one is Acme of Team T, chat with m: up $8."
        in text
    )
    assert "Check that the customer's fee covers what it costs. Owner: Team T." in text


@pytest.mark.parametrize(
    ("budget", "proposed", "words"),
    [
        ("100", "true", "Release what it does not need: the budget proposed for the next quarter is lower."),
        ("100", "false", "Keep the budget: the one proposed for the next quarter is no lower."),
        ("100", None, "Ask what the budget is for: none is proposed for the next quarter."),
        ("null", "false", "Nothing: it has no budget, and cost no more than was expected."),
    ],
)
def test_a_budget_that_was_kept_has_the_advice_that_its_proposal_has(
    budget: str, proposed: str | None, words: str
) -> None:
    """No page asks to release what another one, or a table below, proposes to add."""
    row = f"'total' as scope, 'total' as scope_id, 'month' as period, {proposed} as is_below_last_budget"
    below = said(
        [
            f"{TOTAL}, 'none' as forecast_basis, {budget} as budget_usd, 'lost' as largest_part, -9 as largest_part_usd"
        ],
        advice=() if proposed is None else (("planning.rpt_budget_proposals", row),),
    )
    assert f"{words} Owner: Head of Finance." in below


def test_a_bill_is_said_as_more_or_dearer_hours_of_a_resource() -> None:
    cause = (
        "'none' as forecast_basis, 100 as budget_usd, 12 as budget_variance_usd, 9 as largest_part_usd, 'Team T' as "
        "cause_team_name, 'EC2' as cause_service_name, 'Hrs' as cause_unit, 8 as cause_usd"
    )
    meter = "'m5.large' as cause_meter"
    more = said([f"{TOTAL}, {cause}, 'volume' as largest_part, {meter}, 'i-1' as cause_resource_id"])
    assert (
        "gigabytes, up $9; the largest single one is more hours in EC2 (m5.large), i-1, Team T: up $8. "
        in more
    )
    assert "Ask what runs longer there, and whether it is used." in more
    dearer = said([f"{TOTAL}, {cause}, 'price' as largest_part, {meter}"])
    assert "the largest single one is dearer hours in EC2 (m5.large), Team T: up $8. Ask why a unit" in dearer
    for said_of in (more, dearer):
        assert "raise the budget" not in said_of
    began = said([f"{TOTAL}, {cause}, 'new' as largest_part, {meter}, 'i-1' as cause_resource_id"])
    assert (
        "a resource that began in EC2 (m5.large), i-1, Team T: up $8. Check that somebody decided on it; if it stays, raise"
        in began
    )


def test_nothing_is_to_do_where_the_largest_cause_is_no_cent() -> None:
    cause = "'none' as forecast_basis, 'starting point' as largest_part, 0.004 as largest_part_usd"
    assert "The plan lay below" not in said([f"{TOTAL}, {cause}"])


@pytest.mark.parametrize(("days", "words", "change"), [(9, "$9 more", "up $9"), (-9, "$9 less", "down $9")])
def test_the_days_of_a_month_are_nobodys_work(days: int, words: str, change: str) -> None:
    cause = (
        f"'none' as forecast_basis, 'days' as largest_part, {days} as largest_part_usd, {days} as days_usd"
    )
    text = said([f"{TOTAL}, {cause}, 90 as prior_actual_usd, 22 as prior_variance_usd"])
    assert f"What goes on as before cost {words} for the days of the month alone." in text
    assert f"days of the month, {change}. Nothing: what goes on costs what the month has days." in text


def test_the_one_furthest_over_is_that_of_all_budgets_with_its_owner() -> None:
    def budget(scope: str, name: str, over: int, more: str, period: str = "month") -> str:
        return (
            f"date '2026-10-01' as month_start_date, '{period}' as period, date '2026-08-01' as period_start_date, '{scope}' as "
            f"scope, '{name}' as scope_id, '{name}' as scope_name, {1000 + over} as actual_usd, 1000 as budget_usd, {over} as "
            f"budget_variance_usd, 'major' as budget_severity, 'none' as forecast_basis, {more}"
        )

    head = "'Head of Engineering' as approver_role"
    team = budget("team", "Agents", 300, f"'Agents' as owner_name, {head}")
    provider = budget("provider", "openai", 400, head)
    named = f"{TOTAL}, 'none' as forecast_basis"
    text = said([named, team, provider])
    assert (
        "Of all budgets the one furthest over is that of provider openai: $1,400.00 of $1,000.00, a major difference of $400.00."
        in text
    )
    assert text.splitlines().count("Head of Engineering") == 1
    quarter = budget("product", "chat", 500, f"'Assistant' as owner_name, {head}", "quarter")
    text = said([named, team, provider, quarter])
    assert "that of product chat, quarter from 2026-08-01: $1,500.00" in text
    assert "Assistant" in text.splitlines()


def test_a_budget_that_the_next_month_misses_too_gets_the_advice_of_the_other_pages() -> None:
    def over(scope: str, name: str, period: str = "month") -> str:
        return (
            f"date '2026-10-01' as month_start_date, '{period}' as period, date '2026-10-01' as period_start_date, '{scope}' as scope, "
            f"'{name}' as scope_id, '{name}' as scope_name, 1300 as actual_usd, 1000 as budget_usd, 300 as budget_variance_usd, 'none' as "
            "forecast_basis, 'starting point' as largest_part, 250 as largest_part_usd, 'Head of Finance' as approver_role"
        )

    def team(name: str, month: str) -> tuple[str, str]:
        advised = f"date '{month}' as month_start_date, '{name}' as team_id, true as is_over"
        return "allocation.rpt_budget_advice", f"{advised}, 'change the use, then the budget' as advice"

    provider = (
        "'month' as period, date '2026-11-01' as period_start_date, 'provider' as scope, 'p' as scope_id, true as is_forecast_over, "
        "'change the use, not the budget' as advice"
    )
    rows = [
        f"{TOTAL}, 'none' as forecast_basis",
        over("provider", "p"),
        over("provider", "p", "quarter"),
        over("team", "a"),
        over("team", "b"),
    ]
    advice = (
        team("a", "2026-11-01"),
        team("b", "2026-12-01"),
        ("planning.rpt_budgets", provider),
    )
    lines = said(rows, advice=advice).splitlines()
    asked = "The plan lay below the month before: ask whether that level is needed."
    assert lines.count(f"Change the use, then the budget. {asked}") == 1, "team b is over only later"
    assert lines.count(f"Change the use, not the budget. {asked}") == 1, (
        "the advice is on the month, not on the quarter"
    )
    assert lines.count(asked) == 2


def test_alerts_on_budgets_say_whether_they_fired() -> None:
    total = f"{TOTAL}, 'none' as forecast_basis"
    alert = (
        "'a' as alert_id, 'r' as rule_id, 'budget_used' as measure, 1 as limit_share, 'team' as scope, 't' as "
        "subject_id, 'T' as subject_name, 'month' as period, date '2026-10-20' as alert_date, true as is_highest_of_month"
    )
    assert "No budget reached a limit" in said([total])
    unsent = said([total], alert)
    assert (
        "limit of the alert rules in the month: 1, of which used up: 1. No alert on them is on record"
        in unsent
    )
    assert "not on record" in unsent
    sent = said([total], f"{alert}, timestamp '2026-10-21 01:00:00' as fired_at")
    assert "Alerts that fired on them: 1." in sent
    assert "2026-10-21" in sent


def test_the_month_is_the_last_that_was_over_on_the_day() -> None:
    september = TOTAL.replace("2026-10-01", "2026-09-01") + ", 'none' as forecast_basis"
    october = f"{TOTAL}, 'none' as forecast_basis"
    assert "In October 2026" in said([september, october])
    assert "In September 2026" in said([september, october], closed_by=date(2026, 10, 30))
    assert said([september, october], closed_by=date(2026, 9, 29)) == ""
