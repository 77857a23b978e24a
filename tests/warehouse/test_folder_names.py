"""Folders whose names hold quotes, blanks and letters beyond ASCII are read and written like any others."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.workspace import Workspace

NAME = "it's a 'dír"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Calls and customers in such a folder, built and published twice into another."""
    folder = tmp_path_factory.mktemp("names") / NAME
    workspace = Workspace(folder, tmp_path_factory.getbasetemp() / "names-target")
    workspace.generate(5, 3)
    for _ in range(2):
        # The command itself: the names of files in the sources are rendered when it parses the project.
        done = workspace.run_command(
            "--quiet", "build", "--indirect-selection", "cautious", "--vars", "{is_live_refresh: true}",
            "--exclude-resource-type", "unit_test", "--select", "+fct_calls", "+int_usage_slots", "+rpt_reconciliation", "+fct_alert_events",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
    return workspace


def test_a_warehouse_is_built_in_any_folder(built: Workspace) -> None:
    read, accepted = built.query("select sum(rows_read), sum(rows_accepted) from core.rpt_reconciliation")[0]
    assert read >= accepted > 0
    assert built.query("select count(*) from core.fct_calls") == [(accepted,)]
    with duckdb.connect(str(built.published), read_only=True) as connection:
        files = connection.execute("select distinct file_name from staging.stg_raw__call_files").fetchall()
    assert files and all(Path(name).exists() and NAME in name for (name,) in files)
