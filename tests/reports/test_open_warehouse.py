"""The file that stands at the path is the one that is read, also while a former one is still open."""

from __future__ import annotations

from pathlib import Path

import duckdb

from reports_builder.warehouse import open_warehouse
from tests.reports.warehouse_fixture import build_warehouse

CALLS = "select count(*) as found from core.fct_usage_daily"


def test_a_replaced_file_is_read_anew_while_the_former_one_is_open(tmp_path: Path) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with open_warehouse(path) as former:
        fresh = build_warehouse(tmp_path / "next.duckdb")
        with duckdb.connect(str(fresh)) as connection:
            connection.execute("delete from core.fct_usage_daily")
        fresh.replace(path)
        with open_warehouse(path) as new:
            assert new.evidence(CALLS)["found"] == 0
            # Asked only now: it was the new file that must not have taken the place of the former.
            assert former.evidence(CALLS)["found"]


def test_views_are_read_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create view core.rpt_seen as select count(*) as found from finops.core.fct_usage_daily"
        )
    with open_warehouse(path.rename(tmp_path / "of-last-month.duckdb")) as warehouse:
        assert warehouse.evidence("select found from core.rpt_seen")["found"]
