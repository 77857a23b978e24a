"""Prices by hour and weekday: each call at the price of its minute of the UTC week, and all sums to the last digit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.prices.pricing_workspace import Call, PricingWorkspace

MONDAY = datetime(2026, 10, 5)
CHANGED = datetime(2026, 10, 8, 16)
"""The peak of `listed` begins on a Thursday; before it one price holds at all times."""
PROMPT, ANSWER = 1000, 100


@dataclass(frozen=True)
class Stated:
    """USD per million tokens of input; output costs four times as much."""

    price: str
    weekdays: str = ""
    hours: str = ""

    def rows(self, model: str, valid_from: datetime) -> list[str]:
        return [
            f"p,{model},standard,{name},{Decimal(self.price) * times},{valid_from},list,2026-01-01,{self.weekdays},{self.hours}"
            for name, times in {"input": 1, "output": 4}.items()
        ]


LISTED = [
    ("flat", datetime(2026, 1, 1), [Stated("3")]),
    # The night belongs to the day on which it begins: from Sunday 22:00 to Monday 06:00 is a Sunday's.
    ("nights", datetime(2026, 1, 1), [Stated("2"), Stated("1", hours="22:00-06:00")]),
    (
        "weekends",
        datetime(2026, 1, 1),
        [Stated("2"), Stated("1.1", "6-7", "22:00-06:00"), Stated("1.3", "3")],
    ),
    ("listed", datetime(2026, 1, 1), [Stated("5")]),
    (
        "listed",
        CHANGED,
        [Stated("6"), Stated("12", "1-5", "01:00-04:00"), Stated("12", "1-5", "06:00-10:00")],
    ),
    # Without a price of other times they are unknown.
    ("at noon", datetime(2026, 1, 1), [Stated("7", hours="12:00-13:00")]),
]


def price(model: str, at: datetime) -> Decimal | None:
    """What the lists above say in words, hour by hour."""
    hour, weekday = at.hour + at.minute / 60, at.isoweekday()
    night = hour >= 22 or hour < 6
    begun_on = weekday if hour >= 22 else (weekday + 5) % 7 + 1
    if model == "flat":
        return Decimal(3)
    if model == "nights":
        return Decimal(1 if night else 2)
    if model == "weekends":
        weekend = Decimal("1.1") if night and begun_on in (6, 7) else Decimal(2)
        return Decimal("1.3") if weekday == 3 else weekend
    if model == "at noon":
        return Decimal(7) if 12 <= hour < 13 else None
    if at < CHANGED:
        return Decimal(5)
    is_peak = weekday <= 5 and (1 <= hour < 4 or 6 <= hour < 10)
    return Decimal(12 if is_peak else 6)


def agreed(model: str, at: datetime) -> Decimal | None:
    """An agreement on `nights` from Tuesday to Thursday, at night only; elsewhere the list price."""
    if (
        model == "nights"
        and datetime(2026, 10, 6) <= at < datetime(2026, 10, 9)
        and (at.hour >= 23 or at.hour < 2)
    ):
        return Decimal("0.4")
    return price(model, at)


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> tuple[PricingWorkspace, dict[str, Call]]:
    folder: Path = tmp_path_factory.mktemp("hours")
    place = PricingWorkspace.create(folder)
    rows = [line for model, start, stated in LISTED for each in stated for line in each.rows(model, start)]
    rows.append("p,flat,standard,searches,10000,2026-01-01,list,2026-01-01,,")
    rows.append("p,flat,standard,searches,30000,2026-01-01,list,2026-01-01,7,20:00-04:00")
    with (place.seeds / "model_prices.csv").open("a", encoding="utf-8") as seed:
        seed.write("\n".join(rows) + "\n")
    with (place.seeds / "price_overrides.csv").open("a", encoding="utf-8") as seed:
        for name, usd in {"input": "0.4", "output": "1.6"}.items():
            seed.write(f"p,nights,standard,{name},{usd},2026-10-06,2026-10-09,nights,,23:00-02:00\n")
    instants = [
        MONDAY + timedelta(hours=hour, microseconds=offset)
        for hour in range(8 * 24)
        for offset in ([0, -1] if hour else [0])
    ]
    calls = {
        f"{model} {at}": Call(
            f"{model} {at}",
            "p",
            model,
            at,
            PROMPT,
            ANSWER,
            # Here the gateway states what it charged, which is the list price of the hour.
            cost_usd=cost_at(price(model, at)) if model == "listed" else None,
        )
        for at in instants
        for model in dict.fromkeys(model for model, _, _ in LISTED)
    }
    found = {
        f"search {at}": Call(f"search {at}", "p", "flat", at, 0, metered_units={"searches": 1})
        for at in instants
    }
    place.write_calls([*calls.values(), *found.values()])
    place.build(metered=True)
    return place, calls | found


def expected(call: Call, rate: Decimal | None) -> Decimal | None:
    if call.metered_units:
        begun_on_sunday = (call.at.isoweekday(), call.at.hour >= 20) == (7, True) or (
            (call.at.isoweekday(), call.at.hour < 4) == (1, True)
        )
        return Decimal("0.03" if begun_on_sunday else "0.01")
    return cost_at(rate)


def cost_at(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else rate * (PROMPT + 4 * ANSWER) / 1_000_000


def test_each_call_costs_what_its_minute_of_the_week_costs(
    prices: tuple[PricingWorkspace, dict[str, Call]],
) -> None:
    place, calls = prices
    found = {name: tuple(costs) for name, *costs in place.query(
        "select call_id, list_cost_usd, contracted_cost_usd from core.fct_calls"
    )}  # fmt: skip
    assert found == {
        name: (expected(call, price(call.model, call.at)), expected(call, agreed(call.model, call.at)))
        for name, call in calls.items()
    }


@pytest.mark.parametrize(
    ("table", "day"),
    [
        ("core.fct_usage_daily", "usage_date"),
        ("intermediate.int_usage_slots", "usage_date"),
        ("core.fct_charges", "charge_date"),
    ],
)
def test_days_hours_and_charges_sum_to_the_calls(
    prices: tuple[PricingWorkspace, dict[str, Call]], table: str, day: str
) -> None:
    place, calls = prices
    wanted: Counter[tuple[object, str]] = Counter()
    for call in calls.values():
        wanted[call.at.date(), call.model] += expected(call, agreed(call.model, call.at)) or Decimal(0)  # type: ignore[assignment]
    found = place.query(
        f"select {day}, model, sum(effective_cost_usd) from {table} group by all having count(effective_cost_usd) > 0"
    )
    assert {(on, model): cost for on, model, cost in found} == {
        key: cost for key, cost in wanted.items() if cost
    }


def test_a_model_with_one_price_is_not_cut_by_the_hours_of_another(
    prices: tuple[PricingWorkspace, dict[str, Call]],
) -> None:
    place, _ = prices
    assert place.query(
        "select distinct week_minute from intermediate.int_usage_slots where model = 'flat'"
    ) == [(0,)]
    assert place.query("select count(*) from intermediate.int_price_periods where model = 'flat'") == [(1,)]


def test_a_charge_at_the_price_of_the_hour_needs_no_explanation(
    prices: tuple[PricingWorkspace, dict[str, Call]],
) -> None:
    place, _ = prices
    assert place.query("select sum(calls), sum(difference_usd) from core.rpt_charge_restatements") == [
        (383, 0)
    ]
