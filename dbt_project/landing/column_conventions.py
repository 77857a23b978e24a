"""Settle how the numbers and dates of a file are written by all of its values; refuse one that does not tell.

1,500 may be fifteen hundred or one and a half; 03/10/2026 is a day of March or of October. The values of a
column were written by the same hand, so one that can only be read in one way decides for the others. A file
without such values needs no second look; one that has any is gone through once more before it is landed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from dbt_project.landing.fields.text import BLANKS, NeedsConventionError, canonical_text
from dbt_project.landing.fields.times import (
    certain_month,
    certain_time,
    dates_of,
    has_short_year,
    is_certain,
    month_meant,
)
from dbt_project.landing.fields.values import (
    DOT_GROUPS,
    DOT_GROUPS_AND_FRACTION,
    FRACTION,
    GROUP_OR_FRACTION,
    GROUPS,
    PLAIN,
    Amount,
    amount_of,
    as_count,
    canonical_number,
    certain_count,
    certain_number,
    currencies_of,
)
from dbt_project.landing.known_columns import RefusedLines

Fields = dict[str, Any]
# A line, its fields under the source's names, and what is wrong with it.
Row = tuple[int, Fields, str | None]
Reader = Callable[[str | None], str | None]

# Plain numbers are none of these: they come out of JSON within a field, where a program wrote them.
NUMBERS = frozenset({"number", "count"})
TIMES = frozenset({"time", "instant", "month"})
# How each kind is read as long as no value needs to know more than itself.
CERTAIN: dict[str, Reader] = {
    "text": canonical_text,
    "number": certain_number,
    "plain": canonical_number,
    "count": certain_count,
    "time": certain_time,
    "instant": certain_time,
    "month": certain_month,
}
# How each kind is read once its columns are settled.
SETTLED: dict[str, Reader] = {
    kind: canonical_number if kind == "plain" else canonical_text for kind in CERTAIN
}
# The days of a month in bills, whose last day may be part of it or the first after it.
MONTH_DAYS = range(27, 32)


@dataclass(frozen=True)
class Money:
    """In which currency the amounts of a source are.

    `columns` are the columns with amounts, each with the column of its currency or ''; `only` is the currency
    that all amounts of the source are in, if it is one: an amount in another refuses the file.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    only: str | None = None


@dataclass
class _Numbers:
    """What the numbers of a column show: the first value, with its line, of each form."""

    seen: dict[int, tuple[int, str]] = field(default_factory=dict)
    # 2.5 and 0.125, but not 1.500: the dot is no mark of thousands.
    point: tuple[int, str] | None = None
    # 1.500, which is 1500 where commas are decimal.
    maybe_group: tuple[int, str] | None = None

    def add(self, line: int, value: str, amount: Amount, *, is_count: bool) -> None:
        # A count is whole, so 1,500 tokens are not one and a half.
        is_group = is_count and amount.form == GROUP_OR_FRACTION and not amount.digits.endswith("000")
        self.seen.setdefault(GROUPS if is_group else amount.form, (line, value))
        if amount.form == PLAIN and "." in amount.digits:
            whole, _, decimals = amount.digits.partition(".")
            if len(decimals) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0" and not amount.exponent:
                self.maybe_group = self.maybe_group or (line, value)
            else:
                self.point = self.point or (line, value)

    @property
    def has_comma_fraction(self) -> bool:
        return FRACTION in self.seen or DOT_GROUPS_AND_FRACTION in self.seen or DOT_GROUPS in self.seen

    @property
    def has_dot_groups(self) -> bool:
        return DOT_GROUPS in self.seen or DOT_GROUPS_AND_FRACTION in self.seen

    @property
    def has_point(self) -> bool:
        """Whether a value shows that the comma is no decimal point here."""
        return self.point is not None or GROUPS in self.seen


@dataclass
class _Dates:
    """What the dates of a column show that have their year at the end."""

    month_first: tuple[int, str] | None = None
    day_first: tuple[int, str] | None = None
    either: tuple[int, str] | None = None
    has_other_form: bool = False


@dataclass
class Conventions:
    """How the columns of one file are read, as `survey` found; `settled` then gives its rows in one form."""

    kinds: Mapping[str, str]
    money: Money
    numbers: dict[str, _Numbers] = field(default_factory=dict)
    dates: dict[str, _Dates] = field(default_factory=dict)
    # Of numbers: whether the comma is a decimal point; null where values with a comma cannot be read.
    is_comma_a_fraction: dict[str, bool | None] = field(default_factory=dict)
    are_dots_groups: dict[str, bool] = field(default_factory=dict)
    # Of dates: whether the day stands first; null where they cannot be read.
    is_day_first: dict[str, bool | None] = field(default_factory=dict)
    refused: RefusedLines = field(default_factory=RefusedLines)

    def settled(self, rows: Iterable[Row]) -> Iterator[tuple[int, Fields, str | None, Fields]]:
        """Each row with its numbers and times in one form, its problem, and the row as it stands in the file.

        UnreadableFileError, at the end, for amounts in another currency than that of the source.
        """
        for line, row, line_problem in rows:
            read, problem = dict(row), line_problem
            for column, kind in self.kinds.items():
                value = row.get(column)
                if value is None:
                    continue
                if kind in TIMES:
                    read[column] = self._time(column, kind, value)
                elif kind in NUMBERS:
                    read[column], is_contradicted = self._number(line, column, value, row)
                    problem = problem or ("currency_contradicted" if is_contradicted else None)
            yield line, read, problem, row
        self.refused.check()

    def _time(self, column: str, kind: str, value: str) -> str:
        certain = certain_month if kind == "month" else certain_time
        try:
            return certain(value) or value
        except NeedsConventionError:
            is_day_first = self.is_day_first.get(column)
            month_first, day_first = dates_of(value) or (None, None)
            moment = month_first if month_first == day_first or is_day_first is False else None
            moment = day_first if is_day_first else moment
            if moment is None:
                return value
            return month_meant(value.strip(BLANKS), moment) if kind == "month" else str(moment)

    def _number(self, line: int, column: str, value: str, row: Fields) -> tuple[str, bool]:
        """The number in a field, or the field as it is; whether its currency is not the stated one."""
        amount = amount_of(value)
        if amount is None:
            return value, False
        if amount.mark is not None and not self._is_stated(line, column, value, amount.mark, row):
            return value, column in self.money.columns
        is_fraction = self.is_comma_a_fraction.get(column)
        is_certain_form = amount.form in (PLAIN, GROUPS)
        is_group = amount.form == GROUP_OR_FRACTION and is_fraction is False
        if not (is_certain_form or is_fraction or is_group):
            return value, False
        number = amount.text(
            is_comma_a_fraction=bool(is_fraction) and amount.form != GROUPS,
            are_dots_groups=self.are_dots_groups.get(column, False) and _may_be_groups(amount),
        )
        number = as_count(number) if self.kinds[column] == "count" else number
        return (value if number is None else number), False

    def _is_stated(self, line: int, column: str, value: str, mark: str, row: Fields) -> bool:
        """Whether the mark beside an amount is that of its currency; one that nobody states is unknown."""
        if column not in self.money.columns:
            return False
        stated = (canonical_text(row.get(self.money.columns[column])) or self.money.only or "").upper()
        if len(stated) != 3 or stated in currencies_of(mark):
            return True
        if self.money.only:
            self.refused.add(
                line,
                f'{column}: "{value}" is in {" or ".join(sorted(currencies_of(mark)))}, but amounts are'
                f" read in {self.money.only}: convert it first",
            )
        return False


def _may_be_groups(amount: Amount) -> bool:
    whole, point, decimals = amount.digits.partition(".")
    return bool(point) and len(decimals) == 3 and whole[:1] != "0"


def survey(
    rows: Iterable[Row], kinds: Mapping[str, str], money: Money, periods: Iterable[tuple[str, str]]
) -> Conventions:
    """Read all of a file and settle how its columns are written; UnreadableFileError if it does not tell.

    `periods` are pairs of columns with the start and the end of a month.
    """
    found = Conventions(kinds, money)
    wanted = [column for column, kind in kinds.items() if kind in NUMBERS | TIMES]
    months: set[bool] = set()
    pairs = list(periods)
    for line, row, problem in rows:
        # Of a broken line no field is under its own name.
        for column in wanted if problem is None else ():
            value = row.get(column)
            if value is None:
                continue
            if kinds[column] in NUMBERS:
                amount = amount_of(value)
                if amount:
                    numbers = found.numbers.setdefault(column, _Numbers())
                    numbers.add(line, value, amount, is_count=kinds[column] == "count")
            else:
                _add_date(found, line, column, value)
        for start, end in pairs if problem is None else ():
            months |= _months(row.get(start), row.get(end))
    _settle_numbers(found)
    _settle_dates(found, months)
    found.refused.check()
    return found


def _add_date(found: Conventions, line: int, column: str, value: str) -> None:
    if has_short_year(value):
        found.refused.add(
            line,
            f'{column}: "{value.strip(BLANKS)}" may have its year first or last: write dates as YYYY-MM-DD',
        )
    dates = found.dates.setdefault(column, _Dates())
    is_other, either, day_first, month_first = _date_form(value)
    dates.has_other_form |= is_other
    if either:
        dates.either = dates.either or (line, value)
    if day_first:
        dates.day_first = dates.day_first or (line, value)
    if month_first:
        dates.month_first = dates.month_first or (line, value)


@lru_cache(maxsize=20_000)
def _date_form(value: str) -> tuple[bool, bool, bool, bool]:
    """Whether a date is in a form that is certain, or in either order, or with day or month first."""
    dates = dates_of(value)
    if dates is None:
        return is_certain(value), False, False, False
    month_first, day_first = dates
    is_same = month_first == day_first
    both = month_first is not None and day_first is not None
    return False, both and not is_same, month_first is None, day_first is None


def _months(start: str | None, end: str | None) -> set[bool]:
    """In which order a period that must be a month is one: {True} where only with the day first."""
    first, last = dates_of(start or ""), dates_of(end or "")
    if not first or not last:
        return set()
    is_month = [_is_month(begin, finish) for begin, finish in zip(first, last, strict=True)]
    return {is_month[1]} if is_month[0] != is_month[1] else set()


def _is_month(start: datetime | None, end: datetime | None) -> bool:
    return start is not None and end is not None and (end - start).days in MONTH_DAYS


def _settle_numbers(found: Conventions) -> None:
    """Decide for each column what its commas are.

    The columns of a file are written alike: where some have decimal commas and others decimal points, values
    with a comma that is not certain by itself stay text, and their rows are rejected one by one.
    """
    columns = found.numbers.values()
    # A field of the file may fill two columns; it is named once.
    named: set[tuple[int, str]] = set()
    has_fractions = any(numbers.has_comma_fraction for numbers in columns)
    has_points = any(numbers.has_point for numbers in columns)
    for column, numbers in found.numbers.items():
        is_fraction: bool | None = None
        if numbers.has_comma_fraction:
            is_fraction = None if has_points else True
        elif numbers.has_point:
            is_fraction = False
        elif GROUP_OR_FRACTION in numbers.seen:
            if has_fractions:
                is_fraction = None if has_points else True
            else:
                line, value = numbers.seen[GROUP_OR_FRACTION]
                if (line, value) not in named:
                    readings = value.replace(",", ""), value.replace(",", ".")
                    found.refused.add(line, _ambiguous(column, value, *readings))
                named.add((line, value))
        found.is_comma_a_fraction[column] = is_fraction
        if has_fractions and not has_points and numbers.maybe_group:
            if not numbers.has_dot_groups:
                line, value = numbers.maybe_group
                found.refused.add(line, _ambiguous(column, value, value.replace(".", ""), value))
            found.are_dots_groups[column] = True


def _ambiguous(column: str, value: str, grouped: str, fraction: str) -> str:
    return (
        f'{column}: "{value.strip(BLANKS)}" may be {grouped.strip(BLANKS)} or {fraction.strip(BLANKS)},'
        " and no other value of the column tells which: write numbers without separators of thousands and"
        " with a decimal point"
    )


def _first_of(columns: Mapping[str, _Dates], order: str) -> tuple[str, int, str] | None:
    """The first date that shows this order, with its column and line."""
    return next(
        ((name, *getattr(dates, order)) for name, dates in columns.items() if getattr(dates, order)), None
    )


def _settle_dates(found: Conventions, months: set[bool]) -> None:
    """Decide whether dates with their year at the end have the day or the month first; all columns alike.

    A column that has dates of another form too was not written by one hand: there such a date stays text,
    unless two of them contradict each other.
    """
    columns = {column: dates for column, dates in found.dates.items() if not dates.has_other_form}
    day = _first_of(columns, "day_first") or _first_of(found.dates, "day_first")
    month = _first_of(columns, "month_first") or _first_of(found.dates, "month_first")
    if day and month:
        found.refused.add(
            day[1],
            f'{day[0]}: "{day[2]}" has the day first, but line {month[1]}: {month[0]}: "{month[2]}" the'
            " month: write dates as YYYY-MM-DD",
        )
    if _first_of(columns, "day_first") or _first_of(columns, "month_first"):
        is_day_first: bool | None = _first_of(columns, "day_first") is not None
    else:
        is_day_first = months.pop() if len(months) == 1 else None
    for column, dates in columns.items():
        if dates.either and is_day_first is None:
            line, value = dates.either
            readings = dates_of(value) or (None, None)
            shown = " or ".join(f"{moment:%-d %B}" for moment in readings if moment)
            found.refused.add(
                line,
                f'{column}: "{value.strip(BLANKS)}" may be {shown}, and no other date of the file tells'
                " which: write dates as YYYY-MM-DD",
            )
        found.is_day_first[column] = is_day_first
