"""What is advised where answers are too poor or a feature loses money: the least that helps first, and one advice for one subject."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.model import Insight
from reports_builder.subjects.efficiency import queries as ask_models
from reports_builder.subjects.efficiency.insights import (
    refusals,
    refused_section,
    shortfalls,
    slow_answers,
)
from reports_builder.subjects.efficiency.queries import slowest
from reports_builder.subjects.efficiency.statements import (
    canary_section,
    lifts_beside_savings,
    quality_moves_section,
)
from reports_builder.subjects.margin.features import insights as features
from reports_builder.subjects.margin.features import queries as ask_features
from reports_builder.subjects.margin.features.statements import (
    candidates_section,
    judgement,
    what_they_bring,
)
from reports_builder.subjects.margin.statements import fees_said
from reports_builder.warehouse import Warehouse
from tests.reports.empty_marts import empty_marts, warehouse_of

TABLES = (
    "efficiency.rpt_quality_shortfalls",
    "efficiency.rpt_quality_moves",
    "efficiency.rpt_canary_design",
    "margin.rpt_feature_economics",
    "efficiency.rpt_model_efficiency",
    "efficiency.rpt_model_recommendations",
)
MODELS, RECOMMENDATIONS = TABLES[4:]
SHORT = (
    "'reasoning' as task_type, 'reasoning (feature code review)' as subject, 8123 as calls, 365 as current_cost_usd, "
    "0.85 as minimum_quality_score, 0.828 as quality_score_avg, -0.022 as quality_gap, 'opus' as lift_model, "
    "0.884 as lift_quality_score_avg, 383 as lift_cost_change_usd"
)
CHEAPEST = (
    "'v2 to opus' as advised_moves, 1250 as advised_moved_calls, 64 as advised_cost_change_usd, 0.855 as advised_quality_score_avg, "
    "0.852 as advised_quality_score_lower, 'surely' as advised_reaches_floor, false as is_lift_advised, "
    "16100 as advised_latency_p50_before_ms, 32200 as advised_latency_p50_after_ms, 0.045 as advised_at_limit_share_before, "
    "0.2 as advised_at_limit_share_after, 'Head of Engineering' as owner_role, '3 days' as advised_effort, 1800 as advised_effort_usd"
)
AGENT = (
    "'agent' as task_type, 'agent' as subject, 22199 as calls, 812 as current_cost_usd, 0.85 as minimum_quality_score, "
    "0.838 as quality_score_avg, -0.012 as quality_gap, 'sonnet' as lift_model, 0.854 as lift_quality_score_avg, "
    "0.852 as lift_quality_score_lower, -182.4 as lift_cost_change_usd, 'turbo' as objection_from_model, "
    "'loses too much quality' as objection, 'all models to sonnet' as advised_moves, -182.4 as advised_cost_change_usd, true as is_lift_advised, "
    "'Head of Engineering' as owner_role, '3 days' as advised_effort, 1800 as advised_effort_usd, 9.9 as advised_payback_months"
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


def _beside(insight: Insight) -> str:
    """What is said above the table of an insight."""
    assert insight.supporting.caption is not None
    return insight.supporting.caption.plain


def test_each_task_below_its_floor_gets_the_cheapest_way_to_it(connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, TABLES[0], SHORT, CHEAPEST)
    warehouse = put(connection, TABLES[0], AGENT)
    agent, reasoning = shortfalls(warehouse)
    assert agent.title.plain == "agent falls short of its quality floor: 83.8 % of 85 %"
    assert agent.recommendation.action.plain == (
        "Move all agent calls to sonnet, which scores 85.4 %, 85.2 % at worst, for $182 less a month than today. It is the cheapest "
        "way to the floor."
    )
    assert _beside(agent).endswith(
        "It is not among the switches that save: there, calls of each model are judged alone, and for those of turbo the verdict is "
        "“loses too much quality”. The task as a whole improves."
    )
    assert reasoning.title.plain.startswith("reasoning (feature code review) falls short")
    assert reasoning.recommendation.action.plain == (
        "Move the reasoning calls of v2 to opus (1,250 of 8,123) for $64 more a month than today, the cheapest way to the floor, or lower "
        "the floor. All of them on opus would score 88.4 %, for $383 more a month than today."
    )
    assert _beside(reasoning).endswith(
        "With the moves that are advised the task would score 85.5 %, 85.2 % at worst. The median answer takes 32.2 s there, against "
        "16.1 s on the models that these calls leave (by their calls); 20 % of the answers take the longest time on record, against 4.5 %."
    )
    assert {
        (insight.recommendation.owner_role, insight.recommendation.effort) for insight in (agent, reasoning)
    } == {("Head of Engineering", "3 days")}
    assert "The work costs $1.8K and has come back 9.9 months after its start." in agent.outcome.plain
    assert "The work costs $1.8K. Assumption" in reasoning.outcome.plain
    assert reasoning.outcome.plain.startswith(
        "Answers at the floor or above, for $64 more a month than today"
    )
    (said,) = lifts_beside_savings(warehouse)
    assert said.plain == (
        "2 tasks lie below the quality floor. What we advise for them saves $182 a month for one part and costs $64 more for "
        "the other, if every call moves: $118 less in all, in no total of savings."
    )


def test_the_price_of_quality_is_taken_off_the_savings(connection: duckdb.DuckDBPyConnection) -> None:
    assert lifts_beside_savings(warehouse_of(connection)) == ()
    (said,) = lifts_beside_savings(put(connection, TABLES[0], SHORT, CHEAPEST))
    assert said.plain == (
        "One task lies below the quality floor. What we advise for them costs $64 more a month: take it off the savings, "
        "whose totals do not hold it."
    )


def test_where_no_move_helps_another_model_is_to_be_tried(connection: duckdb.DuckDBPyConnection) -> None:
    columns = SHORT.replace("'opus' as lift_model", "null as lift_model")
    (insight,) = shortfalls(
        put(connection, TABLES[0], columns, "0.83 as best_quality_score_avg, false as is_lift_advised")
    )
    assert insight.recommendation.action.plain.startswith("Try a model that is not in use yet")
    assert not quality_moves_section(warehouse_of(connection)) and not canary_section(
        warehouse_of(connection)
    )


def test_a_feature_is_advised_as_its_task_is(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = put(
        connection,
        TABLES[3],
        REVIEW,
        "'loses_money_but_used' as decision_reason, 0 as own_savings_usd, -90 as margin_after_savings_usd, 62 as own_lift_cost_usd, "
        "'Head of Engineering' as task_owner_role, '3 days' as task_advised_effort, 'lift' as task_decision, 'below its quality floor' as task_verdict, 'v2 to opus' as task_advised_moves, 64 as task_advised_cost_change_usd",
    )
    totals = ask_features.totals(warehouse)
    (insight,) = features.losses(warehouse, totals)
    assert insight.recommendation.action.plain == (
        "Set a price or a limit for code review (task reasoning), or use fewer tokens per call. Its task lies "
        "below its quality floor. Moving the calls of v2 to opus is the cheapest way to lift it, for $64 more a month, "
        "$62 more of it here: the margin is then -$90.00."
    )
    assert (insight.recommendation.owner_role, insight.recommendation.effort) == (
        "Head of Engineering",
        "3 days",
    )
    assert what_they_bring(totals, "margin after AI cost").plain.startswith(
        "We do not make money on the features together, and on 0 of 1 of them alone: AI spend"
    )


@pytest.mark.parametrize(("is_worth", "effort"), [(True, 300), (False, 6000)])
def test_scores_are_asked_for_only_where_the_best_case_pays_for_them(
    is_worth: bool, effort: int, connection: duckdb.DuckDBPyConnection
) -> None:
    warehouse = put(
        connection,
        RECOMMENDATIONS,
        "'code' as task_type, 'instant' as refused_model, 192 as forgone_usd, 'quality not measured' as refused_because",
        f"true as is_refusal_undecided, 153 as undecided_high_usd, {effort} as scoring_effort_usd, {is_worth} as is_scoring_worth",
    )
    refused, sums = ask_models.refused(warehouse), ask_models.refused_in_all(warehouse)
    insights, sections = refusals(refused, sums), refused_section(refused, sums)
    assert (len(insights), len(sections)) == ((1, 0) if is_worth else (0, 1))
    if is_worth:
        assert insights[0].outcome.plain.startswith("Between nothing and $153 a month for $300 of work")
    else:
        assert (
            "Not worth an action: scoring enough answers takes $6.0K, and at best it saves $153 a month."
            in sections[0].text[0].plain
        )


def test_features_to_invest_in_are_no_action_while_the_work_has_no_price(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("create schema if not exists seeds")
    connection.execute(
        "create table seeds.assumptions as select 'feature_invest_growth_from' as name, 0.1 as value"
    )
    cheap = REVIEW.replace("true as is_unprofitable", "false as is_unprofitable").replace(
        "'keep'", "'invest'"
    )
    warehouse = put(connection, TABLES[3], cheap, "10 as growth_margin_usd, 4 as growth_cost_usd")
    totals = ask_features.totals(warehouse)
    (section,) = candidates_section(warehouse, totals)
    assert "Not an action yet: what the work itself would cost is not on record" in section.text[1].plain
    assert not features.losses(warehouse, totals)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("opus", "calls of others are advised to move here for its answers, so weigh this wait before."),
        ("v2", "no other model is recommended for this work."),
    ],
)
def test_the_slowest_model_is_named_as_such_where_calls_are_advised_to_move_to_it(
    other: str, said: str, connection: duckdb.DuckDBPyConnection
) -> None:
    def timed(model: str, p95: int, to: str) -> tuple[str, str]:
        return (
            f"'reasoning' as task_type, 'a' as provider, '{model}' as model, 9 as calls, {p95} as latency_p95_ms, '{to}' as switch_to_model",
            "'v2' as quickest_model, 9 as latency_measured_calls, 1 as task_call_share, 'none seen' as latency_limit",
        )

    put(connection, MODELS, *timed("opus", 60000, "opus"))
    warehouse = put(connection, MODELS, *timed("v2", 50000, other))
    (insight,) = slow_answers(slowest(warehouse))
    assert said in insight.recommendation.action.plain


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
    ("margin", "uncosted", "shared", "before", "begins"),
    [
        (
            40,
            0,
            False,
            True,
            "We make money after AI cost, before hosting: fees earned were $100, which leaves 40 %;",
        ),
        (
            -40,
            0,
            False,
            False,
            "We do not make money after AI and hosting cost: fees earned were $100, which leaves -40 %;",
        ),
        (40, 0, True, True, "We make money after AI and shared cost, before hosting: fees earned were $100,"),
        (40, 0, True, False, "We make money after AI, shared and hosting cost: fees earned were $100,"),
        (
            40,
            5,
            False,
            True,
            "As far as the cost is known, we make money after AI cost, before hosting: fees earned were $100,",
        ),
    ],
)
def test_the_first_sentence_says_whether_money_is_made_and_after_what(
    connection: duckdb.DuckDBPyConnection, margin: int, uncosted: int, shared: bool, before: bool, begins: str
) -> None:
    totals = warehouse_of(connection).evidence(
        f"""
        select
            100 as revenue_usd, {margin} as margin_usd, {margin} / 100 as margin_share, 0 as losing_customers,
            3 as customers, 0 as unknown_customers, {uncosted} as uncosted_calls, 0 as loss_usd,
            0.9 as costed_call_share, {shared} as has_shared_cost, {before} as is_before_hosting
        from margin.rpt_feature_economics
        right join (select 1) as one on true
        """
    )
    assert fees_said(totals).plain.startswith(begins)
