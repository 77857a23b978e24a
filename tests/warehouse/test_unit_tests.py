"""Unit tests test the SQL, not the data: they run when they are asked for, and here."""

from __future__ import annotations

import re

import pytest

from tests.workspace import ROOT, Workspace

PROJECT = ROOT / "dbt_project"
# Folders of models whose SQL may differ by the sources that are on.
OF_SOURCES = {"staging", "core"}


def test_every_unit_test_holds(workspace: Workspace) -> None:
    done = workspace.dbt("test", "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout[-6000:]


def test_only_staging_and_core_are_other_sql_with_other_sources() -> None:
    """So that the unit tests of all other models need not run with exports, too."""
    files = "".join(path.read_text() for path in (PROJECT / "macros").rglob("*.sql"))
    macros = re.findall(r"macro ((?:default__)?(\w+)\(.*?)endmacro", files, re.DOTALL)
    asks: set[str] = set()
    asking = {"var('sources')"}
    while not asking <= asks:
        asks |= asking
        asking = {f"{name}(" for text, name in macros if _asks(text, asks)}
    assert "landed_call_sources(" in asks
    places = {
        path.relative_to(PROJECT / "models").parts[:-1]
        for path in (PROJECT / "models").rglob("*.sql")
        if _asks(path.read_text(), asks)
    }
    assert {(parts[1:] if parts[0] == "intermediate" else parts)[0] for parts in places} == OF_SOURCES


def _asks(text: str, asks: set[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(each)}", text) for each in asks)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("test",), {"test"}),
        (("build", "--select", "int_churn_rates"), {"sql", "test", "unit_test"}),
    ],
    ids=["all", "a-model"],
)
def test_what_a_command_takes(workspace: Workspace, command: tuple[str, ...], expected: set[str]) -> None:
    done = workspace.dbt(*command)
    assert done.returncode == 0, done.stdout[-6000:]
    assert set(re.findall(r" START (\w+) ", done.stdout)) == expected
