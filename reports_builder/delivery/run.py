"""Send the executive summary: each edition once to each reader and chat.

As for alerts, the intent is written to a ledger beside the warehouse before a message leaves and the result
after it. A run that is killed in between leaves an intent without a result, and the next one sends that one
message again: at least once, and twice only after a kill.
"""

import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path

from reports_builder.alerts.channels import Channel, read_channels
from reports_builder.alerts.history import ChannelHistory, History, read_history
from reports_builder.alerts.ledger import DELIVERED, FAILED, SENDING, Event, Ledger
from reports_builder.alerts.sending import send as send_to_channel
from reports_builder.alerts.sending import silence
from reports_builder.delivery import smtp
from reports_builder.delivery.addresses import Recipient, read_recipients, read_sender
from reports_builder.delivery.edition import Edition, read_edition
from reports_builder.errors import ReportError

TO = "FINOPS_MAIL_TO"
FROM = "FINOPS_MAIL_FROM"
CHATS = "FINOPS_REPORT_URLS"
SUBJECT = "deliveries"
_WAIT_SECONDS = 60.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Targets:
    """Who is sent the summary, and by which server."""

    recipients: tuple[Recipient, ...]
    server: smtp.Server | None
    sender: Address | None
    chats: tuple[Channel, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the ledger calls them; no address is in it."""
        return (*(recipient.name for recipient in self.recipients), *(chat.name for chat in self.chats))


def read_addresses(
    environment: Mapping[str, str] = os.environ, to: Sequence[str] = ()
) -> tuple[tuple[Recipient, ...], Address | None]:
    """Readers of the mail, ``to`` in place of those of the environment, and its sender, if one is named."""
    recipients = read_recipients(to, "--to") if to else read_recipients([environment.get(TO, "")], TO)
    sender = environment.get(FROM, "").strip()
    return recipients, read_sender(sender, FROM) if sender else None


def read_targets(environment: Mapping[str, str] = os.environ, to: Sequence[str] = ()) -> Targets:
    """Everybody that the environment and ``to`` name; ReportError where that is nobody, or cannot work."""
    recipients, sender = read_addresses(environment, to)
    server = smtp.read_server(environment)
    chats = read_channels(environment, CHATS)
    if recipients and server is None:
        raise ReportError(f"there is no mail server to send by: set {smtp.HOST} (docs/delivery.md).")
    if recipients and sender is None:
        raise ReportError(f"a mail needs a sender: set {FROM}.")
    if not recipients and not chats:
        raise ReportError(
            f"there is nobody to send to: name readers with --to or {TO}, or a chat in {CHATS}."
        )
    return Targets(recipients, server, sender, chats)


@dataclass(frozen=True)
class Sent:
    """What became of one target: ``sent``, ``before`` (it had this edition), ``waiting`` or ``failed``."""

    name: str
    shown: str
    state: str
    reason: str = ""
    next_try_at: datetime | None = None

    def in_words(self) -> str:
        """One line."""
        if self.state == "before":
            return f"{self.shown}: was sent this before; --again sends it once more"
        said = {"sent": "sent", "waiting": "failed before"}.get(self.state, f"failed: {self.reason}")
        again = f"; tried again from {self.next_try_at:%Y-%m-%d %H:%M:%S} UTC on" if self.next_try_at else ""
        return f"{self.shown}: {said}{again}"


@dataclass(frozen=True)
class Outcome:
    """What became of one run; without ``sent`` another run was at work."""

    edition: Edition | None
    sent: tuple[Sent, ...]

    @property
    def failed(self) -> tuple[Sent, ...]:
        """What has not reached its target."""
        return tuple(one for one in self.sent if one.state in ("failed", "waiting"))


def deliver(
    warehouse: Path,
    targets: Targets,
    *,
    again: bool = False,
    retry_now: bool = False,
    clock: Callable[[], datetime] = _now,
    wait_seconds: float = _WAIT_SECONDS,
) -> Outcome:
    """Send the summary of the published warehouse to whom it has not been sent.

    A target that fails is tried again by a later run, after a wait that grows (``retry_now`` does not wait).
    ``again`` sends also what was sent before. Raises ReportError only for what is wrong here.
    """
    ledger = Ledger(warehouse, SUBJECT)
    with ledger.one_run(wait_seconds) as is_our_turn:
        if not is_our_turn:
            return Outcome(None, ())
        edition = read_edition(warehouse)
        run = _Run(ledger, edition, read_history(ledger.events()), clock, again, retry_now or again)
        with silence():
            sent = (*run.mails(targets), *run.chats(targets.chats))
        return Outcome(edition, tuple(sorted(sent, key=lambda one: targets.names.index(one.name))))


@dataclass(frozen=True)
class _Run:
    """One run: what is open for each target, and the writing down of it."""

    ledger: Ledger
    edition: Edition
    history: History
    clock: Callable[[], datetime]
    again: bool
    retry_now: bool
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def mails(self, targets: Targets) -> Iterator[Sent]:
        """One session for all readers, a mail for each: one that fails takes no other along."""
        open_: list[Recipient] = []
        for recipient in targets.recipients:
            if (known := self._known(recipient.name, recipient.address)) is not None:
                yield known
            else:
                open_.append(recipient)
        if not open_ or targets.server is None or targets.sender is None:
            return
        # Before the session, which a server ends when nothing is said for long.
        messages = [self.edition.mail(targets.sender, recipient, self.clock()) for recipient in open_]
        try:
            with smtp.connected(targets.server) as session:
                for recipient, message in zip(open_, messages, strict=True):
                    with self._noting(recipient.name) as reasons:
                        try:
                            smtp.send(session, message)
                        except smtp.SendingError as error:
                            reasons.append(str(error))
                    yield self._sent(recipient.name, recipient.address, reasons)
        except smtp.SendingError as error:
            # There is no session: nothing has left.
            for recipient in open_:
                self._write(FAILED, recipient.name, str(error))
                yield self._sent(recipient.name, recipient.address, [str(error)])

    def chats(self, chats: Sequence[Channel]) -> Iterator[Sent]:
        """The text to each chat, by the code that sends alerts."""
        for chat in chats:
            if (known := self._known(chat.name, chat.name)) is not None:
                yield known
                continue
            with self._noting(chat.name) as reasons:
                reason = send_to_channel(chat, self.edition.digest())
                reasons.extend([reason] if reason else [])
            yield self._sent(chat.name, chat.name, reasons)

    def _known(self, name: str, shown: str) -> Sent | None:
        """Why nothing is sent to this target now; None when something is."""
        if self.history.of(self.edition.edition_id).is_delivered(name) and not self.again:
            return Sent(name, shown, "before")
        channel = self.history.of_channel(name)
        if channel.must_wait(self.clock()) and not self.retry_now:
            return Sent(name, shown, "waiting", next_try_at=channel.next_try_at())
        return None

    @contextmanager
    def _noting(self, name: str) -> Iterator[list[str]]:
        """Write down that a message leaves, then whether it arrived: what is put into the list is why not."""
        reasons: list[str] = []
        self._write(SENDING, name)
        yield reasons
        self._write(FAILED if reasons else DELIVERED, name, *reasons)

    def _sent(self, name: str, shown: str, reasons: Sequence[str]) -> Sent:
        if not reasons:
            return Sent(name, shown, "sent")
        failed = ChannelHistory(self._attempt(name), self.clock())
        return Sent(name, shown, "failed", reasons[0], failed.next_try_at())

    def _attempt(self, name: str) -> int:
        return self.history.of_channel(name).failures + 1

    def _write(self, kind: str, name: str, reason: str | None = None) -> None:
        event = Event(
            kind,
            self.edition.edition_id,
            self.clock(),
            channel=name,
            attempt=self._attempt(name),
            reason=reason,
            run_id=self.run_id,
        )
        self.ledger.append([event])
