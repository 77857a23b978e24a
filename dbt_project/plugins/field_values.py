"""Bring the values of a file's fields into one form each, as text: numbers, times, months.

What cannot be told for certain stays as it is, for staging to refuse with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

NULLS = frozenset({"", "null", "none"})


def as_text(value: object) -> str | None:
    """A value of any type as text; null for what tools write where they have none. Objects become JSON."""
    if value is None or (isinstance(value, str) and value.strip().lower() in NULLS):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return format(Decimal(repr(value)) if isinstance(value, float) else value, "f")
    if isinstance(value, dict | list):
        # A map column arrives as a list of pairs.
        is_map = isinstance(value, list) and all(isinstance(item, tuple) for item in value)
        return json.dumps(dict(value) if is_map else value, ensure_ascii=False, default=str, sort_keys=True)
    return str(value)


# Thousands may be grouped by commas; a comma anywhere else could be a decimal point, which nobody may guess.
_NUMBER = re.compile(r"(\()?([-+]?)[$€£]?\s?([-+]?)(\d{1,3}(?:,\d{3})+|\d*)(\.\d*)?([eE][-+]?\d+)?(\))?")


# A bill repeats its periods, prices and zeros in most rows.
@lru_cache(maxsize=100_000)
def canonical_number(value: str | None) -> str | None:
    """A number as plain decimal digits (`$1,000.00` is `1000.00`, `1E-3` is `0.001`), else the text as it is.

    Brackets around an amount say that it is negative, as in accounting.
    """
    if value is None:
        return None
    found = _NUMBER.fullmatch(value.strip())
    if not found:
        return value
    opened, sign, inner_sign, digits, fraction, exponent, closed = found.groups()
    if bool(opened) != bool(closed) or (sign and inner_sign):
        return value
    try:
        number = Decimal(f"{sign or inner_sign}{digits.replace(',', '')}{fraction or ''}{exponent or ''}")
    except InvalidOperation:
        return value
    return format(-number if opened else number, "f")


_TIME_SHAPES = ("%m/%d/%y", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S")


@lru_cache(maxsize=100_000)
def canonical_time(value: str | None) -> str | None:
    """An instant as `YYYY-MM-DD HH:MM:SS` in UTC, microseconds where it has them, else the text as it is.

    ISO 8601 with or without a zone (without: UTC), and month/day/year as a US spreadsheet saves it.
    """
    if value is None:
        return None
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        for shape in _TIME_SHAPES:
            try:
                moment = datetime.strptime(text, shape)
                break
            except ValueError:
                continue
        else:
            return value
    return str(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)


_EPOCH = datetime(1970, 1, 1)
_UNITS_PER_SECOND = ((10, 1), (13, 1_000), (16, 1_000_000), (19, 1_000_000_000))


def canonical_instant(value: str | None) -> str | None:
    """As canonical_time; also seconds since 1970, or milli-, micro- or nanoseconds, told apart by size."""
    number = canonical_number(value)
    if number is None or not re.fullmatch(r"\d{10,19}(\.\d*)?", number):
        return canonical_time(value)
    seconds = Decimal(number)
    digits = len(number.partition(".")[0])
    units = next((units for known, units in _UNITS_PER_SECOND if known == digits), None)
    if units is None:
        return value
    return str(_EPOCH + timedelta(microseconds=int(seconds * 1_000_000 / units)))


def canonical_month(value: str | None) -> str | None:
    """The first day of a month that is given as `YYYY-MM` or by any of its days, else the text as it is."""
    if value is None:
        return None
    text = value.strip()
    moment = canonical_time(f"{text}-01" if re.fullmatch(r"\d{4}-\d{2}", text) else text) or ""
    return f"{moment[:7]}-01" if re.match(r"\d{4}-\d{2}-\d{2}", moment) else value


def canonical_text(value: str | None) -> str | None:
    """Text without blanks around it; null where nothing is left."""
    return (value.strip() or None) if value is not None else None


CANONICAL: dict[str, Callable[[str | None], str | None]] = {
    "text": canonical_text,
    "number": canonical_number,
    "time": canonical_time,
    "instant": canonical_instant,
    "month": canonical_month,
}
