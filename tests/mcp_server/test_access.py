"""Attempts of an assistant to learn more than its group sees, by every tool and every argument."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from reports_builder.access import EVERYTHING, AccessError
from reports_builder.errors import ReportError
from reports_builder.mcp_server.answers import Answers
from reports_builder.mcp_server.audience import Audience
from reports_builder.mcp_server.command import TOKEN_VARIABLE, mcp_command
from reports_builder.mcp_server.server import build_server
from tests.mcp_server.conftest import Call, ask
from tests.workspace import Workspace

OWN = "assistant-team"


def query(**arguments: Any) -> Call:
    return "query_metrics", {"metrics": ["total_cost"], **arguments}


ATTEMPTS: dict[str, Call] = {
    "all teams": query(group_by=["call__team_id"]),
    "another team": query(filters={"call__team_id": ["developer-team"]}, group_by=["call__team_id"]),
    "a pattern": query(filters={"call__team_id": ["%", "*"]}, group_by=["call__team_id"]),
    "nobody's rows": query(filters={"call__team_id": ["unallocated"]}),
    "all customers by id": query(group_by=["customer"], limit=500),
    "all customers by name": query(group_by=["customer__customer_name"], limit=500),
    "a customer of another": query(filters={"customer": ["OTHER"]}, group_by=["customer"]),
    "an organization": query(group_by=["customer__home_organization", "call__organization_id"]),
    "SQL in a value": query(filters={"call__team_id": ["x') or ('1' = '1"]}, group_by=["call__team_id"]),
    "a template in a value": query(filters={"call__team_id": ["{{ Dimension('call__team_id') }}"]}),
    "a placeholder in a value": query(filters={"call__team_id": ["finops_value_0"]}, group_by=["call__team_id"]),
    "SQL in a dimension": query(group_by=["call__team_id from finops.core.fct_usage_daily --"]),
    "SQL in a metric": ("query_metrics", {"metrics": ["total_cost; select * from core.dim_customers"]}),
    "SQL in an order": query(group_by=["call__team_id"], order_by=["(select 1)"]),
    "lists as text": ("query_metrics", {"metrics": '["total_cost"]', "group_by": '["call__team_id"]'}),
    "a dimension as a metric": ("query_metrics", {"metrics": ["call__team_id"]}),
    "revenue": ("query_metrics", {"metrics": ["revenue"]}),
    "margin by customer": ("query_metrics", {"metrics": ["margin"], "group_by": ["customer"]}),
    "revenue beside cost": ("query_metrics", {"metrics": ["total_cost", "revenue"]}),
    "another group": query(group="controllers"),
    "no scope": query(scope=None),
    "another file": query(warehouse="/etc/passwd"),
    "SQL of its own": query(sql="select * from core.dim_customers"),
    "a figure of a report": ("explain_figure", {"figure": "finops_summary/spend_usd"}),
    "the figures of a report": ("explain_figure", {"figure": "customer_profitability"}),
    "a line of a chargeback": (
        "explain_figure", {"figure": "allocation.rpt_chargebacks_monthly/team_id=developer-team/allocated_cost_usd"},
    ),
    "a line of a table of names": ("explain_figure", {"figure": "core.dim_customers/customer_id=OTHER/customer_name"}),
    "a charge": ("explain_figure", {"figure": "CHARGE"}),
    "a charge with a quote": ("explain_figure", {"figure": "x' or '1'='1"}),
    "a file": ("explain_figure", {"figure": "../../../../etc/passwd"}),
    "the query of another session": ("explain_figure", {"figure": "q_0123456789ab"}),
    "the reports": ("read_report", {}),
    "a report": ("read_report", {"report": "customer_profitability"}),
    "a file as a report": ("read_report", {"report": "../../access.toml"}),
    "alerts of all": ("open_alerts", {"limit": 100}),
    "alerts of a severity": ("open_alerts", {"severity": "critical", "limit": 100}),
}  # fmt: skip
REFUSED = {
    "all customers by name", "an organization",
    "SQL in a dimension", "SQL in a metric", "SQL in an order", "a dimension as a metric", "revenue", "margin by customer",
    "revenue beside cost", "another group", "no scope", "another file", "SQL of its own", "a figure of a report",
    "the figures of a report", "a line of a chargeback", "a line of a table of names", "a charge", "a charge with a quote",
    "a file", "the query of another session", "the reports", "a report", "a file as a report",
}  # fmt: skip


@pytest.fixture(scope="module")
def others(built: Workspace) -> frozenset[str]:
    """Ids and names of teams and customers that have nothing to do with the team."""
    own = {
        str(customer)
        for (customer,) in built.query(
            f"select distinct named_customer_id from intermediate.int_usage_owned_daily where team_id = '{OWN}'"
        )
    }
    rows = built.query("select customer_id, customer_name from core.dim_customers where is_known")
    customers = {str(each) for row in rows if row[0] not in own for each in row}
    teams = {
        str(team) for (team,) in built.query("select owner_id from core.dim_owners where owner_type = 'team'")
    }
    return frozenset((customers | teams) - {OWN, "unallocated"})


def test_no_tool_tells_a_team_of_another(built: Workspace, engineer: Answers, others: frozenset[str]) -> None:
    (charge,) = built.query(
        "select charge_id from core.fct_charges where team_id = 'developer-team' order by 1 limit 1"
    )[0]
    known = {"OTHER": "cust_0002", "CHARGE": str(charge)}
    calls = [
        (tool, {name: _named(value, known) for name, value in arguments.items()})
        for tool, arguments in ATTEMPTS.values()
    ]
    told = dict(zip(ATTEMPTS, ask(build_server(engineer), *calls), strict=True))
    assert {name for name, each in told.items() if each.is_error} == REFUSED
    total = built.query(
        f"select sum(effective_cost_usd) from intermediate.int_usage_owned_daily where team_id = '{OWN}'"
    )[0][0]
    for name, (_, arguments) in zip(told, calls, strict=True):
        # What was asked may be named again; anybody else may not.
        said = told[name].text
        for asked in arguments.get("filters", {}).values():
            for value in asked:
                said = said.replace(value, "")
        named = {other for other in others if f'"{other}"' in said or f" {other} " in said}
        assert not named - {str(value) for value in arguments.values()}, name
    (row,) = told["all teams"].answer["rows"]
    assert row[0] == OWN
    assert float(row[1]) == pytest.approx(float(total), abs=0)
    assert (
        told["alerts of all"].answer["limited_to"] == "the rows of team assistant-team, costs without revenue"
    )


def _named(value: object, known: dict[str, str]) -> object:
    if isinstance(value, dict):
        return {name: _named(each, known) for name, each in value.items()}
    if isinstance(value, list):
        return [_named(each, known) for each in value]
    text = str(value)
    for name, said in known.items():
        text = text.replace(name, said)
    return text if isinstance(value, str) else value


def test_a_value_of_another_and_one_that_nobody_has_are_answered_alike(engineer: Answers) -> None:
    hidden, absent = (
        engineer.query_metrics(["total_cost"], filters={"call__team_id": [team]})
        for team in ("developer-team", "no-such-team")
    )
    assert [note.replace("developer-team", "no-such-team") for note in hidden["notes"]] == absent["notes"]
    assert hidden["rows"] == absent["rows"]


def test_a_limited_reader_is_offered_no_metric_that_would_be_refused(engineer: Answers) -> None:
    listed = engineer.list_metrics()
    names = [each["name"] for each in listed["metrics"]]
    assert "total_cost" in names
    assert not {"revenue", "margin", "margin_share"} & set(names)
    assert engineer.query_metrics(names)["rows"]


def test_a_tenant_has_the_rows_that_its_claim_names(built: Workspace, policy: Path) -> None:
    with pytest.raises(AccessError, match="--claim tenant=ID"):
        Audience(policy, ("tenants",)).scope()
    with pytest.raises(AccessError, match="--claim tenant=ID"):
        Audience(policy, ("tenants",), {"tenant": "all"}).scope()
    answers = Answers(built.published, Audience(policy, ("tenants",), {"tenant": "cust_0001"}))
    assert [row[0] for row in answers.query_metrics(["calls"], group_by=["customer"])["rows"]] == [
        "cust_0001"
    ]


def test_nothing_is_answered_where_the_policy_does_not_say_for_whom(
    policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AccessError, match="--group"):
        Audience().scope()
    with pytest.raises(AccessError, match=r"no group 'engineer' in the policy; it has engineers"):
        Audience(policy, ("engineer",)).scope()
    with pytest.raises(ReportError, match="--unlimited"):
        Audience(policy, ("engineers",), is_unlimited=True).scope()
    policy.unlink()
    assert Audience().scope() is EVERYTHING
    with pytest.raises(ReportError, match="cannot be read"):
        Audience(groups=("engineers",)).scope()


def test_a_change_of_the_policy_counts_at_once_and_its_words_stay_with_who_runs_it(
    engineer: Answers, policy: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert engineer.query_metrics(["calls"])["rows"][0][0]
    policy.write_text(policy.read_text().replace("groups.engineers", "groups.secret-project"))
    with pytest.raises(AccessError) as refused:
        engineer.query_metrics(["calls"])
    assert "secret-project" not in str(refused.value)
    assert "secret-project" in caplog.text


def test_by_http_only_who_knows_the_token_is_heard(everything: Answers) -> None:
    app = build_server(everything, "a-token-of-twenty-signs", "http://127.0.0.1:8765").streamable_http_app(
        stateless_http=True, json_response=True
    )
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"accept": "application/json, text/event-stream", "host": "127.0.0.1:8765"}
    right = {"authorization": "Bearer a-token-of-twenty-signs"}
    with TestClient(app) as client:
        for wrong in ({}, {"authorization": "Bearer a-token-of-twenty-sign"}, {"authorization": "Basic x"}):
            assert client.post("/mcp", json=asked, headers=headers | wrong).status_code == 401
        elsewhere = headers | right | {"host": "rebound.example.com"}
        assert client.post("/mcp", json=asked, headers=elsewhere).status_code == 421
        page = headers | right | {"origin": "https://page.example.com"}
        assert client.post("/mcp", json=asked, headers=page).status_code == 403
        answered = client.post("/mcp", json=asked, headers=headers | right)
        assert answered.status_code == 200
        assert len(answered.json()["result"]["tools"]) == 5


def test_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(TOKEN_VARIABLE, "short")
    with pytest.raises(ReportError, match=TOKEN_VARIABLE):
        mcp_command(http=True)
    monkeypatch.setenv(TOKEN_VARIABLE, "a-token-of-twenty-signs")
    with pytest.raises(ReportError, match="other machines"):
        mcp_command(http=True, host="0.0.0.0")
    with pytest.raises(ReportError, match=r"access\.toml: cannot be read"):
        mcp_command(group=["engineers"])
    with pytest.raises(ReportError, match="write CLAIM=ID"):
        mcp_command(claim=["tenant"])
