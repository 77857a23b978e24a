"""How far forecasts miss, and how often ranges hold: the demo, made-up traffic, taxi rides and page views.

`python -m tests.bench.forecast_scores [warehouse/finops.duckdb] [--scenario base --scenario burst] [--seed 7]`: runs the SQL of the
models from each of the last 120 days, and the range of 30 days every 30 days as it would have been printed, held against what came.
`--series 10000` times so many series instead, beside a sum over their days; a clock shows half of it on two idle processors.
"""

import argparse
import resource
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import duckdb

from generator.cli import app as generate
from tests.planning.rendering import render
from tests.planning.test_forecasts import (
    AHEAD,
    Series,
    loaded,
    many_series,
    page_views,
    score,
    scored,
    taxi_rides,
)

SCENARIOS = ("base", "seasonal", "burst", "multi_tenant", "model_migration", "gradual_decline", "mixed")
_DAYS = 300
_CUSTOMERS = 60
_HEADING = ("wape", "bias", "sum", "days80", "days95", "skill")


@dataclass
class Held:
    """Printed ranges of 30 days that held what came, by how many of the sums behind them do not overlap."""

    held: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    tested: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def __str__(self) -> str:
        return ", ".join(
            f"{self.held[free] / self.tested[free]:.0%} of {self.tested[free]} from {free} free sums"
            for free in sorted(self.tested)
        )


def ranges_held(series: dict[str, Series]) -> Held:
    """The range of every 30th day, by the method in use on it, and whether the 30 days after it lay within."""
    found = Held()
    first, last = min(map(min, series.values())), max(map(max, series.values()))
    as_of = last - timedelta(days=30)
    while as_of > first + timedelta(days=60):
        known = {
            name: {day: value for day, value in values.items() if day <= as_of}
            for name, values in series.items()
        }
        with loaded(known, as_of) as connection:
            for model in ("int_forecasts_by_origin", "int_forecast_methods", "int_forecast_sums"):
                connection.execute(f"create table {model} as {render(model)}")
            for name, free, low, high in connection.execute(
                """
                select scope, independent_sums, forecast_usd / band_ratio, forecast_usd * band_ratio
                from int_forecast_sums join int_forecast_methods using (scope, scope_id, forecast_method)
                where is_used and origin_date = ? and band_ratio is not null
                """,
                [as_of],
            ).fetchall():
                came = sum(
                    value
                    for day, value in series[name].items()
                    if timedelta(0) < day - as_of <= timedelta(days=30)
                )
                found.tested[free] += 1
                found.held[free] += low <= came <= high
        as_of -= timedelta(days=30)
    return found


def made_up(scenario: str, seed: int, folder: Path) -> dict[str, Series]:
    """Cost by day of all calls, of each provider and of each product of generated traffic."""
    generate(
        ["--customers", str(_CUSTOMERS), "--days", str(_DAYS), "--end-date", "2026-10-31", "--seed", str(seed),
         "--scenario", scenario, "--out", str(folder)],
        standalone_mode=False,
    )  # fmt: skip
    rows = duckdb.sql(
        f"""
        with calls as (select cast(timestamp as date) as day, provider, product_id, cost_usd from '{folder}/calls/*/*.parquet')
        select 'all', day, sum(cost_usd) from calls group by all
        union all select 'provider ' || provider, day, sum(cost_usd) from calls group by all
        union all select 'product ' || product_id, day, sum(cost_usd) from calls group by all
        """
    ).fetchall()
    series: dict[str, Series] = defaultdict(dict)
    for name, day, value in rows:
        series[name][day] = float(value or 0)
    for values in series.values():
        for day in series["all"]:
            if day > min(values):
                values.setdefault(day, 0.0)
    return dict(series)


def collections(scenarios: tuple[str, ...], seed: int) -> Iterator[tuple[str, dict[str, Series]]]:
    """Each collection of series by its name."""
    yield "NYC taxi", {"nyc": taxi_rides()}
    yield "wp_peyton", {"wp": page_views()}
    for scenario in scenarios:
        with tempfile.TemporaryDirectory() as folder:
            yield scenario, made_up(scenario, seed, Path(folder) / "raw")


def of_series(name: str, values: Series) -> tuple[float | None, ...]:
    """Error of days, lean, error of sums, coverage of both ranges of days, skill."""
    with scored({name: values}, max(values)) as connection:
        wape, skill, narrow, wide = score(connection, "all days")
        [(bias,)] = connection.execute(
            "select bias_share from rpt_forecast_accuracy where is_used and horizon = 'all days'"
        ).fetchall()
        return wape, bias, score(connection, "30-day total")[0], narrow, wide, skill


def _timed(count: int) -> None:
    """Say what the days ahead of so many series take, and the floor beside them."""
    with many_series(count) as connection:
        began = _processor_seconds()
        connection.execute(
            "select scope_id, sum(cost_usd), sum(even_cost_usd) from int_costs_by_scope_daily group by all"
        ).fetchall()
        floor = _processor_seconds() - began
        began = _processor_seconds()
        for model in AHEAD:
            connection.execute(f"create table {model} as {render(model)}")
        taken = _processor_seconds() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(f"{count:,} series: {taken:.1f} s of processor time, {taken / floor:.0f} x a sum, {peak:,.0f} MB")


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _line(name: str, method: str, scores: tuple[float | None, ...], after: object) -> str:
    shown = "".join(f"{'-' if value is None else f'{value:.1%}':>9}" for value in scores)
    return f"{name:<28} {method:<16}{shown}  {after}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", nargs="?")
    parser.add_argument("--scenario", action="append", choices=SCENARIOS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--series", type=int, help="time so many, and score none")
    asked = parser.parse_args()
    if asked.series:
        _timed(asked.series)
        return
    _say(
        f"{'series':<28} {'method':<16}" + "".join(f"{name:>9}" for name in _HEADING) + "  30-day ranges held"
    )
    if asked.warehouse:
        with duckdb.connect(asked.warehouse, read_only=True) as connection:
            for name, method, held, tested, free, *scores in connection.execute(
                """
                select days.scope || ' ' || days.scope_id, days.forecast_method, sums.interval_coverage_share, sums.interval_days,
                    sums.interval_independent_sums, days.wape, days.bias_share, sums.wape, days.interval_coverage_share,
                    days.interval_95_coverage_share, days.skill_share
                from planning.rpt_forecast_accuracy as days
                left join planning.rpt_forecast_accuracy as sums
                    on days.scope = sums.scope and days.scope_id = sums.scope_id and days.forecast_method = sums.forecast_method
                    and sums.horizon = '30-day total'
                where days.is_used and days.horizon = 'all days' order by days.scope = 'total' desc, 1
                """
            ).fetchall():
                after = (
                    f"{held:.0%} of {tested}, {free} without overlap" if held is not None else "not tested"
                )
                _say(_line(name, method, tuple(scores), after))
    for name, series in collections(tuple(asked.scenario or SCENARIOS), asked.seed):
        of_all = next(iter(series))
        _say(_line(name, "combined", of_series(of_all, series[of_all]), ranges_held(series)))


if __name__ == "__main__":
    main()
