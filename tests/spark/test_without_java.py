"""What builds on Spark need beside SQL, tried without Spark: `make spark` tries the rest."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from dbt_project.landing.errors import UsageError
from dbt_project.landing.frozen_days import frozen_days
from dbt_project.landing.schemas import CALL_SCHEMA
from dbt_project.spark import command, surroundings
from dbt_project.spark.comparison import differences
from dbt_project.spark.published_file import write_published_file
from dbt_project.spark.sources import conform, source_statements
from tests.workspace import ROOT


def test_each_source_has_the_columns_that_landing_gives_it(tmp_path: Path) -> None:
    statements = source_statements(tmp_path / "it's", tmp_path / "customers", tmp_path)
    (calls,) = [text for text in statements if text.startswith("create table raw.calls")]
    assert "timestamp timestamp_ntz, provider string" in calls
    assert "cost_usd decimal(18, 9)" in calls
    assert "/it\\'s/calls') partitioned by (date)" in calls
    (spans,) = [text for text in statements if text.startswith("create table otel.spans")]
    assert "partition_date date" in spans
    (events,) = [text for text in statements if text.startswith("create table alerts.events")]
    assert "event_id string, event_at string" in events
    assert statements[-1] == "msck repair table raw.calls"


def test_no_source_of_the_project_is_missing(tmp_path: Path) -> None:
    told = "\n".join(source_statements(tmp_path, tmp_path, tmp_path))
    made = set(re.findall(r"create table (\S+) \(", told))
    declared = set()
    for path in (ROOT / "dbt_project" / "models" / "staging").rglob("_sources.yml"):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            declared |= {f"{source['name']}.{table['name']}" for table in source["tables"]}
    assert made == declared


def test_a_file_of_other_types_is_brought_into_those_of_the_table(tmp_path: Path) -> None:
    file = tmp_path / "odd.parquet"
    moment = datetime(2026, 10, 1, 9)
    odd = {"call_id": ["a"], "cost_usd": ["0.25"], "input_tokens": pa.array([7], pa.int32())}
    pq.write_table(pa.table(odd | {"timestamp": pa.array([moment], pa.timestamp("ms", "UTC"))}), file)
    before = file.stat().st_mtime_ns
    conform([file], CALL_SCHEMA)
    table = pq.ParquetFile(file).read()
    assert {name: table.schema.field(name).type for name in table.schema.names} == {
        name: CALL_SCHEMA.field(name).type for name in ("timestamp", "input_tokens", "cost_usd", "call_id")
    }
    assert table["cost_usd"].to_pylist() == [Decimal("0.25")]
    assert table["timestamp"].to_pylist() == [moment]
    # Its time tells the next build that it did not change.
    assert file.stat().st_mtime_ns == before


def test_what_no_type_can_hold_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"cost_usd": ["much"]}), tmp_path / "odd.parquet")
    with pytest.raises(UsageError, match="has values that the raw layout cannot hold"):
        conform([tmp_path / "odd.parquet"], CALL_SCHEMA)


def test_days_are_known_from_the_files(tmp_path: Path) -> None:
    spend = tmp_path / "litellm" / "x.parquet"
    spend.parent.mkdir()
    pq.write_table(pa.table({"partition_date": pa.array([None, 20000], pa.date32())}), spend)
    places = [
        "calls/date=2026-10-01/a.parquet", "calls/date=1970-01-01/contract.parquet", "focus/contract.parquet",
        "focus/b.parquet", "customers.parquet", "notes/notes.parquet",
    ]  # fmt: skip
    landed = {place: tmp_path / place for place in places}
    # Bills of AWS stand beside those of FOCUS, and landed in a folder of their own.
    landed |= {"focus/aws_cur-b.parquet": tmp_path / "aws_cur" / "b.parquet", "litellm/x.parquet": spend}
    days = frozen_days(landed)
    assert [(row["source_name"], str(row["day_date"])) for row in days.to_pylist()] == [
        ("aws_cur", "None"), ("calls", "2026-10-01"), ("customers.parquet", "None"), ("focus", "None"),
        ("litellm", "None"), ("litellm", "2024-10-04"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "literal"),
    [("plain", "'plain'"), ("O'Brien", "'O\\'Brien'"), ("^a\\.b$", "'^a\\\\.b$'"), ("a\\'b", "'a\\\\\\'b'")],
)
def test_a_text_in_a_seed_comes_through_as_it_is(text: str, literal: str) -> None:
    macros = ROOT / "dbt_project" / "macros" / "spark" / "literals.sql"
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = lambda value: value
    module = environment.from_string(macros.read_text()).module
    assert str(module.spark_literal(text)).strip() == literal  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("spark", "case model when 'a\\\\\\' or true --' then 'o\\'b' end"),
        ("default", "case model when 'a\\'' or true --' then 'o''b' end"),
    ],
)
def test_a_name_of_data_is_a_name_and_no_sql(engine: str, expected: str) -> None:
    """To Spark two quotes end a literal and begin another, and a quote behind a backslash ends none."""
    macros = ROOT / "dbt_project" / "macros"
    texts = [
        (macros / name).read_text()
        for name in (
            "model_names.sql",
            "dialect/text.sql",
            "spark/literals.sql",
            "publication/prepare_run.sql",
        )
    ]
    made = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string("\n".join(texts))
    made.globals |= {
        "return": lambda value: value,
        "execute": True,
        "ref": str,
        "load_relation": str,
        "run_query": lambda _: SimpleNamespace(rows=[("a\\' or true --", "o'b")]),
        "adapter": SimpleNamespace(dispatch=lambda name: getattr(made.module, f"{engine}__{name}")),
    }
    assert " ".join(str(made.module.provider_by_model("model")).split()) == expected  # type: ignore[attr-defined]


MART: dict[str, Any] = {
    "resource_type": "model", "access": "public", "name": "fct_a", "alias": "fct_a", "schema": "core",
    "description": "One row per day.\n\n### Why", "config": {"materialized": "table", "contract": {"enforced": True}},
    "constraints": [],
    "columns": {
        "usage_date": {"data_type": "date", "description": "The day.", "constraints": [{"type": "not_null"}]},
        "cost_usd": {"data_type": "decimal(28, 12)", "description": "", "constraints": [{"type": "check", "expression": "cost_usd >= 0"}]},
        "share": {"data_type": "double", "description": "", "constraints": []},
    },
}  # fmt: skip


def published(folder: Path, name: str, cost: str, share: float) -> Path:
    """A published file made of one table that Spark would have written, partitioned by day."""
    part = folder / name / "core.db" / "fct_a" / "usage_date=2026-10-01"
    part.mkdir(parents=True)
    costs = pa.array([Decimal(cost)], pa.decimal128(28, 12))
    pq.write_table(pa.table({"cost_usd": costs, "share": [share]}), part / "part-0.parquet")
    file = folder / f"{name}.duckdb"
    write_published_file(file, {"nodes": {"a": MART}}, folder / name)
    return file


def test_the_published_file_has_the_types_and_constraints_of_the_contract(tmp_path: Path) -> None:
    file = published(tmp_path, "good", "0.000000000001", 0.5)
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute(
            "select usage_date::varchar, cost_usd, share from core.fct_a"
        ).fetchall() == [("2026-10-01", Decimal("0.000000000001"), 0.5)]
        comments = connection.execute("select comment from duckdb_tables()").fetchall()
        assert comments == [("One row per day.",)]
    with pytest.raises(duckdb.ConstraintException):
        published(tmp_path, "bad", "-1", 0.5)


@pytest.mark.parametrize(
    ("cost", "share", "says"),
    [
        ("2", 0.5 + 1e-12, ""),
        ("2.000000000001", 0.5, "core.fct_a: 1 row(s) are in one only"),
        ("2", 0.5 + 1e-8, "core.fct_a: 1 row(s) differ in a double: share"),
    ],
)
def test_money_is_compared_to_the_last_digit_and_doubles_to_nine(
    tmp_path: Path, cost: str, share: float, says: str
) -> None:
    found = differences(published(tmp_path, "one", "2", 0.5), published(tmp_path, "other", cost, share))
    assert found[0].startswith(says) if says else found == []


@pytest.mark.parametrize(
    ("variables", "target", "says"),
    [
        ({"PATH": "", "JAVA_HOME": ""}, "spark", "JAVA IS MISSING"),
        ({"SPARK_MASTER_URL": "spark://127.0.0.1:1"}, "spark", "where no master answers"),
        ({"SPARK_MASTER_URL": "here"}, "spark", "it takes local"),
        ({"SPARK_THRIFT_PORT": "1"}, "thrift", "name no Thrift server"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], target: str, says: str
) -> None:
    monkeypatch.setattr(surroundings, "_is_there", lambda _: True)
    monkeypatch.setenv("JAVA_HOME", "/java")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=says):
        surroundings.check_surroundings(target, tmp_path)


def test_a_full_disk_and_lost_executors_have_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert surroundings.advice_on("x java.io.IOException: No space left on device y").startswith(
        "a disk is full"
    )
    assert surroundings.advice_on("ExecutorLostFailure (executor 1 exited)").startswith("executors were lost")
    assert surroundings.advice_on("other") == ""
    monkeypatch.setattr(surroundings, "_is_there", lambda _: True)
    monkeypatch.setenv("JAVA_HOME", "/java")
    monkeypatch.setattr(surroundings, "_LEAST_SPACE", 1 << 60)
    with pytest.raises(UsageError, match="THE DISK IS FULL"):
        surroundings.check_surroundings("spark", tmp_path)


@pytest.mark.parametrize(
    ("options", "whole"),
    [
        ("build", True),
        ("build --full-refresh --vars {sources:[calls]}", True),
        ("build --exclude-resource-type unit_test", True),
        ("build --exclude-resource-type=unit_test --quiet", True),
        ("build --exclude-resource-type unit_test test", False),
        ("build --exclude-resource-types=test", False),
        ("build --select=fct_charges", False),
        ("build -s fct_charges", False),
        ("run", False),
    ],
)
def test_a_build_of_a_part_is_no_attempt_to_publish(options: str, whole: bool) -> None:
    assert command.is_whole(options.split()) is whole


def test_a_file_that_cannot_be_published_is_a_failed_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "build" / "spark" / "built"

    def dbt(_: list[str]) -> SimpleNamespace:
        built.mkdir(parents=True)
        return SimpleNamespace(success=True)

    def broken(*_: object) -> None:
        raise duckdb.ConstraintException("NOT NULL constraint failed: fct_a.cost_usd")

    monkeypatch.setenv("FINOPS_RAW_DIR", str(tmp_path / "raw"))
    monkeypatch.setenv("FINOPS_SPARK_TABLES", str(tmp_path / "tables"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path))
    (tmp_path / "manifest.json").write_text("{}")
    monkeypatch.setattr(command, "_land", lambda *_: tmp_path)
    monkeypatch.setattr(command, "_dbt", dbt)
    monkeypatch.setattr(command, "write_published_file", broken)
    with pytest.raises(UsageError, match="readers keep the last good file: NOT NULL constraint"):
        command._build(["build"], tmp_path)
    attempt = json.loads((tmp_path / "attempt.json").read_text())
    assert attempt["outcome"] == "failed" and "NOT NULL" in attempt["problem"]
