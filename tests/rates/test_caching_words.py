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


KNOWN = {
    "unplaced_calls": "0",
    "unplaced_input_tokens": "0",
    "is_place_known": "true",
    "is_one_call_a_run_for_task": "false",
}


def of_model(connection: duckdb.DuckDBPyConnection, model: str, columns: str) -> None:
    known = ", ".join(f"{value} as {name}" for name, value in KNOWN.items() if f" as {name}" not in columns)
    connection.execute(
        "insert into rates.rpt_caching_savings by name select 'agent' as task_type, 'p' as provider, "
        f"'{model}' as model, 10 as current_cost_usd, {columns}, {known or 'null as planned_model'}"
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
            f"0.8 as peer_later_cached_share, {first} + 300 as input_tokens, 9 as calls, {first} + 300 as compared_input_tokens, "
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
        "50 as first_input_tokens, 0 as later_input_tokens, 450 as unplaced_input_tokens, 500 as input_tokens, "
        "100 as calls, 90 as unplaced_calls, false as is_place_known, 0 as compared_input_tokens, "
        "true as is_cache_used_for_task, 'unknown: 90 of 100 calls' as verdict",
    )
    warehouse = warehouse_of(connection)
    assert said(warehouse) == (
        "For 100 % of the prompt tokens it is unknown what a cache could save: 90 of 100 calls carry no trace id, so nobody "
        "knows which was the first of its run. Next step: send a trace id with every call, the same for all calls of a run."
    )
    assert figure(warehouse) == ("unknown", "90 of 100 calls carry no trace id")
    assert "unknown: 90 of 100 calls" in caching_section(warehouse).tables[0].cells[0]


def test_a_figure_says_on_which_share_of_the_tokens_it_stands(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "insert into rates.rpt_savings_waterfall by name select 'caching' as action_kind, 'yes' as counting, 1 as actions, "
        "5 as net_usd, 4 as low_usd, 6 as high_usd"
    )
    of_model(
        connection,
        "some",
        "100 as first_input_tokens, 200 as later_input_tokens, 0 as later_cached_share, 0.8 as peer_later_cached_share, "
        "100 as unplaced_input_tokens, 400 as input_tokens, 10 as calls, 2 as unplaced_calls, 300 as compared_input_tokens, "
        "100 as more_cached_tokens, 'reads less' as verdict, true as is_cache_used_for_task, 5 as net_monthly_savings_usd",
    )
    warehouse = warehouse_of(connection)
    assert said(warehouse) == (
        "The first call of a run finds nothing of that run in the cache: such calls are 33 % of the prompt tokens with a trace "
        "id; of the later ones 0 % of the tokens were read from it. Models are compared in the same place of a run, so that one "
        "with short runs is not blamed for them; the gaps that are left are worth $5 a month. These figures stand on 75 % of the "
        "prompt tokens: 2 of 10 calls carry no trace id, and what they could read is in no figure."
    )
    assert figure(warehouse) == (
        "$5.00",
        "$4 to $6; actions: 1; by 75 % of prompt tokens, the rest is unknown",
    )


def test_runs_of_one_call_have_nothing_to_cache_and_do_not_lack_a_trace(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    of_model(
        connection,
        "single",
        "400 as first_input_tokens, 0 as later_input_tokens, 0.2 as cached_share, 400 as input_tokens, 4 as calls, "
        "400 as compared_input_tokens, 0 as more_cached_tokens, 0 as net_monthly_savings_usd, "
        "true as is_cache_used_for_task, true as is_one_call_a_run_for_task, 'nothing to gain' as verdict",
    )
    warehouse = warehouse_of(connection)
    assert said(warehouse).endswith(
        "In one task no call follows another in its run, so there is nothing to cache between calls, only a beginning that "
        "all prompts share. If these calls are parts of longer runs, send the same trace id with all calls of a run."
    )
    assert "carry no trace id" not in said(warehouse)
    assert figure(warehouse) == ("0", "nothing to do")


def test_a_task_without_any_cache_is_unknown_and_not_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    of_model(
        connection,
        "one",
        "400 as first_input_tokens, 100 as later_input_tokens, 0 as later_cached_share, 0 as cached_share, "
        "500 as input_tokens, 5 as calls, 0 as compared_input_tokens, false as is_cache_used_for_task, 'unknown: no cache' as verdict",
    )
    warehouse = warehouse_of(connection)
    assert said(warehouse).endswith(
        "What a cache could save is not known for one task in which no call reads from one (500 of 500 prompt tokens, $10): "
        "there is no model to compare with. Next step: measure how much of the beginning of their prompts is the same from call "
        "to call."
    )
    assert figure(warehouse) == ("unknown", "one task in which no call reads from a cache")
    assert "unknown: no cache" in caching_section(warehouse).tables[0].cells[0]
