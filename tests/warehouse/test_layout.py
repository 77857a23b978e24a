"""A warehouse that another version of the project built is left alone until somebody says to build it anew."""

from __future__ import annotations

import json

import duckdb
import pytest

from tests.warehouse.changing_files import write_calls, write_customers
from tests.workspace import Workspace

# A few tables, published as if they were all.
PUBLISHED = (
    "--vars",
    "{is_live_refresh: true}",
    "--exclude-resource-type",
    "test",
    "--select",
    "+int_usage_slots",
)


@pytest.mark.parametrize(
    "change",
    ["drop table intermediate.warehouse_layout", "update intermediate.warehouse_layout set layout = 999"],
    ids=["older", "newer"],
)
def test_a_warehouse_of_another_layout_waits_for_a_full_refresh(
    change: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Always in the same place: dbt reads the whole project anew when the path of its database changes.
    target = tmp_path_factory.getbasetemp() / "layout-target"
    workspace = Workspace(tmp_path_factory.getbasetemp() / "layout", target)
    write_calls(workspace.raw / "calls" / "date=2026-10-01" / "a.parquet", "2026-10-01", "a", 0)
    write_customers(workspace.raw / "customers.parquet", 0)
    workspace.build(*PUBLISHED, "--full-refresh")
    before = workspace.published.read_bytes()
    with duckdb.connect(str(workspace.warehouse_dir / "build" / "finops.duckdb")) as working:
        working.execute(change)

    def is_refused() -> bool:
        done = workspace.dbt("build", *PUBLISHED)
        attempt = json.loads((workspace.warehouse_dir / "attempt.json").read_text())
        return (
            done.returncode != 0
            and "1 of " not in done.stdout
            and "version of the project built this warehouse" in attempt["problem"]
            and "--full-refresh" in attempt["problem"]
            and workspace.published.read_bytes() == before
        )

    assert is_refused()
    # What was built anew in part is still of the old layout for the rest.
    workspace.build("--full-refresh", "--exclude-resource-type", "test", "--select", "int_raw_days")
    assert is_refused()
    workspace.build(*PUBLISHED, "--full-refresh")
    workspace.build(*PUBLISHED)
