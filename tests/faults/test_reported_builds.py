"""Builds that published wrong figures, or ended in a riddle: variables that cannot be meant, calls that are switched off, a file put back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from reports_builder.build import build_reports
from reports_builder.errors import ReportError
from tests.faults.cases import case_folder
from tests.warehouse.test_incremental_days import contents
from tests.workspace import ROOT, Workspace

BILL = """\
BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,BillingPeriodEnd,ProviderName,ServiceName
0.1,0.1,USD,Usage,2026-10-03T00:00:00Z,2026-10-04T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,Acme,Models
0.2,0.15,USD,Usage,2026-10-04T00:00:00Z,2026-10-05T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,Acme,Models
"""
INVOICE = "provider,month,amount,currency\nAcme,2026-10,0.30,USD\n"
DAY = "2026-10-10"


@pytest.mark.parametrize(
    ("cases", "given", "code", "said"),
    [
        (
            ("as-of-day-that-does-not-exist", "vars-of-the-wrong-kind"),
            '{as_of_date: "2026-02-30", sources: calls, late_data_lookback_days: abc, source: [focus]}',
            2,
            ("as_of_date is 2026-02-30; it takes", "sources is calls; it takes a list", "late_data_lookback_days is abc; it takes all",
             "source is not known; did you mean sources?"),
        ),
        # Without quotes YAML makes a date of it before the project is asked: dbt itself stops, and its last line says why.
        (("as-of-day-that-does-not-exist",), "{as_of_date: 2026-02-30}", 1, ("ValueError: day is out of range for month",)),
    ],
    ids=["four-at-once", "a-date-that-yaml-refuses"],
)  # fmt: skip
def test_a_variable_that_cannot_be_meant_changes_nothing(
    workspace: Workspace, cases: tuple[str, ...], given: str, code: int, said: tuple[str, ...]
) -> None:
    for name in cases:
        case_folder("bills", name)
    files = [workspace.published, workspace.warehouse_dir / "build" / "finops.duckdb"]
    before = [path.read_bytes() for path in files]
    done = workspace.run_command("--quiet", "build", "--vars", given)
    assert done.returncode == code
    lines = (done.stdout + done.stderr).splitlines()
    for text in said:
        assert any(text in line for line in lines), lines
    if code == 2:
        assert sum("Nothing was changed: " in line for line in lines) == 1
    assert [path.read_bytes() for path in files] == before


@pytest.mark.parametrize("day", ["2030-01-01", "2026-09-16"])
def test_a_day_outside_the_data_changes_nothing(workspace: Workspace, day: str) -> None:
    case_folder("bills", "as-of-outside-the-data")
    files = [workspace.published, workspace.warehouse_dir / "build" / "finops.duckdb"]
    before = [path.read_bytes() for path in files]
    done = workspace.dbt("--quiet", "build", "--vars", f"{{as_of_date: '{day}'}}")
    assert done.returncode == 2
    assert (
        f"Nothing was changed: variable as_of_date is {day}; the data has calls from 2026-09-17 to 2026-10-31"
        in done.stdout
    )
    assert [path.read_bytes() for path in files] == before


def test_bills_without_any_calls_are_a_ledger_of_bills_alone(workspace: Workspace, tmp_path: Path) -> None:
    case_folder("bills", "calls-switched-off-stale-half")
    for name, text in (("focus", BILL), ("invoices", INVOICE)):
        (workspace.raw / name).mkdir()
        (workspace.raw / name / "october.csv").write_text(text)
    workspace.build("--vars", "{sources: [focus, invoices]}")
    charges = "select source, count(*), sum(billed_cost_usd), sum(effective_cost_usd) from core.fct_charges group by 1"
    assert workspace.query(charges) == [("focus", 2, Decimal("0.3"), Decimal("0.25"))]
    assert workspace.query("select count(*) from core.fct_usage_daily") == [(0,)]
    assert workspace.query("select count(*) from core.fct_calls") == [(0,)]
    assert workspace.query("select distinct source from core.rpt_reconciliation") == [("focus",)]
    assert workspace.query(
        "select provider_name, invoiced_usd, difference_usd from core.rpt_invoice_variance"
    ) == [("Acme", Decimal("0.3"), 0)]
    # The pages stand on days of calls; without any they are not written, and the command says so in one line.
    with pytest.raises(ReportError, match="holds no usage"):
        build_reports(workspace.published, tmp_path / "reports")
    assert not list(tmp_path.rglob("*.md"))


def test_a_file_that_is_put_back_after_a_run_without_publication_counts_as_it_is(
    workspace: Workspace,
) -> None:
    script = case_folder("bills", "inc-restored-after-unpublished-run") / "double_cost.py"
    before = contents(workspace)
    path = workspace.day_file(DAY)
    kept = shutil.copy2(path, workspace.folder / "kept.parquet")
    subprocess.run([sys.executable, str(script), kept, str(path)], cwd=ROOT, check=True)
    assert workspace.dbt("run", "--select", "+fct_usage_daily").returncode == 0
    # The same size and the same time of change as before.
    kept.replace(path)
    workspace.build()
    after = contents(workspace)
    for name, rows in before.items():
        assert after[name] == rows, name
