"""What is advised where answers are too poor or a feature loses money: the least that helps first, and one advice for one subject."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.subjects.efficiency.insights import shortfalls
from reports_builder.subjects.efficiency.statements import canary_section, quality_moves_section
from reports_builder.subjects.margin.features import insights as features
from reports_builder.subjects.margin.features import queries as ask_features
from reports_builder.subjects.margin.features.statements import judgement, what_they_bring
from reports_builder.subjects.margin.statements import fees_said
from reports_builder.warehouse import Warehouse
from tests.reports.empty_marts import empty_marts, warehouse_of

TABLES = (
    "efficiency.rpt_quality_shortfalls",
    "efficiency.rpt_quality_moves",
    "efficiency.rpt_canary_design",
    "margin.rpt_feature_economics",
)
SHORT = (
    "'reasoning' as task_type, 'reasoning (feature code review)' as subject, 8123 as calls, 365 as current_cost_usd, "
    "0.85 as minimum_quality_score, 0.828 as quality_score_avg, -0.022 as quality_gap, 'opus' as lift_model, "
    "0.884 as lift_quality_score_avg, 383 as lift_cost_change_usd"
)
LEAST = (
    "'v2 to opus' as least_moves, 1250 as least_moved_calls, 64 as least_cost_change_usd, 0.855 as least_quality_score_avg, "
    "0.852 as least_quality_score_lower, 'surely' as least_reaches_floor"
)
REVIEW = (
    "'p' as product_id, 'code_review' as feature_id, 'code review (task reasoning)' as subject, 327 as allocated_revenue_usd, "
    "355 as cost_to_serve_usd, -28 as gross_margin_usd, true as is_unprofitable, 'keep' as decision, 20 as customers_using, "
    "1 as decision_rank, 0 as uncosted_calls, 0.2 as adoption_share"
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(*TABLES) as opened:
        yield opened


def put(connection: duckdb.DuckDBPyConnection, mart: str, *columns: str) -> Warehouse:
    connection.execute(f"insert into {mart} by name select {', '.join(columns)}")
    return warehouse_of(connection)


def test_the_least_move_comes_before_the_dear_one(connection: duckdb.DuckDBPyConnection) -> None:
    (insight,) = shortfalls(put(connection, TABLES[0], SHORT, LEAST))
    assert insight.title.plain.startswith("reasoning (feature code review) falls short")
    assert insight.recommendation.action.plain == (
        "Decide which holds, the floor or the cost. The least that lifts it: move the calls of v2 to opus (1,250 of 8,123); the "
        "task would score 85.5 %, 85.2 % at worst. The alternative: move all its calls to opus, which scores 88.4 %, for $383 "
        "more a month than today."
    )
    assert insight.outcome.plain.startswith("Answers at the floor or above, for $64 more a month than today.")


def test_where_no_move_helps_another_model_is_to_be_tried(connection: duckdb.DuckDBPyConnection) -> None:
    columns = SHORT.replace("'opus' as lift_model", "null as lift_model")
    (insight,) = shortfalls(put(connection, TABLES[0], columns, "0.83 as best_quality_score_avg"))
    assert insight.recommendation.action.plain.startswith("Try a model that is not in use yet")
    assert not quality_moves_section(warehouse_of(connection)) and not canary_section(
        warehouse_of(connection)
    )


def test_a_feature_is_advised_as_its_task_is(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = put(
        connection,
        TABLES[3],
        REVIEW,
        "'loses_money_but_used' as decision_reason, 0 as own_savings_usd, -28 as margin_after_savings_usd, "
        "'keep' as task_decision, 'keep the models in use (v2: too poor)' as task_verdict, 'v2 to opus' as task_least_moves, 64 as task_least_cost_change_usd",
    )
    totals = ask_features.totals(warehouse)
    (insight,) = features.losses(warehouse, totals)
    assert insight.recommendation.action.plain == (
        "Set a price or a limit for code review (task reasoning), or use fewer tokens per call. No cheaper model is "
        "advised for its task. Its answers lie below the quality floor: moving the calls of v2 to opus lifts them, for "
        "$64 more a month."
    )
    assert what_they_bring(totals).plain.startswith(
        "We do not make money on the features together, and on 0 of 1 of them alone: AI spend"
    )


def test_a_loss_that_open_savings_mend_is_said_to_be_mended(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = put(
        connection,
        TABLES[3],
        REVIEW,
        "'loses_money_until_savings_are_made' as decision_reason, 40 as own_savings_usd, 12 as margin_after_savings_usd",
    )
    totals = ask_features.totals(warehouse)
    (insight,) = features.losses(warehouse, totals)
    assert insight.recommendation.action.plain == (
        "Make the savings that are open for code review (task reasoning): they alone bring its margin to $12."
    )
    assert (
        "Kept until the savings that are open for them are made, which alone mend their loss: 1."
        in judgement(totals).plain
    )


@pytest.mark.parametrize(
    ("margin", "uncosted", "begins"),
    [
        (40, 0, "We make money after AI cost: fees earned were $100, which leaves 40 %;"),
        (-40, 0, "We do not make money after AI cost: fees earned were $100, which leaves -40 %;"),
        (40, 5, "As far as the cost is known, we make money after AI cost: fees earned were $100,"),
    ],
)
def test_the_first_sentence_says_whether_money_is_made(
    connection: duckdb.DuckDBPyConnection, margin: int, uncosted: int, begins: str
) -> None:
    totals = warehouse_of(connection).evidence(
        f"""
        select
            100 as revenue_usd, {margin} as margin_usd, {margin} / 100 as margin_share, 0 as losing_customers,
            3 as customers, 0 as unknown_customers, {uncosted} as uncosted_calls, 0 as loss_usd,
            0.9 as costed_call_share, false as has_shared_cost
        from margin.rpt_feature_economics
        right join (select 1) as one on true
        """
    )
    assert fees_said(totals).plain.startswith(begins)
