"""Bring the values of a file's fields into one form each, as text: numbers, counts, and what is no number.

What cannot be told for certain stays as it is, for staging to refuse with its reason. What only the rest of
the file can tell (1,500; 03/10/2026) is settled in column_conventions.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from dbt_project.landing.fields.text import BLANKS, NULLS, NeedsConventionError, canonical_text
from dbt_project.landing.fields.times import canonical_instant, canonical_month, canonical_time

__all__ = [
    "BLANKS",
    "CANONICAL",
    "NULLS",
    "as_text",
    "canonical_instant",
    "canonical_month",
    "canonical_number",
    "canonical_text",
    "canonical_time",
]

# Longer numbers are no amounts. Written out, 1e99999999 would take 100 MB.
MOST_DIGITS = 60
_LONGEST_TEXT = 100
_LONGEST_NULL = 50


def as_text(value: object) -> str | None:
    """A value of any type as text; null for what tools write where they have none. Objects become JSON."""
    if value is None or isinstance(value, str):
        is_null = value is None or (len(value) < _LONGEST_NULL and value.strip(BLANKS).lower() in NULLS)
        return None if is_null else value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return _plain(Decimal(repr(value)) if isinstance(value, float) else value) or str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, dict | list):
        # A map column arrives as a list of pairs.
        is_map = isinstance(value, list) and all(isinstance(item, tuple) for item in value)
        return json.dumps(dict(value) if is_map else value, ensure_ascii=False, default=str, sort_keys=True)
    return str(value)


def _plain(number: Decimal) -> str | None:
    """A number written out, without exponent; null where that would be longer than any amount."""
    if not number.is_finite():
        return None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MOST_DIGITS or number.adjusted() > MOST_DIGITS:
        return None
    return format(number, "f")


# How the digits of a number stand. What is a group of thousands and what a fraction is certain in some.
PLAIN, GROUPS, GROUP_OR_FRACTION, FRACTION, DOT_GROUPS, DOT_GROUPS_AND_FRACTION = range(6)
_FORMS = (
    (PLAIN, re.compile(r"\d+\.?\d*|\.\d+")),
    # 1,234.56 and 1,234,567
    (GROUPS, re.compile(r"[1-9]\d{0,2}(,\d{3})+\.\d*|[1-9]\d{0,2}(,\d{3}){2,}")),
    # 1,500
    (GROUP_OR_FRACTION, re.compile(r"[1-9]\d{0,2},\d{3}")),
    # 1,50 and 0,125
    (FRACTION, re.compile(r"\d*,\d+")),
    # 1.234.567
    (DOT_GROUPS, re.compile(r"[1-9]\d{0,2}(\.\d{3}){2,}")),
    # 1.234,56
    (DOT_GROUPS_AND_FRACTION, re.compile(r"[1-9]\d{0,2}(\.\d{3})+,\d+")),
)
_DOLLARS = frozenset(["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"])
# What stands for a currency beside an amount: signs, and three capital letters.
_CURRENCIES_OF_SIGNS = {
    "$": _DOLLARS,
    "US$": {"USD"}, "C$": {"CAD"}, "CA$": {"CAD"}, "A$": {"AUD"}, "AU$": {"AUD"}, "NZ$": {"NZD"},
    "S$": {"SGD"},    "HK$": {"HKD"}, "NT$": {"TWD"}, "R$": {"BRL"}, "MX$": {"MXN"},
    "€": {"EUR"}, "£": {"GBP"}, "¥": {"JPY", "CNY"}, "₹": {"INR"}, "₩": {"KRW"}, "₽": {"RUB"}, "₺": {"TRY"},
    "₫": {"VND"}, "฿": {"THB"}, "zł": {"PLN"}, "kr": {"SEK", "NOK", "DKK", "ISK"}, "Fr.": {"CHF"},
}  # fmt: skip
_SIGN = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES_OF_SIGNS, key=len, reverse=True))
_MARK = rf"(?:{_SIGN}|[A-Z]{{3}})"
_AMOUNT = re.compile(
    rf"(?P<lead>{_MARK})?\s?(?P<open>\()?\s?(?P<sign>[-+\u2212]?)\s?(?P<before>{_MARK})?\s?(?P<inner>[-+\u2212]?)"
    rf"(?P<digits>[\d.,]*\d[\d.,]*)(?P<exponent>[eE][-+]?\d+)?\s?(?P<after>{_MARK})?\s?(?P<close>\))?"
)


def currencies_of(mark: str) -> frozenset[str]:
    """The currencies that a mark beside an amount may stand for: those of a sign, or the code itself."""
    return frozenset(_CURRENCIES_OF_SIGNS.get(mark, {mark}))


@dataclass(frozen=True)
class Amount:
    """A number as it stands in a field: its sign, digits and exponent, their form, the mark of a currency."""

    is_negative: bool
    digits: str
    exponent: str
    form: int
    mark: str | None

    def text(self, *, is_comma_a_fraction: bool, are_dots_groups: bool = False) -> str | None:
        """The number as plain decimal digits, with commas and dots read as said; null where it is none."""
        digits = self.digits
        if self.form in (DOT_GROUPS, DOT_GROUPS_AND_FRACTION) or are_dots_groups:
            digits = digits.replace(".", "")
        digits = digits.replace(",", "." if is_comma_a_fraction else "")
        try:
            number = Decimal(digits + self.exponent)
        except InvalidOperation:
            return None
        # copy_negate, because a minus sign would round to the digits of the context.
        return _plain(number.copy_negate() if self.is_negative else number)


@lru_cache(maxsize=20_000)
def amount_of(value: str) -> Amount | None:
    """The number in a text, null where it is none. Brackets around it say that it is negative."""
    text = value.strip(BLANKS)
    found = _AMOUNT.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    sign = found["sign"] + found["inner"]
    marks = [mark for mark in (found["lead"], found["before"], found["after"]) if mark]
    # 100 USD may say twice what it is in ($100 USD), but not two different things.
    mark = min(marks, key=lambda each: len(currencies_of(each)), default=None)
    if len(sign) > 1 or any(not currencies_of(mark or "") <= currencies_of(other) for other in marks):
        return None
    digits = found["digits"]
    for form, pattern in _FORMS:
        if pattern.fullmatch(digits):
            is_negative = (sign in ("-", "\u2212")) != bool(found["open"])
            return Amount(is_negative, digits, found["exponent"] or "", form, mark)
    return None


_QUICK = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")


# A bill repeats its periods, prices and zeros in most rows.
@lru_cache(maxsize=100_000)
def certain_number(value: str | None) -> str | None:
    """A number as plain decimal digits (`1,000.00` is `1000.00`, `1E-3` is `0.001`), else the text as it is.

    NeedsConventionError where its comma may be a decimal point, and where it has the mark of a currency.
    """
    if value is None:
        return None
    text = value.strip(BLANKS)
    if len(text) <= MOST_DIGITS and _QUICK.fullmatch(text):
        return format(Decimal(text), "f")
    amount = amount_of(text)
    if amount is None:
        return value
    if amount.mark is not None or amount.form not in (PLAIN, GROUPS):
        raise NeedsConventionError(value)
    return amount.text(is_comma_a_fraction=False) or value


def canonical_number(value: str | None) -> str | None:
    """As certain_number, for a number by itself: a dollar sign is dropped, 1,500 stays text."""
    try:
        return certain_number(value)
    except NeedsConventionError:
        amount = amount_of(value or "")
        if amount is None or amount.mark not in (None, "$") or amount.form not in (PLAIN, GROUPS):
            return value
        return amount.text(is_comma_a_fraction=False) or value


def as_count(number: str | None) -> str | None:
    """A whole number without the decimals that data frames give it: `13.0` is `13`."""
    whole, point, decimals = (number or "").partition(".")
    return whole if point and whole and not decimals.strip("0") else number


def certain_count(value: str | None) -> str | None:
    """As certain_number, without decimals that are zero."""
    return as_count(certain_number(value))


CANONICAL: dict[str, Callable[[str | None], str | None]] = {
    "text": canonical_text,
    "number": canonical_number,
    "count": lambda value: as_count(canonical_number(value)),
    "time": canonical_time,
    "instant": canonical_instant,
    "month": canonical_month,
}
