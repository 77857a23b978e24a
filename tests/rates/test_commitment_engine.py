"""The engine of commitments finds the best level: by the closed form, by trying every level, and on hours that others published."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compiled_models import CompiledModels
from tests.real_files import real_file
from tests.workspace import Workspace

LAST = date(2026, 10, 31)


@dataclass(frozen=True)
class Slice:
    """What an hour demands between two levels, and what a unit of it costs on demand."""

    hour: int
    before: Decimal
    units: Decimal
    price: Decimal

    def covered(self, level: Decimal) -> Decimal:
        return min(max(level - self.before, Decimal(0)), self.units) * self.price


class Engine:
    """The models from the hours of series to the levels that can be bought, on hours of one's own; one case, `as_judged`."""

    def __init__(self, built: Workspace) -> None:
        self.models = CompiledModels(built)
        for table in ("fct_commitment_hours",):
            self.models.fill(table, [])

    def best(
        self, hours: int, slices: Sequence[Slice], price: Decimal, step: Decimal, least: Decimal
    ) -> dict[str, Any]:
        """The row of the cheapest level of all that the engine tries."""
        start = datetime(LAST.year, LAST.month, LAST.day) + timedelta(days=1) - timedelta(hours=hours)
        self.models.fill(
            "int_commitment_cases",
            [{"history_id": "AWS", "usage_case": "as_judged", "usage_factor": 1, "hours": hours, "months": 1,
              "first_date": start.date(), "last_date": LAST}],
        )  # fmt: skip
        self.models.fill(
            "int_commitment_offers",
            [{"offer_id": "o", "series_id": "s", "history_id": "AWS", "usd_per_unit_hour": price,
              "unit_increment": step, "minimum_units": least}],
        )  # fmt: skip
        self.models.fill("int_cloud_commitment_hours", [])
        name = self.models.name("int_cloud_commitment_hours")
        self.models.connection.executemany(
            f"insert into {name} (series_id, history_id, usage_basis, usage_hour_at, units_before, demanded_units,"
            " list_cost_usd, on_demand_cost_usd, usd_per_demanded_unit) values ('s', 'AWS', 'after_actions', ?, ?, ?, 0, ?, ?)",
            [
                (
                    start + timedelta(hours=each.hour),
                    each.before,
                    each.units,
                    each.units * each.price,
                    each.price,
                )
                for each in slices
            ],
        )
        self.models.make("int_commitment_curves", "int_commitment_levels")
        rows = self.models.connection.execute(
            f"select * from {self.models.name('int_commitment_levels')} order by total_cost_usd, level_units"
        )
        names = [column[0] for column in rows.description]
        first = rows.fetchone()
        assert first is not None
        return dict(zip(names, first, strict=True))


@pytest.fixture(scope="module")
def engine(built: Workspace) -> Engine:
    return Engine(built)


def total_cost(hours: int, slices: Sequence[Slice], price: Decimal, level: Decimal) -> Decimal:
    """Every hour settled by itself."""
    on_demand = sum((each.units * each.price for each in slices), Decimal(0))
    covered = sum((each.covered(level) for each in slices), Decimal(0))
    return on_demand - covered + level * price * hours


layers = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from([Decimal(n) / 4 for n in (1, 2, 3, 4, 6)])),
    max_size=3,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hours=st.lists(layers, min_size=1, max_size=6),
    price=st.sampled_from([Decimal(n) / 8 for n in range(1, 9)]),
    step=st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(3)]),
    least=st.sampled_from([Decimal(1), Decimal(5)]),
)
def test_no_level_that_is_sold_is_cheaper(
    engine: Engine,
    hours: list[list[tuple[int, Decimal]]],
    price: Decimal,
    step: Decimal,
    least: Decimal,
) -> None:
    slices = []
    for hour, layered in enumerate(hours):
        before = Decimal(0)
        # Those with the highest price on demand are covered first.
        for eighths, value in sorted(layered, key=lambda layer: -layer[1]):
            slices.append(Slice(hour, before, Decimal(eighths) / 8, value))
            before += Decimal(eighths) / 8
    if not slices:
        return
    found = engine.best(len(hours), slices, price, step, least)
    sold = [Decimal(0), least]
    sold += [step * n for n in range(1, int(Decimal(20) / step) + 2) if step * n >= least]
    costs = {level: total_cost(len(hours), slices, price, level) for level in sold}
    assert found["total_cost_usd"] == min(costs.values())
    assert found["level_units"] == min(level for level in sold if costs[level] == min(costs.values()))
    used = {
        hour: min(sum((each.units for each in slices if each.hour == hour), Decimal(0)), found["level_units"])
        for hour in range(len(hours))
    }
    assert found["used_unit_hours"] == sum(used.values())


def published_series() -> tuple[list[Decimal], dict[str, Any]]:
    """GPU-hours of each hour of a real cluster, and the answers for every look-back and discount."""
    folder = real_file("commitments")
    with (folder / "gpu_hours_series.csv").open(newline="") as file:
        series = [Decimal(row["milli_gpu_seconds"]) / 3_600_000 for row in csv.DictReader(file)]
    return series, json.loads((folder / "gpu_hours_series.expected.json").read_text())


def published_cases() -> Iterator[tuple[str, int, int, dict[str, Any]]]:
    """Each answer with the hours before the end at which its window begins and ends."""
    for window, answers in published_series()[1]["windows"].items():
        yield from ((window, int(window.split("_")[1]) * 24, 0, answer) for answer in answers)


def test_the_published_series_give_their_published_answers(engine: Engine) -> None:
    series, expected = published_series()
    seen = 0
    for window, begin, end, answer in published_cases():
        hours = series[len(series) - begin : len(series) - end]
        # To six decimals of a GPU: the thousandths of a second beyond them are no commitment.
        slices = [
            Slice(h, Decimal(0), round(units, 6), Decimal(1)) for h, units in enumerate(hours) if units > 0
        ]
        price = 1 - Decimal(str(answer["discount"]))
        found = engine.best(len(hours), slices, price, Decimal(1), Decimal(1))
        assert found["level_units"] == answer["units"], (window, answer)
        on_demand, best = found["on_demand_cost_usd"], found["total_cost_usd"]
        assert float(on_demand) == pytest.approx(answer["on_demand_cost"], abs=0.002)
        assert float(best) == pytest.approx(answer["best_cost"], abs=0.002)
        assert float((on_demand - best) / on_demand) == pytest.approx(answer["savings_pct"] / 100, abs=1e-5)
        assert float(found["covered_usd"] / on_demand) == pytest.approx(answer["coverage"], abs=1e-5)
        utilization = found["used_unit_hours"] / (found["level_units"] * len(hours))
        assert float(utilization) == pytest.approx(answer["utilization"], abs=1e-5)
        seen += 1
    assert seen == 12
    for result in expected["backtest"]["results"]:
        price = 1 - Decimal(str(result["discount"]))
        fitted = engine.best(*window_of(series, 90 * 24, 30 * 24), price, Decimal(1), Decimal(1))[
            "level_units"
        ]
        assert fitted == result["units_from_fit"]
        cost = total_cost(*window_of(series, 30 * 24, 0), price, fitted)
        assert float(cost) == pytest.approx(result["judge_cost"], abs=0.002)


def test_the_best_level_is_the_closed_form_for_any_discount(engine: Engine) -> None:
    """A unit is added while what an hour uses of it, on average, exceeds what it costs."""
    series, expected = published_series()
    for window in expected["windows"]:
        count, slices = window_of(series, int(window.split("_")[1]) * 24, 0)
        for discount in range(5, 80, 5):
            price = 1 - Decimal(discount) / 100
            level = 0
            while (
                sum(
                    (each.covered(Decimal(level + 1)) - each.covered(Decimal(level)) for each in slices),
                    Decimal(0),
                )
                > price * count
            ):
                level += 1
            found = engine.best(count, slices, price, Decimal(1), Decimal(1))
            assert found["level_units"] == level, (window, discount)


def window_of(series: list[Decimal], begin: int, end: int) -> tuple[int, list[Slice]]:
    hours = series[len(series) - begin : len(series) - end]
    return len(hours), [Slice(h, Decimal(0), round(u, 6), Decimal(1)) for h, u in enumerate(hours) if u > 0]
