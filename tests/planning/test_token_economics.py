"""The best free allowance against what calculus says of it."""

from __future__ import annotations

import json

import duckdb
import pytest

from tests.planning.rendering import render
from tests.real_files import real_file

CONVERSION, REFERENCE, ELASTICITY = 0.08, 1000, 0.2
TOKEN_COST, MONTHS = 0.002, 3
LIFETIME_VALUE, SALES_COST = 5000 * (0.01 - 0.002) / 0.05, 120


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """Users of whom nobody is ever covered, since each wants far more than any allowance."""
    opened = duckdb.connect()
    opened.execute(
        f"""
        create table token_segments as select 'greedy' as segment, 1.0::double as customer_share, 100000 as tokens_per_month;
        create table allowance_experiments (allowance_tokens bigint, trials bigint, conversions bigint);
        create table competitor_prices (competitor varchar, valid_from_date date, usd_per_1k_tokens decimal(18, 6));
        create table int_as_of_date as select date '2026-10-31' as as_of_date;
        create table assumptions as select * from (values
            ('free_tier_token_price_usd', 0.01), ('free_tier_token_cost_usd', {TOKEN_COST}),
            ('free_tier_paid_tokens', 5000), ('free_tier_conversion_share', {CONVERSION}),
            ('free_tier_reference_tokens', {REFERENCE}), ('free_tier_elasticity', {ELASTICITY}),
            ('free_tier_elasticity_low', 0), ('free_tier_elasticity_high', 0.5), ('free_tier_free_months', {MONTHS}),
            ('free_tier_monthly_churn', 0.05), ('free_tier_acquisition_cost_usd', {SALES_COST}),
            ('free_tier_flat_share', 0.05)
        ) as assumptions (name, value)
        """
    )
    return opened


def best(connection: duckdb.DuckDBPyConnection) -> int:
    for model in ("int_allowance_users", "rpt_token_economics"):
        connection.execute(f"create or replace table {model} as {render(model)}")
    [(allowance,)] = connection.execute(
        "select allowance_tokens from rpt_token_economics where segment = 'all' and is_best"
    ).fetchall()
    return int(allowance)


def test_the_best_allowance_is_the_step_beside_the_optimum(connection: duckdb.DuckDBPyConnection) -> None:
    # Where one more token costs what it wins: c e (V - S) / r (a / r)^(e - 1) = cost of a token x months.
    gain = CONVERSION * ELASTICITY * (LIFETIME_VALUE - SALES_COST) / REFERENCE
    optimum = REFERENCE * (gain / (TOKEN_COST * MONTHS)) ** (1 / (1 - ELASTICITY))
    assert 1000 < optimum < 9000
    assert abs(best(connection) - optimum) <= 250


def test_the_best_allowance_is_the_quantity_at_the_published_best_price(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    # A demand of q = 1000 p ^ -2.5 brings p q = 1000 ^ 0.4 q ^ 0.6 and costs 6 q: so do free tokens, a thousand at a time,
    # where paying users rise with the power of 0.6. The quantity that is best is that of the best price.
    cases = json.loads(real_file("planning/roi/price_closed_forms.json").read_text())
    [case] = [case for case in cases if case["id"] == "constant_elasticity"]
    assert (case["demand"], case["unit_cost"]) == ("q = 1000 p^-2.5", 1000 * TOKEN_COST * MONTHS)
    worth = 1000**0.4 / CONVERSION
    for name, value in (
        ("free_tier_elasticity", 0.6),
        ("free_tier_acquisition_cost_usd", LIFETIME_VALUE - worth),
    ):
        connection.execute("update assumptions set value = ? where name = ?", [value, name])
    quantity = 1000 * case["profit_max_price"] ** -2.5
    assert abs(best(connection) / REFERENCE - quantity) <= 0.25


def test_of_allowances_that_were_tried_the_better_is_best(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into allowance_experiments values (600, 1000, 90), (1100, 1000, 60)")
    assert best(connection) == 600
