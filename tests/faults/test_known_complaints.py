"""What users of other tools complained of, in small exports, with totals that are worked out by hand.

docs/known-complaints.md lists all of the complaints; the comments beside the records show the arithmetic.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.faults.cases import build, rows_of
from tests.faults.complaint import COLUMNS, Complaint
from tests.faults.complaints_of_charges import CHARGES
from tests.faults.complaints_of_tokens import TOKENS
from tests.faults.complaints_of_units import UNITS
from tests.faults.export_records import Exports, litellm
from tests.workspace import ROOT, Workspace

COMPLAINTS = (*TOKENS, *UNITS, *CHARGES)
DAYS = "60-days-of-another-zone"
EVENING = "61-evening-west-of-utc"
BILLED = "44-invoices-beside-calls"
NOBODY = "30-batch-without-key"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """All exports in one place, built once."""
    made = Workspace(tmp_path_factory.mktemp("complaints"), tmp_path_factory.mktemp("target"))
    exports = Exports()
    for complaint in COMPLAINTS:
        exports.add(complaint.key, complaint.records)
    # All on the 21st in India: 38 calls of 0.99 USD are on the 20th of UTC, 138 of 7.7924 on the 21st.
    night = [0.026] * 37 + [0.028]
    evening = [0.0564] * 137 + [0.0656]
    exports.add(
        DAYS,
        [
            litellm("openai", "gpt-4o", 1_000, 100, spend=usd, startTime=f"2026-10-21T{clock}+05:30")
            for clock, spend in (("04:00:00", night), ("21:30:00", evening))
            for usd in spend
        ],
    )
    exports.add(
        EVENING,
        [litellm("openai", "gpt-4o", 1_000, 100, spend=0.5, startTime="2026-10-20T21:30:00-07:00")],
    )
    exports.add(NOBODY, [litellm("openai", "gpt-4o", 1_000, 100, end_user="", call_type="aretrieve_batch")])
    # mistral-large, 1,000,000 x 2: a call that was not charged for. Then one whose gateway says three times the invoice.
    exports.add(
        BILLED,
        [
            litellm("mistral", "deployment-of-our-own", 1_000, 100, spend=26.74),
            litellm("mistral", "mistral-large-2411", 1_000_000, 0),
            litellm("perplexity", "sonar", 1_000, 100, spend=0.3),
        ],
    )
    exports.write(made.raw)
    (made.raw / "invoices").mkdir()
    (made.raw / "invoices" / "october.csv").write_text(
        "provider,month,amount,currency,invoice_id\nmistral,2026-10,770.00,USD,m1\nperplexity,2026-10,0.10,USD,p1\n"
    )
    build(made, ["litellm", "langfuse", "otel", "coding_agents", "invoices"])
    return made


def facts(workspace: Workspace, complaint: Complaint) -> list[tuple[Any, ...]]:
    """The totals of a complaint's calls, first by call, then by day."""
    counted = (
        "count(*)",
        "count(*) filter (where status <> 'success')",
        "count(*) filter (where input_tokens is null or output_tokens is null)",
        "count(*) filter (where list_cost_usd is null)",
        "count(*) filter (where effective_cost_usd is null)",
        *(f"coalesce(sum({name}), 0)" for name in COLUMNS[5:9]),
        *(f"sum({name})" for name in COLUMNS[9:]),
    )
    where = f"where {complaint.owner} = '{complaint.key}'"
    by_call = rows_of(workspace, f"select {', '.join(counted)} from core.fct_calls {where}")
    summed = ", ".join(f"sum({name})" for name in COLUMNS)
    by_day = rows_of(workspace, f"select {summed} from core.fct_usage_daily {where}")
    return [tuple(row) for row in (*by_call, *by_day)]


def marks_of(complaint: Complaint) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=complaint.not_yet)] if complaint.not_yet else []


@pytest.mark.parametrize(
    "complaint",
    [pytest.param(complaint, id=complaint.key, marks=marks_of(complaint)) for complaint in COMPLAINTS],
)
def test_what_others_got_wrong_has_the_right_totals(workspace: Workspace, complaint: Complaint) -> None:
    assert facts(workspace, complaint) == [complaint.totals] * 2


@pytest.mark.parametrize(
    "complaint",
    [pytest.param(complaint, id=complaint.key) for complaint in COMPLAINTS if complaint.attempts],
)
def test_attempts_are_calls_and_one_operation_and_nothing_is_merged(
    workspace: Workspace, complaint: Complaint
) -> None:
    said = complaint.attempts
    assert said
    (found,) = rows_of(
        workspace,
        "select sum(calls), sum(operations), sum(superseded_cost_usd), sum(possible_resends),"
        f" sum(possible_resend_cost_usd) from core.fct_traces where {complaint.owner} = '{complaint.key}'",
    )
    assert found == [
        complaint.calls,
        said.operations,
        Decimal(said.superseded_cost),
        said.resends,
        Decimal(said.resend_cost),
    ]


def test_waste_by_model_is_that_of_the_traces(workspace: Workspace) -> None:
    columns = ("calls", "operations", "superseded_cost_usd", "possible_resends", "possible_resend_cost_usd")
    summed = ", ".join(f"sum({column})" for column in columns)
    assert rows_of(workspace, f"select {summed} from efficiency.rpt_attempt_waste") == rows_of(
        workspace, f"select {summed} from core.fct_traces"
    )


def test_days_of_another_zone_are_whole_days_of_utc(workspace: Workspace) -> None:
    by_day = "select usage_date::text, sum(calls), sum(billed_cost_usd) from core.fct_usage_daily where customer_id = '{}' group by 1 order by 1"
    # Together 8.7824, as often as one asks.
    assert rows_of(workspace, by_day.format(DAYS)) == [
        ["2026-10-20", 38, Decimal("0.99")],
        ["2026-10-21", 138, Decimal("7.7924")],
    ]
    assert rows_of(workspace, by_day.format(EVENING)) == [["2026-10-21", 1, Decimal("0.5")]]


def test_a_batch_without_key_is_nobodys_and_counted(workspace: Workspace) -> None:
    found = rows_of(
        workspace,
        f"select customer_id, list_cost_usd from core.fct_calls where call_id = '{NOBODY}-1'",
    )
    # gpt-4o by batch: 1,000 x 1.25 + 100 x 5.
    assert found == [["unallocated", Decimal("0.00175")]]


def test_costs_by_tag_sum_to_the_whole(workspace: Workspace) -> None:
    by = "select {0}, sum(effective_cost_usd) from core.fct_usage_daily where customer_id like '57-%' group by 1 order by 1"
    assert rows_of(workspace, by.format("feature_id")) == [
        ["chat", Decimal("0.007")],
        ["search", Decimal("0.0035")],
    ]
    assert rows_of(workspace, by.format("team_id")) == [
        ["core", Decimal("0.007")],
        ["growth", Decimal("0.0035")],
    ]


def test_an_invoice_stands_beside_what_was_tracked_with_the_causes(workspace: Workspace) -> None:
    found = rows_of(
        workspace,
        "select provider_name, invoiced_usd, ledger_usd, difference_usd, unbilled_usage_usd, unexplained_usd"
        " from core.rpt_invoice_variance where lower(provider_name) in ('mistral ai', 'perplexity')"
        " and invoices > 0 order by 1",
    )
    assert found == [
        ["Mistral AI", 770, Decimal("26.74"), Decimal("743.26"), 2, Decimal("741.26")],
        ["perplexity", Decimal("0.1"), Decimal("0.3"), Decimal("-0.2"), 0, Decimal("-0.2")],
    ]


def test_every_complaint_has_its_row_and_every_test_in_it_exists() -> None:
    page = (ROOT / "docs" / "known-complaints.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d+) \|(.*)\|$", page, re.MULTILINE))
    assert sorted(map(int, rows)) == list(range(1, 69))
    tests = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    units = (path.read_text(encoding="utf-8") for path in (ROOT / "dbt_project" / "models").rglob("*.yml"))
    known = set(re.findall(r"(?:^def |- name: )(test_\w+)", "\n".join([*tests, *units]), re.MULTILINE))
    known |= {complaint.key for complaint in COMPLAINTS}
    for number, row in rows.items():
        for named in re.findall(r"`([^`]*)`", row.rpartition("|")[2]):
            file, _, test = named.rpartition("::")
            assert test in known or (ROOT / test).is_file(), (number, named)
            assert not file or f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), (number, named)
    assert {complaint.key.split("-")[0] for complaint in COMPLAINTS} <= set(rows)
