"""What procurement and engineers are given: what to sign and what to change, and on demand the rest with its reason."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from reports_builder.exports.command import export_app
from tests.reports.warehouse_fixture import build_warehouse
from tests.workspace import Workspace

RUN = CliRunner()


def rows_of(warehouse: Path, kind: str, out: Path, *options: str) -> list[dict[str, str]]:
    command = [kind, "--out", str(out), "--warehouse", str(warehouse), *options]
    done = RUN.invoke(export_app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))


def test_all_commitments_are_written_with_their_reason(built: Workspace, tmp_path: Path) -> None:
    rows = rows_of(built.published, "commitments", tmp_path / "all.csv", "--all")
    (mart,) = built.query(
        "select count(*), count(*) filter (where is_recommended), sum(monthly_savings_usd) filter (where is_recommended)"
        " from rates.rpt_commitment_recommendations"
    )
    told = [row for row in rows if row["is_recommended"].lower() == "true"]
    assert (len(rows), len(told)) == mart[:2]
    assert rows[: len(told)] == told
    assert all(row["reason"] for row in rows if row not in told)


def test_every_resource_with_something_to_do_is_on_the_list(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            """insert into rates.rpt_usage_optimizations
            (provider_name, resource_id, action_kind, applied_order, verdict, reason, monthly_savings_usd, owner_role) values
            ('AWS', 'i-small', 'rightsize', 1, 'accepted', 'half is enough', 10, 'Head of Engineering'),
            ('AWS', '=i-large', 'idle', 1, 'accepted', 'does nothing', 90, 'Head of Engineering'),
            ('AWS', 'i-busy', 'idle', 1, 'rejected', 'works all day', 0, 'Head of Engineering')"""
        )
    rows = rows_of(warehouse, "optimizations", tmp_path / "do.csv")
    # What a spreadsheet would run is text.
    assert [(row["resource_id"], row["reason"]) for row in rows] == [
        ("'=i-large", "does nothing"),
        ("i-small", "half is enough"),
    ]
    *_, last = rows_of(warehouse, "optimizations", tmp_path / "all.csv", "--all")
    assert (last["resource_id"], last["reason"]) == ("i-busy", "works all day")


@pytest.mark.parametrize(
    ("kind", "problem"),
    [("commitments", "no commitment to recommend"), ("optimizations", "no resource with anything to do")],
)
def test_where_there_is_nothing_to_do_nothing_is_written(tmp_path: Path, kind: str, problem: str) -> None:
    tiny, out = build_warehouse(tmp_path / "finops.duckdb"), tmp_path / "list.csv"
    done = RUN.invoke(export_app, [kind, "--out", str(out), "--warehouse", str(tiny)])
    assert problem in str(done.exception)
    assert not out.exists()
