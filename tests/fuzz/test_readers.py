"""No file stops a reader without a reason in one line, loses a row, or takes more memory than there is."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.formats import csv_records, json_records, text_files
from dbt_project.landing.registry import LANDED_SOURCES
from dbt_project.landing.source import LandedSource
from tests.fuzz.judging import case_of, judge
from tests.landing.test_file_formats import CALL, HEADER, ROW, land_bytes

CASES = int(os.environ.get("FINOPS_FUZZ_CASES", "12"))


@pytest.mark.parametrize("source", LANDED_SOURCES, ids=lambda source: source.name)
def test_each_file_is_read_or_rejected_in_one_line_and_no_row_is_lost(
    source: LandedSource, tmp_path: Path
) -> None:
    wrong = {
        seed: found for seed in range(CASES) if (found := judge(case_of(source, seed), tmp_path / "case"))
    }
    assert wrong == {}


def test_a_time_that_no_calendar_has_costs_no_other_row(tmp_path: Path) -> None:
    column = pa.array([1_792_486_922_000_000, 2**63 - 1], pa.int64()).cast(pa.timestamp("us"))
    table = pa.table({name: [value, value] for name, value in CALL.items()} | {"startTime": column})
    path = tmp_path / "raw" / "litellm" / "a.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(table, path)
    problems, landed = land_bytes(tmp_path, path.read_bytes(), "a.parquet")
    assert problems == []
    assert [row["startTime"][:10] for row in sorted(landed, key=lambda row: row["line_number"])] == [
        "2026-10-20",
        "<value out",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv.gz", f"{HEADER}\n{ROW}\n{'x' * 5000}", "line 3 is longer than 0M characters"),
        ("a.csv.gz", f'{HEADER}\n{ROW}\n"{"x" * 40}', "field larger than field limit"),
        ("a.jsonl.gz", json.dumps(CALL) + "\n" + "[" * 5000, "line 2 is longer than 0M characters"),
        (
            "a.json.gz",
            f"[{json.dumps(CALL)},\n{'[' * 5000}",
            "line 2 begins a record longer than 0M characters",
        ),
    ],
)
def test_a_small_file_that_unpacks_to_a_record_without_end_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, said: str
) -> None:
    for module in (text_files, csv_records, json_records):
        monkeypatch.setattr(module, "LONGEST_TEXT", 1000)
    monkeypatch.setattr(json_records, "_CHUNK", 1000)
    if '"x' in content:
        content = content.replace("x" * 40, "x\n" * 4000)
        csv_records.csv.field_size_limit(1000)
    try:
        problems, landed = land_bytes(tmp_path, gzip.compress(content.encode(), mtime=0), name)
    finally:
        csv_records.csv.field_size_limit(64 << 20)
    assert landed == [] and said in problems[0]


def test_a_broken_answer_of_opencost_is_a_row_with_its_problem(tmp_path: Path) -> None:
    opencost = next(source for source in LANDED_SOURCES if source.name == "opencost")
    whole = json.dumps({"data": [{"a": {"name": "a", "start": "2026-10-20", "totalCost": 1}}]})
    problems, landed = land_bytes(tmp_path, f"{whole}\n{whole[:-9]}\n".encode(), "a.jsonl", opencost)
    assert problems == []
    assert {(row["line_number"], row["line_problem"]) for row in landed} == {(1, None), (2, "line_not_json")}


@pytest.mark.parametrize(
    ("cost", "billed"),
    [
        ("NaN", ["NaN"]),
        ("Infinity", ["Infinity"]),
        ("1e400", ["1e400"]),
        ("9" * 38, ["1.500000000000", f"{'9' * 37}7.500000000000"]),
    ],
)
def test_an_amount_beyond_all_bills_stops_nothing_and_loses_no_digit(
    tmp_path: Path, cost: str, billed: list[str]
) -> None:
    opencost = next(source for source in LANDED_SOURCES if source.name == "opencost")
    allocation = {"name": "a", "start": "2026-10-20", "totalCost": cost, "cpuCost": "1.5"}
    content = json.dumps({"data": [{"a": allocation}]}).encode()
    problems, landed = land_bytes(tmp_path, content, "a.json", opencost)
    assert problems == []
    assert sorted(row["BilledCost"] for row in landed) == billed


def test_a_header_of_several_lines_is_told_in_one(tmp_path: Path) -> None:
    problems, landed = land_bytes(tmp_path, b'"request_id\r\n\x1b[31m","spend"\na,1\n', "a.csv")
    assert landed == []
    (problem,) = problems
    assert problem.isprintable() and "it has request_id [31m, spend" in problem
