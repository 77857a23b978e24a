"""Exports of calls that other tools read wrongly, each with the totals that are right.

Cases whose checks read calls and rejected records alone are built side by side, each in a folder of its own, by which its
records are told from those of the others. A case that says what a later file does, or asks for other tables, is built alone.
"""

from __future__ import annotations

import shutil
from functools import cache
from typing import Any

import duckdb
import pytest

from tests.faults.cases import (
    Check,
    build_tables,
    case_folder,
    case_names,
    checks_of,
    rows_of,
    sources_of,
    working_file,
)
from tests.workspace import Workspace

# Tables that name the file of each record.
OF_FILES = frozenset({"fct_calls", "rejected_records"})
# Their calls have ids that calls of other cases have, too: beside those they would count as the same calls sent again.
WITH_IDS_OF_OTHERS = frozenset(
    {
        "langfuse_agent_aggregate",
        "langfuse_api_page",
        "litellm_audio_output",
        "litellm_csv_with_everything",
        "litellm_semicolon_csv",
        "litellm_time_zones_and_dst",
    }
)


class SideBySide:
    """The records of several cases, built together when one of them is first asked for."""

    def __init__(self, places: pytest.TempPathFactory) -> None:
        self.places = places
        names = [name for name in case_names("llm") if not is_built_alone(name)]
        self.together = {
            name: tuple(
                other for other in names if (other in WITH_IDS_OF_OTHERS) == (name in WITH_IDS_OF_OTHERS)
            )
            for name in names
        }
        self.built = cache(self._build)

    def rows_of(self, name: str, sql: str) -> list[list[Any]]:
        """What the query gives where there is no other case than this."""
        connection = self.built(self.together[name])
        for table in OF_FILES:
            connection.execute(
                f"create or replace view core.{table} as"
                f" select * from core.every_{table} where contains(file_name, '/{name}/')"
            )
        return [list(row) for row in connection.execute(sql).fetchall()]

    def _build(self, names: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
        workspace = new_workspace(self.places, "together")
        for name in names:
            put(name, "raw", workspace, within=name)
        sources = {source for name in names for source in sources_of(case_folder("llm", name))}
        build_tables(workspace, sorted(sources), OF_FILES)
        connection = duckdb.connect()
        connection.execute(f"attach '{working_file(workspace)}' as finops (read_only); create schema core")
        for table in OF_FILES:
            connection.execute(f"create table core.every_{table} as from finops.core.{table}")
        return connection


@pytest.fixture(scope="module")
def side_by_side(tmp_path_factory: pytest.TempPathFactory) -> SideBySide:
    return SideBySide(tmp_path_factory)


@pytest.mark.parametrize("name", case_names("llm"))
def test_a_reported_export_has_the_right_totals(
    name: str, side_by_side: SideBySide, tmp_path_factory: pytest.TempPathFactory
) -> None:
    workspace = built_alone(name, tmp_path_factory) if is_built_alone(name) else None
    for check in checks_of(case_folder("llm", name)):
        rows = rows_of(workspace, check.sql) if workspace else side_by_side.rows_of(name, check.sql)
        assert check.holds(rows), f"{check.sql}\ngave     {rows}\nexpected {check.expected}"


def is_built_alone(name: str) -> bool:
    folder = case_folder("llm", name)
    return (folder / "raw_then").is_dir() or not tables_of(checks_of(folder)) <= OF_FILES


def built_alone(name: str, places: pytest.TempPathFactory) -> Workspace:
    folder, workspace = case_folder("llm", name), new_workspace(places, name)
    for raw in ("raw", "raw_then"):
        if (folder / raw).is_dir():
            put(name, raw, workspace)
            build_tables(workspace, sources_of(folder), tables_of(checks_of(folder)))
    return workspace


def tables_of(checks: list[Check]) -> set[str]:
    return {table for check in checks for table in check.tables}


def new_workspace(places: pytest.TempPathFactory, name: str) -> Workspace:
    folder = places.mktemp(name)
    return Workspace(folder, folder / "target")


def put(name: str, raw: str, workspace: Workspace, within: str = "") -> None:
    """Copy the files of a case into the folders of their sources, `within` a folder there."""
    for source in (case_folder("llm", name) / raw).iterdir():
        shutil.copytree(source, workspace.raw / source.name / within, dirs_exist_ok=True)
