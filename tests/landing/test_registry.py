"""A source is registered once, and whatever is registered is whole: module, staging, mapping, documentation, test."""

from __future__ import annotations

import csv
import re

import pyarrow as pa
import pytest
import yaml

from dbt_project.landing.project import PROJECT
from dbt_project.landing.registry import LANDED_SOURCES, SOURCE_KINDS
from dbt_project.landing.schemas import CALL_SCHEMA, CUSTOMER_SCHEMA
from tests.workspace import ROOT

STAGING = PROJECT / "models" / "staging"
# Folders of staging that are no sources: the raw layout, notes, what alerts have sent, budgets, forecasts.
OTHERS = {"raw", "alerts", "landing", "budgets", "forecasts", "investments", "savings"}


@pytest.mark.parametrize("name", SOURCE_KINDS)
def test_a_registered_source_is_whole(name: str) -> None:
    (source,) = (source for source in LANDED_SOURCES if source.name == name)
    staged_as = source.staged_as
    assert SOURCE_KINDS[staged_as] == SOURCE_KINDS[name]
    assert (
        source.columns == next(each for each in LANDED_SOURCES if each.name == staged_as).columns
        or staged_as == name
    )
    folder, model = STAGING / staged_as, f"stg_{staged_as}__{SOURCE_KINDS[name]}"
    sql = (folder / f"{model}.sql").read_text()
    # Others stand empty while they are off; a source of calls is then not in the SQL at all.
    assert SOURCE_KINDS[name] != "calls" or f"enabled='{name}' in var('sources')" in sql
    assert yaml.safe_load((folder / f"{model}.yml").read_text())["models"][0]["description"]
    (declared,) = yaml.safe_load((folder / "_sources.yml").read_text())["sources"]
    (table,) = declared["tables"]
    assert declared["name"] == staged_as and declared["description"] and table["description"]
    assert f"/{staged_as}/*.parquet" in table["config"]["meta"]["external_location"]
    with (PROJECT / "seeds" / "attribute_mappings.csv").open() as rows:
        mapped = {row["source_name"] for row in csv.DictReader(rows)}
    assert SOURCE_KINDS[name] != "calls" or name in mapped, "no rows of the seed attribute_mappings"
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert any(f"data/raw/{name}/" in path.read_text() for path in documents), (
        "no page says where its files go"
    )
    assert re.search(rf"^  #   {name} ", (PROJECT / "dbt_project.yml").read_text(), re.MULTILINE)
    imported = f"from dbt_project.landing.sources.{name} import"
    assert any(imported in path.read_text() for path in (ROOT / "tests").rglob("test_*.py")), (
        "no test reads it"
    )


def test_nothing_is_there_that_is_not_registered() -> None:
    modules = {path.stem for path in (PROJECT / "landing" / "sources").glob("*.py")} - {"__init__"}
    assert modules == {source.name for source in LANDED_SOURCES} == set(SOURCE_KINDS)
    assert {path.name for path in STAGING.iterdir() if path.is_dir()} - OTHERS == {
        source.staged_as for source in LANDED_SOURCES
    }


@pytest.mark.parametrize(("table", "schema"), [("calls", CALL_SCHEMA), ("customers", CUSTOMER_SCHEMA)])
def test_staging_reads_each_raw_column_and_no_other(table: str, schema: pa.Schema) -> None:
    sql = re.sub(r"\{#.*?#\}", "", (STAGING / "raw" / f"stg_raw__{table}.sql").read_text(), flags=re.DOTALL)
    for name in schema.names:
        assert re.search(rf"\b{name}\b", sql), f"{name} is read by nobody"
    cast = re.findall(r"try_cast\((\w+) as", sql)
    assert set(cast) <= set(schema.names)
