"""What a reader narrows the figures to: kept in the address, applied to every query that can bear it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

from reports_builder.evidence import marts_read
from reports_builder.warehouse import Period

PRESETS = {
    "7d": "Last 7 days",
    "14d": "Last 14 days",
    "60d": "Last 60 days",
    "90d": "Last 90 days",
    "all": "All days",
}
"""Periods by the word that stands for them in the address; the reports' own period has none."""

NAMES = {
    "organization": "organization",
    "product": "product",
    "tier": "tier",
    "provider": "provider",
    "environment": "environment",
}
"""The filters on values, as the address spells them and as a reader reads them."""

_BY_CUSTOMER = "customer_id in (select customer_id from core.dim_customers where {column} in {values})"
_ORGANIZATION = _BY_CUSTOMER.replace("{column}", "organization_id")
# The organization in the books is that of the customer's record, whatever a call says.
_IN_THE_BOOKS = "case when is_known then organization_id else 'unallocated' end"
_ORGANIZATION_OF_USAGE = _BY_CUSTOMER.replace("{column}", _IN_THE_BOOKS)
_TIER = _BY_CUSTOMER.replace("{column}", "subscription_tier")

# Which filter a mart can bear, and how: "" for the period, which its queries bring themselves.
# Marts of a fixed window, of totals and of shares over everything are left out on purpose: to drop
# some of their rows would not give the figure of the rest.
_BEARS: dict[str, dict[str, str]] = {
    "core.fct_usage_daily": {
        "period": "",
        "organization": _ORGANIZATION_OF_USAGE,
        "product": "product_id in {values}",
        "tier": _TIER,
        "provider": "provider in {values}",
        "environment": "environment in {values}",
    },
    "allocation.fct_allocated_costs_daily": {
        "period": "",
        "organization": "organization_id in {values}",
        "product": "product_id in {values}",
        "tier": _TIER,
    },
    "margin.fct_customer_margins_daily": {"period": "", "organization": _ORGANIZATION, "tier": _TIER},
    "margin.rpt_customer_margins": {
        "organization": "organization_id in {values}",
        "tier": "subscription_tier in {values}",
    },
    "margin.rpt_customer_lifetime_values": {
        "organization": _ORGANIZATION,
        "tier": "subscription_tier in {values}",
    },
    "margin.rpt_feature_economics": {"product": "product_id in {values}"},
    "pricing.rpt_plan_backtests": {
        "organization": "organization_id in {values}",
        "tier": "subscription_tier in {values}",
    },
    "efficiency.rpt_model_efficiency": {"provider": "provider in {values}"},
    "anomalies.fct_cost_anomalies": {
        "period": "",
        "organization": "organization_id in {values}",
        "tier": _TIER,
    },
    "anomalies.rpt_threshold_alerts": {
        "organization": _ORGANIZATION,
        "tier": "subscription_tier in {values}",
    },
    "anomalies.rpt_inefficient_usage": {
        "organization": _ORGANIZATION,
        "product": "product_id in {values}",
        "tier": _TIER,
        "provider": "provider in {values}",
    },
}
# They give names to what other marts count, and count nothing themselves.
_NAMING = frozenset(
    {"core.dim_customers", "core.dim_dates", "core.dim_features", "core.dim_models", "seeds.assumptions"}
)

_OWN_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_MOST_VALUES = 200


@dataclass(frozen=True)
class Filters:
    """What is chosen; ``period`` is a word of ``PRESETS``, ``from..to``, or empty for the reports' own."""

    period: str = ""
    organization: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()

    @classmethod
    def from_address(cls, address: Mapping[str, Iterable[str]]) -> "Filters":
        """The filters that an address names; what no filter can mean is left out."""
        period = next(iter(address.get("period", ())), "")
        values = {
            name: tuple(dict.fromkeys(value for value in address.get(name, ()) if value))[:_MOST_VALUES]
            for name in NAMES
        }
        return cls(period=period if _is_period(period) else "", **values)

    def to_address(self) -> dict[str, list[str]]:
        """The same as parameters of an address; what is not chosen is not in it."""
        chosen = {"period": [self.period]} if self.period else {}
        return chosen | {name: list(self.values(name)) for name in NAMES if self.values(name)}

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
        return Filters(
            self.period, *(tuple(values) if other == name else self.values(other) for other in NAMES)
        )

    def with_period(self, period: str) -> "Filters":
        """The same for other days."""
        return replace(self, period=period)

    def period_of(self, own: Period, last_usage: date) -> Period:
        """The days that are asked for, with as many days before them to compare with."""
        if not self.period:
            return own
        match = _OWN_DAYS.fullmatch(self.period)
        if match:
            start, end = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        elif self.period == "all":
            start, end = own.first_usage, last_usage
        else:
            end = own.as_of
            start = end - timedelta(days=int(self.period.removesuffix("d")) - 1)
        length = end - start
        prior_end = start - timedelta(days=1)
        # The last day with usage may still be filling, unless the reports stand on it.
        is_whole = end <= max(own.as_of, last_usage - timedelta(days=1))
        return Period(end, start, prior_end - length, prior_end, own.first_usage, is_whole)


def _is_period(text: str) -> bool:
    match = _OWN_DAYS.fullmatch(text)
    if not match:
        return text in PRESETS
    try:
        start, end = date.fromisoformat(match[1]), date.fromisoformat(match[2])
    except ValueError:
        return False
    # As many days before them must be days of a calendar too.
    return start <= end and start.year >= 1900 and end.year <= 2999


def bears(sql: str, name: str) -> bool:
    """Whether every mart that ``sql`` counts can be narrowed by this filter.

    Cost of one provider beside revenue of all would mislead, so a query is narrowed wholly or not.
    """
    counted = [mart for mart in marts_read(sql) if mart not in _NAMING]
    return bool(counted) and all(name in _BEARS.get(mart, {}) for mart in counted)


def unused(sql: str, filters: Filters) -> tuple[str, ...]:
    """The filters in use that this query cannot be narrowed by."""
    return tuple(name for name in filters.chosen if not bears(sql, name))


def narrowed(sql: str, filters: Filters) -> str:
    """``sql`` with each mart it counts replaced by the rows that pass the filters.

    The values stand as parameters, ``:chosen_provider`` for ``provider``.
    """
    names = [name for name in filters.chosen if name != "period" and bears(sql, name)]
    if not names:
        return sql
    for mart in marts_read(sql):
        conditions = [
            _BEARS[mart][name].replace("{values}", f":chosen_{name}")
            for name in names
            if name in _BEARS.get(mart, {})
        ]
        if conditions:
            rows = f"(select * from {mart} where {' and '.join(conditions)})"  # noqa: S608 - names of this file
            pattern = re.compile(rf"\b(from|join)(\s+){re.escape(mart)}\b", re.IGNORECASE)
            sql = pattern.sub(lambda found, rows=rows: f"{found[1]}{found[2]}{rows}", sql)  # type: ignore[misc]
    return sql
