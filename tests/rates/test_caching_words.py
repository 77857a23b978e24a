"""What is said of prompt caching: no saving that no cache can bring, and no verdict on calls whose run nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.subjects.rates import queries as ask
from reports_builder.subjects.rates.statements import caching_figure, caching_section
from reports_builder.warehouse import Warehouse
from tests.reports.empty_marts import empty_marts, warehouse_of

TABLES = ("rates.rpt_caching_savings", "rates.rpt_savings_waterfall")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(*TABLES) as opened:
        yield opened


def of_model(connection: duckdb.DuckDBPyConnection, model: str, columns: str) -> None:
    connection.execute(
        "insert into rates.rpt_caching_savings by name select 'agent' as task_type, 'p' as provider, "
        f"'{model}' as model, 10 as current_cost_usd, {columns}"
    )


def said(warehouse: Warehouse) -> str:
    return " ".join(text.plain for text in caching_section(warehouse).text)


def figure(warehouse: Warehouse) -> tuple[str, str]:
    shown = caching_figure(ask.kind(warehouse, "caching"), ask.caching_in_all(warehouse))
    assert shown.status is not None
    return shown.now.plain, shown.status.plain


def test_a_model_with_short_runs_has_nothing_to_gain(connection: duckdb.DuckDBPyConnection) -> None:
    for model, first in (("long", 100), ("short", 300)):
        of_model(
            connection,
            model,
            f"{first} as first_input_tokens, 300 as later_input_tokens, 0.8 as later_cached_share, "
            f"0.8 as peer_later_cached_share, 0 as unplaced_input_tokens, {first} + 300 as input_tokens, "
            "0 as more_cached_tokens, true as is_cache_used_for_task, 'nothing to gain' as verdict, 0 as net_monthly_savings_usd",
        )
    warehouse = warehouse_of(connection)
    assert said(warehouse) == (
        "The first call of a run finds nothing of that run in the cache: such calls are 40 % of the prompt "
        "tokens; of the later ones 80 % of the tokens were read from it. Models are compared in the same "
        "place of a run, so that one with short runs is not blamed for them; where a task is cached at all, no "
        "model reads much less than the others on it."
    )
    assert figure(warehouse) == ("0", "nothing to do")


def test_nothing_is_guessed_of_calls_without_a_trace(connection: duckdb.DuckDBPyConnection) -> None:
    of_model(
        connection,
        "dark",
        "0 as first_input_tokens, 0 as later_input_tokens, 500 as unplaced_input_tokens, 500 as input_tokens, "
        "false as is_cache_used_for_task, 'cannot be told: no trace ids' as verdict",
    )
    warehouse = warehouse_of(connection)
    assert said(warehouse) == (
        "For 100 % of the prompt tokens it cannot be told what a cache could save: their calls have no trace "
        "id, so nobody knows which was the first of its run."
    )
    assert figure(warehouse) == ("unknown", "100 % of prompt tokens have no trace id")
    assert "cannot be told: no trace ids" in caching_section(warehouse).tables[0].cells[0]


def test_a_task_without_any_cache_is_unknown_and_not_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    of_model(
        connection,
        "one",
        "400 as first_input_tokens, 100 as later_input_tokens, 0 as later_cached_share, 0 as cached_share, "
        "0 as unplaced_input_tokens, 500 as input_tokens, false as is_cache_used_for_task, 'unknown: no cache' as verdict",
    )
    warehouse = warehouse_of(connection)
    assert said(warehouse).endswith(
        "What a cache could save is not known for one task in which no call reads from one (500 of 500 prompt tokens, $10): "
        "there is no model to compare with. Next step: measure how much of the beginning of their prompts is the same from call "
        "to call."
    )
    assert figure(warehouse) == ("unknown", "one task in which no call reads from a cache")
    assert "unknown: no cache" in caching_section(warehouse).tables[0].cells[0]
