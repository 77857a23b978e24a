"""A corrected bill of a closed month that comes late: landed, built, restated with its reason, and shown in the books."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import duckdb

from reports_builder.compliance.sealed import sealed
from reports_builder.seals.log import heads_content
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from tests.seals.books import KEY
from tests.warehouse.test_erased_customer import COLUMNS
from tests.workspace import Workspace

MARTS = ("fct_charges", "fct_allocated_costs_daily")
VARIABLES = json.dumps({"sources": ["litellm", "simple_bills"], "is_live_refresh": True})
BILL = "provider,day,account,resource,amount,currency\n"
LATE_DAY = "2026-10-05"


def fill(raw: Path) -> None:
    (raw / "litellm").mkdir(parents=True)
    # October is closed: there are calls of November.
    calls = [
        f"{number},0.5,100,20,{day} 10:00:00,{day} 10:00:01,gpt-4o,bob,{{}}"
        for number, day in enumerate((LATE_DAY, "2026-11-02"))
    ]
    (raw / "litellm" / "calls.csv").write_text("\n".join((COLUMNS, *calls)) + "\n")
    (raw / "simple_bills").mkdir()
    bill(raw, "40")


def bill(raw: Path, amount: str, more: str = "") -> None:
    """The bill of October as the provider has it now, in the same file."""
    (raw / "simple_bills" / "october.csv").write_text(
        f"{BILL}RunPod,{LATE_DAY},main,pod-1,{amount},USD\nRunPod,2026-10-06,main,pod-1,7,USD\n{more}"
    )


def build(workspace: Workspace) -> None:
    chosen = ("--select", "resource_type:seed", *(f"+{name}" for name in MARTS))
    workspace.build("--exclude-resource-type", "test", "--full-refresh", "--vars", VARIABLES, *chosen)


def test_a_late_correction_of_a_closed_month_is_a_restatement_that_the_books_show(tmp_path: Path) -> None:
    workspace, seals = Workspace(tmp_path / "company", tmp_path / "target"), tmp_path / "seals"
    fill(workspace.raw)
    build(workspace)
    assert all(head["restates"] == "" for head in seal(workspace.published, seals, KEY).added)
    before = heads_content(seals).splitlines()
    old = {(head["ledger"], head["day"]): line for line in before if (head := json.loads(line))}

    # The provider corrects a line and sends one more, of the month that is closed and sealed.
    bill(workspace.raw, "42.5", f"RunPod,{LATE_DAY},main,pod-2,9,USD\n")
    build(workspace)
    assert verify(workspace.published, seals, [KEY]).problems != ()
    added = seal(workspace.published, seals, KEY, "corrected bill of RunPod, October").added

    assert {(head["ledger"], head["day"]) for head in added} == {
        ("core.fct_charges", LATE_DAY),
        ("allocation.fct_allocated_costs_daily", LATE_DAY),
    }
    for head in added:
        assert head["restates"] == sha256(old[head["ledger"], head["day"]]).hexdigest()
        assert "corrected bill of RunPod, October" in head["reason"]
    [charges] = [head for head in added if head["ledger"] == "core.fct_charges"]
    moved = charges["difference"]["totals"]["effective_cost_usd"]["USD"]
    assert Decimal(moved) == Decimal("11.5")
    verdict = verify(workspace.published, seals, [KEY])
    assert verdict.problems == ()

    section, findings = sealed(verdict, seals, date(2026, 10, 1), date(2026, 10, 31))
    table = section.tables[0]
    assert table.caption is not None
    assert table.caption.plain == "Days of the month that were restated"
    told = {row[0]: row for row in table.evidence.rows}
    assert told["core.fct_charges"][1] == LATE_DAY
    assert "corrected bill of RunPod, October" in str(told["core.fct_charges"][3])
    assert "11.5" in str(told["core.fct_charges"][4])
    assert any("of the month were restated" in finding.plain for finding in findings)

    # Whoever takes the late line out again is found, and where.
    with duckdb.connect(str(workspace.published)) as connection:
        connection.execute(
            "create table core.kept as select * from core.fct_charges where resource_id is distinct from 'pod-2'"
        )
        connection.execute("drop view if exists core.fct_charges")
        connection.execute("drop table if exists core.fct_charges")
        connection.execute("alter table core.kept rename to fct_charges")
    problems = verify(workspace.published, seals, [KEY]).problems
    assert any("core.fct_charges" in problem and LATE_DAY in problem for problem in problems)
