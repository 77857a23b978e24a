"""What is said of the change to come: of AI by its customers, of all spend by components and providers."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.subjects.planning import queries as ask
from reports_builder.subjects.planning.insights import planning
from reports_builder.subjects.planning.statements import named_outlooks_section, what_sums_lack
from tests.reports.empty_marts import empty_marts, with_rows

CAUSES = "planning.rpt_outlook_causes"
TABLES = (CAUSES, "planning.rpt_cost_outlook", "planning.rpt_forecast_accuracy")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(*TABLES) as opened:
        yield opened


def cause(scope: str, kind: str, order: int, name: str, change: float, whole: float) -> str:
    return (
        f"'{scope}' as scope, '{scope}' as scope_id, '{kind}' as kind, {order} as cause_order, '{name}' as cause, "
        f"{change} as change_usd, 100 as trailing_cost_usd, {100 + whole} as forecast_usd, {whole} as scope_change_usd"
    )


def said(connection: duckdb.DuckDBPyConnection, *rows: str) -> str:
    warehouse = with_rows(connection, CAUSES, *rows)
    outlook = ask.outlook(
        with_rows(
            connection,
            "planning.rpt_cost_outlook",
            "'component' as scope, 'ai' as scope_id, 100 as forecast_usd, 'combined' as forecast_method, date '2026-11-30' as last_forecast_date",
        )
    )
    (insight,) = planning(warehouse, outlook, ask.accuracy(warehouse))
    return insight.problem.plain


def test_what_changes_is_named_with_its_sign_and_what_changes_nothing_is_not(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    text = said(
        connection,
        *(
            cause("component", "customer", order, name, change, 20)
            for order, name, change in (
                (1, "customers that started", 30), (2, "customers that stopped", -10), (3, "customers that stayed", 5),
                (4, "abnormal days", 0), (5, "weekdays", -7), (6, "known events", 4), (7, "fitting to all spend", 0),
                (8, "trend and what passes", -2),
            )
        ),
        cause("total", "component", 1, "component AI", 20, -30),
        cause("total", "component", 2, "component storage", -50, -30),
        cause("total", "component", 3, "component other", 0, -30),
        cause("total", "provider", 1, "provider x", -25, -30),
        cause("total", "provider", 2, "provider y", -4, -30),
        cause("total", "provider", 3, "provider z", -1, -30),
    )  # fmt: skip
    assert text.startswith(
        "AI changes by +$20.00 on the last 30 days: by customers that started in them, +$30.00"
    )
    assert "by weekdays, -$7.00; by known events, +$4.00; and by trend" in text
    assert (
        "All spend changes by -$30.00: component AI +$20.00, component storage -$50.00; of providers most by "
        "provider x -$25.00, provider y -$4.00. No day has come"
    ) in text


def test_where_the_two_do_not_compare_nothing_is_said_of_a_change(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert said(connection).startswith("No day has come")


def test_models_of_which_no_cost_is_known_are_named_as_missing_from_the_sums(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    model = "'model' as scope, '{0}' as scope_id, 'model {0}' as scope_label, {1} as trailing_cost_usd, {2} as unknown_cost_days"
    warehouse = with_rows(
        connection,
        "planning.rpt_cost_outlook",
        "'total' as scope, 'total' as scope_id, 'all spend' as scope_label, 90 as trailing_cost_usd, 30 as unknown_cost_days",
        model.format("unpriced", "null", 30),
        model.format("partly", "5", 2),
        model.format("priced", "7", 0),
        model.format("free", "0", 0),
    )
    (said,) = what_sums_lack(warehouse)
    assert said.plain == (
        "These sums, all spend among them, lack what calls cost without a charge and without a price: "
        "unpriced (30 of the last 30 days), partly (2 of the last 30 days). A price belongs in the seed model_prices; "
        "0 says that the model is free."
    )
    shown = [row["scope_label"] for row in ask.outlooks(warehouse).each()]
    assert shown == ["all spend", "model partly", "model priced", "model unpriced"]


def test_single_forecasts_are_headed_by_the_kinds_that_are_there_and_say_how_young_they_are(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert named_outlooks_section(with_rows(connection, "planning.rpt_cost_outlook")) == ()
    warehouse = with_rows(
        connection,
        "planning.rpt_cost_outlook",
        "'customer' as scope, 'c' as scope_id, 'customer Acme' as scope_label, 9 as forecast_usd, 16 as history_days",
        "'service' as scope, 's' as scope_id, 'service s' as scope_label, 9 as forecast_usd, 120 as history_days",
    )
    [section] = named_outlooks_section(warehouse)
    assert section.title == "What customers and services will cost"
    [table] = section.tables
    assert [column.heading for column in table.columns][5] == "Days of history"
    assert [str(row[5]) for row in table.cells] == ["16", "120"]
