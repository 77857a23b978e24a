"""Exports of calls that other tools read wrongly, each with the totals that are right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.cases import (
    build_seeds,
    build_tables,
    case_folder,
    case_names,
    checks_of,
    rows_of,
    sources_of,
)
from tests.workspace import Workspace


@pytest.fixture(scope="module")
def seeds() -> dict[tuple[str, ...], Path]:
    """For each choice of sources a working file that holds the seeds, and what is made of them alone."""
    return {}


@pytest.mark.parametrize("name", case_names("llm"))
def test_a_reported_export_has_the_right_totals(
    name: str, seeds: dict[tuple[str, ...], Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = case_folder("llm", name)
    sources, checks = sources_of(folder), checks_of(folder)
    tables = {table for check in checks for table in check.tables}
    workspace = _with_files_of(folder, tmp_path_factory.mktemp(name))
    key = tuple(sources)
    if key not in seeds:
        seeds[key] = build_seeds(_with_files_of(folder, tmp_path_factory.mktemp("seeds")), sources)
    build_tables(workspace, sources, seeds[key], tables)
    if (folder / "raw_then").is_dir():
        shutil.copytree(folder / "raw_then", workspace.raw, dirs_exist_ok=True)
        build_tables(workspace, sources, seeds[key], tables)
    for check in checks:
        rows = rows_of(workspace, check.sql)
        assert check.holds(rows), f"{check.sql}\ngave     {rows}\nexpected {check.expected}"


def _with_files_of(folder: Path, place: Path) -> Workspace:
    workspace = Workspace(place, place / "target")
    shutil.copytree(folder / "raw", workspace.raw)
    return workspace
