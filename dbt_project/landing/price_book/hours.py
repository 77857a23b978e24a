"""Prices by the time of day, as lists of prices state them: days of the week and hours of UTC."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours_of_constraint(constraint: Mapping[str, Any]) -> str:
    """The hours of a price of genai-prices, `01:00-04:00` in UTC, from times as text or as `datetime.time`.

    Raises ValueError where a time has seconds, which the book does not hold.
    """
    start, end = (_utc(constraint[name]) for name in ("start_time", "end_time"))
    return f"{_text(start)}-{_text(end)}"


def litellm_windows(off_peak: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Days and hours of LiteLLM's `off_peak_pricing`: hours of every day, of some days, or a list of both.

    Raises ValueError where they are not those of UTC, or cannot be read.
    """
    for window in [off_peak, *(off_peak.get("windows") or [])]:
        hours = window.get("hours_utc")
        if hours is None:
            continue
        days = window.get("weekdays")
        zone = window.get("weekday_timezone", off_peak.get("weekday_timezone", "UTC"))
        if days is not None and zone != "UTC":
            raise ValueError(f"days of the week in {zone}")
        for text in [hours] if isinstance(hours, str) else hours:
            start, end = (_utc(f"{part.strip()}:00") for part in text.split("-"))
            for weekdays in [""] if days is None else _ranges({_weekday(day) for day in days}):
                yield weekdays, f"{_text(start)}-{_text(end)}"


def _utc(value: Any) -> time:
    """A time of day without a zone; one in another zone as UTC."""
    stated = value if isinstance(value, time) else time.fromisoformat(str(value))
    if stated.tzinfo is None:
        return stated
    return datetime.combine(date(2000, 1, 1), stated).astimezone(UTC).time()


def _text(moment: time) -> str:
    if moment.second or moment.microsecond:
        raise ValueError(f"{moment} is no whole minute")
    return f"{moment:%H:%M}"


def _weekday(day: Any) -> int:
    """1 for Monday, from a number or the English name."""
    number = day if isinstance(day, int) else _DAYS.index(str(day)[:3].lower()) + 1
    if not 1 <= number <= len(_DAYS):
        raise ValueError(f"{day} is no day of the week")
    return number


def _ranges(days: set[int]) -> Iterator[str]:
    """Days as stretches: {1, 2, 3, 6} is `1-3` and `6`."""
    for first in sorted(days):
        if first - 1 not in days:
            last = first
            while last + 1 in days:
                last += 1
            yield f"{first}-{last}" if last > first else f"{first}"
