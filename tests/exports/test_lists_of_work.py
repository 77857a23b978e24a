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
        "select count(*), count(*) filter (where is_recommended),"
        " round(sum(monthly_savings_usd) filter (where is_recommended), 2)"
        " from rates.rpt_commitment_recommendations"
    )
    ((owned,),) = built.query("select count(*) from rates.rpt_commitment_renewals")
    kinds = [row["row_kind"] for row in rows]
    assert (len(rows), kinds.count("to sign"), kinds.count("owned")) == (mart[0] + owned, mart[1], owned)
    assert kinds == sorted(kinds, key=["owned", "to sign", "not to sign"].index)
    assert all(row["reason"] for row in rows if row["row_kind"] == "not to sign")


def test_who_signs_reads_what_to_order_until_when_and_at_whose_price(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            """insert into rates.rpt_commitment_orders
            (row_order, row_kind, decision, price_status, offer_name, to_order, savings_30_days_usd, hourly_commitment_usd, decide_by_date, owned_until_date, offer_id) values
            (2, 'to sign', 'ask for a quote', 'example', 'A plan (example)', '2 x m5.large', 10.004, 0.0428, null, null, 'a'),
            (2, 'to sign', 'ask for a quote', 'example', '=Plan', '0.1 USD an hour', 20.004, 0.1, null, null, 'b'),
            (1, 'owned', 'renew it', 'as on the bill', 'web machines', null, 30.004, null, '2026-11-30', '2026-12-14', 'ri'),
            (3, 'not to sign', 'leave it', 'example', 'Another', null, 90, null, null, null, 'c')"""
        )
    rows = rows_of(warehouse, "commitments", tmp_path / "sign.csv")
    # What has a deadline comes first; what a spreadsheet would run is text.
    assert [(row["offer_name"], row["decide_by_date"]) for row in rows] == [
        ("web machines", "2026-11-30"),
        ("'=Plan", ""),
        ("A plan (example)", ""),
    ]
    # The cents sum to the rounded sum, and a price by the hour keeps its parts of one.
    assert [row["savings_30_days_usd"] for row in rows] == ["30.01", "20.00", "10.00"]
    assert rows[2]["hourly_commitment_usd"].startswith("0.0428")
    assert rows[2]["to_order"] == "2 x m5.large"


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
    [
        ("commitments", "no commitment to sign or to renew"),
        ("optimizations", "no resource with anything to do"),
    ],
)
def test_where_there_is_nothing_to_do_nothing_is_written(tmp_path: Path, kind: str, problem: str) -> None:
    tiny, out = build_warehouse(tmp_path / "finops.duckdb"), tmp_path / "list.csv"
    done = RUN.invoke(export_app, [kind, "--out", str(out), "--warehouse", str(tiny)])
    assert problem in str(done.exception)
    assert not out.exists()
