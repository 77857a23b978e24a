"""A difference of cost taken apart: the textbook's parts, and sums to the last decimal whatever is given."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.planning.rendering import render
from tests.real_files import real_file

PARTS = ("price", "volume", "mix", "efficiency")


def decomposed(
    items: list[tuple[Any, ...]], unit: str | None = "calls", days: Decimal = Decimal(0)
) -> list[dict[str, Decimal]]:
    """Parts of items (scope, customer, model or meter, quantity, tokens, cost, and the same of the month before).

    Of bills each customer has a resource. ``days`` is what the days of the month added to each item.
    """
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table int_usage_items_monthly (scope varchar, scope_id varchar, month_start_date date, team_id varchar,
                customer_id varchar, product_id varchar, feature_id varchar, provider varchar, model varchar, service_name varchar,
                resource_id varchar, meter varchar, unit varchar, quantity decimal(38, 15), tokens bigint, cost_usd decimal(28, 12),
                calendar_quantity decimal(38, 15), calendar_tokens decimal(38, 2), calendar_cost_usd decimal(28, 12),
                prior_cost_usd decimal(28, 12))
            """
        )
        of_calls = unit == "calls"
        connection.executemany(
            "insert into int_usage_items_monthly values ('total', ?, '2026-10-01', 't', ?, 'p', 'f', 'x', ?, 's', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    scope,
                    customer,
                    *((item, None, None) if of_calls else (None, customer, item)),
                    unit,
                    *month,
                    Decimal(str(month[-1])) - days,
                )
                for scope, customer, item, *month in items
            ],
        )
        cursor = connection.execute(
            f"select * from ({render('int_cost_changes_decomposed')}) order by scope_id, customer_id, model, meter"
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_two_products_have_the_parts_of_the_textbook() -> None:
    case = json.loads(real_file("planning/variance/pvm_two_products.json").read_text())
    items = [
        (
            "shop", row["product"], "m", row["actual_quantity"], row["actual_quantity"],
            row["actual_quantity"] * row["actual_price"], row["base_quantity"], row["base_quantity"],
            row["base_quantity"] * row["base_price"],
        )
        for row in case["rows"]
    ]  # fmt: skip
    found = decomposed(items)
    for row, parts in zip(case["rows"], found, strict=True):
        for part in ("price", "volume", "mix"):
            assert float(parts[f"{part}_usd"]) == pytest.approx(row[part], abs=1e-6), (row["product"], part)
    for part in ("price", "volume", "mix"):
        total = sum(float(parts[f"{part}_usd"]) for parts in found)
        assert total == pytest.approx(case["totals"][part], abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("unit", ["calls", "Hrs", None])
def test_parts_sum_to_the_difference_to_the_last_decimal_both_ways(seed: int, unit: str | None) -> None:
    chance = random.Random(seed)

    def month() -> tuple[int | Decimal, int, Decimal]:
        if unit != "calls":
            # A bill takes back, has parts of an hour, and gives some away.
            hours = Decimal(chance.choice([0, 0, 1, chance.randint(-(10**9), 10**12)])).scaleb(-6)
            return hours, 0, chance.choice([Decimal(chance.randint(-(10**9), 10**15)).scaleb(-9), Decimal(0)])
        calls = chance.choice([0, 0, 1, chance.randint(1, 10**6)])
        tokens = calls * chance.choice([0, 1, chance.randint(1, 5000)])
        # Credits, free calls, and costs with every digit.
        cost = Decimal(chance.randint(-(10**9), 10**15) if calls else 0).scaleb(-12 + chance.randint(0, 6))
        return calls, tokens, chance.choice([cost, cost, Decimal(0)])

    items = [(f"s{number % 7}", f"c{number % 40}", f"m{number}", *month(), *month()) for number in range(600)]
    days = Decimal("0.000000000007")
    found = {parts["meter"] or parts["model"]: parts for parts in decomposed(items, unit, days)}
    for _, _, item, _, _, cost, _, _, calendar_cost in items:
        parts = found[item]
        difference = round(cost, 12) - round(calendar_cost - days, 12)
        apart = sum(parts[f"{part}_usd"] for part in ("days", "new", "lost", "other_costs"))
        assert parts["days_usd"] in (days, 0)
        assert sum(parts[f"{part}_usd"] for part in PARTS) + apart == difference
        assert sum(parts[f"lmdi_{part}_usd"] for part in PARTS) + apart == difference


def test_both_ways_agree_where_one_factor_moves() -> None:
    [price, calls, tokens] = decomposed([
        ("a", "c", "m", 10, 100, Decimal(30), 10, 100, Decimal(20)),
        ("b", "c", "m", 30, 300, Decimal(60), 10, 100, Decimal(20)),
        ("c", "c", "m", 10, 200, Decimal(40), 10, 100, Decimal(20)),
    ])  # fmt: skip
    assert (price["price_usd"], price["lmdi_price_usd"]) == (10, 10)
    assert (calls["volume_usd"], calls["lmdi_volume_usd"]) == (40, 40)
    assert (tokens["efficiency_usd"], tokens["lmdi_efficiency_usd"]) == (20, 20)


def test_more_hours_are_volume_and_dearer_hours_are_price_of_each_machine_on_its_own() -> None:
    [dearer, more] = decomposed([
        ("a", "c", "m5.large", Decimal("10.5"), 0, Decimal(42), Decimal("10.5"), 0, Decimal(21)),
        ("a", "d", "g5.12xlarge", Decimal(30), 0, Decimal(60), Decimal(10), 0, Decimal(20)),
    ], "Hrs")  # fmt: skip
    assert (dearer["price_usd"], dearer["lmdi_price_usd"]) == (21, 21)
    assert (more["volume_usd"], more["lmdi_volume_usd"]) == (40, 40)
    assert not any(parts[part] for parts in (dearer, more) for part in ("mix_usd", "new_usd", "lost_usd"))
