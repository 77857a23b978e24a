"""Exports of calls that other tools read wrongly, each with the totals that are right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.cases import build, case_folder, case_names, checks_of, fresh, rows_of, sources_of
from tests.workspace import Workspace


@pytest.fixture(scope="module")
def places() -> dict[str, Workspace]:
    """A place for each choice of sources: dbt parses the project anew when they change."""
    return {}


@pytest.mark.parametrize("name", case_names("llm"))
def test_a_reported_export_has_the_right_totals(
    name: str, places: dict[str, Workspace], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = case_folder("llm", name)
    sources = sources_of(folder)
    key = "-".join(sources)
    if key not in places:
        place: Path = tmp_path_factory.mktemp(key)
        places[key] = Workspace(place / "workspace", place / "target")
    workspace = fresh(places[key])
    for step in ("raw", "raw_then"):
        if (folder / step).is_dir():
            shutil.copytree(folder / step, workspace.raw, dirs_exist_ok=True)
            build(workspace, sources)
    for check in checks_of(folder):
        rows = rows_of(workspace, check.sql)
        assert check.holds(rows), f"{check.sql}\ngave     {rows}\nexpected {check.expected}"
