"""What one run found and whom it told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from reports_builder.alerts.alert import Alert, Evaluated
from reports_builder.alerts.history import History


@dataclass(frozen=True)
class ChannelOutcome:
    """One channel in one run: how many alerts it took, how many wait for it, and why."""

    channel: str
    delivered: int = 0
    waiting: int = 0
    reason: str | None = None
    tries: int = 0
    next_try_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs; moments in ISO 8601, UTC."""
        return {
            "channel": self.channel,
            "delivered": self.delivered,
            "waiting": self.waiting,
            "reason": self.reason,
            "tries": self.tries,
            "next_try_at": self.next_try_at.isoformat() if self.next_try_at else None,
        }

    def in_words(self) -> str:
        """One line."""
        if self.delivered:
            return f"{self.channel}: told of {self.delivered}"
        if not self.waiting:
            return f"{self.channel}: nothing new"
        if self.reason is None:
            failed = f"not tried, it failed {_times(self.tries)}"
        else:
            failed = f"failed {_times(self.tries)} in a row: {self.reason}"
        again = f"; tried again from {self.next_try_at:%Y-%m-%d %H:%M:%S} UTC on" if self.next_try_at else ""
        return f"{self.channel}: {self.waiting} waiting, {failed}{again}"


@dataclass(frozen=True)
class Summary:
    """What holds, what is new, and what each channel did. No address is in it."""

    as_of: date
    open_alerts: tuple[Alert, ...]
    acknowledged: int
    new: tuple[Alert, ...] = ()
    channels: tuple[ChannelOutcome, ...] = ()
    untold: Mapping[str, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    is_busy: bool = False

    @classmethod
    def of(
        cls,
        found: Evaluated,
        history: History,
        *,
        new: Sequence[Alert] = (),
        channels: Sequence[ChannelOutcome] = (),
        untold: Mapping[str, int] | None = None,
        unused: Sequence[str] = (),
        is_busy: bool = False,
    ) -> Self:
        """Take acknowledged alerts out of what holds."""
        still_open = tuple(alert for alert in found.to_tell if not history.is_acknowledged(alert.alert_id))
        return cls(
            found.as_of,
            still_open,
            len(found.to_tell) - len(still_open),
            tuple(new),
            tuple(channels),
            dict(untold or {}),
            tuple(dict.fromkeys(unused)),
            is_busy,
        )

    @property
    def delivered(self) -> int:
        """Deliveries, summed over the channels."""
        return sum(channel.delivered for channel in self.channels)

    @property
    def dead_channels(self) -> tuple[str, ...]:
        """Channels for which something waits because they failed."""
        return tuple(channel.channel for channel in self.channels if channel.waiting)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "as_of_date": self.as_of.isoformat(),
            "open": len(self.open_alerts),
            "acknowledged": self.acknowledged,
            "new": [alert.alert_id for alert in self.new],
            "delivered": self.delivered,
            "channels": [channel.as_json() for channel in self.channels],
            "untold": dict(self.untold),
            "is_busy": self.is_busy,
            "alerts": [alert.as_json() for alert in self.open_alerts],
        }

    def in_words(self) -> list[str]:
        """The lines that a person reads, without the alerts themselves."""
        counts = [
            sum(alert.severity == name for alert in self.open_alerts) for name in ("critical", "warning")
        ]
        lines = [
            f"{len(self.open_alerts)} open as of {self.as_of} ({counts[0]} critical, {counts[1]} warning), "
            f"{len(self.new)} new, {self.acknowledged} acknowledged"
        ]
        if self.is_busy:
            return [*lines, "Another run is still delivering: nothing was sent by this one."]
        lines += [f"  {channel.in_words()}" for channel in self.channels]
        if not self.channels:
            lines += [
                "Nobody is told: no channel is set up. Name one or more in the environment, for example",
                "  export FINOPS_ALERT_URLS='mailtos://user:password@mail.example.com?to=finops@example.com'",
            ]
        else:
            lines += [
                f"  nobody is told of {count}: set {variable}, or FINOPS_ALERT_URLS for everything"
                for variable, count in self.untold.items()
            ]
        lines += [f"  {variable} is told nothing: no rule that is on has its tag" for variable in self.unused]
        return lines


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
