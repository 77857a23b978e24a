"""Alerts on the page: who has been told, what is acknowledged, and that each figure is that of its query."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from reports_builder.alerts.alert import evaluated
from reports_builder.alerts.lookup import acknowledge
from reports_builder.alerts.run import evaluate_and_deliver
from reports_builder.dashboard.alerts_shown import alerts_sections, alerts_tile, read_alerts
from reports_builder.dashboard.reading import identity_of, open_published
from reports_builder.model import Section
from tests.workspace import Workspace


@pytest.fixture
def own(built: Workspace, workspace: Workspace) -> Workspace:
    """A copy whose views read the ledger beside it, as if it had been built there."""
    with duckdb.connect(str(workspace.published)) as connection:
        found = "select sql from duckdb_views() where view_name = 'stg_alerts__events'"
        (view,) = connection.execute(found).fetchall()[0]
        view = view.replace(str(built.folder), str(workspace.folder))
        connection.execute(view.replace("CREATE VIEW", "CREATE OR REPLACE VIEW"))
    return workspace


def shown(path: Path) -> tuple[str, dict[str, list[dict[str, object]]], list[Section]]:
    """The tile as text, the rows of each section by its title."""
    with open_published(path) as warehouse:
        alerts = read_alerts(warehouse)
        assert alerts is not None
        tile = alerts_tile(alerts)
        sections = list(alerts_sections(alerts))
        with duckdb.connect(str(path), read_only=True) as shell:
            for evidence in (alerts.counts, alerts.still_open, alerts.acknowledged):
                assert evidence is None or shell.execute(evidence.sql).fetchall() == list(evidence.rows)
    rows = {
        section.title: [dict(row) for row in section.tables[0].evidence.records()] for section in sections
    }
    assert tile.status is not None
    return f"{tile.now.plain}: {tile.status.plain}", rows, sections


def test_an_alert_goes_from_new_to_sent_to_acknowledged(own: Workspace) -> None:
    told = evaluated(own.published).to_tell
    count, critical = len(told), sum(alert.severity == "critical" for alert in told)
    said, rows, _ = shown(own.published)
    assert said == f"{count}: {critical} critical; 0 acknowledged"
    assert [row["state"] for row in rows["Open alerts"]] == ["new"] * count
    assert [row["alert_id"] for row in rows["Open alerts"]] == [alert.alert_id for alert in told]

    before = identity_of(own.published)
    # No address answers there: what is due waits.
    evaluate_and_deliver(own.published, environment={"FINOPS_ALERT_URLS_FINANCE": "json://127.0.0.1:9/x"})
    states = {str(row["alert_id"]): row["state"] for row in shown(own.published)[1]["Open alerts"]}
    assert states == {
        alert.alert_id: "sending failed" if alert.channel_tag == "finance" else "open" for alert in told
    }
    assert set(states.values()) == {"sending failed", "open"}

    first = told[0]
    acknowledge(own.published, [first.alert_id], "ann <b>", "called them")
    said, rows, _ = shown(own.published)
    left = critical - (first.severity == "critical")
    assert said == f"{count - 1}: {left} critical; 1 acknowledged"
    assert first.alert_id not in {row["alert_id"] for row in rows["Open alerts"]}
    (seen,) = rows["Acknowledged alerts"]
    assert (seen["alert_id"], seen["acknowledged_by"], seen["note"]) == (
        first.alert_id,
        "ann <b>",
        "called them",
    )
    assert str(seen["acknowledged_at"]).endswith(" UTC")
    # So that pages that are open are drawn again, and nothing is answered from before.
    assert identity_of(own.published) != before


def test_a_copy_without_its_ledger_says_that_it_does_not_know(workspace: Workspace) -> None:
    told = evaluated(workspace.published).to_tell
    said, rows, sections = shown(workspace.published)
    assert said.startswith(f"{len(told)}: ")
    assert said.endswith("acknowledgements unknown")
    assert len(rows["Open alerts"]) == len(told)
    assert "is unknown" in sections[0].text[0].plain
