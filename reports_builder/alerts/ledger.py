"""What became of each alert: JSON lines that are only ever appended.

The ledger lies beside the published warehouse, not in it: a publication replaces the warehouse and leaves the
history alone. ``anomalies.fct_alert_events`` is a view over this file.
"""

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dbt_project.landing.errors import unwritten
from reports_builder.append_only import WRITTEN_AT, append_in_order, read_lines
from reports_builder.errors import ReportError

FIRED, SENDING, DELIVERED, FAILED = "fired", "sending", "delivered", "failed"
ASSIGNED, ACKNOWLEDGED = "assigned", "acknowledged"
RECOVERED = "recovered"
_FILE = "events.jsonl"


@dataclass(frozen=True)
class Event:
    """One line of the ledger; ``details`` is what the alert said when it fired.

    In the ledger of deliveries ``alert_id`` names what is delivered: an edition of a report.
    """

    event_type: str
    alert_id: str
    event_at: datetime
    channel: str | None = None
    attempt: int | None = None
    reason: str | None = None
    actor: str | None = None
    note: str | None = None
    assignee: str | None = None
    run_id: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def line(self) -> bytes:
        """The event as one line; ASCII, so that no character of a name can end it."""
        told = {
            "event_id": uuid.uuid4().hex,
            "event_at": self.event_at.astimezone(UTC).strftime(WRITTEN_AT),
            **{name: getattr(self, name) for name in _FIELDS if getattr(self, name) is not None},
        }
        return json.dumps(self.details | told).encode("ascii") + b"\n"


_FIELDS = ("event_type", "alert_id", "channel", "attempt", "reason", "actor", "note", "assignee", "run_id")


class Ledger:
    """The events beside the warehouse at ``warehouse``; several processes may append at once."""

    def __init__(self, warehouse: Path, subject: str = "alerts") -> None:
        self.folder = warehouse.absolute().parent / subject
        self.path = self.folder / _FILE

    def events(self) -> list[Event]:
        """All events in the order they were written; a line that a kill cut off is passed over."""
        return [event for event in map(_parsed, read_lines(self.path)) if event is not None]

    def append(self, events: Sequence[Event]) -> None:
        """Write the events in one piece and see them on disk; ReportError when that is not possible."""
        append_in_order(self.path, "event_at", [event.line() for event in events])

    @contextmanager
    def one_run(self, wait_seconds: float) -> Iterator[bool]:
        """Hold off other runs; False when another one is still at work after ``wait_seconds``.

        The lock goes with the process: a killed run holds nobody off.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder / ".run.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise ReportError(f"{unwritten(self.folder, error)}.") from error
        try:
            yield _locked(descriptor, wait_seconds)
        finally:
            os.close(descriptor)


def _locked(descriptor: int, wait_seconds: float) -> bool:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        else:
            return True


def _parsed(line: bytes) -> Event | None:
    try:
        told = json.loads(line)
        at = datetime.fromisoformat(told["event_at"]).astimezone(UTC)
        fields = {name: told[name] for name in _FIELDS if name in told}
        details = {
            name: value for name, value in told.items() if name not in {*_FIELDS, "event_id", "event_at"}
        }
        return Event(event_at=at, details=details, **fields)
    except (ValueError, TypeError, KeyError):
        return None
