"""What procurement is given: the commitments to sign, and on demand those not to, with the reason."""

from __future__ import annotations

import csv
from pathlib import Path

from typer.testing import CliRunner

from reports_builder.exports.command import export_app
from tests.reports.warehouse_fixture import build_warehouse
from tests.workspace import Workspace

RUN = CliRunner()


def rows_of(built: Workspace, out: Path, *options: str) -> list[dict[str, str]]:
    command = ["commitments", "--out", str(out), "--warehouse", str(built.published), *options]
    done = RUN.invoke(export_app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))


def test_all_options_are_written_with_their_reason(built: Workspace, tmp_path: Path) -> None:
    rows = rows_of(built, tmp_path / "all.csv", "--all")
    (mart,) = built.query(
        "select count(*), count(*) filter (where is_recommended), sum(monthly_savings_usd) filter (where is_recommended)"
        " from rates.rpt_commitment_recommendations"
    )
    told = [row for row in rows if row["is_recommended"].lower() == "true"]
    assert (len(rows), len(told)) == mart[:2]
    assert rows[: len(told)] == told
    assert all(row["reason"] for row in rows if row not in told)


def test_where_there_is_nothing_to_sign_nothing_is_written(tmp_path: Path) -> None:
    tiny, out = build_warehouse(tmp_path / "finops.duckdb"), tmp_path / "sign.csv"
    done = RUN.invoke(export_app, ["commitments", "--out", str(out), "--warehouse", str(tiny)])
    assert "no commitment to recommend" in str(done.exception)
    assert not out.exists()
