"""Say one thing once to each target.

The intent is written to a ledger before a message leaves and the result after it. A run that is killed in
between leaves an intent without a result, and the next one sends that one message again: at least once, and
twice only after a kill.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from reports_builder.alerts.channels import Channel
from reports_builder.alerts.digest import Digest
from reports_builder.alerts.history import ChannelHistory, History
from reports_builder.alerts.ledger import DELIVERED, FAILED, SENDING, Event, Ledger
from reports_builder.alerts.sending import send


@dataclass(frozen=True)
class Sent:
    """What became of one target: ``sent``, ``before`` (it had this message), ``waiting`` or ``failed``."""

    name: str
    shown: str
    state: str
    reason: str = ""
    next_try_at: datetime | None = None

    def in_words(self) -> str:
        """One line."""
        if self.state == "before":
            return f"{self.shown}: was sent this before"
        said = {"sent": "sent", "waiting": "failed before"}.get(self.state, f"failed: {self.reason}")
        again = f"; tried again from {self.next_try_at:%Y-%m-%d %H:%M:%S} UTC on" if self.next_try_at else ""
        return f"{self.shown}: {said}{again}"


@dataclass(frozen=True)
class Once:
    """One message in one run: whom it is open for, and the writing down of it.

    The ledger knows it by ``message_id``. ``again`` says it also to whom it was said before; a target that
    failed is left alone for a while, unless ``retry_now``.
    """

    ledger: Ledger
    message_id: str
    history: History
    clock: Callable[[], datetime]
    again: bool = False
    retry_now: bool = False
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def to_channels(self, channels: Sequence[Channel], digest: Callable[[], Digest]) -> Iterator[Sent]:
        """Send the digest to each channel; to be called within ``silence``."""
        for channel in channels:
            if (known := self.known(channel.name, channel.name)) is not None:
                yield known
                continue
            with self.noting(channel.name) as reasons:
                reason = send(channel, digest())
                reasons.extend([reason] if reason else [])
            yield self.sent(channel.name, channel.name, reasons)

    def known(self, name: str, shown: str) -> Sent | None:
        """Why nothing is sent to this target now; None when something is."""
        if self.history.of(self.message_id).is_delivered(name) and not self.again:
            return Sent(name, shown, "before")
        channel = self.history.of_channel(name)
        if channel.must_wait(self.clock()) and not self.retry_now:
            return Sent(name, shown, "waiting", next_try_at=channel.next_try_at())
        return None

    @contextmanager
    def noting(self, name: str) -> Iterator[list[str]]:
        """Write down that a message leaves, then whether it arrived: what is put into the list is why not."""
        reasons: list[str] = []
        self._write(SENDING, name)
        yield reasons
        self._write(FAILED if reasons else DELIVERED, name, *reasons)

    def failed(self, name: str, shown: str, reason: str) -> Sent:
        """Write down that nothing has left for this target."""
        self._write(FAILED, name, reason)
        return self.sent(name, shown, [reason])

    def sent(self, name: str, shown: str, reasons: Sequence[str]) -> Sent:
        """What became of the target, by what ``noting`` was told."""
        if not reasons:
            return Sent(name, shown, "sent")
        failed = ChannelHistory(self._attempt(name), self.clock())
        return Sent(name, shown, "failed", reasons[0], failed.next_try_at())

    def _attempt(self, name: str) -> int:
        return self.history.of_channel(name).failures + 1

    def _write(self, kind: str, name: str, reason: str | None = None) -> None:
        event = Event(
            kind,
            self.message_id,
            self.clock(),
            channel=name,
            attempt=self._attempt(name),
            reason=reason,
            run_id=self.run_id,
        )
        self.ledger.append([event])
