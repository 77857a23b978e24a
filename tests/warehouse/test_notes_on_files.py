"""What a build leaves out of its files is said on the terminal and in core.rpt_data_quality."""

from __future__ import annotations

import json

import pytest

from tests.faults.cases import rows_of
from tests.warehouse.changing_files import write_calls
from tests.workspace import Workspace

NOTES = """
    select check_name, affected_calls, details from core.rpt_data_quality
    where affected_calls > 0 and details is not null order by 1
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str, str]:
    """A build of generated calls with a customer list of one's own; what it printed on stdout and stderr."""
    folder = tmp_path_factory.mktemp("notes")
    workspace = Workspace(folder, folder / "target")
    write_calls(workspace.raw / "calls" / "date=2026-10-03" / "part-0.parquet", "2026-10-03", "first", 0)
    (workspace.raw / "_generated.json").write_text("{}")
    (workspace.raw / "customers").mkdir()
    # c1 moves to a plan whose fee nobody can read; c2 is gone since the 2nd, in a column of its own.
    (workspace.raw / "customers" / "list.csv").write_text(
        "customer_id,fee,signup_date,ended_at,End\n"
        "c1,31,2026-01-01,2026-10-02,\nc1,on request,2026-10-02,,\nc2,31,2026-01-01,,2026-10-02\n"
    )
    done = workspace.run_command(
        "build", "--quiet", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious",
        "--vars", json.dumps({"sources": ["calls", "customers"]}), "--select", "+rpt_data_quality", "+int_customer_days", "+rejected_records",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    return workspace, done.stdout, done.stderr


def test_warnings_stand_on_stderr_also_where_dbt_is_quiet(built: tuple[Workspace, str, str]) -> None:
    _, _, told = built
    warnings = [line for line in told.splitlines() if line.startswith("Warning: ")]
    assert len(warnings) == 2
    assert warnings[0].startswith("Warning: customers/list.csv: column End is not read and in no figure.")
    assert warnings[1].startswith("Warning: The calls are the demo's, which python -m generator made; ")


def test_refused_records_are_said_also_where_dbt_is_quiet(built: tuple[Workspace, str, str]) -> None:
    # A call with tokens below zero, and the plan without a fee.
    _, printed, _ = built
    assert "Warning: assert_no_record_is_rejected (2): records were refused and are in no figure; " in printed


def test_they_are_lines_of_data_quality(built: tuple[Workspace, str, str]) -> None:
    found = rows_of(built[0], NOTES)
    assert [row[:2] for row in found] == [
        ["column_not_read", 1],
        ["generated_calls_beside_own", 1],
        ["newest_plan_rejected", 1],
    ]
    assert found[2][2] == "c1"


def test_a_customer_whose_newest_plan_is_refused_pays_on(built: tuple[Workspace, str, str]) -> None:
    # 31 USD over the 31 days of October, on the 3rd: a day after the plan that could be read ended.
    assert rows_of(
        built[0],
        "select customer_id, revenue_usd::int from intermediate.int_customer_days where usage_date = '2026-10-03' order by 1",
    ) == [["c1", 1], ["c2", 1]]
