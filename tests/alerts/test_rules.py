"""A rule that could never hold stops a build; one that has nobody to judge today does not."""

from __future__ import annotations

import duckdb

from tests.workspace import Workspace


def test_only_a_rule_that_can_never_hold_stops_a_build(workspace: Workspace) -> None:
    check = ("test", "--select", "assert_alert_rules_can_fire")
    with duckdb.connect(str(workspace.warehouse_dir / "build" / "finops.duckdb")) as working:
        # As where each organization is one customer that pays.
        working.execute("delete from anomalies.fct_alert_measures where subject_type = 'organization'")
    done = workspace.dbt(*check)
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(workspace.warehouse_dir / "build" / "finops.duckdb")) as working:
        working.execute(
            "update seeds.alert_rules set subject_type = 'organisation' where rule_id = 'organization_at_a_loss'"
        )
    done = workspace.dbt(*check)
    assert done.returncode == 1
    assert "Got 1 result" in done.stdout
