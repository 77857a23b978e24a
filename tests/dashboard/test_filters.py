"""Filters: what an address means, which days it asks for, and what is said where a figure does not follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reports_builder.dashboard.filters import Filters, whole_said
from reports_builder.warehouse import Period

OWN = Period(date(2026, 10, 31), date(2026, 10, 2), date(2026, 9, 2), date(2026, 10, 1), date(2026, 7, 4))


def test_an_address_and_its_filters_say_the_same() -> None:
    address = {"period": ["7d"], "compare": ["none"], "provider": ["openai", "anthropic"], "tier": ["pro"]}
    filters = Filters.from_address(address)
    assert filters == Filters(period="7d", compare="none", provider=("openai", "anthropic"), tier=("pro",))
    assert filters.to_address() == address
    assert filters.chosen == ("period", "compare", "tier", "provider")
    assert Filters.from_address({"compare": ["'; drop"]}) == Filters()
    narrower = filters.with_values("customer", ["cust_0001"]).with_comparison("")
    assert narrower == Filters(
        period="7d", customer=("cust_0001",), provider=("openai", "anthropic"), tier=("pro",)
    )


@pytest.mark.parametrize(
    "period",
    [
        "8x",
        "2026-10-31..2026-10-01",
        "2026-13-01..2026-13-02",
        "0001-01-01..2026-01-01",
        "2026-01-01..9999-12-31",
        "' or 1=1 --",
        "..",
        "20261001..20261031",
        "2026-10-01..2026-10-31 ",
    ],
)
def test_a_period_that_is_none_is_left_out(period: str) -> None:
    assert Filters.from_address({"period": [period]}) == Filters()


@pytest.mark.parametrize(
    ("period", "start", "end", "prior_start"),
    [
        ("", date(2026, 10, 2), date(2026, 10, 31), date(2026, 9, 2)),
        ("7d", date(2026, 10, 25), date(2026, 10, 31), date(2026, 10, 18)),
        ("2026-09-01..2026-09-30", date(2026, 9, 1), date(2026, 9, 30), date(2026, 8, 2)),
        ("all", date(2026, 7, 4), date(2026, 11, 1), date(2026, 3, 5)),
    ],
)
def test_a_period_is_compared_with_as_many_days_before(
    period: str, start: date, end: date, prior_start: date
) -> None:
    chosen = Filters(period=period).period_of(OWN, last_usage=date(2026, 11, 1))
    assert (chosen.start, chosen.as_of, chosen.prior_start) == (start, end, prior_start)
    assert (chosen.prior_end - chosen.prior_start) == (chosen.as_of - chosen.start)


def test_a_period_is_compared_with_the_days_that_are_chosen() -> None:
    since = replace(OWN, first_usage=date(2025, 10, 2))
    year = Filters(compare="year").period_of(since, last_usage=date(2026, 11, 1))
    assert (year.start, year.as_of) == (OWN.start, OWN.as_of)
    assert (year.prior_start, year.prior_end) == (date(2025, 10, 2), date(2025, 10, 31))
    assert year.has_prior
    assert year.before == "the same days a year before"
    # Data that begins a day later does not cover them.
    later = replace(since, first_usage=date(2025, 10, 3))
    assert not Filters(compare="year").period_of(later, last_usage=date(2026, 11, 1)).has_prior
    leap = Filters(period="2028-02-29..2028-02-29", compare="year").period_of(OWN, date(2028, 3, 1))
    assert leap.prior_start == leap.prior_end == date(2027, 2, 28)
    none = Filters(period="7d", compare="none").period_of(since, last_usage=date(2026, 11, 1))
    assert (none.start, none.as_of) == (date(2026, 10, 25), OWN.as_of)
    assert not none.has_prior


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), ""),
        (("tier",), "All tiers: this filter does not narrow this figure."),
        (("period",), "Not the chosen days: this filter does not narrow this figure."),
        (("compare",), "Not the chosen days: this filter does not narrow this figure."),
        (
            ("provider", "period", "tier"),
            "All tiers and providers, not the chosen days: these filters do not narrow this figure.",
        ),
        (("team",), "All teams: this filter does not narrow this figure."),
        (
            ("model", "product", "feature"),
            "All products, features and models: these filters do not narrow this figure.",
        ),
    ],
)
def test_what_a_filter_cannot_narrow_is_said_in_words(names: tuple[str, ...], said: str) -> None:
    assert whole_said(names) == said
