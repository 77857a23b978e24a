"""The project keeps the promises of its style: contracts, descriptions, tests, names, exposures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from tests.workspace import ROOT, Workspace

PUBLIC = ("fct_", "dim_", "rpt_")
# A numeric column whose name says no unit needs one of these: a count, or a rank.
NUMERIC = ("decimal", "double", "bigint", "integer")
# Which days are built anew: those whose files changed, and below the daily usage those on which anything did.
RAW_DAYS, DATED_INPUTS = "model.ai_finops.int_raw_days", "model.ai_finops.int_dated_inputs"
# What must be known before the days that changed are: of which files it is made.
CALL_FILES = "model.ai_finops.stg_raw__call_files"


@pytest.fixture(scope="module")
def manifest(built: Workspace) -> dict[str, Any]:
    return dict(json.loads((built.target / "manifest.json").read_text()))


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


@pytest.fixture(scope="module")
def public(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        model
        for model in models
        if model["name"].startswith(PUBLIC) or model["name"] in ("rejected_records", "repeated_records")
    ]


def test_public_models_have_contract_description_and_typed_columns(public: list[dict[str, Any]]) -> None:
    assert public
    for model in public:
        name = model["name"]
        assert model["config"]["contract"]["enforced"], name
        assert model["access"] == "public", name
        assert model["description"].lower().startswith("one row"), name
        for column in model["columns"].values():
            assert column["data_type"], f"{name}.{column['name']}"
            assert column["description"], f"{name}.{column['name']}"


def test_every_model_has_a_description_beside_it(models: list[dict[str, Any]]) -> None:
    for model in models:
        path = ROOT / "dbt_project" / model["original_file_path"]
        assert path.with_suffix(".yml").is_file(), model["name"]
        assert model["description"].lower().startswith("one row"), model["name"]


def test_schemas_are_named_after_folders(models: list[dict[str, Any]]) -> None:
    for model in models:
        folder = Path(model["original_file_path"]).parts[1]
        assert model["schema"] == folder, model["name"]


def test_models_with_arithmetic_on_money_have_a_unit_test(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    tested = {
        parent
        for unit in manifest["unit_tests"].values()
        for parent in unit["depends_on"]["nodes"]
        if parent.endswith("." + unit["model"])
    }
    untested = [
        model["name"]
        for model in models
        # A cast of a sum, or a pass-through, is no formula; a product, a quotient or an exact split is one.
        if re.search(r"split_exactly|ratio\(|_usd\s*\*|\*\s*\w*_usd|_cost\(", model["raw_code"])
        and model["unique_id"] not in tested
        and model["config"]["materialized"] != "view"
    ]
    assert untested == []


def test_money_columns_are_decimal_and_say_usd(public: list[dict[str, Any]]) -> None:
    for model in public:
        for column in model["columns"].values():
            name, kind = column["name"], column["data_type"].replace(" ", "").lower()
            if name.endswith("_usd"):
                assert kind.startswith("decimal"), f"{model['name']}.{name} is {kind}"
            if name.endswith(("_share", "_ratio")):
                assert kind == "double", f"{model['name']}.{name} is {kind}"
            if kind.startswith("decimal") or kind == "double":
                assert not re.fullmatch(r"(cost|amount|price|revenue|margin)", name), (
                    f"{model['name']}.{name}"
                )


def test_sources_are_read_in_staging_only(models: list[dict[str, Any]]) -> None:
    for model in models:
        if "staging" not in model["original_file_path"]:
            assert not model["sources"], model["name"]


def test_what_is_filled_day_by_day_depends_on_the_days_that_changed(models: list[dict[str, Any]]) -> None:
    # Without it the first build of a table succeeds, and every later one fails.
    kept = [model for model in models if model["config"]["materialized"] == "incremental"]
    assert kept
    for model in kept:
        assert {RAW_DAYS, DATED_INPUTS, CALL_FILES} & set(model["depends_on"]["nodes"]), model["name"]


def test_what_is_kept_below_the_usage_reads_nothing_that_can_change_unseen(
    manifest: dict[str, Any], models: list[dict[str, Any]]
) -> None:
    parents = {name: node["depends_on"].get("nodes", []) for name, node in manifest["nodes"].items()}
    kept = {
        model["unique_id"]
        for model in models
        if model["config"]["materialized"] == "incremental" and DATED_INPUTS in parents[model["unique_id"]]
    }
    assert kept
    seen = {*kept, DATED_INPUTS, *parents[DATED_INPUTS]}
    for name in kept:
        ahead, unseen = [*parents[name]], set()
        while ahead:
            parent = ahead.pop()
            if parent not in seen:
                ahead += parents.get(parent, [])
                if not parents.get(parent):
                    unseen.add(parent)
        assert not unseen, f"{name} depends on {unseen}, which int_dated_inputs does not compare"


def compares_every_pair(sql: str) -> list[str]:
    """Conditions of left joins that name no column of the joined table: DuckDB then hashes nothing."""
    found: list[str] = []
    for join in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Join):
        condition = join.args.get("on")
        if join.side != "LEFT" or condition is None:
            continue
        for part in condition.unnest().flatten() if isinstance(condition.unnest(), exp.And) else [condition]:
            tables = {column.table for column in part.find_all(exp.Column)}
            if tables and join.this.alias_or_name not in tables:
                found.append(f"left join {join.this.alias_or_name} on .. {part.sql(dialect='duckdb')}")
    return found


def test_a_condition_on_the_left_side_alone_is_found() -> None:
    join = "select * from a left join b on a.id = b.id"
    assert compares_every_pair(f"{join} and a.is_on") == ["left join b on .. a.is_on"]
    assert compares_every_pair(f"{join} and not b.is_on") == []
    assert compares_every_pair("select * from a left join b on case when a.is_on then a.id end = b.id") == []


def test_no_left_join_compares_every_pair(built: Workspace) -> None:
    """Put what the left side must be into the key: `on case when a.is_on then a.id end = b.id`."""
    compiled = [
        path for path in (built.target / "compiled/ai_finops/models").rglob("*.sql") if path.is_file()
    ]
    assert compiled
    assert {path.stem: found for path in compiled if (found := compares_every_pair(path.read_text()))} == {}


def test_no_clock_is_read(models: list[dict[str, Any]]) -> None:
    for model in models:
        assert not re.search(r"current_date|current_timestamp|\bnow\(\)", model["raw_code"]), model["name"]


def test_every_report_page_and_the_dashboard_have_an_exposure(manifest: dict[str, Any]) -> None:
    exposed = {
        exposure["name"]: {node.split(".")[-1] for node in exposure["depends_on"]["nodes"]}
        for exposure in manifest["exposures"].values()
    }
    pages = {
        path.stem
        for path in (ROOT / "reports_builder" / "pages").glob("*.py")
        if not path.stem.startswith("_")
    }
    assert pages | {"dashboard"} == set(exposed)
