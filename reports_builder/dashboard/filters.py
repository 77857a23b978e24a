"""What a reader narrows the figures to, kept in the address, and what a figure says that does not follow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

from reports_builder.warehouse import Period

PRESETS = {
    "7d": "Last 7 days",
    "14d": "Last 14 days",
    "60d": "Last 60 days",
    "90d": "Last 90 days",
    "all": "All days",
}
"""Periods by the word that stands for them in the address; the reports' own period has none."""

COMPARISONS = {"year": "The same days a year before", "none": "Nothing"}
"""What days are compared with, by the word in the address; the days just before them have none."""

DIMENSIONS = {
    "customer": "customer_id",
    "organization": "organization_id",
    "tier": "subscription_tier",
    "product": "product_id",
    "feature": "feature_id",
    "team": "team_id",
    "provider": "provider",
    "model": "model",
    "environment": "environment",
}
"""The filters on values, as the address spells them, with the dimension of the semantic layer for each."""

_MOST_VALUES = 200


@dataclass(frozen=True)
class Filters:
    """What is chosen; ``period`` is a word of ``PRESETS``, ``from..to``, or empty for the reports' own.

    ``compare`` is a word of ``COMPARISONS``, or empty for as many days before.
    """

    period: str = ""
    compare: str = ""
    customer: tuple[str, ...] = ()
    organization: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    feature: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()

    @classmethod
    def from_address(cls, address: Mapping[str, Iterable[str]]) -> "Filters":
        """The filters that an address names; what no filter can mean is left out."""
        period = next(iter(address.get("period", ())), "")
        values = {
            name: tuple(dict.fromkeys(value for value in address.get(name, ()) if value))[:_MOST_VALUES]
            for name in DIMENSIONS
        }
        compare = next(iter(address.get("compare", ())), "")
        return cls(
            period=period if _is_period(period) else "",
            compare=compare if compare in COMPARISONS else "",
            **values,
        )

    def to_address(self) -> dict[str, list[str]]:
        """The same as parameters of an address; what is not chosen is not in it."""
        days = {"period": self.period, "compare": self.compare}
        chosen = {name: [word] for name, word in days.items() if word}
        return chosen | {name: list(self.values(name)) for name in DIMENSIONS if self.values(name)}

    def values(self, name: str) -> tuple[str, ...]:
        """The values chosen for one filter."""
        chosen: tuple[str, ...] = getattr(self, name)
        return chosen

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the filters in use."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name))

    def with_values(self, name: str, values: Iterable[str]) -> "Filters":
        """The same with other values for one filter."""
        return replace(self, **{name: tuple(values)})  # type: ignore[arg-type]

    def with_period(self, period: str) -> "Filters":
        """The same for other days."""
        return replace(self, period=period)

    def with_comparison(self, compare: str) -> "Filters":
        """The same compared with other days."""
        return replace(self, compare=compare)

    def period_of(self, own: Period, last_usage: date) -> Period:
        """The days that are asked for, with as many other days to compare them with."""
        if not self.period:
            return self._compared(own)
        if days := _own_days(self.period):
            start, end = days
        elif self.period == "all":
            start, end = own.first_usage, last_usage
        else:
            end = own.as_of
            start = end - timedelta(days=int(self.period.removesuffix("d")) - 1)
        length = end - start
        prior_end = start - timedelta(days=1)
        # The last day with usage may still be filling, unless the reports stand on it.
        is_whole = end <= max(own.as_of, last_usage - timedelta(days=1))
        return self._compared(Period(end, start, prior_end - length, prior_end, own.first_usage, is_whole))

    def _compared(self, period: Period) -> Period:
        if not self.compare:
            return period
        if self.compare == "none":
            # Days that no data reaches: no change is known.
            return replace(period, prior_start=date.min, prior_end=date.min, before_words="nothing")
        return replace(
            period,
            prior_start=_year_before(period.start),
            prior_end=_year_before(period.as_of),
            before_words="the same days a year before",
        )


def _year_before(day: date) -> date:
    """The same day of the year before; of a leap day the day before it."""
    return (day - timedelta(days=1) if (day.month, day.day) == (2, 29) else day).replace(year=day.year - 1)


def _is_period(text: str) -> bool:
    return text in PRESETS or _own_days(text) is not None


def _own_days(text: str) -> tuple[date, date] | None:
    """The first and the last day of ``from..to``; None for anything else."""
    first, _, last = text.partition("..")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    # As many days before them must be days of a calendar too; and an address has one spelling of a day.
    is_calendar = start <= end and start.year >= 1900 and end.year <= 2999
    return (start, end) if is_calendar and text == f"{start}..{end}" else None


def whole_said(names: Iterable[str]) -> str:
    """What a figure covers that these filters do not narrow; empty without any."""
    ignored = set(names)
    values = [f"{name}s" for name in DIMENSIONS if name in ignored]
    covers = [f"all {' and '.join(filter(None, (', '.join(values[:-1]), values[-1])))}"] if values else []
    if ignored & {"period", "compare"}:
        covers.append("not the chosen days")
    if not covers:
        return ""
    said = ", ".join(covers)
    filters = "this filter does" if len(ignored) == 1 else "these filters do"
    return f"{said[0].upper()}{said[1:]}: {filters} not narrow this figure."
