"""The graph of models stays short and points one way: measured on the manifest that a build leaves."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from tests.workspace import ROOT, Workspace

# Models one after the other, from a raw file to the last mart; each is a wait.
LONGEST_CHAIN = 21
# Views one over the other: whoever reads the last runs them all.
CHAINED_VIEWS = 4
# Traces are made of the calls each time that someone asks for them: a table would copy a month of calls in each build.
ON_DEMAND = {"int_trace_steps", "int_trace_steps_marked", "fct_traces", "rpt_workflow_costs"}
# How often a build reads the raw calls of a day: what it takes grows with calls, and with this.
PASSES = 18
# What looks at all days in every build, and so grows with history: names of models. Of days that were left alone there are few.
ALL_DAYS = {"int_models_resolved", "rpt_reconciliation"}
# One thought; what is longer holds two.
LONGEST_MODEL = 210
# A list of many of one kind is one thought however long it is.
LISTS = {"fct_alert_measures", "int_dated_inputs", "int_driver_units_daily"}


@pytest.fixture(scope="module")
def models(built: Workspace) -> dict[str, dict[str, Any]]:
    """Models by name; ``reads`` names the models that each selects from."""
    nodes = json.loads((built.target / "manifest.json").read_text())["nodes"]
    found = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    for node in found.values():
        parents = [parent.split(".")[-1] for parent in node["depends_on"]["nodes"]]
        node["reads"] = [parent for parent in parents if parent in found]
    return found


def test_no_chain_of_models_is_long(models: dict[str, dict[str, Any]]) -> None:
    @cache
    def chain(name: str) -> tuple[str, ...]:
        return (*max((chain(parent) for parent in models[name]["reads"]), key=len, default=()), name)

    longest = max((chain(name) for name in models), key=len)
    assert len(longest) <= LONGEST_CHAIN, " > ".join(longest)


def test_few_views_stand_on_views(models: dict[str, dict[str, Any]]) -> None:
    @cache
    def views(name: str) -> tuple[str, ...]:
        if models[name]["config"]["materialized"] not in ("view", "ephemeral"):
            return ()
        return (*max((views(parent) for parent in models[name]["reads"]), key=len, default=()), name)

    longest = max((views(name) for name in models if name not in ON_DEMAND), key=len)
    assert len(longest) <= CHAINED_VIEWS, " > ".join(longest)


def test_calls_are_read_few_times_and_days_that_did_not_change_not_at_all(
    models: dict[str, dict[str, Any]],
) -> None:
    @cache
    def passes(name: str) -> int:
        # The two halves of int_calls_accepted are different days.
        if name in {"stg_raw__calls", "int_calls_accepted"}:
            return 1
        refs = re.findall(
            r"ref\('(\w+)'\)", re.sub(r"\{#.*?#\}", "", models[name]["raw_code"], flags=re.DOTALL)
        )
        return sum(passes(ref) for ref in refs if ref in models and is_read_through(ref))

    def is_read_through(name: str) -> bool:
        return models[name]["config"]["materialized"] in ("view", "ephemeral")

    readers = {name: passes(name) for name in models if not is_read_through(name) and passes(name)}
    assert sum(readers.values()) <= PASSES, readers
    assert {name for name in readers if models[name]["config"]["materialized"] != "incremental"} == ALL_DAYS


def test_no_intermediate_reads_what_is_made_for_a_reader(models: dict[str, dict[str, Any]]) -> None:
    upward = [
        f"{name} reads {parent}"
        for name, model in models.items()
        for parent in model["reads"]
        if name.startswith(("stg_", "int_")) and parent.startswith("rpt_")
    ]
    assert upward == []


def test_each_source_has_a_staging_model_in_its_folder(built: Workspace) -> None:
    manifest = json.loads((built.target / "manifest.json").read_text())
    unread = [
        key
        for key, source in manifest["sources"].items()
        if not any(
            f"source('{source['source_name']}', '{source['name']}')" in path.read_text()
            for path in (ROOT / "dbt_project" / "models" / "staging" / source["source_name"]).glob("*.sql")
        )
    ]
    assert unread == []


def test_a_model_is_one_thought() -> None:
    lengths = {
        path.stem: len(path.read_text().splitlines())
        for path in (ROOT / "dbt_project" / "models").rglob("*.sql")
    }
    assert {
        name: lines for name, lines in lengths.items() if lines > LONGEST_MODEL and name not in LISTS
    } == {}
