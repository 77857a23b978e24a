"""Filters: what an address means, which queries they narrow, and that the narrowed figure is the right one."""

from __future__ import annotations

from datetime import date

import pytest

from reports_builder.dashboard.filters import Filters, narrowed, unused
from reports_builder.warehouse import Period

USAGE = "select sum(calls) from core.fct_usage_daily as usage where usage_date > :window_start"
OWN = Period(date(2026, 10, 31), date(2026, 10, 2), date(2026, 9, 2), date(2026, 10, 1), date(2026, 7, 4))


def test_an_address_and_its_filters_say_the_same() -> None:
    address = {"period": ["7d"], "provider": ["openai", "anthropic"], "tier": ["pro"]}
    filters = Filters.from_address(address)
    assert filters == Filters(period="7d", provider=("openai", "anthropic"), tier=("pro",))
    assert Filters.from_address(filters.to_address() | {"period": ["7d"]}) == filters
    assert filters.chosen == ("period", "tier", "provider")


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


def test_a_query_sees_only_the_rows_that_pass() -> None:
    sql = narrowed(USAGE, Filters(provider=("openai",), environment=("production",)))
    rows = "provider in :chosen_provider and environment in :chosen_environment"
    assert f"from (select * from core.fct_usage_daily where {rows}) as usage" in sql


def test_the_organization_of_usage_is_that_in_the_books() -> None:
    sql = narrowed(USAGE, Filters(organization=("unallocated",)))
    assert "customer_id in (select customer_id from core.dim_customers where case when is_known" in sql


def test_a_query_over_a_mart_without_the_dimension_is_left_as_it_is() -> None:
    mixed = f"{USAGE} union all select sum(revenue_usd) from margin.rpt_customer_margins"
    filters = Filters(provider=("openai",), period="7d")
    assert narrowed(mixed, filters) == mixed
    assert unused(mixed, filters) == ("period", "provider")
    assert unused(USAGE, filters) == ()


def test_names_of_customers_do_not_keep_a_query_from_being_narrowed() -> None:
    sql = f"{USAGE} join core.dim_customers as names on true"
    assert unused(sql, Filters(tier=("pro",), period="7d")) == ()


def test_a_mart_of_totals_is_never_narrowed() -> None:
    sql = "select spend_usd from allocation.rpt_spend_breakdown where dimension = 'total'"
    assert unused(sql, Filters(provider=("openai",))) == ("provider",)
