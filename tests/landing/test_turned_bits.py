"""A bit that a disk turns in the pages of a file of calls is found, or has changed nothing."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.raw_files import call_files, call_problems
from generator.plan import Options, make_plan
from generator.run import write_day

FLIPS = 200


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """One day of generated calls below the folder."""
    options = Options(customers=3, days=1, end_date=date(2026, 10, 31), seed=7)
    write_day(make_plan(options), tmp_path / "raw", options.end_date)
    return tmp_path / "raw"


def test_every_turned_bit_of_a_page_is_found_or_changes_nothing(calls: Path, tmp_path: Path) -> None:
    (path,) = call_files(calls)
    whole, chance = path.read_bytes(), random.Random(7)
    rows = pq.ParquetFile(path).read().to_pylist()
    assert call_problems(calls, [path], tmp_path / "none") == []
    # The footer, which names and types the columns, has no checksum in Parquet.
    pages = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    found = 0
    for number in range(FLIPS):
        content = bytearray(whole)
        content[chance.randrange(pages)] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        problems = call_problems(calls, [path], tmp_path / str(number))
        if not problems:
            assert pq.ParquetFile(path).read().to_pylist() == rows
        else:
            assert problems[0].startswith(f"{path}: ")
            found += 1
    assert found > FLIPS / 2


def test_a_file_that_was_whole_is_read_again_when_it_changes(calls: Path, tmp_path: Path) -> None:
    (path,) = call_files(calls)
    note = tmp_path / "checked.json"
    assert call_problems(calls, [path], note) == []
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    (problem,) = call_problems(calls, [path], note)
    assert problem.startswith(f"{path}: not a readable Parquet file (")
    # Nor is it taken for whole because it was looked at before.
    assert call_problems(calls, [path], note) == [problem]


def test_a_file_without_checksums_of_somebody_else_is_read(tmp_path: Path) -> None:
    """What Parquet cannot tell is not told: docs/own-data.md says how to write files that can be checked."""
    path = tmp_path / "calls" / "date=2026-10-31" / "mine.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"call_id": ["a"]}), path)
    (problem,) = call_problems(tmp_path, [path], tmp_path / "checked.json")
    assert "is missing; add it" in problem


def test_a_turned_bit_of_a_footer_never_ends_in_a_page_of_python(calls: Path, tmp_path: Path) -> None:
    (path,) = call_files(calls)
    whole, chance = path.read_bytes(), random.Random(7)
    footer = 8 + int.from_bytes(whole[-8:-4], "little")
    for number in range(FLIPS):
        content = bytearray(whole)
        content[-1 - chance.randrange(footer)] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        for problem in call_problems(calls, [path], tmp_path / str(number)):
            assert problem.startswith(f"{path}: ")
