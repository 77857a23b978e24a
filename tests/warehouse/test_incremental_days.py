"""A build redoes the days that are new or touched, and nothing else, and ends like a build from nothing."""

from __future__ import annotations

import shutil

import pyarrow.parquet as pq

from tests.workspace import Workspace

# What is built of files, and published as if it were all: the tests of data and the seeds say nothing here.
MODELS = ("--exclude-resource-type", "seed", "test", "unit_test")
VARIABLES = "{accept_removed_days: true, is_live_refresh: true}"
# Every table that a build fills day by day, and everything that a reader opens.
TABLES = """
    select schema_name || '.' || table_name from duckdb_tables()
    where schema_name not in ('intermediate', 'seeds') order by 1
"""


def contents(workspace: Workspace) -> dict[str, set[tuple[object, ...]]]:
    """All rows of all marts."""
    return {name: set(map(repr, workspace.query(f"from {name}"))) for (name,) in workspace.query(TABLES)}


def touched(workspace: Workspace) -> list[str]:
    return [
        str(day)
        for (day,) in workspace.query(
            "select day_date from intermediate.int_raw_days where is_touched order by 1"
        )
    ]


def build(workspace: Workspace, *arguments: str) -> None:
    done = workspace.dbt("build", "--quiet", *MODELS, "--vars", VARIABLES, *arguments)
    assert done.returncode == 0, done.stdout[-6000:]


def test_a_rerun_changes_nothing(workspace: Workspace) -> None:
    before = contents(workspace)
    build(workspace)
    assert touched(workspace) == []
    assert contents(workspace) == before


def test_new_late_and_removed_files_touch_their_days_only(workspace: Workspace) -> None:
    calls = workspace.raw / "calls"
    # The newest day arrives later, a late file arrives for an old day, another day is taken away.
    newest, old, removed = "2026-10-31", "2026-10-01", "2026-10-05"
    shutil.move(calls / f"date={newest}", workspace.folder / "held_back")
    build(workspace)
    shutil.move(workspace.folder / "held_back", calls / f"date={newest}")
    table = pq.ParquetFile(workspace.day_file(old)).read()
    position = table.schema.get_field_index("call_id")
    late = table.slice(0, 3).set_column(position, "call_id", [[f"late_{i}" for i in range(3)]])
    pq.write_table(late, calls / f"date={old}" / "late.parquet")
    shutil.rmtree(calls / f"date={removed}")

    refused = workspace.dbt("build", "--quiet")
    assert refused.returncode == 2
    assert f"calls has no files with records of {removed} any more" in refused.stdout
    build(workspace)

    assert touched(workspace) == [old, removed, newest]
    assert workspace.query(
        f"select count(*) from core.fct_usage_daily where usage_date = date '{removed}'"
    ) == [(0,)]
    incremental = contents(workspace)
    build(workspace, "--full-refresh")
    assert contents(workspace) == incremental
