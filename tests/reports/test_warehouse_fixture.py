"""The warehouse of the report tests can exist: its columns are those of the contracts."""

from pathlib import Path

import duckdb
import pytest

from tests.reports import warehouse_fixture


def test_a_column_that_no_contract_has_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "(customer_id, shoe_size) values ('cust_0001', 44)"
    monkeypatch.setitem(warehouse_fixture._ROWS, "core.dim_customers", rows)
    with pytest.raises(duckdb.BinderException, match="shoe_size"):
        warehouse_fixture.build_warehouse(tmp_path / "finops.duckdb")
