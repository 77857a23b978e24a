"""A user in records of calls of a customer: whatever the tools call the field, it goes, and no row and no figure with it."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.erasure import Erasure
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.schemas import CALL_SCHEMA
from reports_builder import cli
from reports_builder.errors import ReportError
from reports_builder.retention import erasing_users
from reports_builder.retention.erasing import erased_customers
from reports_builder.retention.erasing_users import erase_user, find_user, still_naming_user
from reports_builder.retention.naming import Name
from tests.retention.test_erasure import everything

ADA, EVE = "ada_9@example.com", "ada_91@example.com"
SOURCES = ("litellm", "langfuse", "helicone", "otel")


def write_exports(raw: Path, who: str, customer: str = "acme") -> None:
    """Of each tool an export in which somebody made a call of a customer."""
    at = "2026-10-01T10:00:00Z"
    for source in SOURCES:
        (raw / source).mkdir(parents=True, exist_ok=True)
    with (raw / "litellm" / f"{customer}.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        names = (
            "request_id",
            "spend",
            "prompt_tokens",
            "completion_tokens",
            "startTime",
            "model",
            "user",
            "end_user",
            "metadata",
        )
        writer.writerow(names)
        metadata = json.dumps({"user_api_key_user_email": who, "customer_id": customer})
        writer.writerow([f"l-{customer}", "0.5", 10, 2, at, "gpt-4o", who, who, metadata])
    observation = {
        "id": f"f-{customer}", "type": "GENERATION", "start_time": at, "provided_model_name": "gpt-4o", "user_id": who,
        "usage_details": {"input": 10, "output": 2}, "metadata": {"customer_id": customer}, "input": f"I am {who}.",
    }  # fmt: skip
    with gzip.open(raw / "langfuse" / f"{customer}.jsonl.gz", "wt") as packed:
        packed.write(json.dumps(observation) + "\n")
    request = {
        "response_id": f"h-{customer}", "request_created_at": at, "request_model": "gpt-4o", "request_user_id": who,
        "prompt_tokens": 10, "completion_tokens": 2, "properties": {"Customer-Id": customer},
    }  # fmt: skip
    (raw / "helicone" / f"{customer}.jsonl").write_text(json.dumps(request) + "\n")
    attributes = {
        "gen_ai.request.model": "gpt-4o",
        "user.id": who,
        "enduser.id": who,
        "customer.id": customer,
    }
    span = {
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": f"b7ad6b716920333{len(customer)}", "name": "chat",
        "startTimeUnixNano": "1790848800000000000", "endTimeUnixNano": "1790848801000000000",
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
    }  # fmt: skip
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    (raw / "otel" / f"{customer}.json").write_text(json.dumps(document))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    write_exports(folder, ADA)
    write_exports(folder, EVE, "globex")
    row = {
        "timestamp": datetime.fromisoformat("2026-10-01T09:00:00"), "provider": "openai", "model": "gpt-4o", "input_tokens": 1,
        "output_tokens": 1, "cost_usd": Decimal("0.1"), "trace_id": "t", "agent_id": "agent",
    }  # fmt: skip
    table = pa.Table.from_pylist([row | {"call_id": "1"}, row | {"call_id": "2"}], CALL_SCHEMA)
    said = pa.array([{"mail": ADA.upper()}, {"mail": EVE}])
    (folder / "calls" / "date=2026-10-01").mkdir(parents=True)
    pq.write_table(table.append_column("who", said), folder / "calls" / "date=2026-10-01" / "part.parquet")
    return folder


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "finops.duckdb"


def landed(raw: Path, warehouse: Path) -> dict[str, list[dict[str, object]]]:
    """What the next build reads of each tool, without the record as it came."""
    folder = LandingFolder(warehouse.parent)
    folder.prepare()
    assert folder.land(raw, {"calls", *SOURCES}) == []
    slot = folder.freeze(raw)
    folder.frozen.published(slot.name)
    tables = {source: pq.read_table(slot / source) for source in SOURCES}
    kept = {
        source: table.drop([each for each in ("raw_record", "agent_id") if each in table.column_names])
        for source, table in tables.items()
    }
    return {source: sorted(table.to_pylist(), key=str) for source, table in kept.items()}


def test_what_is_landed_knows_users_in_the_record_as_it_came_alone(raw: Path, warehouse: Path) -> None:
    rows = landed(raw, warehouse)
    assert {source: len(found) for source, found in rows.items()} == dict.fromkeys(SOURCES, 2)
    assert "acme" in str(rows) and "example.com" not in str(rows)


def test_a_user_goes_from_everywhere_and_no_row_changes(raw: Path, warehouse: Path) -> None:
    rows = landed(raw, warehouse)
    calls = raw / "calls" / "date=2026-10-01" / "part.parquet"
    day = pq.read_table(calls, partitioning=None).to_pylist()
    found = find_user(warehouse, raw, ADA)
    assert sorted(path.name for path, _ in found.exports) == [
        "acme.csv",
        "acme.json",
        "acme.jsonl",
        "acme.jsonl.gz",
    ]
    erased = erase_user(warehouse, raw, ADA)
    assert erased is not None and (erased.customer_id, erased.files, erased.rows) == ("", 5, 1)
    assert erased_customers(warehouse) == [erased]
    # Before any build: neither in inputs nor in what builds keep and readers read. Who is not meant stays.
    for folder in (raw, warehouse.parent):
        left = everything(folder).lower()
        assert ADA not in left
        assert EVE in left
    assert landed(raw, warehouse) == rows
    after = pq.read_table(calls, partitioning=None).to_pylist()
    assert after == [day[0] | {"who": None}, day[1]]
    assert find_user(warehouse, raw, ADA).fields == find_user(warehouse, raw, ADA).exports == ()


def test_whom_calls_are_charged_to_is_a_customer_and_nothing_is_changed(raw: Path, warehouse: Path) -> None:
    export = raw / "litellm" / "acme.csv"
    export.write_text(export.read_text().replace("customer_id", "of"))
    landed(raw, warehouse)
    before = {path: path.read_bytes() for path in raw.rglob("*") if path.is_file()}
    with pytest.raises(ReportError, match=f"stands in customer_id, .*erase --customer {ADA}"):
        erase_user(warehouse, raw, ADA)
    assert {path: path.read_bytes() for path in raw.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("step", ["link", "unlink"])
def test_a_killed_erasure_is_completed_by_the_next(
    step: str, raw: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = landed(raw, warehouse)
    real = erasing_users.link if step == "link" else Path.unlink
    done = list[str]()

    def dying(path: Path, *others: object, **options: object) -> None:
        # Of the first export everything is done, of the second all before this step.
        done.append(path.name)
        if len(set(done)) > 1:
            raise KeyboardInterrupt
        real(path, *others, **options)

    with monkeypatch.context() as patched:
        patched.setattr(*((erasing_users, "link") if step == "link" else (Path, "unlink")), dying)
        with pytest.raises(KeyboardInterrupt):
            erase_user(warehouse, raw, ADA)
    erase_user(warehouse, raw, ADA)
    assert ADA not in (everything(raw) + everything(warehouse.parent)).lower()
    assert landed(raw, warehouse) == rows


def read_day(path: Path) -> list[dict[str, object]]:
    return pq.read_table(path, partitioning=None).to_pylist()


def write_day(raw: Path, day: str, kept: dict[str, list[object]], **details: pa.Array) -> Path:
    """A day file with two calls: columns that builds read, and others of any type."""
    row = {
        "timestamp": datetime.fromisoformat(f"{day}T09:00:00"), "provider": "openai", "model": "gpt-4o", "input_tokens": 12345,
        "output_tokens": 1, "cost_usd": Decimal("0.1"), "customer_id": "acme",
    }  # fmt: skip
    rows = [row | {"call_id": f"{day}-{number}"} for number in range(2)]
    rows = [each | {name: values[at] for name, values in kept.items()} for at, each in enumerate(rows)]
    table = pa.Table.from_pylist(rows, CALL_SCHEMA)
    for name, values in details.items():
        table = table.append_column(name, values)
    path = raw / "calls" / f"date={day}" / "part.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return path


def test_a_trace_that_names_the_user_gets_one_random_id_on_all_its_days(
    tmp_path: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, days = tmp_path / "raw", ("2026-10-01", "2026-10-02")
    traces = {"trace_id": [f"chat of {ADA}", "t-2"], "agent_id": ["writer", f"agent-{ADA}"]}
    files = [write_day(raw, day, traces) for day in days]
    before = [read_day(path) for path in files]
    real = Erasure.write

    def dying(erasure: Erasure) -> None:
        if days[1] in str(erasure.path):
            raise KeyboardInterrupt
        real(erasure)

    # Killed between the days: what one got, the other gets, too, and it is noted once.
    with monkeypatch.context() as patched:
        patched.setattr(Erasure, "write", dying)
        with pytest.raises(KeyboardInterrupt):
            erase_user(warehouse, raw, ADA)
    erased = erase_user(warehouse, raw, ADA)
    assert erased is not None and (erased.files, erased.rows) == (2, 4)
    assert erased_customers(warehouse) == [erased]
    after = [read_day(path) for path in files]
    for name, place, other in (("trace_id", 0, 1), ("agent_id", 1, 0)):
        ids = {day[place][name] for day in after}
        assert len(ids) == 1 and len(str(ids.pop())) == 32
        assert [day[other][name] for day in after] == [day[other][name] for day in before]
    for then, now in zip(before, after, strict=True):
        for row, left in zip(then, now, strict=True):
            assert left | {"trace_id": "", "agent_id": ""} == row | {"trace_id": "", "agent_id": ""}
    assert ADA not in everything(raw) + everything(warehouse.parent)
    assert not (warehouse.parent / "retention" / "erasing.jsonl").exists()


@pytest.mark.parametrize(
    "values",
    [
        pa.array([12345, 12346]),
        pa.array([12345.0, None]),
        pa.array([Decimal("12345"), None]),
        pa.array(["12345", "12346"], pa.large_string()),
        pa.array(["12345", "12346"]).dictionary_encode(),
        pa.array([[("id", "12345")], [("id", "12346")]], pa.map_(pa.string(), pa.string())),
        pa.array([[12345], []]),
    ],
    ids=lambda values: str(values.type),
)
def test_an_id_of_any_type_goes_from_day_files(values: pa.Array, tmp_path: Path, warehouse: Path) -> None:
    raw = tmp_path / "raw"
    path = write_day(raw, "2026-10-01", {"trace_id": ["a", "b"]}, user_id=values)
    before = read_day(path)
    erased = erase_user(warehouse, raw, "12345")
    assert erased is not None and (erased.files, erased.rows) == (1, 1)
    assert read_day(path) == [before[0] | {"user_id": None}, before[1]]
    # Tokens are no ids: once it is gone, nothing is found any more.
    assert find_user(warehouse, raw, "12345").fields == ()


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_whom_calls_are_charged_to_is_found_in_any_type_of_text(
    kind: pa.DataType, raw: Path, warehouse: Path
) -> None:
    landed(raw, warehouse)
    kept = raw / "archive" / "litellm" / "kept.parquet"
    kept.parent.mkdir(parents=True)
    pq.write_table(pa.table({"customer_id": pa.array([ADA]).cast(kind)}), kept)
    with pytest.raises(ReportError, match="stands in customer_id"):
        find_user(warehouse, raw, ADA)


def test_files_that_are_named_for_a_user_are_listed_once(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for place in (f"litellm/{ADA}.jsonl", f"coding_agents/{ADA}/day.jsonl", f"coding_agents/{EVE}/day.jsonl"):
        (raw / place).parent.mkdir(parents=True, exist_ok=True)
        (raw / place).write_text("{}\n")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / f"{ADA}.png").write_bytes(b"drawn")
    (tmp_path / "reports" / "page.md").write_text(ADA)
    found = list(still_naming_user(ADA, raw, [tmp_path / "reports", tmp_path]))
    assert sorted(str(path.relative_to(tmp_path)) for path in found) == [
        f"raw/coding_agents/{ADA}/day.jsonl",
        f"raw/litellm/{ADA}.jsonl",
        f"reports/{ADA}.png",
        "reports/page.md",
    ]


def test_who_is_not_found_is_not_noted_as_erased(
    raw: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    landed(raw, warehouse)
    places = ["--warehouse", str(warehouse), "--raw", str(raw), "--reports", str(raw.parent / "reports")]
    for whom in ("--user", "--customer"):
        monkeypatch.setattr(
            sys, "argv", ["reports_builder", "erase", whom, "nobody@example.com", "--yes", *places]
        )
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        said = capsys.readouterr().out
        assert "No raw file names nobody@example.com.\nNothing was erased, and no erasure is noted." in said
    assert erased_customers(warehouse) == []
    assert not (warehouse.parent / "retention").exists()


def test_a_day_file_that_goes_on_naming_the_user_is_listed(
    tmp_path: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_day(
        tmp_path / "raw", "2026-10-01", {"customer_id": [ADA, "acme"]}, who=pa.array([ADA, "eve"])
    )
    places = ["--warehouse", str(warehouse), "--raw", str(tmp_path / "raw")]
    monkeypatch.setattr(
        sys, "argv", ["reports_builder", "erase", "--user", ADA, *places, "--reports", str(tmp_path / "r")]
    )
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().out.splitlines()[-1] == f"  {path}"


def test_the_command_shows_what_goes_and_what_else_names_the_user(
    raw: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    landed(raw, warehouse)
    (raw / "inventory").mkdir()
    (raw / "inventory" / "machines.csv").write_text(f"resource_id,tags\nvm-1,owner={ADA}\n")

    def run(*arguments: str) -> str:
        places = ["--warehouse", str(warehouse), "--raw", str(raw), "--reports", str(raw.parent / "reports")]
        monkeypatch.setattr(sys, "argv", ["reports_builder", "erase", *arguments, *places])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        return capsys.readouterr().out

    shown = run("--user", ADA)
    assert "part.parquet: who of 1 rows" in shown
    assert "acme.csv: all of it; its rows stay" in shown and "globex" not in shown
    assert "The rows stay, so that totals and seals hold." in shown
    assert (raw / "litellm" / "acme.csv").exists()
    for output in (shown, run("--user", ADA, "--yes")):
        assert output.splitlines()[-1].endswith("machines.csv")
    assert f"No raw file names {ADA}." in run("--user", ADA)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ('{"user": "ada_9@example.com"}', True),
        ('"{\\"user\\": \\"Ada_9@Example.com\\"}"', True),
        ('"Hello,\\nada_9@example.com wrote"', True),
        ("user=ada_91@example.com", False),
        ("xada_9@example.com", False),
        ("ada_9@example.community", False),
    ],
)
def test_an_id_is_found_where_it_stands_for_itself(text: str, is_found: bool) -> None:
    assert Name(ADA).is_in(text) is is_found


def test_an_id_in_other_letters_is_found_however_json_spells_it(tmp_path: Path) -> None:
    who = "jürgen@example.com"
    for text in (who, json.dumps({"user": who}), json.dumps({"metadata": json.dumps({"user": who})})):
        assert Name(who).is_in(text)
    # Where two pieces of a large file meet, and in protobuf, where any letter may be the length.
    (tmp_path / "large.jsonl").write_text("x" * ((1 << 20) - 5) + f" {who} ")
    (tmp_path / "spans.binpb").write_bytes(b"\x0aA" + who.encode() + b"B")
    assert all(Name(who).is_in_file(path) for path in tmp_path.iterdir())
    with pytest.raises(ReportError, match="less than 4 characters"):
        Name("ada")
