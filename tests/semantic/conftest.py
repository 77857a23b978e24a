"""A warehouse small enough to add up by hand, with names that try to leave their quotes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

HOSTILE = [
    'O\'Brien | {{ x }} "q"',
    "{{ Dimension('call__model') }}",
    "{% raw %}{# #}",
    "x') or ('1' = '1",
    "'; drop table core.fct_usage_daily; --",
    "finops_value_0",
    "finops_value_1",
    "\\",
    "\\' or 1 = 1 --",
    "line\nbreak",
    "naïve 图表 \u202e",
    "%s :start $1 ?",
    "",
]
COLUMNS = (
    "usage_date date, source_name varchar, named_customer_id varchar, organization_id varchar, product_id varchar, "
    "feature_id varchar, task_type varchar, team_id varchar, provider varchar, model varchar, environment varchar, "
    "region varchar, service_tier varchar, calls bigint, failed_calls bigint, calls_without_usage bigint, "
    "unpriced_calls bigint, uncosted_calls bigint, uncosted_tokens bigint, input_tokens bigint, cached_input_tokens bigint, "
    "output_tokens bigint, list_cost_usd decimal(28, 12), effective_cost_usd decimal(28, 12), "
    "billed_cost_usd decimal(28, 12), latency_ms_sum bigint, latency_measured_calls bigint, "
    "quality_scored_calls bigint, quality_score_sum decimal(28, 12)"
)


@pytest.fixture(autouse=True)
def every_test_asks_the_layer_of_the_build(layer: None) -> None:
    """None of them parses the project."""


def write_warehouse(path: Path, *rows: dict[str, object]) -> Path:
    """A warehouse file with usage rows; what a row does not say is a plain value or zero."""
    plain: dict[str, object] = {
        name: "x" if kind == "varchar" else None if kind.startswith("decimal") else 0
        for name, kind in (
            column.strip().split(" ", 1) for column in COLUMNS.replace("28, 12", "28;12").split(",")
        )
    }
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"create schema core; create schema intermediate; create table intermediate.int_usage_owned_daily ({COLUMNS})"
        )
        connection.execute(
            "create table core.dim_customers (customer_id varchar, customer_name varchar, "
            "subscription_tier varchar, usage_archetype varchar, region varchar, organization_id varchar)"
        )
        for row in rows:
            values = plain | {"usage_date": "2026-10-31"} | row
            connection.execute(
                f"insert into intermediate.int_usage_owned_daily values ({', '.join('?' for _ in values)})",
                list(values.values()),
            )
        connection.execute(
            "insert into core.dim_customers (customer_id) select distinct named_customer_id from intermediate.int_usage_owned_daily"
        )
    return path


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """One call of each hostile provider; the n-th provider has 2 ** n calls, so that every sum names its parts."""
    rows = [{"provider": name, "calls": 2**index} for index, name in enumerate(HOSTILE)]
    return write_warehouse(tmp_path / "hostile.duckdb", *rows)
