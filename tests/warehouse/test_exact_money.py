"""The SQL that splits and prices money is exact, for any amounts: the macros are rendered and run on DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace import ROOT

MACROS = ROOT / "dbt_project" / "macros"
AMOUNTS = st.decimals("-1000000", "1000000", places=12)
UNITS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def macro(name: str) -> Callable[..., str]:
    numbers = jinja2.Template((MACROS / "dialect" / "numbers.sql").read_text()).module
    known = {"decimal_of_double": numbers.default__decimal_of_double}
    return getattr(jinja2.Template((MACROS / "money.sql").read_text()).make_module(known), name)


@settings(max_examples=60)
@given(amount=AMOUNTS, units=UNITS)
def test_the_parts_of_a_split_sum_to_the_whole(
    connection: duckdb.DuckDBPyConnection, amount: Decimal, units: list[int]
) -> None:
    part = macro("split_exactly")("amount", "running", "running - units", "total")
    parts = connection.execute(
        f"""
        with rows as (select unnest($units) as units, generate_subscripts($units, 1) as position),
        running as (
            select position, units, sum(units) over (order by position)::bigint as running, sum(units) over ()::bigint as total,
                $amount::decimal(28, 12) as amount
            from rows
        )
        select {part} as part, units from running order by position
        """,
        {"units": units, "amount": amount},
    ).fetchall()
    assert sum(part for part, _ in parts) == amount
    for part, own in parts:
        # A double carries 15 digits: the share of one row may be off by no more than that.
        exact = amount * own / sum(units)
        assert abs(part - exact) <= Decimal("2e-12") + abs(amount) * Decimal("1e-14")
        if own == 0:
            assert part == 0


@settings(max_examples=60)
@given(tokens=st.integers(0, 10**13), price=st.decimals("0", "9999", places=6))
def test_tokens_times_price_is_exact(
    connection: duckdb.DuckDBPyConnection, tokens: int, price: Decimal
) -> None:
    cost = macro("token_cost")("tokens", "(price * cast(0.000001 as decimal(7, 6)))::decimal(18, 12)")
    row = connection.execute(
        f"select {cost} from (select $tokens::bigint as tokens, $price::decimal(18, 6) as price)",
        {"tokens": tokens, "price": price},
    ).fetchone()
    assert row == (tokens * price / 1_000_000,)


def test_no_tokens_cost_nothing_where_no_price_is_known(connection: duckdb.DuckDBPyConnection) -> None:
    cost = macro("token_cost")("tokens", "price")
    rows = connection.execute(
        f"select {cost} from (values (0::bigint, null::decimal(18, 12)), (1, null)) as usage (tokens, price)"
    ).fetchall()
    assert rows == [(0,), (None,)]
