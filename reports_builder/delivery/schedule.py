"""When the summary is due: each day or once a week, at an hour of UTC."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from reports_builder.errors import ReportError

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FORM = re.compile(rf"(daily|{'|'.join(_DAYS)}) +([01]?\d|2[0-3])(?::([0-5]\d))?", re.IGNORECASE)


@dataclass(frozen=True)
class Schedule:
    """A time of the day, UTC; ``weekday`` counts from Monday as 0, and is None for every day."""

    weekday: int | None
    hour: int
    minute: int = 0

    def last_due(self, now: datetime) -> datetime:
        """The newest moment up to ``now`` at which it was due."""
        due = now.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        days_back = 0 if self.weekday is None else (now.weekday() - self.weekday) % 7
        due -= timedelta(days=days_back)
        if due > now:
            due -= timedelta(days=1 if self.weekday is None else 7)
        return due


def read_schedule(text: str) -> Schedule:
    """``daily 7``, ``daily 07:30`` or ``monday 7``; ReportError for anything else."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ReportError(
            f"{text[:40]!r} is no schedule; write 'daily 7' or 'monday 07:30', the time in UTC."
        )
    word = found[1].lower()
    return Schedule(None if word == "daily" else _DAYS.index(word), int(found[2]), int(found[3] or 0))
