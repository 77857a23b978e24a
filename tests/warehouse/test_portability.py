"""Every model parses as Spark SQL and calls only functions that give the same result on DuckDB and on Spark.

Dispatched macros (macros/dialect/) are replaced by their first argument, so what differs may stand there and
nowhere else.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter

from tests.workspace import ROOT

MODELS = sorted((ROOT / "dbt_project" / "models").rglob("*.sql"))

# Functions that both engines have under one name, with one meaning, tried on both.
PORTABLE = frozenset(
    {
        "abs",
        "avg",
        "bool_and",
        "bool_or",
        "cast",
        "ceil",
        "coalesce",
        "concat_ws",
        "corr",
        "count",
        "count_if",
        "cume_dist",
        "date_trunc",
        "dense_rank",
        "exp",
        "extract",
        "first_value",
        "floor",
        "greatest",
        "grouping",
        "if",
        "lag",
        "last_day",
        "last_value",
        "lead",
        "least",
        "left",
        "length",
        "ln",
        "log10",
        "lower",
        "lpad",
        "max",
        "max_by",
        "md5",
        "min",
        "min_by",
        "ntile",
        "nullif",
        "percent_rank",
        "percentile_cont",
        "pow",
        "power",
        "rank",
        "regr_intercept",
        "regr_slope",
        "replace",
        "right",
        "round",
        "row_number",
        "sign",
        "split_part",
        "sqrt",
        "stddev_samp",
        "string",
        "substring",
        "sum",
        "trim",
        "try_cast",
        "upper",
    }
)
# Spark has it, the parser's Spark dialect does not.
WITHIN_GROUP = re.compile(r"within group\s*\(order by (?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
# The templater knows no dbt variables; all that stand in SQL are numbers.
VARIABLE = re.compile(r"\{\{\s*var\([^)]*\)\s*\}\}")
# Parsed as an alias, so that no error shows.
DUCKDB_ONLY_JOINS = re.compile(r"\b(asof|positional)\b(?=\s+(left\s+)?join)", re.IGNORECASE)


@pytest.fixture(scope="module")
def spark_linter() -> Linter:
    return Linter(config=FluffConfig.from_path(str(ROOT), overrides={"dialect": "sparksql"}))


@pytest.fixture(scope="module")
def dispatched() -> set[str]:
    """Names of the macros whose SQL is each engine's own."""
    dialect = (ROOT / "dbt_project" / "macros" / "dialect").glob("*.sql")
    return {
        name
        for path in dialect
        for name in re.findall(r"macro (?:default__|spark__)?(\w+)\(", path.read_text())
    }


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_model_is_in_the_portable_subset(path: Path, spark_linter: Linter, dispatched: set[str]) -> None:
    assert not outside_the_subset(path.read_text(), str(path), spark_linter, dispatched)


def outside_the_subset(sql: str, name: str, spark_linter: Linter, dispatched: set[str]) -> list[str]:
    """What Spark would not parse, and the functions that are not in PORTABLE."""
    problems = [f"{match[0]} join is DuckDB's own" for match in DUCKDB_ONLY_JOINS.finditer(sql)]
    parsed = spark_linter.parse_string(
        WITHIN_GROUP.sub("", VARIABLE.sub("1", sql)), fname=name, config=spark_linter.config
    )
    problems += [f"line {error.line_no}: {error.desc()}" for error in parsed.violations]
    tree = parsed.tree
    if tree is None:
        return [*problems, "no statement"]
    called = {segment.raw.lower() for segment in tree.recursive_crawl("function_name")}
    problems += [
        f"function {name} is not in the portable subset" for name in sorted(called - PORTABLE - dispatched)
    ]
    return problems


@pytest.mark.parametrize(
    "sql",
    [
        "select list_sum([1, 2]) as total",
        "select * exclude (a) from t",
        "select hash(a) as h from t",
        "select quantile_cont(a, 0.5) as q from t",
        "select * from a asof join b on a.t >= b.t",
    ],
)
def test_what_only_one_engine_has_is_found(sql: str, spark_linter: Linter) -> None:
    assert outside_the_subset(sql + "\n", "model.sql", spark_linter, set())
