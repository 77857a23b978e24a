"""Days to come: parts sum to the whole on each of them, whatever is forecast and whatever is known to come."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.planning.rendering import render

AS_OF = date(2026, 10, 31)
KINDS = {"component": 4, "provider": 9, "team": 23, "service": 5}


def tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        create table int_as_of_date as select date '{AS_OF}' as as_of_date;
        create table int_costs_by_scope_daily (scope varchar, scope_id varchar, cost_usd decimal(28, 12));
        create table int_forecasts_by_origin (scope varchar, scope_id varchar, origin_date date, forecast_date date,
            forecast_method varchar, forecast_usd double);
        create table int_forecast_methods (scope varchar, scope_id varchar, forecast_method varchar, is_used boolean, wape double);
        create table int_calendar_ahead (scope varchar, scope_id varchar, forecast_date date, calendar_usd double);
        create table int_event_days (event_id varchar, scope varchar, scope_id varchar, forecast_date date, change_share double, change_usd double);
        create table int_event_shares (event_scope varchar, event_scope_id varchar, scope varchar, scope_id varchar,
            cost_usd decimal(28, 12), running_cost_usd decimal(28, 12), event_cost_usd decimal(28, 12), daily_cost double)
        """
    )


def scopes() -> Iterator[tuple[str, str]]:
    yield "total", "total"
    for kind, count in KINDS.items():
        yield from ((kind, f"{kind}{number}") for number in range(count))


@pytest.fixture(scope="module", params=range(3))
def days(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """All days ahead of random forecasts, credits among them, and of an event of a team, of a customer and of a commitment."""
    chance = random.Random(request.param)
    with duckdb.connect() as connection:
        tables(connection)
        for scope, scope_id in scopes():
            # Of each kind the parts cost what the whole does, a multiple of each number of them.
            cost = math.prod(KINDS.values()) // KINDS.get(scope, 1)
            connection.execute(
                "insert into int_costs_by_scope_daily values (?, ?, ?)", [scope, scope_id, cost]
            )
            wape = chance.choice([None, 0.0, chance.random()])
            connection.execute(
                "insert into int_forecast_methods values (?, ?, 'm', true, ?)", [scope, scope_id, wape]
            )
            mean = 1000 if scope == "total" else 1000 / KINDS[scope]
            connection.executemany(
                "insert into int_forecasts_by_origin values (?, ?, ?, ?, 'm', ?)",
                [
                    (scope, scope_id, AS_OF, AS_OF + timedelta(days=day), mean * chance.uniform(-0.2, 2))
                    for day in range(1, 31)
                ],
            )
        connection.executemany(
            "insert into int_calendar_ahead values ('team', 'team1', ?, ?)",
            [(AS_OF + timedelta(days=day), chance.uniform(-20, 20)) for day in range(1, 401)],
        )
        for number, (kind, name) in enumerate((("team", "team3"), ("customer", "c"), ("commitment", "r"))):
            change = (0.3, None) if kind != "commitment" else (None, 17.0 / 7)
            connection.executemany(
                "insert into int_event_days values (?, ?, ?, ?, ?, ?)",
                [(f"e{number}", kind, name, AS_OF + timedelta(days=day), *change) for day in range(10, 401)],
            )
            whole = sum(shares := [Decimal(chance.randint(0, 10**15)).scaleb(-12) for _ in range(1000)])
            for target, count in ({"total": 1} | KINDS).items():
                parts = [whole] if target == "total" else [*shares[: count - 1], sum(shares[count - 1 :])]
                running = Decimal(0)
                for part, cost in enumerate(parts):
                    running += cost
                    scope_id = "total" if target == "total" else f"{target}{part}"
                    connection.execute(
                        "insert into int_event_shares values (?, ?, ?, ?, ?, ?, ?, ?)",
                        [kind, name, target, scope_id, cost, running, whole, 3.3],
                    )
        cursor = connection.execute(render("int_cost_days_ahead"))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("column", ["forecast_usd", "event_usd"])
def test_parts_sum_to_the_whole_on_every_day(days: list[dict[str, Any]], column: str) -> None:
    assert len(days) == 400 * (1 + sum(KINDS.values()))
    for kind in KINDS:
        for horizon in (1, 9, 10, 30, 31, 400):
            [whole] = [
                row[column] for row in days if row["scope"] == "total" and row["horizon_days"] == horizon
            ]
            parts = [row[column] for row in days if row["scope"] == kind and row["horizon_days"] == horizon]
            assert sum(parts, Decimal(0)) == whole
            assert whole != 0 or (horizon < 10 and column == "event_usd")


def test_what_never_missed_is_left_as_it_is_and_every_figure_says_what_it_is_made_of(
    days: list[dict[str, Any]],
) -> None:
    for row in days:
        assert row["forecast_usd"] == row["own_usd"] + row["fitting_usd"] + row["event_usd"]
        assert row["scope"] != "total" or row["fitting_usd"] == 0
    untouched = {row["scope_id"] for row in days} - {row["scope_id"] for row in days if row["fitting_usd"]}
    assert untouched > {"total"}
