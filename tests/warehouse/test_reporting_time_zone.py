"""Days and hours of another zone than UTC: each call in exactly one, on days on which clocks are changed, too."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from dbt_project.landing.variables import variable_problems
from tests.workspace import Workspace

# Both sides of Greenwich; quarters of an hour; a change of half an hour, one at midnight, some by decree.
ZONES = ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Beirut", "America/Sao_Paulo"]
DAILY = "select local_date, day_minutes, sum(calls), sum(effective_cost_usd) from core.fct_usage_local_daily group by all order by all"


READ = ("fct_calls", "fct_usage_daily", "fct_usage_local_daily", "rpt_hour_of_week_costs")


def _build(workspace: Workspace, zone: str) -> None:
    selected = ("--select", *(f"+{model}" for model in READ))
    done = workspace.dbt("build", "--exclude-resource-type", "unit_test", "test", *_zone(zone), *selected)
    assert done.returncode == 0, done.stdout[-6000:]


def _rows(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    """Of the working file: a build of a selection is not published."""
    with duckdb.connect(
        str(workspace.warehouse_dir / "build" / "finops.duckdb"), read_only=True
    ) as connection:
        return connection.execute(sql).fetchall()


def _zone(name: str) -> tuple[str, str]:
    return "--vars", json.dumps({"reporting_time_zone": name})


@pytest.mark.parametrize("zone", ZONES)
def test_clocks_of_a_zone_are_those_of_its_database(built: Workspace, zone: str) -> None:
    """Every 15 minutes from 2015 to 2026, and the second before."""
    compiled = built.dbt(
        "--quiet", "compile", "--inline", "select {{ local_time('moment') }} as clock", *_zone(zone)
    ).stdout
    expression = compiled.strip().removeprefix("select ").removesuffix(" as clock")
    assert expression.startswith("make_timestamp("), compiled
    wrong = duckdb.sql(f"""
        select moment, {expression} as clock, (moment at time zone 'UTC') at time zone '{zone}' as right_clock
        from (
            select unnest([begins_at, begins_at - interval 1 second]) as moment
            from range(timestamp '2015-01-02', timestamp '2027-01-01', interval 15 minute) as quarters (begins_at)
        )
        where clock <> right_clock
        limit 5
    """).fetchall()
    assert not wrong


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Five days around the end of summer time in Berlin, 2026-10-25, in days of Kathmandu first."""
    folder = tmp_path_factory.mktemp("autumn")
    workspace = Workspace(folder, folder / "target")
    workspace.generate(4, 5, "--end-date", "2026-10-27")
    _build(workspace, "Asia/Kathmandu")
    return workspace


def _calls(workspace: Workspace) -> list[tuple[datetime, float]]:
    return _rows(workspace, "select called_at, effective_cost_usd from core.fct_calls")


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Berlin", "America/New_York", "UTC"])
def test_each_call_is_in_the_local_day_in_which_it_was_made(autumn: Workspace, zone: str) -> None:
    """One zone after the other in the same warehouse: days built before get the days of the new one."""
    _build(autumn, zone)
    expected: Counter[date] = Counter(
        called_at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() for called_at, _ in _calls(autumn)
    )
    rows = _rows(autumn, DAILY)
    assert {day: calls for day, _, calls, _ in rows} == expected
    assert (
        sum(cost for *_, cost in rows)
        == _rows(autumn, "select sum(effective_cost_usd) from core.fct_usage_daily")[0][0]
    )
    lengths = {day: minutes for day, minutes, *_ in rows if minutes != 1440}
    assert lengths == ({date(2026, 10, 25): 1500} if zone == "Europe/Berlin" else {})
    whole = {
        day
        for (day,) in _rows(
            autumn, "select distinct local_date from core.fct_usage_local_daily where is_complete"
        )
    }
    first, behind = date(2026, 10, 23), zone == "America/New_York"
    days = 5 if zone == "UTC" else 4
    assert whole == {
        first + timedelta(days=number + (not behind and zone != "UTC")) for number in range(days)
    }


def test_hours_of_the_week_are_those_of_the_zone(autumn: Workspace) -> None:
    _build(autumn, "Europe/Berlin")
    clocks = [
        called_at.replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")) for called_at, _ in _calls(autumn)
    ]
    expected = Counter(
        (clock.isoweekday(), clock.hour)
        for clock in clocks
        if date(2026, 10, 24) <= clock.date() <= date(2026, 10, 27)
    )
    found = _rows(autumn, "select iso_weekday, hour_of_day, calls from core.rpt_hour_of_week_costs")
    assert {(weekday, hour): calls for weekday, hour, calls in found} == expected


def test_what_is_no_zone_is_refused_with_one_that_was_meant() -> None:
    assert variable_problems({"reporting_time_zone": "Europe/Berlim"}) == [
        "variable reporting_time_zone is Europe/Berlim; it takes the name of a time zone, such as Europe/Berlin"
    ]
    assert variable_problems({"reporting_time_zone": "CEST' || evil()"})
    assert not variable_problems({"reporting_time_zone": "Asia/Kathmandu"})
