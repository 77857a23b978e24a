"""OTLP/JSON files: every span with its line, however the file is laid out; what is broken, with its place."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dbt_project.landing.attribute_mappings import MappingError, attribute_targets
from dbt_project.landing.formats import otlp_documents
from dbt_project.landing.formats.otlp_documents import read_spans
from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.otel import MAPPED_COLUMNS, OTEL
from tests.real_files import real_file


def span(number: int, **attributes: object) -> dict[str, Any]:
    start = 1_793_000_000_000_000_000 + number * 10**9
    return {
        "traceId": f"{number:032X}", "spanId": f"{number:016x}", "name": 'a "name" ü {[', "startTimeUnixNano": str(start),
        "endTimeUnixNano": start + 1_500_000, "status": {}, "events": [{"name": "prompt", "attributes": [attribute("x", "SECRET")]}],
        "attributes": [attribute(key.replace("__", "."), value) for key, value in attributes.items()],
    }  # fmt: skip


def attribute(key: str, value: object) -> dict[str, Any]:
    kind = {bool: "boolValue", int: "intValue", float: "doubleValue"}.get(type(value), "stringValue")
    return {"key": key, "value": {kind: str(value) if kind == "intValue" else value}}


def document(*spans: object, **resource: object) -> dict[str, Any]:
    attributes = [attribute(key.replace("__", "."), value) for key, value in resource.items()]
    return {
        "resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [{"spans": list(spans)}]}]
    }


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / "raw" / "otel" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def landed(folder: Path) -> list[dict[str, Any]]:
    assert land(OTEL, folder / "raw", folder / "landing", is_on=True) == []
    rows = pq.read_table(folder / "landing" / "otel").to_pylist()
    return sorted(rows, key=lambda row: (row["file_name"], row["line_number"], row["span_number"]))


@pytest.mark.parametrize("piece", [7, 64, 4 << 20])
@pytest.mark.parametrize("longest_line", [50, 32 << 20])
@pytest.mark.parametrize("indent", [None, 1])
def test_no_layout_and_no_boundary_changes_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, longest_line: int, indent: int | None
) -> None:
    monkeypatch.setattr(otlp_documents, "PIECE", piece)
    monkeypatch.setattr(otlp_documents, "LONGEST_LINE", longest_line)
    documents = [
        document(span(1), span(2), service__name="a"),
        document(span(3), service__name="b"),
        document(),
    ]
    # A resource after its spans, an empty list, an unknown member, an older name.
    documents[1]["resourceSpans"][0] = dict(
        reversed(documents[1]["resourceSpans"][0].items()), schemaUrl="x", dropped=12
    )
    documents[2]["resourceSpans"][0]["instrumentationLibrarySpans"] = [{"spans": [span(4)]}]
    text = "\r\n".join(json.dumps(each, indent=indent, ensure_ascii=False) for each in documents)
    for name, content in (
        ("a.json", text.encode()),
        ("a.json.gz", gzip.compress(b"\xef\xbb\xbf" + text.encode(), mtime=0)),
    ):
        path = put(tmp_path, name, content)
        found = [(of, each["spanId"]) for _, of, each, problem in read_spans(path) if problem is None]
        expected = [
            (of["resource"], each["spanId"]) for of, each in
            [(element, each) for entry in documents for element in entry["resourceSpans"]
             for scope in [*element["scopeSpans"], *element.get("instrumentationLibrarySpans", ())] for each in scope["spans"]]
        ]  # fmt: skip
        assert found == expected


def test_marks_at_the_head_of_any_line_and_nuls_between_lines_are_no_part_of_it(tmp_path: Path) -> None:
    lines = [json.dumps(document(span(number))) for number in (1, 2)]
    put(tmp_path, "a.jsonl", "\ufeff" + "\n\ufeff".join(lines) + "\n" + "\0" * 50)
    assert [(row["line_number"], row["line_problem"]) for row in landed(tmp_path)] == [(1, None), (2, None)]


def test_a_span_of_a_laid_out_document_keeps_its_line(tmp_path: Path) -> None:
    text = json.dumps(document(span(1), span(2)), indent=2)
    lines = [line for line, *_ in read_spans(put(tmp_path, "a.json", text))]
    at = [text[: text.index(f'"{number:032X}"')].count("\n") for number in (1, 2)]
    assert lines == at


def test_what_is_broken_is_kept_with_its_place_and_the_rest_is_read(tmp_path: Path) -> None:
    bad_id, bad_time, bad_attributes = (
        span(2) | {"traceId": "xyz"},
        span(3) | {"startTimeUnixNano": "soon"},
        span(4),
    )
    bad_attributes["attributes"] = ["text"]
    put(
        tmp_path,
        "a.jsonl",
        "\n".join(
            [
                '{"resourceSpans": [{"scopeSp',
                json.dumps(document(span(1, customer__id="c"), bad_id, bad_time, bad_attributes, "text")),
                '{"unknown": 1}',
                '{"resourceMetrics": []}',
                "",
                '{"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": [{"traceId": "1',
            ]
        ),
    )
    rows = landed(tmp_path)
    assert [(row["line_number"], row["span_number"], row["line_problem"]) for row in rows] == [
        (1, 1, "line_not_json"),
        (2, 1, None),
        (2, 2, "trace_id_malformed"),
        (2, 3, "time_malformed"),
        (2, 4, "attributes_malformed"),
        (2, 5, "span_not_an_object"),
        (3, 1, "line_not_otlp"),
        (6, 1, "line_cut_off"),
    ]
    # A line without a time stands on the day of what is around it.
    assert len({row["partition_date"] for row in rows}) == 1
    assert (rows[1]["trace_id"], rows[1]["latency_ms"], rows[1]["customer_id"]) == (f"{1:032x}", 2, "c")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.json", '{"resourceMetrics": [1]}', "has no spans: line 1 holds metrics"),
        ("a.jsonl", "hello\nworld\n", "line 1 is not JSON"),
        ("a.json", '{"a": 1}', "line 1 is not OTLP JSON"),
        ("a.json", '{\n"resourceSpans":\n[{"scopeSpans": [{"spans": [{"a": }\n]}]}]}', "line 3 is not JSON"),
        ("a.json", '{\n"resourceSpans": [\n', "line 3 is not OTLP JSON ({ expected, the end found"),
        ("a.json", '[\n{"prompt": 1}\n]', "no resourceSpans in it"),
        ("a.json.gz", gzip.compress(b'{"resourceSpans": []}' * 99, mtime=0)[:-9], "is not a whole gzip file"),
        ("a.csv", "a,b\n", "are read from .json"),
    ],
)
def test_a_file_that_is_not_otlp_is_named_with_line_and_reason(
    tmp_path: Path, name: str, content: str | bytes, problem: str
) -> None:
    path = put(tmp_path, name, content)
    (found,) = land(OTEL, tmp_path / "raw", tmp_path / "landing", is_on=True)
    assert found.startswith(f"{path}: ")
    assert problem in found


def test_an_attribute_of_the_span_counts_before_one_of_the_resource_and_new_names_before_old(
    tmp_path: Path,
) -> None:
    one = span(1, tenant__id="of span", gen_ai__usage__prompt_tokens=5, gen_ai__usage__input_tokens=7.0)
    put(tmp_path, "a.json", json.dumps(document(one, customer__id="of resource", team__id="t")))
    (row,) = landed(tmp_path)
    assert (row["customer_id"], row["team_id"], row["input_tokens"]) == ("of span", "t", "7.0")


def test_a_cost_of_zero_gives_way_to_any_other_cost_that_is_stated(tmp_path: Path) -> None:
    put(
        tmp_path,
        "spans.jsonl",
        json.dumps(
            document(
                span(1, **{"gen_ai.usage.cost": 0, "llm.usage.cost": "0.25"}),
                span(2, **{"llm.usage.cost": "0.25", "gen_ai.usage.cost": "0.000"}),
                span(3, **{"gen_ai.usage.cost": 0}),
                span(4, **{"gen_ai.usage.cost": "0.5", "llm.usage.cost": 0}),
            )
        ),
    )
    assert [row["cost_usd"] for row in landed(tmp_path)] == ["0.25", "0.25", "0", "0.5"]


def test_message_contents_are_never_landed(tmp_path: Path) -> None:
    secret = {
        "gen_ai__prompt__0__content": "SECRET",
        "gen_ai__input__messages": "SECRET",
        "input__value": "SECRET",
    }
    one = span(1, **secret) | {"status": {"code": 2, "message": "SECRET"}}
    put(tmp_path, "a.jsonl", f'{json.dumps(document(one, note="SECRET"))}\n{{"SECRET')
    assert "SECRET" not in str(landed(tmp_path))
    seed = tmp_path / "seeds" / "attribute_mappings.csv"
    seed.parent.mkdir()
    for name in (
        "gen_ai.prompt.0.content",
        "gen_ai.output.messages",
        "input.value",
        "messages",
        "metadata.prompt",
    ):
        seed.write_text(f"source_name,attribute_name,target_column,priority\notel,{name},customer_id,1\n")
        with pytest.raises(MappingError, match=r"line 2: .* holds message contents"):
            attribute_targets("otel", MAPPED_COLUMNS, seed)
    seed.write_text("source_name,attribute_name,target_column,priority\notel,a,nowhere,1\n")
    with pytest.raises(MappingError, match="nowhere is not a column"):
        attribute_targets("otel", MAPPED_COLUMNS, seed)


@pytest.mark.parametrize("name", ["openai_v2_default.json", "openai_v2_latest.json"])
def test_real_spans_are_all_read(tmp_path: Path, name: str) -> None:
    content = real_file(f"otel/{name}").read_text()
    expected: Counter[str] = Counter()
    for of_resource in json.loads(content)["resourceSpans"]:
        for scope in of_resource["scopeSpans"]:
            for each in scope["spans"]:
                known = {entry["key"]: next(iter(entry["value"].values())) for entry in each["attributes"]}
                expected["spans"] += 1
                expected["errors"] += each["status"].get("code") == "STATUS_CODE_ERROR"
                expected["without usage"] += "gen_ai.usage.input_tokens" not in known
                expected["input"] += int(known.get("gen_ai.usage.input_tokens", 0))
                expected["output"] += int(known.get("gen_ai.usage.output_tokens", 0))
    put(tmp_path, name, content)
    rows = landed(tmp_path)
    assert {row["line_problem"] for row in rows} == {None}
    assert {row["provider"] for row in rows} == {"openai"}
    assert expected == Counter(
        {
            "spans": len({row["span_id"] for row in rows}),
            "errors": sum(row["is_error"] for row in rows),
            "without usage": sum(row["input_tokens"] is None for row in rows),
            "input": sum(int(row["input_tokens"] or 0) for row in rows),
            "output": sum(int(row["output_tokens"] or 0) for row in rows),
        }
    )


def test_which_attempt_of_its_operation_a_span_is_has_a_column(tmp_path: Path) -> None:
    spans = (
        span(1, http__request__resend_count=2),
        span(2, metadata__attempted_retries="0", metadata__attempted_fallbacks=1),
        span(3),
    )
    put(tmp_path, "a.json", json.dumps(document(*spans)))
    assert [(row["attempted_retries"], row["attempted_fallbacks"]) for row in landed(tmp_path)] == [
        ("2", None),
        ("0", "1"),
        (None, None),
    ]
