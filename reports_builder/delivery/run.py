"""Send the executive summary: each edition once to each reader and chat."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path

from reports_builder.alerts.channels import Channel, read_channels
from reports_builder.alerts.history import read_history
from reports_builder.alerts.ledger import Ledger
from reports_builder.alerts.once import Once, Sent
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
        history = read_history(ledger.events())
        once = Once(ledger, edition.edition_id, history, clock, again, retry_now or again)
        with silence():
            sent = (*_mails(once, edition, targets), *once.to_channels(targets.chats, edition.digest))
        return Outcome(edition, tuple(sorted(sent, key=lambda one: targets.names.index(one.name))))


def _mails(once: Once, edition: Edition, targets: Targets) -> Iterator[Sent]:
    """One session for all readers, a mail for each: one that fails takes no other along."""
    open_: list[Recipient] = []
    for recipient in targets.recipients:
        if (known := once.known(recipient.name, recipient.address)) is not None:
            yield known
        else:
            open_.append(recipient)
    if not open_ or targets.server is None or targets.sender is None:
        return
    # Before the session, which a server ends when nothing is said for long.
    messages = [edition.mail(targets.sender, recipient, once.clock()) for recipient in open_]
    try:
        with smtp.connected(targets.server) as session:
            for recipient, message in zip(open_, messages, strict=True):
                with once.noting(recipient.name) as reasons:
                    try:
                        smtp.send(session, message)
                    except smtp.SendingError as error:
                        reasons.append(str(error))
                yield once.sent(recipient.name, recipient.address, reasons)
    except smtp.SendingError as error:
        # There is no session: nothing has left.
        for recipient in open_:
            yield once.failed(recipient.name, recipient.address, str(error))
