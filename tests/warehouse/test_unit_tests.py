"""Unit tests test the SQL, not the data: they run when they are asked for, and here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workspace import Workspace


def test_every_unit_test_holds(workspace: Workspace) -> None:
    done = workspace.dbt("test", "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("test",), {"test"}),
        (("build", "--select", "rpt_churn_rates"), {"model", "test", "unit_test"}),
    ],
    ids=["all", "a-model"],
)
def test_what_a_command_takes(workspace: Workspace, command: tuple[str, ...], expected: set[str]) -> None:
    done = workspace.run_command(*command)
    assert done.returncode == 0, done.stdout[-6000:]
    results = json.loads((Path(workspace.target) / "run_results.json").read_text())["results"]
    kinds = {result["unique_id"].split(".")[0] for result in results}
    assert kinds - {"operation"} == expected
