"""A copy of a warehouse that keeps a ledger of alerts of its own."""

from __future__ import annotations

import duckdb

from tests.workspace import Workspace


def read_own_ledger(copy: Workspace, of: Workspace) -> None:
    """Let the views of ``copy`` read the ledger beside it, as if it had been built there."""
    with duckdb.connect(str(copy.published)) as connection:
        found = "select sql from duckdb_views() where view_name = 'stg_alerts__events'"
        (view,) = connection.execute(found).fetchall()[0]
        view = view.replace(str(of.folder), str(copy.folder))
        connection.execute(view.replace("CREATE VIEW", "CREATE OR REPLACE VIEW"))
