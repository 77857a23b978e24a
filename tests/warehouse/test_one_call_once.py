"""A call counts once, however many records of it the tools keep, and so does every charge that they state."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.faults.cases import rows_of
from tests.warehouse.told_twice import (
    EXPECTED,
    NEXT_DAY,
    put_exports,
    put_spans,
    random_tree,
    right_total,
    spans_of,
)
from tests.workspace import Workspace

SOURCES = ["otel", "litellm", "langfuse"]
TREES = {f"tree {seed}": random_tree(Random(seed), 3 + seed % 12) for seed in range(150)}
FACTS = """
    select 'usage' as name, usage_date, source_name, customer_id, calls, input_tokens, output_tokens, billed_cost_usd from core.fct_usage_daily
    union all
    select 'read', usage_date, source, null, rows_accepted, rows_read, rows_duplicate, billed_cost_duplicate_usd + billed_cost_moved_usd
    from core.rpt_reconciliation order by all"""


def build(workspace: Workspace, *arguments: str) -> None:
    done = workspace.dbt(
        "build", "--quiet", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious", "--vars", json.dumps({"sources": SOURCES}),
        "--select", "+fct_calls", "+int_usage_slots", "+rpt_reconciliation", "+repeated_records", "assert_every_record_read_is_accounted_for", *arguments,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[list[Any]]]:
    """A warehouse into which the calls of runs came a day after the runs began; with its facts of the day before."""
    workspace = Workspace(tmp_path_factory.mktemp("told"), tmp_path_factory.mktemp("target"))
    put_exports(workspace.raw)
    build(workspace)
    # What a selection builds is not published: say that it was, so that the next build is one of the next day.
    done = workspace.dbt("run-operation", "remember_build", "--vars", json.dumps({"sources": SOURCES}))
    assert done.returncode == 0, done.stdout
    before = rows_of(workspace, FACTS)
    put_spans(workspace.raw / "otel" / "second.jsonl", NEXT_DAY)
    put_spans(
        workspace.raw / "otel" / "trees.jsonl",
        [span for name, tree in TREES.items() for span in spans_of(tree, name)],
    )
    build(workspace)
    return workspace, before


@pytest.fixture(scope="module")
def found(states: tuple[Workspace, list[list[Any]]]) -> dict[str, tuple[int, Decimal | None]]:
    rows = rows_of(
        states[0], "select customer_id, count(*), sum(effective_cost_usd) from core.fct_calls group by all"
    )
    return {customer: (calls, cost) for customer, calls, cost in rows}


@pytest.mark.parametrize("customer", EXPECTED)
def test_each_call_and_each_charge_counts_once(
    customer: str, found: dict[str, tuple[int, Decimal | None]]
) -> None:
    calls, cost = EXPECTED[customer]
    assert found[customer] == (calls, Decimal(cost))


def test_traces_of_any_form_cost_what_the_rule_says(found: dict[str, tuple[int, Decimal | None]]) -> None:
    wrong = {
        name: (found.get(name), right_total(tree))
        for name, tree in TREES.items()
        if (found.get(name, (0, None))[1] or Decimal(0)) != right_total(tree)
    }
    assert wrong == {}


def test_each_record_and_each_cent_is_accounted_for(states: tuple[Workspace, list[list[Any]]]) -> None:
    assert rows_of(states[0], """
        select sum(rows_read - rows_accepted - rows_duplicate - rows_rejected), sum(abs(difference_usd)), sum(billed_cost_moved_usd)
        from core.rpt_reconciliation""") == [[0, 0, 0]]  # fmt: skip
    assert rows_of(states[0], """
        select record_key, reason, counted_source, counted_record_key from core.repeated_records
        where record_key in ('chatcmpl-of-three', 'g1', 'q1') order by record_key""") == [
        ["chatcmpl-of-three", "other_tool", "otel", b"seen by three".hex().ljust(32, "0") + f"-{1:016x}"],
        ["g1", "reread", None, None],
        ["q1", "bridge", "litellm", "p1"],
    ]  # fmt: skip


def test_a_record_of_the_next_day_changes_what_counts_as_a_build_from_nothing_would(
    states: tuple[Workspace, list[list[Any]]],
) -> None:
    workspace, before = states
    run = [row for row in before if row[3] == "over midnight"]
    assert [(row[4], row[7]) for row in run] == [(1, Decimal("0.90"))]
    incremental = rows_of(workspace, FACTS)
    build(workspace, "--full-refresh")
    assert rows_of(workspace, FACTS) == incremental
    (workspace.raw / "otel" / "second.jsonl").unlink()
    (workspace.raw / "otel" / "trees.jsonl").unlink()
    build(workspace, "--full-refresh")
    assert rows_of(workspace, FACTS) == before
