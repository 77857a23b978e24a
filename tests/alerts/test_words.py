"""The words of alerts: a template for each measure, which holds words and no figure, and a sentence for each case."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reports_builder.alerts.words import sentence, source_query
from tests.workspace import ROOT

MODEL = ROOT / "dbt_project" / "models" / "anomalies" / "fct_alert_measures.sql"
WORDS = ROOT / "reports_builder" / "alerts" / "words"
MEASURES = re.findall(r"'(\w+)' as measure\b", MODEL.read_text())


def row(measure: str, value: float | None, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One row of anomalies.rpt_alerts; amounts in `facts` as JSON writes a decimal."""
    return {
        "measure": measure,
        "subject_type": "customer",
        "subject_id": "c1",
        "subject_name": "O'Neill | Sons",
        "period_start_date": date(2026, 10, 1),
        "as_of_date": date(2026, 10, 10),
        "unit": "share",
        "observed_value": value,
        "comparison": "at least",
        "threshold_value": 0.4,
        "prior_value": None,
        "amount_usd": 1250,
        "facts": json.dumps(facts),
        "source_mart": "a.mart",
        "source_keys": "{}",
    } | more


TEAM = {"subject_type": "team", "subject_name": "Near"}
BUDGET = {"actual_cost_usd": 1250, "budget_usd": 1000, "days_remaining": 21, "period": "month"}
MARGIN = {"revenue_usd": 301, "cost_usd": 183, "window_days": 30}
RISK = {"total_usd": 2000, "customers_at_risk": 15, "trend": "rising", "window_days": 30}
EPISODE = {"abnormal_days": 2, "observed_cost_usd": 12, "expected_cost_usd": 2}
SHARE = {"cost_usd": 1200, "revenue_usd": 1000, "window_days": 30, "projected_month_cost_usd": 1240}
CASES = [
    (
        row("budget_used", 1.25, BUDGET, **TEAM),
        "The budget of team Near for October 2026 is 125.0 % used: $1,250.00 of $1,000.00; days of the month left: 21.",
    ),
    (
        row("budget_used", 0.9999, BUDGET | {"days_remaining": 0}, **TEAM),
        "The budget of team Near for October 2026 is over 99.9 % used: $1,250.00 of $1,000.00.",
    ),
    (
        row("budget_used", 0.5, BUDGET | {"period": "year"}, subject_type="total", subject_name="All spend"),
        "The budget of all spend for the year from October 2026 is 50.0 % used: $1,250.00 of $1,000.00; days of the year left: 21.",
    ),
    (
        row(
            "budget_projected",
            1.105,
            {"projected_cost_usd": 110.5, "budget_usd": 100, "method": "daily rate", "period": "month"},
            **TEAM,
        ),
        "The budget of team Near for October 2026 is heading for 110.5 %: $110.50 of $100.00, if the days to come cost what "
        "those so far did.",
    ),
    (
        row(
            "budget_projected",
            1.5,
            {"projected_cost_usd": 150, "budget_usd": 100, "method": "forecast", "period": "quarter"},
            **TEAM,
        ),
        "The budget of team Near for the quarter from October 2026 is heading for 150.0 %: $150.00 of $100.00, by the forecast.",
    ),
    (
        row(
            "excess_cost",
            10,
            EPISODE | {"cause_feature_id": "agent_run", "cause_model": "big"},
            amount_usd=10,
            unit="USD",
        ),
        "O'Neill | Sons cost $12.00 in 2 days from 2026-10-01 where $2.00 was to be expected: $10.00 more, most of it "
        "agent_run on big.",
    ),
    (
        row(
            "excess_cost",
            10,
            EPISODE | {"abnormal_days": 1, "cause_feature_id": None, "cause_model": None},
            amount_usd=10,
        ),
        "O'Neill | Sons cost $12.00 on 2026-10-01 where $2.00 was to be expected: $10.00 more.",
    ),
    (
        row(
            "series_excess_cost",
            40,
            {"observed_cost_usd": 60, "expected_cost_usd": 20},
            amount_usd=40,
            unit="USD",
        ),
        "O'Neill | Sons cost $60.00 from 2026-10-01 where $20.00 was to be expected: $40.00 more, and no single customer is the "
        "cause.",
    ),
    (
        row(
            "unrecorded_cost",
            80,
            {"observed_cost_usd": 0, "expected_cost_usd": 80},
            amount_usd=80,
            unit="USD",
        ),
        "Nothing was recorded of O'Neill | Sons from 2026-10-01 where $80.00 was to be expected: see first whether its logs still "
        "arrive.",
    ),
    (
        row("cost_share_of_revenue", 1.2, SHARE | {"days_remaining": 21}),
        "O'Neill | Sons costs 120.0 % of its fees: $1,200.00 of $1,000.00 in the 30 days to 2026-10-10; this month heads "
        "for $1,240.00, days left: 21.",
    ),
    (
        row("cost_share_of_revenue", 1.2, SHARE | {"days_remaining": 0}, subject_name="x" * 80),
        f"{'x' * 59}… costs 120.0 % of its fees: $1,200.00 of $1,000.00 in the 30 days to 2026-10-10.",
    ),
    (
        row(
            "tier_outgrown",
            2,
            {
                "recent_cost_per_day_usd": 2,
                "earlier_cost_per_day_usd": 1,
                "recent_cost_share_of_revenue": 0.9,
            },
            unit="times",
        ),
        "O'Neill | Sons has outgrown its tier: lately it costs $2.00 per day, 2.00 times what it did ($1.00), and 90.0 % of "
        "its fees.",
    ),
    (
        row("margin_share", 0.392, MARGIN),
        "O'Neill | Sons brought in $301.00 and cost $183.00 in the 30 days to 2026-10-10: a margin of 39.2 % where at least 40.0 % "
        "is wanted.",
    ),
    (
        row(
            "margin_share", None, MARGIN | {"revenue_usd": 0}, subject_type="organization", subject_name="org"
        ),
        "Organization org brought in $0.00 and cost $183.00 in the 30 days to 2026-10-10: nothing but cost where at least 40.0 % is "
        "wanted.",
    ),
    (
        row("revenue_at_risk", 0.15, RISK, amount_usd=300, prior_value=0.1, subject_id="revenue"),
        "15.0 % of the revenue ($300.00 of $2,000.00 in the 30 days to 2026-10-10) belongs to 15 customers who cost more than "
        "their fees; in the 30 days before it was 10.0 %: rising.",
    ),
    (
        row(
            "commitment_utilization",
            0.75,
            {"unused_cost_usd": 314.4, "team_id": "web-team"},
            subject_type="commitment",
            subject_name="cd-rr-acme-001",
        ),
        "Commitment cd-rr-acme-001 is 75.0 % used in October 2026: $314.40 of it went unused, most of it with web-team.",
    ),
    (
        row(
            "commitment_coverage",
            5 / 9,
            {},
            subject_type="provider",
            subject_name="AWS",
            amount_usd=200,
            threshold_value=0.7,
        ),
        "Commitments to AWS cover 55.6 % of what they could cover in October 2026: $200.00 of usage was paid on demand where at least 70.0 % is to be covered. "
        "Which of it to sign, and why not the rest, is in rates.rpt_commitment_gaps.",
    ),
    (
        row(
            "commitment_days_left",
            30,
            {
                "ends_on": "2026-12-15",
                "utilization_share": 0.95,
                "renewal": "is paid on demand after that",
            },
            subject_type="commitment",
            subject_name="cd-rr-acme-001",
            amount_usd=40,
            unit="days",
        ),
        "Commitment cd-rr-acme-001 ends in 30 days, on 2026-12-15, and is paid on demand after that. In the last month it was "
        "95 % used and saved $40.00 against the price on demand. How much of it to sign again is in rates.rpt_commitment_renewals.",
    ),
    (
        row(
            "saving_missed",
            107.54,
            {
                "action_kind": "off hours",
                "accepted_date": "2026-09-21",
                "predicted_monthly_savings_usd": 78.69,
                "owner_role": "Team lead",
                "team_id": "data-team",
                "moved_share": None,
            },
            subject_type="saving",
            subject_name="i-1",
            amount_usd=107.54,
            unit="USD",
        ),
        "Decided and not carried out: off hours, i-1, from 2026-09-21 on (Team lead of data-team). $107.54 of what was expected "
        "until now did not come, $78.69 a month.",
    ),
    (
        row(
            "saving_missed",
            9.92,
            {
                "action_kind": "model switch",
                "accepted_date": "2026-10-01",
                "predicted_monthly_savings_usd": 9.6,
                "owner_role": None,
                "team_id": None,
                "moved_share": 0,
            },
            subject_type="saving",
            subject_name="chat calls from a to b",
            amount_usd=9.92,
            unit="USD",
        ),
        "Decided and not carried out: model switch, chat calls from a to b, from 2026-10-01 on. 0 % of its calls have moved. $9.92 of "
        "what was expected until now did not come, $9.60 a month.",
    ),
    (
        row("spend_at_risk", 0.15, RISK, amount_usd=300, subject_id="spend"),
        "15.0 % of the cost ($300.00 of $2,000.00 in the 30 days to 2026-10-10) belongs to 15 customers who cost more than "
        "their fees; what it was in the 30 days before is not known.",
    ),
    (
        row(
            "promised_latency",
            1.2,
            {
                "latency_p95_ms": 18020.5,
                "latency_p95_target_ms": 15000,
                "latency_measured_calls": 16213,
                "window_days": 30,
            },
            subject_type="task",
            subject_name="question answering",
            amount_usd=None,
        ),
        "Nineteen in twenty answers to question answering calls come within 18.0 s, where 15.0 s are promised (16,213 timed in the "
        "30 days to 2026-10-10).",
    ),
    (
        row(
            "promised_answers",
            -0.01,
            {"answered_share": 0.96, "answered_share_target": 0.97, "calls": 100, "window_days": 30},
            subject_type="task",
            subject_name="chat",
            amount_usd=None,
        ),
        "96.0 % of chat calls were answered, where 97.0 % are promised (100 calls in the 30 days to 2026-10-10).",
    ),
    (
        row("somebodys_own", 7, {}, unit="USD"),
        "O'Neill | Sons: somebodys own is 7.00, at least 0.40 USD; it is about $1,250.00.",
    ),
]


@pytest.mark.parametrize(
    ("alert", "said"), CASES, ids=[f"{case[0]['measure']}-{n}" for n, case in enumerate(CASES)]
)
def test_what_an_alert_says(alert: dict[str, Any], said: str) -> None:
    assert sentence(alert) == said


def test_every_measure_has_words_and_a_sentence_here() -> None:
    assert MEASURES
    templates = {path.stem for path in WORDS.glob("*.j2") if not path.stem.startswith("_")}
    assert templates == set(MEASURES)
    assert set(MEASURES) < {alert["measure"] for alert, _ in CASES}


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.j2")), ids=lambda path: path.stem)
def test_a_template_holds_words_and_no_figure(path: Path) -> None:
    template = path.read_text()
    words = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", template)
    assert not re.search(r"[$%\d]", words), "a figure is typed"
    assert not re.search(r"(?i)\bselect\b", template)
    for expression in re.findall(r"\{\{(.*?)\}\}", template):
        # A column and its style: no arithmetic, and no value without a style but a word of the model's own.
        assert re.fullmatch(r" \w+( \| \w+)? ", expression), expression


def test_the_query_behind_an_alert_quotes_what_the_data_says() -> None:
    keys = {"month_start_date": "2026-10-01", "team_id": "next's", "organization_id": None}
    asked = source_query(row("budget_used", 1, BUDGET, source_keys=json.dumps(keys)))
    assert asked == "select * from a.mart where month_start_date = '2026-10-01' and team_id = 'next''s';"
    assert source_query(row("budget_used", 1, BUDGET)) == "select * from a.mart;"
