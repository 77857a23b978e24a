"""Alerts by id, and the saying that somebody has seen them or is to deal with them."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reports_builder.alerts.alert import Alert, evaluated
from reports_builder.alerts.history import AlertHistory, read_history
from reports_builder.alerts.ledger import ACKNOWLEDGED, ASSIGNED, Event, Ledger
from reports_builder.alerts.run import fired
from reports_builder.errors import ReportError
from reports_builder.escaping import clean

MOST_IDS = 50


def _now() -> datetime:
    return datetime.now(UTC)


def known_ids(texts: Iterable[str]) -> list[str]:
    """The ids in ``texts``, set apart by commas or blanks; ReportError for more than ``MOST_IDS``."""
    ids = list(dict.fromkeys(part for text in texts for part in text.replace(",", " ").split()))
    if not ids:
        raise ReportError(
            "name at least one id of an alert; `python -m reports_builder alerts list` shows them."
        )
    if len(ids) > MOST_IDS:
        raise ReportError(f"{len(ids)} ids are too many for one call; at most {MOST_IDS}.")
    return ids


def look_up(warehouse: Path, ids: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """What is known of each id, now and from the history, in the order asked; and the ids not known."""
    found = evaluated(warehouse)
    history = read_history(Ledger(warehouse).events())
    rows = {alert.alert_id: alert for alert in found.alerts}
    described = [
        describe(name, rows.get(name), history.of(name))
        for name in ids
        if name in rows or name in history.alerts
    ]
    return described, [name for name in ids if name not in rows and name not in history.alerts]


def list_alerts(warehouse: Path, *, everything: bool) -> list[dict[str, Any]]:
    """What is open, the most severe first; with ``everything`` also what is seen, superseded or past."""
    found = evaluated(warehouse)
    history = read_history(Ledger(warehouse).events())
    listed = [describe(alert.alert_id, alert, history.of(alert.alert_id)) for alert in found.alerts]
    if not everything:
        return [row for row in listed if row["state"] == "open"]
    now = {alert.alert_id for alert in found.alerts}
    past = [(name, alert) for name, alert in history.alerts.items() if name not in now]
    return listed + [describe(name, None, alert) for name, alert in past]


def describe(alert_id: str, alert: Alert | None, history: AlertHistory) -> dict[str, Any]:
    """One alert for people and programs: its row now, or what it said when it fired, and its history."""
    acknowledged = history.acknowledged
    return {
        **(alert.as_json() if alert else history.details),
        "alert_id": alert_id,
        "state": _state(alert, history),
        "fired_at": history.fired_at.isoformat() if history.fired_at else None,
        "channels": [
            {
                "channel": name,
                "state": event.event_type,
                "at": event.event_at.isoformat(),
                "reason": event.reason,
            }
            for name, event in sorted(history.channels.items())
        ],
        "acknowledged_at": acknowledged.event_at.isoformat() if acknowledged else None,
        "acknowledged_by": acknowledged.actor if acknowledged else None,
        "note": acknowledged.note if acknowledged else None,
        "assigned_to": history.assigned.assignee if history.assigned else None,
    }


def _state(alert: Alert | None, history: AlertHistory) -> str:
    if alert is None:
        return "past"
    if history.acknowledged is not None:
        return "acknowledged"
    return "superseded" if alert.is_superseded else "open"


def acknowledge(
    warehouse: Path,
    ids: Sequence[str],
    actor: str,
    note: str | None = None,
    clock: Callable[[], datetime] = _now,
) -> int:
    """Write down that ``actor`` has seen these alerts: all of them or, when one is not known, none.

    Returns how many had not been acknowledged before. Nobody is told of an acknowledged alert for
    the rest of its period.
    """
    said = Event(ACKNOWLEDGED, "", clock(), actor=actor, note=note, run_id=uuid.uuid4().hex[:12])
    return _write_down(warehouse, ids, said, lambda known: known.acknowledged is not None)


def assign(
    warehouse: Path,
    ids: Sequence[str],
    actor: str,
    assignee: str,
    note: str | None = None,
    *,
    clock: Callable[[], datetime] = _now,
) -> int:
    """Write down that ``assignee`` is to deal with these alerts, which stay open: all of them or none.

    Returns how many were not theirs before.
    """
    run_id = uuid.uuid4().hex[:12]
    said = Event(ASSIGNED, "", clock(), actor=actor, note=note, assignee=assignee, run_id=run_id)
    return _write_down(
        warehouse,
        ids,
        said,
        lambda known: (
            known.assigned is not None and (known.assigned.assignee, known.assigned.note) == (assignee, note)
        ),
    )


def _write_down(
    warehouse: Path, ids: Sequence[str], said: Event, is_said: Callable[[AlertHistory], bool]
) -> int:
    """Append ``said`` for each alert for which it has not been said; how many those are."""
    ledger = Ledger(warehouse)
    found = evaluated(warehouse)
    history = read_history(ledger.events())
    rows = {alert.alert_id: alert for alert in found.alerts}
    unknown = [clean(name)[:40] for name in ids if name not in rows and name not in history.alerts]
    if unknown:
        raise ReportError(
            f"no alert has the id {', '.join(unknown)}; nothing was {said.event_type}. "
            "`python -m reports_builder alerts list --all` shows all ids."
        )
    events: list[Event] = []
    for name in ids:
        known = history.of(name)
        if is_said(known):
            continue
        if known.fired_at is None and name in rows:
            # No run has seen it yet: the history shall say what it was about.
            events.append(fired(rows[name], said.event_at, said.run_id or ""))
        events.append(replace(said, alert_id=name))
    ledger.append(events)
    return sum(event.event_type == said.event_type for event in events)
