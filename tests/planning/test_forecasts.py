"""Forecasts of real series, scored in the open from every day, against what is promised of them."""

from __future__ import annotations

import csv
import math
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import pytest

from tests.planning.rendering import render
from tests.real_files import real_file

MODELS = (
    "int_forecasts_by_origin",
    "int_forecast_sums",
    "int_forecast_methods",
    "int_forecast_intervals",
    "rpt_forecast_accuracy",
)
Series = dict[date, float]


def scored(series: dict[str, Series], as_of: date) -> duckdb.DuckDBPyConnection:
    """The models of the forecast over these series up to a day, as DuckDB runs them."""
    known = {
        name: {day: value for day, value in values.items() if day <= as_of} for name, values in series.items()
    }
    connection = loaded(known, as_of)
    for model in MODELS:
        connection.execute(f"create table {model} as {render(model)}")
    return connection


def only_today() -> str:
    """The forecast as of one day alone."""
    sql = render("int_forecasts_by_origin")
    assert sql.count("as_of.as_of_date - 119 and") == 1
    return sql.replace("as_of.as_of_date - 119 and", "as_of.as_of_date and")


def loaded(series: dict[str, Series], as_of: date) -> duckdb.DuckDBPyConnection:
    """The series and the dates that the models read."""
    connection = duckdb.connect()
    connection.execute(
        """
        create table int_costs_by_scope_daily (scope varchar, scope_id varchar, usage_date date, iso_weekday integer, cost_usd decimal(28, 12),
            even_cost_usd decimal(28, 12), spread_even_cost_usd decimal(28, 12) default 0, one_day_cost_usd decimal(28, 12) default 0,
            days_between_origins integer default 1)
        """
    )
    rows = [
        (name, name, day, day.isoweekday(), round(value, 6), round(value, 6))
        for name, values in series.items()
        for day, value in values.items()
    ]
    connection.executemany(
        "insert into int_costs_by_scope_daily (scope, scope_id, usage_date, iso_weekday, cost_usd, even_cost_usd) values (?, ?, ?, ?, ?, ?)",
        rows,
    )
    _dates(connection, as_of)
    return connection


def _dates(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    connection.execute(
        f"""
        create table dim_owners (owner_type varchar, owner_id varchar, owner_name varchar, is_latest boolean);
        create table int_as_of_date as select date '{as_of}' as as_of_date;
        create table dim_dates as select cast(day as date) as date_day, cast(isodow(day) as integer) as iso_weekday,
            cast(day(day) as integer) as day_of_month, cast(day(last_day(day)) as integer) as days_in_month
        from generate_series(date '{as_of}' - interval 200 day, date '{as_of}' + interval 31 day, interval 1 day) as days (day)
        """
    )


def score(connection: duckdb.DuckDBPyConnection, horizon: str) -> tuple[float, float, float, float]:
    """WAPE, skill against repeating last week, and coverage of both ranges of the method in use."""
    [found] = connection.execute(
        "select wape, skill_share, interval_coverage_share, interval_95_coverage_share from rpt_forecast_accuracy where is_used and horizon = ?",
        [horizon],
    ).fetchall()
    return found


def taxi_rides() -> Series:
    with real_file("planning/anomaly/nyc_taxi_daily.csv").open(newline="") as file:
        return {date.fromisoformat(row["date"]): float(row["value"]) for row in csv.DictReader(file)}


def page_views() -> Series:
    with real_file("planning/forecast/wp_peyton_manning_daily.csv").open(newline="") as file:
        return {date.fromisoformat(row["ds"]): math.exp(float(row["y"])) for row in csv.DictReader(file)}


def test_taxi_rides_are_forecast_within_the_promised_error() -> None:
    rides = taxi_rides()
    connection = scored({"nyc": rides}, max(rides))
    wape, skill, coverage, wide_coverage = score(connection, "all days")
    assert wape <= 0.09
    assert skill >= 0.1
    assert 0.75 <= coverage <= 0.85
    assert 0.9 <= wide_coverage <= 0.99
    assert score(connection, "30-day total")[0] <= 0.07


def test_views_in_bursts_are_forecast_no_worse_than_by_repeating_last_week() -> None:
    views = page_views()
    missed = naive = 0.0
    covered: list[float] = []
    widely_covered: list[float] = []
    for back in range(0, 600, 120):
        connection = scored({"wp": views}, max(views) - timedelta(days=back))
        [(used, by_naive)] = connection.execute(
            """
            select sum(abs(forecast_usd - actual_usd)) filter (where forecast_method = 'combined'),
                sum(abs(forecast_usd - actual_usd)) filter (where forecast_method = 'seasonal_naive')
            from int_forecasts_by_origin where actual_usd is not null
            """
        ).fetchall()
        missed, naive = missed + used, naive + by_naive
        _, _, coverage, wide_coverage = score(connection, "all days")
        covered.append(coverage)
        widely_covered.append(wide_coverage)
    assert missed <= naive
    assert 0.75 <= sum(covered) / len(covered) <= 0.85
    assert 0.92 <= sum(widely_covered) / len(widely_covered) <= 0.99


def test_ranges_of_sums_hold_what_they_promise() -> None:
    """As printed on days 90 apart, of taxi rides on days 30 apart, against the 30 days that came. Of one sum without overlap no range is drawn."""
    views, rides = page_views(), taxi_rides()
    tested = held = 0
    for name, series, back in [("nyc", rides, (30, 60, 90)), ("wp", views, tuple(range(30, 1830, 90)))]:
        for days in back:
            as_of = max(series) - timedelta(days=days)
            free, low, high = range_of_sum(name, series, as_of)
            came = sum(series.get(as_of + timedelta(days=day), 0) for day in range(1, 31))
            assert free >= 2
            tested, held = tested + 1, held + (low <= came <= high)
    assert 0.7 <= held / tested <= 0.87
    young = {day: value for day, value in rides.items() if day <= min(rides) + timedelta(days=70)}
    assert range_of_sum("nyc", young, max(young)) == (0, None, None)


def range_of_sum(name: str, series: Series, as_of: date) -> tuple:
    """The range of the 30 days after a day, and of how many past sums without overlap it is drawn."""
    known = {day: value for day, value in series.items() if day <= as_of}
    with loaded({name: known}, as_of) as connection:
        for model in MODELS[:3]:
            connection.execute(f"create table {model} as {render(model)}")
        [found] = connection.execute(
            """
            select independent_sums, forecast_usd / band_ratio, forecast_usd * band_ratio
            from int_forecast_sums join int_forecast_methods using (scope, scope_id, forecast_method)
            where is_used and origin_date = ?
            """,
            [as_of],
        ).fetchall()
    return found


@pytest.mark.parametrize("as_of", [date(2026, 4, 1), date(2026, 10, 31), date(2027, 1, 31)])
def test_a_bill_of_a_fixed_amount_a_month_is_forecast_to_the_cent(as_of: date) -> None:
    """A rent over the days of months of 28 to 31 days, and a credit on the third of each."""
    past = [as_of - timedelta(days=back) for back in range(200)]
    rent = {day: 930 / monthrange(day.year, day.month)[1] - 75 * (day.day == 3) for day in past}
    with loaded({"total": rent}, as_of) as connection:
        connection.execute(
            """
            update int_costs_by_scope_daily set
                even_cost_usd = 930 / 30.4375,
                spread_even_cost_usd = 930 / 30.4375,
                one_day_cost_usd = case when day(usage_date) = 3 then -75 else 0 end
            """
        )
        for model in MODELS:
            connection.execute(f"create table {model} as {render(model)}")
        assert score(connection, "all days")[0] < 1e-6
        assert score(connection, "30-day total")[0] < 1e-6
        said = connection.execute(
            "select forecast_date, forecast_usd from int_forecasts_by_origin where origin_date = ? and forecast_method = 'combined'",
            [as_of],
        ).fetchall()
    assert len(said) == 30
    for day, usd in said:
        assert usd == pytest.approx(
            930 / monthrange(day.year, day.month)[1] - 75 * (day.day == 3), abs=0.0001
        )


@pytest.mark.parametrize(
    ("name", "read", "days_apart"), [("nyc_taxi", taxi_rides, 15), ("wp_peyton", page_views, 30)]
)
def test_forecasts_stand_beside_those_of_a_library(
    name: str, read: Callable[[], Series], days_apart: int
) -> None:
    """As the scores of statsforecast in the file were made: 30 days from so many origins, over all of them."""
    with real_file("planning/forecast/reference_scores.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["series"] == name]
    theirs = {row["model"]: float(row["wape"]) for row in rows}
    series = read()
    missed: dict[str, float] = defaultdict(float)
    came: dict[str, float] = defaultdict(float)
    for step in range(int(rows[0]["origins"])):
        origin = max(series) - timedelta(days=30 + days_apart * step)
        ahead = {day: value for day, value in series.items() if day <= origin + timedelta(days=30)}
        with loaded({name: ahead}, origin) as connection:
            for method, error, outcome in connection.execute(
                f"""
                select forecast_method, sum(abs(forecast_usd - actual_usd)), sum(actual_usd)
                from ({only_today()}) group by forecast_method
                """
            ).fetchall():
                missed[method] += error
                came[method] += outcome
    ours = {method: missed[method] / came[method] for method in missed}
    assert ours["seasonal_naive"] == pytest.approx(theirs["SeasonalNaive"], rel=0.01)
    assert ours["median_of_four"] == pytest.approx(theirs["own_median_last4"], rel=0.01)
    assert ours["combined"] <= 1.02 * theirs["MeanOf4"]
    assert ours["combined"] < theirs["AutoTheta"]


AHEAD = (*MODELS, "int_calendar_ahead", "int_cost_days_ahead", "fct_cost_forecasts_daily")
"""From costs to the days ahead."""


def many_series(count: int) -> duckdb.DuckDBPyConnection:
    """So many series as they are shipped: 25 of a company and the 50 costliest budgets scored from every day, 100 models and 100 services,
    units, projects and customers from every seventh, and the budgets of all others forecast as of today."""
    as_of = date(2026, 10, 31)
    connection = loaded({"gone": {as_of: 0.0}}, as_of)
    connection.execute(
        f"""
        delete from int_costs_by_scope_daily;
        insert into int_costs_by_scope_daily
        select case when number < 75 then 'team' when number < 275 then 'model' else 'customer' end, cast(number as varchar), date_day, iso_weekday,
            number % 7 + iso_weekday + hash(number, date_day) % 5 as cost_usd, cost_usd, 0, 0, case when number < 75 then 1 when number < 275 then 7 else 120 end
        from range({count}) as numbers (number) cross join dim_dates
        where date_day between date '{as_of}' - 175 and date '{as_of}';
        create table int_event_days (event_id varchar, scope varchar, scope_id varchar, forecast_date date, change_share double, change_usd double);
        create table int_event_shares (event_scope varchar, event_scope_id varchar, scope varchar, scope_id varchar,
            cost_usd decimal(28, 12), running_cost_usd decimal(28, 12), event_cost_usd decimal(28, 12), daily_cost double);
        set threads = 2
        """
    )
    return connection


def test_each_of_many_series_is_forecast_and_those_judged_have_a_range() -> None:
    with many_series(1_000) as connection:
        for model in AHEAD:
            connection.execute(f"create table {model} as {render(model)}")
        assert connection.execute(
            """
            select count(*) filter (where forecast_usd > 0), count(distinct scope_id) filter (where lower_usd is not null)
            from fct_cost_forecasts_daily
            """
        ).fetchone() == (1_000 * 30, 275)
