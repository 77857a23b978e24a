"""What is said of free tokens: the best allowance and its neighbours, where the price stands, and which printed figures follow."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.subjects.planning.tokens.statements import tiers_section, tokens_section
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

ECONOMICS, CLAIMS, TIERS = (
    "planning.rpt_token_economics",
    "planning.rpt_token_claims",
    "planning.rpt_tier_break_evens",
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(ECONOMICS, CLAIMS, TIERS, "core.fct_usage_daily") as opened:
        yield opened


def allowance(
    tokens: int, profit: int, verdict: str, *, source: str = "assumption", price: str = "null"
) -> str:
    return (
        f"{tokens} as allowance_tokens, 'all' as segment, {profit} as profit_usd, {profit - 10_000} as lower_profit_usd, "
        f"'{verdict}' as verdict, '{source}' as conversion_source, {price} as price_position_share, "
        f"{'best' in verdict.split(',')} as is_best, {verdict in ('best', 'as good')} as is_as_good, "
        f"{verdict == 'best at worst'} as is_best_at_worst"
    )


def said(connection: duckdb.DuckDBPyConnection, *rows: str) -> str:
    section, *_ = tokens_section(with_rows(connection, ECONOMICS, *rows))
    return " ".join(text.plain for text in section.text)


def test_neighbours_that_are_as_good_and_the_best_at_worst_are_told(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    text = said(
        connection,
        allowance(250, 40_000, "best", price="-0.2"),
        allowance(500, 39_000, "as good", price="-0.2"),
        allowance(1000, 30_000, "best at worst", price="-0.2"),
    )
    assert "250 free tokens a month are worth most, $40.0K per thousand users" in text
    assert "As good (free_tier_flat_share): 1 more, all from 250 to 500." in text
    assert "At the low end of what is known of conversion 1,000 are best, at $20.0K." in text
    assert "The price of a token is 20 % below the mean of what competitors ask" in text


def test_what_was_tried_is_told_and_an_unknown_price_is_no_zero(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    text = said(connection, allowance(600, 5_000, "best", source="experiment"))
    assert "of 1 that were tried" in text
    assert "No other comes near it" in text
    assert "What competitors ask is not known" in text


def test_a_printed_figure_stands_beside_what_follows(connection: duckdb.DuckDBPyConnection) -> None:
    with_rows(connection, ECONOMICS, allowance(250, 40_000, "best"))
    warehouse = with_rows(
        connection,
        CLAIMS,
        "'conversion' as claim_id, '15 %' as claim, 'share' as unit, 0.15 as claimed_value, 0.032 as value, "
        "'does not follow' as status, '15 %: a wish.' as note",
    )
    _, section = tokens_section(warehouse)
    assert section.tables[0].cells[0] == ("15 %: a wish.", "15 %", "3.2 %", "does not follow")


def test_a_tier_that_nobody_is_on_has_no_break_even(connection: duckdb.DuckDBPyConnection) -> None:
    assert tiers_section(warehouse_of(connection)) == ()
    (section,) = tiers_section(
        with_rows(
            connection,
            TIERS,
            "'pro' as subscription_tier, 99 as monthly_fee_usd, 0.1 as cost_per_call_usd, 990 as break_even_calls, 2 as customers, "
            "1 as customers_beyond",
            "'enterprise' as subscription_tier, 299 as monthly_fee_usd, 0 as customers, 0 as customers_beyond",
        )
    )
    pro, enterprise = section.tables[0].cells
    assert pro[3] == "990"
    assert enterprise[3] == "unknown"
