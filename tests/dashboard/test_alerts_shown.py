"""Alerts on the page: who has been told, what is acknowledged, and that each figure is that of its query."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from reports_builder.alerts.alert import SEVERITIES, Alert, evaluated
from reports_builder.alerts.ledger import Ledger
from reports_builder.alerts.lookup import acknowledge, assign
from reports_builder.alerts.run import evaluate_and_deliver
from reports_builder.dashboard.alerts_shown import alerts_sections, alerts_tile, read_alerts, what_is_new
from reports_builder.dashboard.reading import identity_of, open_published
from reports_builder.dashboard.tables import table_html
from reports_builder.model import Section
from tests.dashboard.own_ledger import read_own_ledger
from tests.workspace import Workspace


@pytest.fixture
def own(built: Workspace, workspace: Workspace) -> Workspace:
    """A copy whose views read the ledger beside it."""
    read_own_ledger(workspace, built)
    return workspace


def shown(path: Path) -> tuple[str, dict[str, list[dict[str, object]]], list[Section]]:
    """The tile as text, the rows of each section by its title."""
    with open_published(path) as warehouse:
        alerts = read_alerts(warehouse)
        assert alerts is not None
        tile = alerts_tile(alerts)
        sections = list(alerts_sections(alerts))
        with duckdb.connect(str(path), read_only=True) as shell:
            for evidence in (alerts.counts, alerts.still_open, alerts.subjects, alerts.acknowledged):
                assert evidence is None or shell.execute(evidence.sql).fetchall() == list(evidence.rows)
    rows = {
        section.title: [dict(row) for row in section.tables[0].evidence.records()] for section in sections
    }
    assert tile.status is not None
    return f"{tile.now.plain}: {tile.status.plain}", rows, sections


def new(path: Path) -> list[str]:
    """What an opened page says of alerts that are new."""
    with open_published(path) as warehouse:
        alerts = read_alerts(warehouse)
        assert alerts is not None
        return [said.plain for said in what_is_new(warehouse, alerts)]


def test_an_alert_goes_from_new_to_sent_to_acknowledged(own: Workspace) -> None:
    told = evaluated(own.published).to_tell
    count, critical = len(told), sum(alert.severity == "critical" for alert in told)
    said, rows, _ = shown(own.published)
    assert said == f"{count}: {critical} critical; 0 acknowledged"
    # A row per subject, those about most money first; an alert of theirs leads, and is as severe as any.
    subjects = rows["Open alerts"]
    assert {row["state"] for row in subjects} == {"new"}
    of_subject: dict[tuple[object, object], list[Alert]] = {}
    for alert in told:
        of_subject.setdefault((alert.subject_type, alert.subject_id), []).append(alert)
    listed = [(row["subject_type"], row["subject_id"]) for row in subjects]
    assert len(listed) == len(of_subject) and set(listed) == set(of_subject)
    for row in subjects:
        alerts = of_subject[row["subject_type"], row["subject_id"]]
        assert row["subject_alerts"] == len(alerts)
        assert row["severity"] == min((alert.severity for alert in alerts), key=SEVERITIES.index)
        money = [alert.money_at_risk_usd for alert in alerts if alert.money_at_risk_usd is not None]
        assert row["subject_money_at_risk_usd"] == max(money, default=None)
        if row["subject_type"] == "customer" and row["severity"] == "critical":
            # Who pays for what it costs is at most a warning.
            assert max(money) > 0
    amounts = [row["subject_money_at_risk_usd"] for row in subjects]
    known = [amount for amount in amounts if isinstance(amount, Decimal)]
    assert known == sorted(known, reverse=True)
    assert amounts[len(known) :] == [None] * (len(amounts) - len(known))

    assert new(own.published) == [f"Open alerts: {count}; none has been sent yet, all count as new."]
    before = identity_of(own.published)
    # No address answers there: what is due waits.
    evaluate_and_deliver(own.published, environment={"FINOPS_ALERT_URLS_FINANCE": "json://127.0.0.1:9/x"})
    tags = {alert.alert_id: alert.channel_tag for alert in told}
    states = {tags[str(row["alert_id"])]: row["state"] for row in shown(own.published)[1]["Open alerts"]}
    assert states.pop("finance") == "sending failed"
    assert set(states.values()) == {"open"}

    assert new(own.published)[0].endswith(f": {count} of {count} open alerts.")
    _fire_a_day_earlier(own, but=told[0].alert_id)
    assert new(own.published)[0].endswith(f": 1 of {count} open alerts.")

    first = told[0]
    assert assign(own.published, [first.alert_id], "ann", "bob | <i>", "look at it") == 1
    assert assign(own.published, [first.alert_id], "ann", "bob | <i>", "look at it") == 0
    _, _, sections = shown(own.published)
    html = table_html(sections[0].tables[0])
    assert 'data-label="Assigned to">bob | &lt;i&gt;: look at it</td>' in html
    acknowledge(own.published, [first.alert_id], "ann <b>", "called them")
    said, rows, sections = shown(own.published)
    left = critical - (first.severity == "critical")
    assert said == f"{count - 1}: {left} critical; 1 acknowledged"
    assert first.alert_id not in {row["alert_id"] for row in rows["Open alerts"]}
    assert "Assigned to" not in table_html(sections[0].tables[0])
    (seen,) = rows["Acknowledged alerts"]
    assert (seen["alert_id"], seen["acknowledged_by"], seen["note"]) == (
        first.alert_id,
        "ann <b>",
        "called them",
    )
    assert str(seen["acknowledged_at"]).endswith(" UTC")
    # So that pages that are open are drawn again, and nothing is answered from before.
    assert identity_of(own.published) != before


def _fire_a_day_earlier(own: Workspace, but: str) -> None:
    """Rewrite the history so that one alert alone came up on the last day of it."""
    path = Ledger(own.published).path
    events = [json.loads(line) for line in path.read_text().splitlines()]
    for event in events:
        if event["event_type"] == "fired" and event["alert_id"] != but:
            day = date.fromisoformat(event["event_at"][:10]) - timedelta(days=1)
            event["event_at"] = f"{day}{event['event_at'][10:]}"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))


def test_a_copy_without_its_ledger_says_that_it_does_not_know(workspace: Workspace) -> None:
    told = evaluated(workspace.published).to_tell
    said, rows, sections = shown(workspace.published)
    assert said.startswith(f"{len(told)}: ")
    assert said.endswith("acknowledgements unknown")
    assert len(rows["Open alerts"]) == len(told)
    assert "is unknown" in sections[0].text[0].plain
    assert new(workspace.published) == []
