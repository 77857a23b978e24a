"""Who wrote what: JSON lines beside the published warehouse that only grow.

A command that writes is noted before it begins and once it has ended, so that one that was killed is seen to
have begun. What cannot be noted is not done. Budgets and alerts have ledgers of their own.
"""

import getpass
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from reports_builder.append_only import append_lines, read_lines

BEGUN, DONE, FAILED = "begun", "done", "failed"


@dataclass(frozen=True)
class AuditEvent:
    """One line; the two of a command share their ``run_id``."""

    event_at: str
    run_id: str
    actor: str
    action: str
    outcome: str


class AuditLog:
    """The events beside the warehouse at ``warehouse``."""

    def __init__(self, warehouse: Path) -> None:
        self.path = warehouse.absolute().parent / "audit" / "events.jsonl"

    def events(self) -> list[AuditEvent]:
        """All events in the order they were written; a line that a kill cut off is passed over."""
        return [event for event in map(_parsed, read_lines(self.path)) if event is not None]

    def append(self, event: AuditEvent) -> None:
        """Write the event and see it on disk; ReportError when that is not possible."""
        append_lines(self.path, [json.dumps(asdict(event)).encode("ascii") + b"\n"])

    @contextmanager
    def of(self, action: str) -> Iterator[None]:
        """Note that an action begins, and how it ended; nothing where there is no folder of a warehouse."""
        if not self.path.parent.parent.is_dir():
            yield
            return
        run, actor = uuid.uuid4().hex, _user()
        self.append(AuditEvent(_now(), run, actor, action, BEGUN))
        outcome = FAILED
        try:
            yield
            outcome = DONE
        except SystemExit as ended:
            outcome = FAILED if ended.code else DONE
            raise
        finally:
            self.append(AuditEvent(_now(), run, actor, action, outcome))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _parsed(line: bytes) -> AuditEvent | None:
    try:
        told = json.loads(line)
        datetime.fromisoformat(told["event_at"])
        return AuditEvent(**{field.name: str(told[field.name]) for field in fields(AuditEvent)})
    except (ValueError, KeyError, TypeError):
        return None
