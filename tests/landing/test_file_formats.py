"""Files as other tools save them: separators, encodings, marks, pages, keys left out; and what is no such file."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.landed_files import land
from dbt_project.landing.source import LandedSource
from dbt_project.landing.sources.focus import FOCUS
from dbt_project.landing.sources.langfuse import LANGFUSE
from dbt_project.landing.sources.litellm import LITELLM

HEADER = "request_id,spend,startTime,model,prompt_tokens,completion_tokens,end_user"
ROW = "r1,0.5,2026-10-20 09:00:00,gpt-4o,1,1,Müller"
CALL = {
    "request_id": "r1",
    "spend": 0.5,
    "startTime": "2026-10-20 09:00:00",
    "model": "gpt-4o",
    "prompt_tokens": 1,
    "completion_tokens": 1,
}
OBSERVATION = {
    "id": "o1",
    "type": "GENERATION",
    "startTime": "2026-10-20T09:00:00Z",
    "usageDetails": {"input": 10, "output": 1},
}


def land_bytes(
    folder: Path, content: bytes, name: str = "a.csv", source: LandedSource = LITELLM
) -> tuple[list[str], list[dict[str, Any]]]:
    """The problems of a file, and what landed of it."""
    path = folder / "raw" / source.name / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    problems = land(source, folder / "raw", folder / "landing", is_on=True)
    assert all("\n" not in problem for problem in problems)
    landed = pq.read_table(folder / "landing" / source.name).to_pylist()
    return [problem.removeprefix(f"{path}: ") for problem in problems], landed


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_separators_line_ends_and_encodings_change_nothing(
    tmp_path: Path, separator: str, end: str, encoding: str
) -> None:
    text = end.join([HEADER, ROW, "", ROW.replace("r1", '"r,;|\t2"')]).replace(",", separator)
    text = text.replace(f'"r{separator};|\t2"', '"r,;|\t2"')
    problems, landed = land_bytes(tmp_path, text.encode(encoding))
    assert problems == []
    assert [(row["request_id"], row["customer_id"], row["line_number"]) for row in landed] == [
        ("r1", "Müller", 2),
        ("r,;|\t2", "Müller", 4),
    ]


@pytest.mark.parametrize("statement", ["sep=;\r\n", '"sep=;"\r\n', "\ufeffSEP=;\n"])
def test_a_separator_that_the_first_line_states_is_taken(tmp_path: Path, statement: str) -> None:
    text = statement + f"{HEADER}\n{ROW}".replace(",", ";").replace("0.5", "0,5")
    problems, landed = land_bytes(tmp_path, text.encode())
    assert problems == []
    assert [(row["spend"], row["line_number"]) for row in landed] == [("0.5", 3)]


@pytest.mark.parametrize(
    "value", ["\ufeffr1", '\ufeff"r1"', "r1\ufeff", " r1\t", "r1\0\0", "\u200br1\u00a0", '" r1 "']
)
def test_byte_order_marks_blanks_and_nuls_around_a_value_are_no_part_of_it(
    tmp_path: Path, value: str
) -> None:
    problems, landed = land_bytes(tmp_path, f"{HEADER}\n{ROW.replace('r1', value)}\n".encode())
    assert problems == []
    assert landed[0]["request_id"] == "r1"


def test_files_that_were_put_together_have_a_mark_on_some_line(tmp_path: Path) -> None:
    lines = "\n".join("\ufeff" + json.dumps(CALL | {"request_id": name}) for name in ("r1", "r2"))
    problems, landed = land_bytes(tmp_path, lines.encode(), "a.jsonl")
    assert problems == []
    assert [row["request_id"] for row in landed] == ["r1", "r2"]


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.csv", HEADER)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", f"{HEADER}\n{ROW}".encode("cp1252"), "line 2 is not UTF-8 text (byte 0xfc, likely Windows-1252)"),
        ("a.jsonl", b'{"a": "\xe9"}', "line 1 is not UTF-8 text (byte 0xe9, likely Windows-1252)"),
        ("a.csv", f"{HEADER}\n{ROW}".encode("utf-16-le"), "as UTF-16 without a byte order mark; save it as UTF-8"),
        ("a.csv", zipped(), "is a zip archive or a spreadsheet: unpack it or save its sheet as CSV UTF-8"),
        ("a.csv", gzip.compress(HEADER.encode(), mtime=0), "is compressed by gzip: let its name end in .gz"),
        ("a.csv", b"PAR1....", "is a Parquet file: let its name end in .parquet"),
        ("a.jsonl.gz", gzip.compress(json.dumps(CALL).encode() * 99, mtime=0)[:-9], "is not a whole gzip file"),
        ("a.csv.zst", b"", "move it away, or unpack it, then build again"),
        ("a.zip", b"", "move it away, or unpack it, then build again"),
        ("a.xlsx", b"", "move it away, or save its sheet as CSV UTF-8, then build again"),
        ("a.tsv", b"", "if it is a table, let its name end in .csv"),
        ("a.csv", b"Date;Cost;Model\n1;2;3", "completion_tokens, prompt_tokens, request_id, spend, startTime is missing; it has Date, Cost, Model"),
        ("a.csv", HEADER.replace("spend", "Spend,SPEND").encode(), "column spend stands in it twice"),
        ("a.json", json.dumps({"data": {"calls": [{"a": 1}]}, "n": 1}).encode(), "it has data, n; if the records are in data, write them alone"),
        ("a.json", json.dumps([CALL | {"n": 1}]).replace('"n": 1', f'"n": {"9" * 5000}').encode(), "line 1 has a number of thousands of digits"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line_that_says_what_to_do(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    (found,), landed = land_bytes(tmp_path, content, name)
    assert problem in found
    assert found.endswith("then build again")
    assert landed == []
    assert [path.name for path in (tmp_path / "landing/litellm").iterdir()] == ["contract.parquet"]


RECORDS = [OBSERVATION, OBSERVATION | {"id": "o2"}]


@pytest.mark.parametrize("key", ["data", "observations", "items", "results"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_page_of_an_api_is_the_records_in_it(tmp_path: Path, key: str, indent: int | None) -> None:
    page = {key: RECORDS, "meta": {"page": 1, "links": []}, "type": "list"}
    problems, landed = land_bytes(tmp_path, json.dumps(page, indent=indent).encode(), "a.json", LANGFUSE)
    assert problems == []
    assert [(row["id"], row["record_number"]) for row in landed] == [("o1", 1), ("o2", 2)]


def test_pages_one_a_line_and_deeper_ones_and_empty_ones_are_read(tmp_path: Path) -> None:
    pages = [
        {"data": [RECORDS[0]], "meta": {}},
        {"data": [], "meta": {}},
        {"data": {"observations": [RECORDS[1], "no record"]}},
    ]
    text = "\n".join(json.dumps(page) for page in pages)
    problems, landed = land_bytes(tmp_path, text.encode(), "a.jsonl", LANGFUSE)
    assert problems == []
    assert [(row["id"], row["line_number"], row["line_problem"]) for row in landed] == [
        ("o1", 1, None),
        ("o2", 3, None),
        (None, 3, "line_not_an_object"),
    ]


def test_a_record_with_a_list_of_objects_is_no_page(tmp_path: Path) -> None:
    record = OBSERVATION | {"toolCalls": [{"id": "t", "type": "function"}], "input": [{"type": "text"}]}
    problems, landed = land_bytes(tmp_path, json.dumps(record).encode(), "a.json", LANGFUSE)
    assert problems == []
    assert [row["id"] for row in landed] == ["o1"]


def test_a_page_laid_out_by_lines_is_not_taken_for_broken_lines(tmp_path: Path) -> None:
    text = '{"data": [\n' + ",\n".join(json.dumps(record) for record in RECORDS) + "\n]}"
    problems, landed = land_bytes(tmp_path, text.encode(), "a.json", LANGFUSE)
    assert problems == []
    assert [row["id"] for row in landed] == ["o1", "o2"]
    # A line that was cut off stays one broken line.
    cut = json.dumps(OBSERVATION)[:40] + "\n" + json.dumps(RECORDS[1])
    problems, landed = land_bytes(tmp_path / "cut", cut.encode(), "a.jsonl", LANGFUSE)
    assert problems == []
    assert [(row["id"], row["line_problem"]) for row in landed] == [(None, "line_not_json"), ("o2", None)]


def test_a_key_that_is_null_may_be_left_out_of_a_record_but_not_of_all(tmp_path: Path) -> None:
    without = {name: value for name, value in CALL.items() if name != "completion_tokens"}
    text = "\n".join(json.dumps(record) for record in (without, CALL | {"request_id": "r2"}))
    problems, landed = land_bytes(tmp_path, text.encode(), "a.jsonl")
    assert problems == []
    assert [row["completion_tokens"] for row in landed] == [None, "1"]
    (problem,), landed = land_bytes(tmp_path / "none", json.dumps(without).encode(), "a.jsonl")
    assert "column completion_tokens is missing; it has request_id, spend" in problem
    assert landed == []


def test_a_record_that_says_two_things_under_one_key_is_kept_aside(tmp_path: Path) -> None:
    whole = json.dumps(CALL)
    lines = [
        whole,
        whole.replace('"spend": 0.5', '"spend": 0.5, "spend": 0.7'),
        whole.replace('"spend": 0.5', '"spend": 0.5, "spend": 0.5'),
        whole.replace('"spend"', '"messages": 1, "messages": 2, "spend"'),
        whole.replace('"spend"', '"metadata": {"a": 1, "a": 2}, "spend"'),
    ]
    problems, landed = land_bytes(tmp_path, "\n".join(lines).encode(), "a.jsonl")
    assert problems == []
    assert [row["line_problem"] for row in landed] == [None, "key_repeated", None, None, "key_repeated"]


def test_two_spellings_of_one_name_give_the_one_with_a_value(tmp_path: Path) -> None:
    record = OBSERVATION | {"model": None, "providedModelName": "gpt-4o"}
    _, landed = land_bytes(tmp_path, json.dumps(record).encode(), "a.json", LANGFUSE)
    assert landed[0]["provided_model_name"] == "gpt-4o"


@pytest.mark.parametrize("spend", ["1e99999999", "-1e99999999", "1e-99999999", "1" * 4000])
def test_a_number_that_would_fill_the_memory_stays_text(tmp_path: Path, spend: str) -> None:
    line = json.dumps(CALL | {"prompt_tokens": 7}).replace("0.5", spend)
    row = ROW.replace("0.5", spend)
    problems, landed = land_bytes(tmp_path, f"{line}\n".encode(), "a.jsonl")
    assert problems == []
    observation = json.dumps(OBSERVATION | {"costDetails": {"total": 0.5, "input": 0.5}}).replace(
        "0.5", spend
    )
    assert land_bytes(tmp_path, observation.encode(), "a.jsonl", LANGFUSE)[0] == []
    problems, landed = land_bytes(tmp_path / "csv", f"{HEADER}\n{row}\n".encode())
    assert problems == []
    assert landed[0]["spend"] == spend


def test_nesting_without_end_is_a_broken_line(tmp_path: Path) -> None:
    deep = '{"metadata": ' + "[" * 100_000 + "]" * 100_000 + "}"
    problems, landed = land_bytes(tmp_path, f"{json.dumps(CALL)}\n{deep}\n".encode(), "a.jsonl")
    assert problems == []
    assert [row["line_problem"] for row in landed] == [None, "line_not_json"]


def test_parquet_of_other_writers_is_read(tmp_path: Path) -> None:
    """Text without its type, as old engines write it, and times that are finer than a microsecond."""
    table = pa.table(
        {
            "BilledCost": [b"1e99999999"],
            "EffectiveCost": pa.array([2.5], pa.float32()),
            "ChargeCategory": [b"Usage"],
            "ChargePeriodStart": pa.array([1_790_985_600_123_456_789], pa.timestamp("ns", tz="UTC")),
            "ChargePeriodEnd": pa.array([datetime(2026, 10, 4)], pa.timestamp("ms")),
            "BillingPeriodStart": pa.array(["2026-10-01"], pa.dictionary(pa.int8(), pa.string())),
        }
    )
    content = io.BytesIO()
    pq.write_table(table, content)
    problems, landed = land_bytes(tmp_path, content.getvalue(), "a.parquet", FOCUS)
    assert problems == []
    row = landed[0]
    assert (row["BilledCost"], row["EffectiveCost"], row["ChargeCategory"]) == ("1e99999999", "2.5", "Usage")
    assert row["ChargePeriodStart"] == "2026-10-03 00:00:00.123456"


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    path = tmp_path / "raw" / "focus" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER)
    monkeypatch.setattr(Path, "open", refuse)
    (problem,) = land(FOCUS, tmp_path / "raw", tmp_path / "landing", is_on=True)
    assert problem.startswith(f"{path}: cannot be read (Permission denied)")
