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


CURRENT = ("m6i", "m7i", "c6i", "c7i", "r6i", "r7i", "m7g", "c7g", "r7g")
"""Families that AWS sells today, from large to 4xlarge."""


def types() -> dict[str, dict[str, str]]:
    """The types of AWS by name."""
    with (ROOT / "dbt_project/seeds/instance_types.csv").open(newline="") as file:
        return {row["instance_type"]: row for row in csv.DictReader(file) if row["provider_name"] == "AWS"}


def test_current_families_are_known_by_size_and_price() -> None:
    sizes = types()
    memory = {"c": 2, "m": 4, "r": 8}
    for family in CURRENT:
        large = on(date(2026, 11, 1), f"{family}.large", "us-east-1")
        assert large is not None, family
        for size, times in (("large", 1), ("xlarge", 2), ("2xlarge", 4), ("4xlarge", 8)):
            kind = sizes[f"{family}.{size}"]
            assert int(kind["vcpus"]) == 2 * times
            assert Decimal(kind["memory_gb"]) == 2 * times * memory[family[0]]
            assert kind["architecture"] == ("arm64" if family.endswith("g") else "x86_64")
            assert on(date(2026, 11, 1), f"{family}.{size}", "us-east-1") == large * times


def test_sizes_of_a_family_cost_in_proportion_to_their_cpus() -> None:
    # A slip of the pen in a price would advise a move: AWS prices the sizes of a family by their CPUs.
    sizes = types()
    of_family = defaultdict(set)
    for (provider, name, region), periods in prices().items():
        family = name.split(".")[0]
        if provider == "AWS" and family[0] in "cmr" and name in sizes:
            price = periods[-1][2] / int(sizes[name]["vcpus"])
            of_family[family, region].add(price.quantize(Decimal("0.0001")))
    assert len(of_family) > 30
    assert {
        key: found for key, found in of_family.items() if max(found) - min(found) > Decimal("0.0001")
    } == {}
