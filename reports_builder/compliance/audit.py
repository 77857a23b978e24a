"""Who wrote what: JSON lines beside the published warehouse that only grow, each with the hash of the last.

What writes is noted before it begins and once it has ended, so that what was killed is seen to have begun.
What cannot be noted is not done. Budgets, savings and alerts have ledgers of their own; what the dashboard
writes into them is noted here, too.
"""

import getpass
import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from reports_builder.append_only import append_after, read_lines

BEGUN, DONE, FAILED = "begun", "done", "failed"
WITHOUT_LOGIN = "without login"
"""Who wrote on a page that asks nobody to log in."""
_PREVIOUS = "previous"


@dataclass(frozen=True)
class AuditEvent:
    """One line; the two of a run share their ``run_id``."""

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

    @property
    def head(self) -> str:
        """SHA-256 of the last line: whoever kept it sees later that nothing before it was changed."""
        lines = [line for line in read_lines(self.path) if line]
        return _hash(lines[-1]) if lines else ""

    def holds(self, head: str) -> bool:
        """Whether the log still has the line with this hash."""
        return any(_hash(line) == head for line in read_lines(self.path) if line)

    def problems(self) -> list[str]:
        """Lines that do not follow the one before them: something was changed, removed or put between.

        Lines of before there were hashes have none, at the beginning of the log and nowhere else.
        """
        found, before, is_chained = [], b"", False
        for number, line in enumerate((line for line in read_lines(self.path) if line), 1):
            event = _parsed(line)
            said = json.loads(line).get(_PREVIOUS) if event else None
            if said is None and event and is_chained:
                found.append(f"line {number} of {self.path.name} does not say which line was before it")
            elif said is not None and said != _hash(before):
                found.append(f"line {number} of {self.path.name} does not follow the line before it")
            is_chained |= said is not None
            before = line
        return found

    def append(self, event: AuditEvent) -> None:
        """Write the event and see it on disk; ReportError when that is not possible."""

        def lines_after(before: bytes) -> list[bytes]:
            told = asdict(event) | {_PREVIOUS: _hash(before)}
            return [json.dumps(told).encode("ascii") + b"\n"]

        append_after(self.path, lines_after)

    def note(self, action: str, actor: str) -> None:
        """Note what is done at once, in one line; nothing where there is no folder of a warehouse."""
        if self.path.parent.parent.is_dir():
            self.append(AuditEvent(_now(), uuid.uuid4().hex, actor, action, DONE))

    @contextmanager
    def of(self, action: str, actor: str | None = None) -> Iterator[None]:
        """Note that an action begins, and how it ended; nothing where there is no folder of a warehouse.

        Without ``actor`` it is the account that runs the command.
        """
        if not self.path.parent.parent.is_dir():
            yield
            return
        run, actor = uuid.uuid4().hex, actor or _user()
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


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line else ""


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
