"""Inputs that others reported as read wrongly: one folder a case, with the input and the right values.

This repository does not hold them; tests that need them skip, and say so, where they are not there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.workspace import ROOT, Workspace

FOLDER = Path(os.environ.get("FINOPS_FAULT_CASES", ROOT.parent / "shared" / "faults"))
# What the checks of the cases read, with all that is below it.
SELECTED = "+fct_calls +fct_usage_daily +fct_traces +rpt_workflow_costs +rpt_attempt_waste +rpt_reconciliation +rpt_data_quality +rejected_records"
# What the tables of raw files come from.
FILES = ("source:*", "stg_raw__call_files")
_CHECK = re.compile(r"```sql\n(.*?)```\s*expected rows: `(.*?)` \(numbers", re.DOTALL)


def case_names(kind: str) -> list[str]:
    """The cases of a kind (llm, bills); one that says what is missing where there are none."""
    folder = FOLDER / kind
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ["missing"]


def case_folder(kind: str, name: str) -> Path:
    """The folder of a case; the test is skipped, and says so, where it is not there."""
    folder = FOLDER / kind / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; set FINOPS_FAULT_CASES to the folder that holds {kind}/{name}")
    return folder


@dataclass(frozen=True)
class Check:
    """A query on the built warehouse and the rows that it must give, numbers to 1e-9."""

    sql: str
    expected: list[list[Any]]

    @property
    def tables(self) -> set[str]:
        """The tables that it reads."""
        return set(re.findall(r"\b(?:from|join)\s+\w+\.(\w+)", self.sql))

    def holds(self, rows: list[list[Any]]) -> bool:
        return len(rows) == len(self.expected) and all(
            len(row) == len(wanted) and all(map(_same, row, wanted))
            for row, wanted in zip(rows, self.expected, strict=True)
        )


def checks_of(folder: Path) -> list[Check]:
    """The checks that the text of a case states."""
    text = (folder / "expected.md").read_text(encoding="utf-8")
    found = [Check(sql.strip(), json.loads(rows)) for sql, rows in _CHECK.findall(text)]
    assert found, f"{folder} states no check"
    return found


def sources_of(folder: Path) -> list[str]:
    """The sources that a case needs, as the variable `sources` names them."""
    text = (folder / "expected.md").read_text(encoding="utf-8")
    match = re.search(r"Sources: `([^`]+)`", text)
    assert match, f"{folder} names no source"
    return [name.strip() for name in match[1].split(",")]


def build(workspace: Workspace, sources: list[str], *arguments: str) -> str:
    """Build what the checks read from the raw files of the workspace; returns what dbt printed."""
    return _build(workspace, sources, "--select", *SELECTED.split(), *arguments)


def build_tables(workspace: Workspace, sources: list[str], tables: Set[str]) -> None:
    """Build these tables, and the accounts of all records; again only what raw files change."""
    read = sorted(tables | {"rpt_reconciliation", "rejected_records"})
    is_again = working_file(workspace).exists()
    selected = (
        [f"{root}+,+{table}" for table in read for root in FILES]
        if is_again
        else [f"+{table}" for table in read]
    )
    _build(workspace, sources, "--select", *selected)


def _build(workspace: Workspace, sources: list[str], *selection: str) -> str:
    given = json.dumps({"sources": sources})
    return workspace.build("--quiet", "--indirect-selection", "buildable", "--vars", given, *selection)


def working_file(workspace: Workspace) -> Path:
    return workspace.warehouse_dir / "build" / "finops.duckdb"


def rows_of(workspace: Workspace, sql: str) -> list[list[Any]]:
    """Rows of the working file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{working_file(workspace)}' as finops (read_only)")
        connection.execute("use finops")
        return [list(row) for row in connection.execute(sql).fetchall()]


def _same(value: Any, wanted: Any) -> bool:
    if value is None or wanted is None or isinstance(wanted, bool | str):
        return value == wanted
    return abs(float(value) - float(wanted)) < 1e-9
