"""Evaluate the published warehouse and tell each channel what is new.

An alert is delivered once per rule, subject, period and channel. The intent is written to the ledger before a
message leaves, the result after it. A run that is killed in between leaves an intent without a result;
whether the message arrived is then not known, and it is sent again, marked as repeated: at least once, and
twice only after a kill.
"""

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reports_builder.alerts.alert import Alert, Evaluated, evaluated
from reports_builder.alerts.channels import PIPELINE, Channel, read_channels, variable_of
from reports_builder.alerts.digest import write_digest
from reports_builder.alerts.history import ChannelHistory, History, read_history
from reports_builder.alerts.ledger import DELIVERED, FAILED, FIRED, SENDING, Event, Ledger
from reports_builder.alerts.sending import send, silence
from reports_builder.alerts.summary import ChannelOutcome, Summary

_WAIT_SECONDS = 60.0


def _now() -> datetime:
    return datetime.now(UTC)


def evaluate_and_deliver(
    warehouse: Path,
    *,
    environment: Mapping[str, str] | None = None,
    retry_now: bool = False,
    clock: Callable[[], datetime] = _now,
    wait_seconds: float = _WAIT_SECONDS,
) -> Summary:
    """Find what holds in the warehouse, remember what is new, tell the channels what they have not been told.

    A channel that fails is in the summary and is tried again by a later run, after a wait that grows
    (``retry_now`` does not wait). Runs at the same time take turns. Raises ReportError only for what is wrong
    here: a warehouse that cannot be read, a ledger that cannot be written.
    """
    channels = read_channels(os.environ if environment is None else environment)
    ledger = Ledger(warehouse)
    with ledger.one_run(wait_seconds) as is_our_turn:
        found = evaluated(warehouse)
        if not is_our_turn:
            return Summary.of(found, read_history(ledger.events()), is_busy=True)
        run_id = uuid.uuid4().hex[:12]
        history = read_history(ledger.events())
        new = [alert for alert in found.to_tell if history.of(alert.alert_id).fired_at is None]
        ledger.append([fired(alert, clock(), run_id) for alert in new])
        delivery = _Delivery(ledger, found, history, run_id, clock, retry_now)
        outcomes = delivery.to_all(channels)
        return Summary.of(
            found,
            read_history(ledger.events()),
            new=new,
            channels=outcomes,
            untold=_untold(found, channels),
            unused=tuple(
                variable_of(channel.tag)
                for channel in channels
                if channel.tag is not None
                and not any(channel.is_told(tag) for tag in {*found.tags, PIPELINE})
            ),
        )


def fired(alert: Alert, at: datetime, run_id: str) -> Event:
    """The event that says that an alert holds for the first time, and what it says."""
    return Event(FIRED, alert.alert_id, at, run_id=run_id, details=alert.as_json())


@dataclass(frozen=True)
class _Delivery:
    """One run: what is open for each channel, and the writing down of it."""

    ledger: Ledger
    found: Evaluated
    history: History
    run_id: str
    clock: Callable[[], datetime]
    retry_now: bool

    def to_all(self, channels: Sequence[Channel]) -> tuple[ChannelOutcome, ...]:
        """Tell all channels at once, so that a slow or dead one holds up no other."""
        if not channels:
            return ()
        with silence(), ThreadPoolExecutor(max_workers=min(8, len(channels))) as pool:
            return tuple(pool.map(self.to_one, channels))

    def to_one(self, channel: Channel) -> ChannelOutcome:
        """Send what the channel has not been told yet, unless it failed too short a time ago."""
        open_alerts = [alert for alert in self.found.to_tell if self._is_open(alert, channel)]
        known = self.history.of_channel(channel.name)
        if not open_alerts:
            return ChannelOutcome(channel.name)
        if not self.retry_now and known.must_wait(self.clock()):
            return ChannelOutcome(
                channel.name, waiting=len(open_alerts), tries=known.failures, next_try_at=known.next_try_at()
            )
        return self._told(channel, open_alerts, known.failures + 1)

    def _is_open(self, alert: Alert, channel: Channel) -> bool:
        history = self.history.of(alert.alert_id)
        return (
            channel.is_told(alert.channel_tag)
            and history.acknowledged is None
            and not history.is_delivered(channel.name)
        )

    def _told(self, channel: Channel, alerts: Sequence[Alert], attempt: int) -> ChannelOutcome:
        repeated = frozenset(
            alert.alert_id
            for alert in alerts
            if self.history.of(alert.alert_id).may_have_arrived(channel.name)
        )
        digest = write_digest(alerts, self.found.as_of, repeated)
        self._write(SENDING, channel, alerts, attempt)
        reason = send(channel, digest)
        self._write(FAILED if reason else DELIVERED, channel, alerts, attempt, reason)
        if reason is None:
            return ChannelOutcome(channel.name, delivered=len(alerts))
        failed = ChannelHistory(failures=attempt, failed_at=self.clock())
        return ChannelOutcome(
            channel.name,
            waiting=len(alerts),
            reason=reason,
            tries=attempt,
            next_try_at=failed.next_try_at(),
        )

    def _write(
        self, kind: str, channel: Channel, alerts: Sequence[Alert], attempt: int, reason: str | None = None
    ) -> None:
        self.ledger.append(
            [
                Event(
                    kind,
                    alert.alert_id,
                    self.clock(),
                    channel=channel.name,
                    attempt=attempt,
                    reason=reason,
                    run_id=self.run_id,
                )
                for alert in alerts
            ]
        )


def _untold(found: Evaluated, channels: Sequence[Channel]) -> dict[str, int]:
    """How many alerts of each tag no channel is told of, by the variable that would name one."""
    untold: dict[str, int] = {}
    for alert in found.to_tell:
        if not any(channel.is_told(alert.channel_tag) for channel in channels):
            variable = variable_of(alert.channel_tag)
            untold[variable] = untold.get(variable, 0) + 1
    return untold
