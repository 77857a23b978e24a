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


@pytest.fixture
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A published warehouse; always in the same place: dbt reads the whole project anew when that changes."""
    target = tmp_path_factory.getbasetemp() / "layout-target"
    made = Workspace(tmp_path_factory.getbasetemp() / "layout", target)
    write_calls(made.raw / "calls" / "date=2026-10-01" / "a.parquet", "2026-10-01", "a", 0)
    write_customers(made.raw / "customers.parquet", 0)
    made.build(*PUBLISHED, "--full-refresh")
    return made


@pytest.mark.parametrize(
    "change",
    ["drop table intermediate.warehouse_layout", "update intermediate.warehouse_layout set layout = 999"],
    ids=["older", "newer"],
)
def test_a_warehouse_of_another_layout_waits_for_a_full_refresh(change: str, workspace: Workspace) -> None:
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


def test_what_no_model_makes_any_more_leaves_the_published_file(workspace: Workspace) -> None:
    tables = (
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_schema in ('core', 'margin', 'intermediate', 'mine', 'own') order by all"
    )
    before = workspace.query(tables)
    with duckdb.connect(str(workspace.warehouse_dir / "build" / "finops.duckdb")) as working:
        working.execute(
            "create schema if not exists core; create schema if not exists margin; create schema mine"
        )
        working.execute("create table core.rpt_of_former_times as select 1 as one")
        # The last model of a company's own.
        working.execute("create schema own; create table own.mine as select 1 as one")
        # A model that has another schema now, a seed's name, and a table in a schema that is not the project's.
        working.execute("create view margin.int_usage_slots as select 1 as one")
        working.execute("create table intermediate.budgets as select 1 as one")
        working.execute("create table mine.notes as select 1 as one")
    workspace.build(*PUBLISHED)
    assert workspace.query(tables) == sorted([*before, ("mine.notes",)])
