"""What the ledger says of alerts and channels, computed from its events."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from reports_builder.alerts.ledger import ACKNOWLEDGED, ASSIGNED, DELIVERED, FAILED, FIRED, SENDING, Event

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


@dataclass
class AlertHistory:
    """One alert: when it fired, what it said, what each channel did with it, who is on it."""

    fired_at: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)
    channels: dict[str, Event] = field(default_factory=dict)
    acknowledged: Event | None = None
    assigned: Event | None = None

    def is_delivered(self, channel: str) -> bool:
        """Whether the channel took it."""
        return channel in self.channels and self.channels[channel].event_type == DELIVERED

    def may_have_arrived(self, channel: str) -> bool:
        """Whether a run was cut off while it sent this: nobody knows whether it arrived."""
        return channel in self.channels and self.channels[channel].event_type == SENDING


@dataclass
class ChannelHistory:
    """One channel: tries in a row that failed, and when the last one did."""

    failures: int = 0
    failed_at: datetime | None = None

    def next_try_at(self) -> datetime | None:
        """Twice as long after each failure, from a minute to six hours; None when it may be tried at once."""
        if self.failed_at is None or not self.failures:
            return None
        # The number of doublings is bounded so that a channel dead for years does not overflow.
        doublings = min(self.failures - 1, 16)
        return self.failed_at + min(FIRST_WAIT * int(2**doublings), LONGEST_WAIT)

    def must_wait(self, now: datetime) -> bool:
        """Whether it is too early; a clock that was set back holds nothing up beyond the longest wait."""
        next_try_at = self.next_try_at()
        return next_try_at is not None and now < next_try_at <= now + LONGEST_WAIT


@dataclass
class History:
    """All of it, by alert and by channel."""

    alerts: dict[str, AlertHistory] = field(default_factory=dict)
    channels: dict[str, ChannelHistory] = field(default_factory=dict)

    def of(self, alert_id: str) -> AlertHistory:
        """The history of one alert, empty when nothing is known of it."""
        return self.alerts.get(alert_id, AlertHistory())

    def of_channel(self, channel: str) -> ChannelHistory:
        """The history of one channel, likewise."""
        return self.channels.get(channel, ChannelHistory())

    def is_acknowledged(self, alert_id: str) -> bool:
        """Whether somebody has said that they have seen it."""
        return self.of(alert_id).acknowledged is not None


def read_history(events: Iterable[Event]) -> History:
    """Fold the events, in the order they were written."""
    history = History()
    for event in events:
        alert = history.alerts.setdefault(event.alert_id, AlertHistory())
        if event.event_type == FIRED and alert.fired_at is None:
            alert.fired_at, alert.details = event.event_at, event.details
        elif event.event_type == ACKNOWLEDGED:
            alert.acknowledged = event
        elif event.event_type == ASSIGNED:
            alert.assigned = event
        elif event.channel is not None and not alert.is_delivered(event.channel):
            alert.channels[event.channel] = event
        if event.channel is not None and event.event_type in (DELIVERED, FAILED):
            channel = history.channels.setdefault(event.channel, ChannelHistory())
            channel.failures = 0 if event.event_type == DELIVERED else event.attempt or 1
            channel.failed_at = None if event.event_type == DELIVERED else event.event_at
    return history
