"""Readers who see everything share the opened file, and nothing else of each other."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import psutil
import pytest

from reports_builder.access import EVERYTHING, Beside, Scope, kept_open, open_reader
from reports_builder.errors import ReportError
from reports_builder.time_limit import time_limit

COUNT = "select count(*) from core.charges"
LONG = "select sum(a.range * b.range) from range(1000000000) a, range(1000000) b"


def publish(path: Path, rows: int) -> Path:
    partial = path.with_suffix(".partial")
    with duckdb.connect(str(partial)) as connection:
        connection.execute(
            f"create schema core; create table core.charges as select range from range({rows})"
        )
    partial.replace(path)
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The files that were opened, each time."""
    files: list[Path] = []
    attach = kept_open.attach

    def noted(path: Path) -> duckdb.DuckDBPyConnection:
        files.append(path)
        return attach(path)

    monkeypatch.setattr(kept_open, "attach", noted)
    yield files


def held(path: Path) -> list[str]:
    """The versions of a file that this process has open, those that were replaced among them."""
    return [each.path for each in psutil.Process().open_files() if each.path.startswith(str(path))]


def test_a_publication_is_opened_once_and_closed_after_its_last_reader(
    tmp_path: Path, opened: list[Path]
) -> None:
    warehouse = publish(tmp_path / "w.duckdb", 1)
    with ExitStack() as readers:
        former = [readers.enter_context(open_reader(warehouse, EVERYTHING)) for _ in range(3)]
        assert opened == [warehouse]
        publish(warehouse, 2)
        for _ in range(2):
            with open_reader(warehouse, EVERYTHING) as newer:
                assert newer.execute(COUNT, {}).fetchall() == [(2,)]
        assert [reader.execute(COUNT, {}).fetchall() for reader in former] == [[(1,)]] * 3
    assert len(opened) == 2
    assert len(held(warehouse)) <= 1


def test_what_one_reader_may_read_beside_the_warehouse_no_other_reads(tmp_path: Path) -> None:
    warehouse = publish(tmp_path / "w.duckdb", 1)
    calls = tmp_path / "frozen"
    calls.mkdir()
    (calls / "1.csv").write_text("call\n1\n")
    question = f"select * from read_csv('{calls}/*.csv')"
    with open_reader(warehouse, EVERYTHING, Beside(folders=(calls,))) as reader:
        assert reader.execute(question, {}).fetchall() == [(1,)]
        shutil.copy(calls / "1.csv", tmp_path / "2.csv")
        with pytest.raises(duckdb.PermissionException):
            reader.execute(f"select * from read_csv('{tmp_path}/2.csv')", {})
        with open_reader(warehouse, EVERYTHING) as other, pytest.raises(duckdb.PermissionException):
            other.execute(question, {})
    with (
        open_reader(warehouse, Scope(teams=frozenset({"a"}))) as limited,
        pytest.raises(ReportError, match="reads something other"),
    ):
        limited.execute(question, {})


def test_a_question_that_is_broken_off_breaks_off_no_other(tmp_path: Path) -> None:
    warehouse = publish(tmp_path / "w.duckdb", 1)
    is_done = threading.Event()
    said: list[str] = []

    def ask_for_long() -> None:
        try:
            with open_reader(warehouse, EVERYTHING) as reader, time_limit(reader, 0.3):
                reader.execute(LONG, {})
        except ReportError as error:
            said.append(str(error))
        is_done.set()

    asking = threading.Thread(target=ask_for_long)
    asking.start()
    with open_reader(warehouse, EVERYTHING) as reader:
        while not is_done.is_set():
            assert reader.execute(COUNT, {}).fetchall() == [(1,)]
    asking.join()
    assert said
    assert "longer than 0.3 seconds" in said[0]
