"""Tell the channels of alerts that the pipeline has a problem, once, and that it is over.

A problem is an incident from the first run that finds it to the first that does not. Both are events of a
ledger beside the warehouse (``health/events.jsonl``). A channel is told of each incident once, and of its end
where it was told of its beginning.
"""

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reports_builder.alerts.channels import PIPELINE, Channel, read_channels
from reports_builder.alerts.digest import Digest, defused
from reports_builder.alerts.history import History, read_history
from reports_builder.alerts.ledger import FIRED, RECOVERED, Event, Ledger
from reports_builder.alerts.once import Once, Sent
from reports_builder.alerts.sending import send, silence
from reports_builder.health.problems import Problem, in_words

SUBJECT = "health"
_LONGEST_BODY = 900
_TELL_THE_END_FOR = timedelta(days=7)
_WAIT_SECONDS = 60.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Incident:
    """A problem from its beginning to its end, which is None while it lasts."""

    incident_id: str
    problem: Problem
    began_at: datetime
    ended_at: datetime | None = None

    def digest(self) -> Digest:
        """The message that it has begun, or that it is over."""
        problem = self.problem
        title, said, severity = f"AI FinOps: {problem.title}", problem.sentence, problem.severity
        if self.ended_at is not None:
            title = f"AI FinOps: resolved: {problem.title}"
            said = f"Resolved after {in_words(self.ended_at - self.began_at)}. It had said: {said}"
            severity = "info"
        row = {
            "incident_id": self.incident_id,
            "kind": problem.kind,
            "state": "open" if self.ended_at is None else "resolved",
            "began_at": self.began_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "host": defused(socket.gethostname()),
            "message": defused(said, _LONGEST_BODY),
        }
        lines = [row["message"], "", f"On {row['host']}: python -m reports_builder status"]
        return Digest(title, "\n".join(map(str, lines)), severity, {"pipeline": [row]})


def notify(
    published: Path,
    found: Sequence[Problem],
    *,
    environment: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = _now,
    wait_seconds: float = _WAIT_SECONDS,
) -> tuple[Sent, ...]:
    """Write down what began and what is over, and tell the channels what they have not been told.

    Raises ReportError where the ledger cannot be written; then nobody has been told.
    """
    channels = channels_told(environment)
    ledger = Ledger(published, SUBJECT)
    with ledger.one_run(wait_seconds) as is_our_turn:
        if not is_our_turn:
            return ()
        ledger.append(list(_changes(_incidents(ledger.events()), found, clock())))
        incidents = _incidents(ledger.events())
        history = read_history(ledger.events())
        with silence():
            return tuple(
                sent
                for incident in incidents
                for sent in _told(ledger, incident, history, channels, clock)
                if sent.state != "before"
            )


def tell_without_ledger(
    found: Sequence[Problem], environment: Mapping[str, str] | None = None
) -> tuple[Sent, ...]:
    """Tell every channel, also of what it may have been told: for when nothing can be written down."""
    sent = []
    with silence():
        for problem in found:
            digest = _begun(problem, _now()).digest()
            for channel in channels_told(environment):
                reason = send(channel, digest)
                sent.append(Sent(channel.name, channel.name, "failed" if reason else "sent", reason or ""))
    return tuple(sent)


def channels_told(environment: Mapping[str, str] | None = None) -> tuple[Channel, ...]:
    """The channels that are told of the pipeline: those for everything, and those of its tag."""
    channels = read_channels(os.environ if environment is None else environment)
    return tuple(channel for channel in channels if channel.is_told(PIPELINE))


def _told(
    ledger: Ledger,
    incident: _Incident,
    history: History,
    channels: Sequence[Channel],
    clock: Callable[[], datetime],
) -> Iterator[Sent]:
    if incident.ended_at is None:
        once = Once(ledger, incident.incident_id, history, clock)
        yield from once.to_channels(channels, incident.digest)
    elif clock() - incident.ended_at < _TELL_THE_END_FOR:
        began = history.of(incident.incident_id)
        told = [
            channel
            for channel in channels
            if began.is_delivered(channel.name) or began.may_have_arrived(channel.name)
        ]
        once = Once(ledger, f"{incident.incident_id}-resolved", history, clock)
        yield from once.to_channels(told, incident.digest)


def _incidents(events: Sequence[Event]) -> list[_Incident]:
    known: dict[str, _Incident] = {}
    for event in events:
        if event.event_type == FIRED:
            said = (str(event.details.get(name, "")) for name in ("kind", "title", "sentence", "severity"))
            known[event.alert_id] = _begun(Problem(*said), event.event_at, event.alert_id)
        elif event.event_type == RECOVERED and event.alert_id in known:
            known[event.alert_id] = replace(known[event.alert_id], ended_at=event.event_at)
    return list(known.values())


def _changes(incidents: Sequence[_Incident], found: Sequence[Problem], now: datetime) -> Iterator[Event]:
    open_ = {incident.problem.kind: incident for incident in incidents if incident.ended_at is None}
    for problem in found:
        if problem.kind not in open_:
            begun = _begun(problem, now)
            yield Event(FIRED, begun.incident_id, now, details=vars(problem))
    for kind, incident in open_.items():
        if kind not in {problem.kind for problem in found}:
            yield Event(RECOVERED, incident.incident_id, now)


def _begun(problem: Problem, at: datetime, incident_id: str = "") -> _Incident:
    return _Incident(incident_id or f"{problem.kind}-{at:%Y%m%dT%H%M%S%f}", problem, at)
