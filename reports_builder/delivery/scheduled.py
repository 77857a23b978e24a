"""The summary on a schedule: sent when it is due, tried again when it failed, the state said in one place."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from reports_builder.alerts.ledger import DELIVERED, Ledger
from reports_builder.alerts.once import Sent
from reports_builder.delivery.run import SUBJECT, Outcome, Targets, deliver, read_targets
from reports_builder.delivery.schedule import Schedule
from reports_builder.errors import ReportError


class State(Protocol):
    """Where the state is said, as ``live.status.StatusFile`` does."""

    def update(self, **changes: object) -> None:
        """Change what is named."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Scheduled:
    """Called often, sends seldom: to whom nothing was sent since it was last due.

    A missed hour is made up for. Where the data is what a reader was sent before, nothing is sent until
    other data is published. ``state`` gets ``delivered_at``, ``delivery_error`` and
    ``delivery_next_try_at``.
    """

    warehouse: Path
    schedule: Schedule
    state: State
    tell: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Callable[[], datetime] = _now
    _seen: tuple[int, ...] = ()
    _next_try_at: datetime | None = None

    def __call__(self) -> None:
        """Send what is due; nothing here raises but what is unforeseen."""
        now = self.clock()
        published = self._published()
        if not published:
            return
        try:
            targets = self._open(read_targets(self.environment), self.schedule.last_due(now), now)
            is_news = published != self._seen or (self._next_try_at is not None and now >= self._next_try_at)
            if not targets.names or not is_news:
                return
            outcome = deliver(self.warehouse, targets, clock=self.clock)
        except ReportError as error:
            self._say_failed(str(error), None)
            return
        if outcome.edition is not None:
            self._seen = published
            self._say(outcome, now)

    def _published(self) -> tuple[int, ...]:
        try:
            found = self.warehouse.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _open(self, targets: Targets, due: datetime, now: datetime) -> Targets:
        """Those of the targets that were sent nothing since it was due.

        What was sent by a clock that was ahead says nothing of it; no edition is sent twice all the same.
        """
        served = {
            event.channel
            for event in Ledger(self.warehouse, SUBJECT).events()
            if event.event_type == DELIVERED and due <= event.event_at <= now
        }
        return replace(
            targets,
            recipients=tuple(one for one in targets.recipients if one.name not in served),
            chats=tuple(one for one in targets.chats if one.name not in served),
        )

    def _say(self, outcome: Outcome, now: datetime) -> None:
        sent = [one for one in outcome.sent if one.state == "sent"]
        if sent:
            self.tell(f"the executive summary was sent to {len(sent)} of {len(outcome.sent)}")
            self.state.update(delivered_at=_iso(self.clock()))
        if not outcome.failed:
            self._next_try_at = None
            self.state.update(delivery_error=None, delivery_next_try_at=None)
            return
        self._next_try_at = min(one.next_try_at or now for one in outcome.failed)
        self._say_failed(_in_words(outcome.failed, len(outcome.sent)), self._next_try_at)

    def _say_failed(self, said: str, next_try_at: datetime | None) -> None:
        self.tell(f"the executive summary was not sent: {said}")
        self.state.update(
            delivery_error=said, delivery_next_try_at=_iso(next_try_at) if next_try_at else None
        )


def _in_words(failed: tuple[Sent, ...], count: int) -> str:
    # No address: who reads the status need not be who may know the readers.
    reasons = dict.fromkeys(one.reason or "it failed before" for one in failed)
    return f"it did not reach {len(failed)} of {count}: {'; '.join(reasons)}."


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
