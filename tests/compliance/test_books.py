"""A month's books for an auditor: whole, with what is wrong at the top, and written once."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from reports_builder.alerts.ledger import ACKNOWLEDGED, Event, Ledger
from reports_builder.budgets.changes import BudgetChanges, budget_change
from reports_builder.cli import app
from reports_builder.compliance.audit import WITHOUT_LOGIN, AuditLog
from reports_builder.compliance.permitted import permitted
from reports_builder.compliance.report import Books, Compliance, compliance_report
from reports_builder.compliance.rules import rule_changes
from reports_builder.compliance.text import text_of
from reports_builder.errors import ReportError
from reports_builder.seals.log import heads_content, log_root
from reports_builder.seals.sealing import seal
from tests.seals.books import KEY
from tests.workspace import Workspace


def latest_month(warehouse: Path) -> date:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        [(month,)] = connection.sql("select max(month_start_date) from planning.rpt_month_close").fetchall()
    assert isinstance(month, date)
    return month


def said(report: Compliance) -> str:
    return "\n".join(finding.plain for finding in report.findings)


@pytest.fixture
def books(workspace: Workspace, tmp_path: Path) -> Books:
    folder = tmp_path / "seals"
    seal(workspace.published, folder, KEY)
    return Books(workspace.published, folder, (KEY,), rules=tmp_path)


def test_sealed_books_say_what_was_read_and_that_the_seals_hold(books: Books) -> None:
    month = latest_month(books.warehouse)
    report = compliance_report(books, month)
    text = text_of(report)
    assert "all of it holds" in text
    assert "seals do not hold" not in said(report)
    with duckdb.connect(str(books.warehouse), read_only=True) as connection:
        [(read,)] = connection.execute(
            "select sum(rows_read) from core.rpt_reconciliation where date_trunc('month', usage_date) = ?",
            [month],
        ).fetchall()
    assert f"{read:,} records of" in text
    assert "The seeds are in no version control here" in said(report)
    assert "No invoice of the month is on file" in said(report)


def test_the_seals_say_when_they_were_made_what_they_sum_to_and_against_what_they_were_held(
    books: Books,
) -> None:
    month = latest_month(books.warehouse)
    report = compliance_report(books, month)
    assert "held against no copy that was kept elsewhere" in said(report)
    table = next(section for section in report.sections if section.title.startswith("Seals")).tables[-1]
    found = [dict(zip(table.evidence.columns, row, strict=True)) for row in table.evidence.rows]
    with duckdb.connect(str(books.warehouse), read_only=True) as connection:
        [(days, total)] = connection.execute(
            "select count(distinct usage_date), sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily "
            "where date_trunc('month', usage_date) = ?",
            [month],
        ).fetchall()
    allocated = next(row for row in found if str(row["ledger"]).startswith("allocation"))
    assert (allocated["days"], allocated["total_usd"]) == (days, total)
    assert allocated["most_days"] == (datetime.now(UTC).date() - month).days
    heads = heads_content(books.seals)
    with_copy = compliance_report(replace(books, copy=heads), month)
    assert "copy" not in said(with_copy)
    assert log_root(heads.splitlines()) in text_of(with_copy)


def test_changed_books_are_the_first_thing_to_look_at(books: Books) -> None:
    with duckdb.connect(str(books.warehouse)) as connection:
        connection.execute("create table core.changed as select * from core.fct_charges")
        connection.execute("drop view if exists core.fct_charges")
        connection.execute("alter table core.changed rename to fct_charges")
        connection.execute(
            "update core.fct_charges set team_id = 'other' where charge_id = (select min(charge_id) from core.fct_charges)"
        )
    report = compliance_report(books, latest_month(books.warehouse))
    assert "Seals: core.fct_charges" in said(report)


def test_a_restatement_and_its_reason_are_named(books: Books) -> None:
    month = latest_month(books.warehouse)
    with duckdb.connect(str(books.warehouse)) as connection:
        connection.execute("create table core.changed as select * from core.fct_charges")
        connection.execute("drop view if exists core.fct_charges")
        connection.execute("alter table core.changed rename to fct_charges")
        connection.execute(
            "delete from core.fct_charges where charge_id = (select min(charge_id) from core.fct_charges where charge_date = ?)",
            [month],
        )
    seal(books.warehouse, books.seals, KEY, "bill came late")
    report = compliance_report(books, month)
    assert "1 days of the month were restated" in said(report)
    text = text_of(report)
    assert "bill came late" in text
    assert "0 rows came and 1 went" in text


def test_who_sets_budgets_and_hands_out_charges_is_named(books: Books) -> None:
    log = AuditLog(books.warehouse)
    with log.of("export chargeback --month 2026-10 --out c.csv"):
        pass
    [begun, _] = log.events()
    BudgetChanges(books.warehouse).append(
        [budget_change("team", "agents-team", "2026-11", "701.50", actor=begun.actor, note="agreed")]
    )
    report = compliance_report(books, latest_month(books.warehouse))
    assert f"{begun.actor} hands out charges and sets budgets" in said(report)
    text = text_of(report)
    assert "team agents-team" in text
    assert "701.50 USD (agreed)" in text


def test_what_the_page_wrote_is_listed_once_with_its_reader(books: Books) -> None:
    log = AuditLog(books.warehouse)
    with log.of("page budget: total total, 2026-11, set to 9 USD", "cfo@example.com"):
        pass
    log.note("page download: spend.csv, 3 rows", WITHOUT_LOGIN)
    with log.of("seal", WITHOUT_LOGIN), log.of("page alerts: acknowledge a", WITHOUT_LOGIN):
        pass
    report = compliance_report(replace(books, audit_head=log.head), latest_month(books.warehouse))
    table = next(section for section in report.sections if section.title == "Who wrote what").tables[0]
    told = [row[1:] for row in table.evidence.rows]
    assert told[:2] == [
        (
            "cfo@example.com",
            "sets budgets",
            "page budget: total total, 2026-11, set to 9 USD: done",
            "audit/events.jsonl",
        ),
        (
            WITHOUT_LOGIN,
            "takes figures along",
            "page download: spend.csv, 3 rows: done",
            "audit/events.jsonl",
        ),
    ]
    assert len(told) == 4
    assert WITHOUT_LOGIN not in said(report)
    assert "each line follows the one before it and the line that was kept is in it" in text_of(report)
    kept = log.head
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-1]))
    report = compliance_report(replace(books, audit_head=kept), latest_month(books.warehouse))
    assert f"the line with the SHA-256 {kept} that was kept is not in it any more" in said(report)
    log.path.write_bytes(b"".join(lines[1:]))
    report = compliance_report(books, latest_month(books.warehouse))
    assert "line 1 of events.jsonl does not follow the line before it" in said(report)


def test_who_may_see_what_is_told_group_by_group(tmp_path: Path) -> None:
    policy = tmp_path / "access.toml"
    section, findings = permitted(policy)
    assert "whoever opens the page sees all rows, with revenue" in findings[0].plain
    assert section.tables == ()
    policy.write_text(
        'issuer = "https://login.example"\n[groups.finance]\nrows = "all"\nrevenue = true\n'
        '[groups."eng/search"]\nteams = ["b-team", "a-team", "c-team", "d-team"]\n'
        '[groups.tenants]\ncustomers_claim = "tenant_id"\nrevenue = true\n'
    )
    section, findings = permitted(policy)
    assert findings == ()
    assert hashlib.sha256(policy.read_bytes()).hexdigest() in section.text[0].plain
    assert section.tables[0].evidence.rows == (
        ("eng/search", "teams a-team, b-team, c-team, d-team", "no"),
        ("finance", "all", "yes"),
        ("tenants", "customers that the account's claim tenant_id names", "yes"),
    )
    policy.write_text("groups = 1")
    _, findings = permitted(policy)
    assert "cannot be read, so that the page shows nobody anything" in findings[0].plain


def test_hostile_names_are_text(books: Books) -> None:
    Ledger(books.warehouse).append(
        [Event(ACKNOWLEDGED, "a|b", datetime.now(UTC), actor="=cmd()|<script>", note="[x](javascript:1)")]
    )
    text = text_of(compliance_report(books, latest_month(books.warehouse)))
    assert "<script>" not in text
    assert r"\[x\](javascript:1)" in text


def test_the_command_writes_a_new_folder_whole_and_never_over_another(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINOPS_SEAL_KEY", KEY.decode())
    month, out = latest_month(books.warehouse), tmp_path / "out"
    arguments = ["compliance", "--month", f"{month:%Y-%m}", "--out", str(out)]
    arguments += ["--warehouse", str(books.warehouse), "--seals", str(books.seals)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert (out / "books.md").read_text().startswith("# Books of ")
    with (out / "who-was-charged-what.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with duckdb.connect(str(books.warehouse), read_only=True) as connection:
        [(teams,)] = connection.execute(
            "select count(*) from allocation.rpt_chargebacks_monthly where month_start_date = ?", [month]
        ).fetchall()
    assert len(rows) == teams > 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    again = CliRunner().invoke(app, arguments)
    assert isinstance(again.exception, ReportError)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_month_without_charges_is_refused(books: Books) -> None:
    with pytest.raises(ReportError, match="no charge of 2001-01"):
        compliance_report(books, date(2001, 1, 1))


def test_changes_of_seeds_are_told_with_their_author(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        settings = ["-c", "user.name=Ann | B", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *settings, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "owners.csv").write_text("a\n")
    (tmp_path / "readme.md").write_text("x")
    git("add", "-A")
    git("commit", "-m", "Give research an owner", "--date", "2026-10-05T12:00:00Z")
    (tmp_path / "readme.md").write_text("y")
    git("commit", "-am", "Not a rule")
    found = rule_changes(date(2000, 1, 1), date(2090, 1, 1), tmp_path)
    assert found is not None
    [change] = found
    assert (change.author, change.subject, change.seeds) == ("Ann | B", "Give research an owner", ("owners",))
    assert rule_changes(date(2000, 1, 1), date(2090, 1, 1), tmp_path / "seeds") is None


def test_python_runs_it_as_a_user_does(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reports_builder", "compliance", "--month", "2026-13", "--out", str(tmp_path / "o")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "is not a month" in done.stderr
