"""The history is in the published warehouse, always current, and no publication replaces it."""

from __future__ import annotations

from reports_builder.alerts.alert import evaluated
from reports_builder.alerts.ledger import Ledger
from reports_builder.alerts.lookup import acknowledge
from reports_builder.alerts.run import evaluate_and_deliver
from tests.servers import Endpoint
from tests.workspace import Workspace

EVENTS = "select event_type, count(*), count(distinct alert_id) from anomalies.fct_alert_events group by 1 order by 1"


def test_events_survive_a_publication_and_show_at_once(workspace: Workspace, endpoint: Endpoint) -> None:
    # A copy of a warehouse that was built without any ledger.
    assert not Ledger(workspace.published).path.read_text()
    found = evaluated(workspace.published)
    count = len(found.to_tell)
    assert count > 5
    assert {alert.measure for alert in found.alerts} >= {
        "cost_share_of_revenue",
        "margin_share",
        "spend_at_risk",
    }
    environment = {"FINOPS_ALERT_URLS": endpoint.url()}
    assert evaluate_and_deliver(workspace.published, environment=environment).delivered == count

    workspace.build()
    events = [(kind, count, count) for kind in ("delivered", "fired", "sending")]
    assert workspace.query(EVENTS) == events
    # The same data is the same alerts: nobody is told again.
    assert evaluate_and_deliver(workspace.published, environment=environment).delivered == 0
    assert len(endpoint.received) == 1

    told = "select count(*) from anomalies.rpt_open_alerts where channels_told = 1 and fired_at is not null"
    assert workspace.query(told) == [(count,)]

    first = found.to_tell[0]
    acknowledge(workspace.published, [first.alert_id], "ann", "called them")
    with Ledger(workspace.published).path.open("ab") as ledger:
        ledger.write(
            b'{"event_id": "1", "alert_id": "1", "event_at": "by hand"}\n\xff\n[]\n{"event_id": "torn'
        )
    assert workspace.query(EVENTS) == [("acknowledged", 1, 1), *events]
    assert workspace.query(told) == [(count - 1,)]
    assert workspace.query(
        "select subject_id, message, actor, note, amount_usd from anomalies.fct_alert_events "
        "where event_type = 'acknowledged'"
    ) == [(first.subject_id, first.message, "ann", "called them", first.amount_usd)]
