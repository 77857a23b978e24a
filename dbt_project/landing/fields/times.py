"""Bring the times of files into one form, `YYYY-MM-DD HH:MM:SS` in UTC; what cannot be read stays as it is.

Which of 03/10/2026 is the month, only the rest of its column tells: see column_conventions.py.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from dbt_project.landing.fields.text import BLANKS, NeedsConventionError

_EPOCH = datetime(1970, 1, 1)
# By the number of digits before the point: seconds since 1970, or milli-, micro- or nanoseconds.
_UNITS_PER_SECOND = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_EPOCH_NUMBER = re.compile(r"\d{10,19}(\.\d*)?")
# Fewer digits say that a spreadsheet cut the others off: 1.79249E+12.
_EPOCH_WITH_EXPONENT = re.compile(r"(\d)\.(\d{7,18})[eE]\+?(\d{1,2})")
_COMPACT = re.compile(r"(2[01]\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(\d{3})?)?")

_ZONE = (
    r"(?:(?P<utc>Z|UTC|GMT|UT|Zulu|Universal|Etc/(?:UTC|GMT|Universal|Zulu))"
    r"|(?:UTC|GMT)?\s?(?P<offset>[-+\u2212]\d\d(?::?\d\d){0,2}))"
    # Other tools repeat the zone by its name: Java in [], JavaScript in (), Go after a blank.
    r"(?:\s?\[[\w/+-]+\]|\s\([\w\s/+-]+\)|\s(?:UTC|GMT|[A-Z]{3,4}|[-+]\d{4})(?:\sm=[-+.\d]+)?)?"
)
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,:](?P<fraction>\d+))?)?"
    rf"(?:\s?(?P<half>[AaPp]\.?[Mm]\.?))?(?:\s?{_ZONE})?"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?:(?:T|t|,?\s+|_){_CLOCK}|Z)?"
)
_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9}(?:,\s?|\s|-))?"
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s|-|\.\s?)(?P<name>[A-Za-z]{3,9})\.?(?:,?\s|-)(?P<year>\d{4}|\d\d)"
    r"|(?P<name2>[A-Za-z]{3,9})\.?\s{1,2}(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year2>\d{4}))"
    rf"(?:(?:,?\s(?:at\s)?|T){_CLOCK})?"
)
# Tue Oct 20 09:00:00 2026, with or without a zone before the year.
_YEAR_LAST = re.compile(
    r"(?:[A-Za-z]{3}\s)?(?P<name>[A-Za-z]{3})\s{1,2}(?P<day>\d{1,2})\s"
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?"
    r"(?:\s(?P<utc>UTC|GMT|Z))?\s(?P<year>\d{4})"
)
_YEAR_AT_THE_END = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second_part>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d\d)(?:(?:T|,?\s+){_CLOCK})?"
)
_SHORT_YEAR = re.compile(r"\d\d-\d\d-\d\d(?!\d)")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september",
         "october", "november", "december"), 1,
    )
    for name in (names, names[:3])
} | {"sept": 9}  # fmt: skip
_LONGEST_TEXT = 80
_ZONE_AFTER_A_CLOCK = re.compile(rf"[Tt:]\d{{2,6}}(?:[.,:]\d+)*(?:\s?[AaPp]\.?[Mm]\.?)?\s?{_ZONE}$")


@lru_cache(maxsize=100_000)
def certain_time(value: str | None) -> str | None:
    """An instant in UTC, microseconds where it has them, else the text as it is.

    ISO 8601 and what tools make of it, RFC 1123 and 2822, months by their English names, and seconds since
    1970 or milli-, micro- or nanoseconds. Without a zone it is UTC. NeedsConventionError for 03/10/2026.
    """
    if value is None:
        return None
    moment = _certain(value)
    if moment is None and (dates_of(value) or has_short_year(value)):
        raise NeedsConventionError(value)
    return str(moment) if moment else value


def has_short_year(value: str) -> bool:
    """Whether a text is a date such as 26-10-03, of which the year may be any part."""
    return _SHORT_YEAR.match(value.strip(BLANKS)) is not None


def is_certain(value: str) -> bool:
    """Whether a text is a time, or a month, that needs no convention to be read."""
    text = value.strip(BLANKS)
    return _certain(text) is not None or any(form.fullmatch(text) for form in _MONTH_FORMS)


def _certain(value: str) -> datetime | None:
    text = value.strip(BLANKS)
    if len(text) > _LONGEST_TEXT:
        return None
    if text[4:5] == "-":
        try:
            return _in_utc(datetime.fromisoformat(text))
        except (ValueError, OverflowError):
            pass
    return _of_number(text) or _of_words(text)


def canonical_time(value: str | None) -> str | None:
    """As certain_time; of a date by itself the month stands first, as in US English."""
    try:
        return certain_time(value)
    except NeedsConventionError:
        month_first, _ = dates_of(value or "") or (None, None)
        return str(month_first) if month_first else value


canonical_instant = canonical_time


def _of_number(text: str) -> datetime | None:
    if exponent := _EPOCH_WITH_EXPONENT.fullmatch(text):
        text = format(Decimal(text), "f") if int(exponent[3]) < 19 else ""
    digits = text.partition(".")[0]
    units = _UNITS_PER_SECOND.get(len(digits)) if _EPOCH_NUMBER.fullmatch(text) else None
    if units:
        return _EPOCH + timedelta(microseconds=int(Decimal(text) * 1_000_000 / units))
    compact = _COMPACT.fullmatch(text)
    if not compact:
        return None
    year, month, day, hour, minute, second, millisecond = (int(part or 0) for part in compact.groups())
    try:
        return datetime(year, month, day, hour, minute, second, millisecond * 1000)
    except ValueError:
        return None


def _of_words(text: str) -> datetime | None:
    """A date whose parts are certain: the year first, or the month by its name."""
    if found := _YEAR_FIRST.fullmatch(text):
        return _moment(found, found["year"], int(found["month"]), found["day"])
    if found := _NAMED.fullmatch(text):
        month = _MONTHS.get((found["name"] or found["name2"]).lower())
        return _moment(found, found["year"] or found["year2"], month, found["day"] or found["day2"])
    if found := _YEAR_LAST.fullmatch(text):
        return _moment(found, found["year"], _MONTHS.get(found["name"].lower()), found["day"])
    try:
        # What else ISO 8601 allows: weeks, the date without marks before a time.
        return _in_utc(datetime.fromisoformat(text)) if re.match(r"\d{4}W|\d{4}-W|\d{8}T", text) else None
    except (ValueError, OverflowError):
        return None


def dates_of(value: str) -> tuple[datetime | None, datetime | None] | None:
    """What a date with its year at the end is with the month first and with the day first; null if none."""
    text = value.strip(BLANKS)
    found = _YEAR_AT_THE_END.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if not found or has_short_year(text):
        return None
    month_first = _moment(found, found["year"], int(found["first"]), found["second_part"])
    day_first = _moment(found, found["year"], int(found["second_part"]), found["first"])
    return (month_first, day_first) if month_first or day_first else None


def _moment(found: re.Match[str], year: str, month: int | None, day: str) -> datetime | None:
    part = found.groupdict()
    full_year = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 69 else 1900)
    hour, minute, second = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (part.get("half") or "")[:1].lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    # The end of a day, and a leap second.
    is_midnight, is_leap = (hour, minute, second) == (24, 0, 0), second == 60
    try:
        moment = datetime(
            full_year, month or 0, int(day), 0 if is_midnight else hour, minute, 59 if is_leap else second,
            int(((part.get("fraction") or "") + "000000")[:6]),
        )  # fmt: skip
        moment += timedelta(days=is_midnight, seconds=is_leap)
        return moment - _offset(part.get("offset"))
    except (ValueError, OverflowError):
        return None


def _offset(text: str | None) -> timedelta:
    if not text:
        return timedelta()
    digits = re.sub(r"\D", "", text)
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4] or 0), int(digits[4:6] or 0)
    if hours > 15 or minutes > 59 or seconds > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return offset if text[0] == "+" else -offset


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


_MONTH_FORMS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
    re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)"),
    re.compile(r"(?P<name>[A-Za-z]{3,9})\.?[\s,-]+(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[\s-]+(?P<name>[A-Za-z]{3,9})"),
)


def certain_month(value: str | None) -> str | None:
    """The first day of a month that is given as `YYYY-MM`, by name, or by any of its days, else the text."""
    if value is None:
        return None
    text = value.strip(BLANKS)
    for form in _MONTH_FORMS:
        if found := form.fullmatch(text):
            part = found.groupdict()
            month = _MONTHS.get(part["name"].lower(), 0) if part.get("name") else int(part["month"])
            return f"{found['year']}-{month:02d}-01" if 1 <= month <= 12 else value
    moment = _certain(text)
    if moment is None and (dates_of(text) or has_short_year(text)):
        raise NeedsConventionError(value)
    return month_meant(text, moment) if moment else value


def month_meant(text: str, moment: datetime) -> str:
    """The first day of the month that a time means by itself, where `moment` is that time in UTC.

    It is the month of the clock it was written by: 2026-09-01T00:00:00+02:00 means September, although it is
    August in UTC. A program east of Greenwich that writes in UTC says 2026-08-31T22:00:00Z for the same; on
    the last day of a month a full half hour of the afternoon is taken for such a midnight.
    """
    zone = _ZONE_AFTER_A_CLOCK.search(text)
    if zone is None:
        return f"{moment:%Y-%m}-01"
    local = moment + _offset(zone["offset"])
    is_midnight_further_east = (
        not _offset(zone["offset"])
        and (local + timedelta(days=1)).day == 1
        and local.hour > 12
        and local.minute in (0, 30)
        and not local.second
        and not local.microsecond
    )
    return f"{local + timedelta(days=is_midnight_further_east):%Y-%m}-01"


def canonical_month(value: str | None) -> str | None:
    """As certain_month; of a date by itself the month stands first."""
    try:
        return certain_month(value)
    except NeedsConventionError:
        month_first, _ = dates_of(value or "") or (None, None)
        return month_meant(value or "", month_first) if month_first else value
