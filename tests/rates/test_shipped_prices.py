"""Prices of machines that come with the project: each day has one, and what ended is not used for later days."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise

from tests.workspace import ROOT

Price = tuple[date, date, Decimal]


def prices() -> dict[tuple[str, str, str], list[Price]]:
    """The periods of each type of machine in each region, by their first day."""
    found = defaultdict(list)
    with (ROOT / "dbt_project/seeds/instance_prices.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            first, end = date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"])
            key = (row["provider_name"], row["instance_type"], row["region_id"])
            found[key].append((first, end, Decimal(row["on_demand_usd_per_hour"])))
    return {key: sorted(periods) for key, periods in found.items()}


def on(day: date, instance_type: str, region: str) -> Decimal | None:
    """The price of a type of AWS on a day; None where it is not known."""
    periods = prices()["AWS", instance_type, region]
    return next((price for first, end, price in periods if first <= day < end), None)


def test_no_day_has_two_prices() -> None:
    for key, periods in prices().items():
        assert all(first < end for first, end, _ in periods), key
        assert all(end <= following for (_, end, _), (following, _, _) in pairwise(periods)), key


def test_a_price_that_was_lowered_holds_for_the_days_before() -> None:
    assert on(date(2025, 5, 31), "p4d.24xlarge", "us-east-1") == Decimal("32.7726")
    assert on(date(2025, 6, 1), "p4d.24xlarge", "us-east-1") == Decimal("21.957642")
    assert on(date(2025, 6, 1), "p4d.24xlarge", "eu-west-1") is None
