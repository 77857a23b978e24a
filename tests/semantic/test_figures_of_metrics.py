"""A metric is the sum of its mart to the last decimal, by whatever it is taken apart; unknown stays unknown."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from reports_builder.access.kept_open import open_cursor
from reports_builder.errors import ReportError
from reports_builder.semantic import list_dimensions, list_metrics, query
from tests.semantic.conftest import write_warehouse
from tests.workspace import Workspace

SUMS = {
    "total_cost": ("core.fct_usage_daily", "sum(effective_cost_usd)"),
    "billed_cost": ("core.fct_usage_daily", "sum(billed_cost_usd)"),
    "list_cost": ("core.fct_usage_daily", "sum(list_cost_usd)"),
    "calls": ("core.fct_usage_daily", "sum(calls)"),
    "failed_calls": ("core.fct_usage_daily", "sum(failed_calls)"),
    "tokens": ("core.fct_usage_daily", "sum(input_tokens) + sum(output_tokens)"),
    "input_tokens": ("core.fct_usage_daily", "sum(input_tokens)"),
    "cached_input_tokens": ("core.fct_usage_daily", "sum(cached_input_tokens)"),
    "output_tokens": ("core.fct_usage_daily", "sum(output_tokens)"),
    "revenue": ("margin.fct_customer_margins_daily", "sum(revenue_usd)"),
    "cost_to_serve": ("margin.fct_customer_margins_daily", "sum(cost_to_serve_usd)"),
    "margin": ("margin.fct_customer_margins_daily", "sum(gross_margin_usd)"),
}
QUOTIENT_UNITS = {"usd_per_unit", "share", "ms", "score"}


@pytest.mark.parametrize("metric", SUMS)
@pytest.mark.parametrize(
    "dimension", ["metric_time__day", "metric_time__week", "customer__subscription_tier"]
)
def test_parts_add_up_to_the_mart(built: Workspace, metric: str, dimension: str) -> None:
    mart, total = SUMS[metric]
    ((expected,),) = built.query(f"select {total} from {mart}")
    assert query([metric], warehouse=built.published).rows == ((expected,),)
    parts = query([metric], [dimension], warehouse=built.published)
    assert parts.columns == (dimension, metric)
    assert len(parts.rows) > 1
    assert sum(row[1] for row in parts.rows) == expected


def test_sums_by_customer_and_month_are_those_of_a_query_by_hand(built: Workspace) -> None:
    asked = ["total_cost", "calls", "margin"]
    by_layer = {
        row[:2]: row[2:]
        for row in query(asked, ["customer", "metric_time__month"], warehouse=built.published).rows
    }
    by_hand: dict[tuple[object, ...], list[object]] = defaultdict(lambda: [None, 0, None])
    for customer, month, cost, calls in built.query(
        "select customer_id, cast(date_trunc('month', usage_date) as date), sum(effective_cost_usd), sum(calls) "
        "from core.fct_usage_daily group by all"
    ):
        by_hand[customer, month][:2] = [cost, calls]
    for customer, month, margin in built.query(
        "select customer_id, cast(date_trunc('month', usage_date) as date), sum(gross_margin_usd) "
        "from margin.fct_customer_margins_daily group by all"
    ):
        by_hand[customer, month][2] = margin
    assert by_layer == {key: tuple(values) for key, values in by_hand.items()}


def test_quotients_are_those_of_the_efficiency_mart(built: Workspace) -> None:
    ((as_of,),) = built.query("select as_of_date from intermediate.int_as_of_date")
    by_model = query(
        ["cost_per_call", "cost_per_1k_tokens", "failure_rate", "average_quality_score"],
        ["call__task_type", "call__provider", "call__model"],
        start=as_of - timedelta(days=29),
        end=as_of,
        warehouse=built.published,
    )
    expected = built.query(
        "select task_type, provider, model, cost_per_call_usd, cost_per_1k_tokens_usd, failure_share, quality_score_avg "
        "from efficiency.rpt_model_efficiency order by all"
    )
    assert [row[:3] for row in by_model.rows] == [row[:3] for row in expected]
    for row, right in zip(by_model.rows, expected, strict=True):
        for value, wanted in zip(row[3:], right[3:], strict=True):
            assert value == (None if wanted is None else pytest.approx(float(wanted), rel=1e-9, abs=1e-12))


@pytest.mark.parametrize("owner", ["team_id", "organization_id"])
def test_cost_by_owner_is_that_of_the_allocation(built: Workspace, owner: str) -> None:
    by_owner = query(["total_cost"], [f"call__{owner}"], warehouse=built.published).rows
    assert len(by_owner) > 2
    assert list(by_owner) == built.query(
        f"select {owner}, sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily "
        "where driver = 'direct' group by all order by all"
    )


def test_average_latency_is_that_of_the_calls(built: Workspace) -> None:
    ((mean,),) = built.query(
        f"select avg(latency_ms) from read_parquet('{built.raw}/calls/*/*.parquet') "
        "where call_id in (select call_id from core.fct_calls)"
    )
    ((average,),) = query(["average_latency"], warehouse=built.published).rows
    assert average == pytest.approx(mean, rel=1e-9)


def test_every_metric_answers_by_every_dimension_that_it_lists(built: Workspace) -> None:
    every = [metric.name for metric in list_metrics()]
    of_calls = [name for name in every if name not in {"revenue", "cost_to_serve", "margin", "margin_share"}]
    assert len(of_calls) == len(every) - 4
    for dimension in list_dimensions(of_calls):
        result = query(of_calls, [dimension.name], warehouse=built.published)
        assert result.rows, dimension.name
        assert None not in {row[0] for row in result.rows}, dimension.name
    shared = list_dimensions(every)
    assert {"customer", "metric_time__month", "customer__subscription_tier"} <= {item.name for item in shared}
    assert not any(item.name.startswith("call__") for item in shared)
    for dimension in shared:
        assert query(every, [dimension.name], warehouse=built.published).rows, dimension.name


def test_metrics_say_what_they_are() -> None:
    for metric in list_metrics():
        assert metric.label and metric.description.endswith("."), metric.name
        assert metric.unit in {"usd", "count"} | QUOTIENT_UNITS, metric.name
    for dimension in list_dimensions():
        assert dimension.label and dimension.description.endswith("."), dimension.name


def test_unknown_is_none_and_does_not_dilute_what_is_known(tmp_path: Path) -> None:
    """Two calls cost 3 USD for 500 tokens, one of the same model has 100 and an unknown cost: 1.50 per call, 6 per 1K."""
    known = {
        "model": "mixed",
        "calls": 2,
        "effective_cost_usd": "3",
        "input_tokens": 400,
        "output_tokens": 100,
    }
    unknown = {
        "calls": 1,
        "uncosted_calls": 1,
        "uncosted_tokens": 100,
        "input_tokens": 60,
        "output_tokens": 40,
    }
    warehouse = write_warehouse(
        tmp_path / "w.duckdb",
        known | {"latency_ms_sum": 90, "latency_measured_calls": 1},
        unknown | {"model": "mixed"},
        unknown | {"model": "dark"},
    )
    asked = [
        "total_cost",
        "calls",
        "uncosted_calls",
        "cost_per_call",
        "cost_per_1k_tokens",
        "average_latency",
    ]
    result = query([*asked, "failure_rate"], ["call__model"], warehouse=warehouse)
    assert result.rows == (
        ("dark", None, 1, 1, None, None, None, 0.0),
        ("mixed", Decimal(3), 3, 1, 1.5, 6.0, 90.0, 0.0),
    )


def test_nothing_is_no_calls_of_unknown_cost(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    assert query(["calls", "total_cost", "failure_rate"], warehouse=warehouse).rows == ((0, None, None),)


def test_the_period_includes_both_ends_whatever_the_grain(tmp_path: Path) -> None:
    days = [{"usage_date": date(2026, 10, day), "calls": 2**day} for day in range(1, 6)]
    warehouse = write_warehouse(tmp_path / "w.duckdb", *days)
    period = {"start": date(2026, 10, 2), "end": date(2026, 10, 4), "warehouse": warehouse}
    assert query(["calls"], **period).rows == ((28,),)
    assert query(["calls"], ["metric_time__month"], **period).rows == ((date(2026, 10, 1), 28),)
    assert query(["calls"], ["metric_time__week"], **period).rows == ((date(2026, 9, 28), 28),)


def test_rows_come_in_the_order_asked_and_say_when_there_may_be_more(tmp_path: Path) -> None:
    rows = [{"model": name, "calls": calls} for name, calls in (("a", 1), ("c", 2), ("b", 2), ("d", 3))]
    warehouse = write_warehouse(tmp_path / "w.duckdb", *rows)
    result = query(["calls"], ["call__model"], order=["-calls"], limit=3, warehouse=warehouse)
    assert result.rows == (("d", 3), ("b", 2), ("c", 2))
    assert result.reached_limit
    assert not query(["calls"], ["call__model"], limit=5, warehouse=warehouse).reached_limit


def test_the_sql_of_a_result_gives_the_same_rows_in_a_shell(built: Workspace) -> None:
    result = query(["total_cost", "margin"], ["customer"], warehouse=built.published)
    assert tuple(built.query(result.sql)) == result.rows
    assert set(result.marts) == {"intermediate.int_usage_owned_daily", "margin.fct_customer_margins_daily"}


def test_a_warehouse_published_meanwhile_is_read(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb", {"calls": 1})
    assert query(["calls"], warehouse=warehouse).rows == ((1,),)
    write_warehouse(tmp_path / "next.duckdb", {"calls": 2}).replace(warehouse)
    assert query(["calls"], warehouse=warehouse).rows == ((2,),)


def test_a_question_under_way_is_answered_from_the_file_it_began_with(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb", {"calls": 1})
    with open_cursor(warehouse) as under_way:
        write_warehouse(tmp_path / "next.duckdb", {"calls": 2}).replace(warehouse)
        assert query(["calls"], warehouse=warehouse).rows == ((2,),)
        assert under_way.execute("select calls from intermediate.int_usage_owned_daily").fetchall() == [(1,)]


def test_questions_of_several_readers_are_answered_while_files_are_published(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb", {"calls": 0})

    def ask(_: int) -> int:
        return int(str(query(["calls"], ["call__model"], warehouse=warehouse).rows[0][1]))

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(ask, range(80))
        for number in range(1, 9):
            write_warehouse(tmp_path / "next.duckdb", {"calls": number}).replace(warehouse)
    assert set(answers) <= set(range(9))
    assert ask(0) == 8


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"metrics": []}, "at least one metric"),
        ({"metrics": ["totl_cost"]}, "did you mean total_cost?"),
        ({"metrics": ["calls", "calls"]}, "calls is asked for twice"),
        ({"metrics": ["latency_sum"]}, "no metric 'latency_sum'"),
        ({"metrics": ["calls"], "dimensions": ["provider"]}, "no dimension 'provider'"),
        ({"metrics": ["calls"], "dimensions": ["call__provider') }} or 1=1 --"]}, "no dimension"),
        (
            {"metrics": ["margin"], "dimensions": ["call__model"]},
            "margin cannot be taken apart by call__model",
        ),
        ({"metrics": ["margin"], "filters": {"call__model": ["x"]}}, "margin cannot be taken apart"),
        ({"metrics": ["calls"], "filters": {"call__model": "x"}}, "must be a list of texts"),
        ({"metrics": ["calls"], "filters": {"metric_time__day": ["x"]}}, "with start and end"),
        ({"metrics": ["calls"], "order": ["calls; drop"]}, "cannot order the rows"),
        ({"metrics": ["calls"], "limit": 0}, "it can be 1 to"),
        ({"metrics": ["calls"], "start": date(2026, 2, 1), "end": date(2026, 1, 1)}, "before it starts"),
        ({"metrics": ["calls"], "warehouse": Path("nowhere.duckdb")}, "no warehouse at nowhere.duckdb"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, object], said: str) -> None:
    with pytest.raises(ReportError, match="(?s)" + said.replace("?", r"\?").replace("(", r"\(")):
        query(**asked)  # type: ignore[arg-type]


def test_a_file_that_is_no_warehouse_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.duckdb"
    broken.write_text("not a database")
    with pytest.raises(ReportError, match="is not a warehouse"):
        query(["calls"], warehouse=broken)
    with pytest.raises(ReportError, match="does not have what the semantic layer reads"):
        query(["margin"], warehouse=write_warehouse(tmp_path / "w.duckdb"))
