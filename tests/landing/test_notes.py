"""What landing leaves out of customer files, and what the files are not meant for, is said with what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing import attribute_mappings, landed_files
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.notes import (
    Note,
    files_switched_off,
    generated_calls_beside_own,
    likely_column,
    notes_table,
    of_no_source,
    unread_columns,
)
from dbt_project.landing.sources.customers import CUSTOMERS
from tests.landing.test_columns_of_customers import landed

Land = Callable[[], list[Note]]
HEAD = "source_name,attribute_name,target_column,priority\n"


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_column_that_is_not_read_is_named_with_the_line_that_maps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "customer_id,fee,signup_date,End,Notes\nacme,31,2026-01-15,2026-10-20,hello\n"
    _, rows = landed(tmp_path, text, monkeypatch, HEAD)
    assert rows[0]["churned_date"] is None
    (note,) = unread_columns(CUSTOMERS, tmp_path)
    assert (note.check_name, note.affected, note.total) == ("column_not_read", 2, 5)
    assert note.details == (
        "customers/list.csv: columns End, Notes are not read and in no figure. If End is churned_date, add the line"
        " `customers,End,churned_date,1` to dbt_project/seeds/attribute_mappings.csv."
    )
    _, rows = landed(tmp_path, text, monkeypatch, HEAD + "customers,End,churned_date,1\n")
    assert "2026-10-20" in [(row["churned_date"] or "")[:10] for row in rows]
    (note,) = unread_columns(CUSTOMERS, tmp_path)
    assert note.details == "customers/list.csv: column Notes is not read and in no figure."


def test_files_with_the_same_columns_are_told_once(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        put(tmp_path / "customers" / name, "customer_id;fee;signup_date;Cancelled;ended_at\n")
    put(tmp_path / "customers" / "c.csv", "customer_id,fee,signup_date\n")
    pq.write_table(
        pa.table({"customer_id": ["a"], "fee": [1], "Start, new": ["2026-01-01"], "signup_date": ["2026-01-01"], "plan_price": [2]}),
        tmp_path / "customers" / "d.parquet",
    )  # fmt: skip
    two, other = unread_columns(CUSTOMERS, tmp_path)
    # The end is read already, as is the start, and the fee.
    assert two.details == "customers/a.csv (and 1 more files): column Cancelled is not read and in no figure."
    assert (
        other.details == "customers/d.parquet: columns Start, new, plan_price are not read and in no figure."
    )


def test_a_column_that_gives_way_to_a_mapped_one_is_read_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed(
        tmp_path,
        "customer_id,Net MRR,monthly_fee,signup_date\nacme,31,40,2026-01-15\n",
        monkeypatch,
        HEAD + "customers,Net MRR,monthly_fee,1\n",
    )
    assert unread_columns(CUSTOMERS, tmp_path) == []


def test_the_next_free_rank_and_the_quotes_of_csv_are_in_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "customers" / "list.csv", 'customer_id,fee,signup_date,"end, of plan"\n')
    seed = put(tmp_path / "seed.csv", HEAD + "customers,Bis,churned_date,1\n")
    monkeypatch.setattr(
        landed_files,
        "attribute_targets",
        lambda name, known: attribute_mappings.attribute_targets(name, known, seed),
    )
    (note,) = unread_columns(CUSTOMERS, tmp_path)
    assert '`customers,"end, of plan",churned_date,2`' in note.details


@pytest.mark.parametrize(
    ("spelling", "column"),
    [
        ("End", "churned_date"), ("cancelled", "churned_date"), ("EndDate", "churned_date"), ("Churn Date", "churned_date"),
        ("start", "signup_date"), ("Price", "monthly_fee"), ("MRR (USD)", "monthly_fee"), ("montly_fee", "monthly_fee"),
        ("Plan", "subscription_tier"), ("Country", "region"),
        ("Gender", None), ("vendor", None), ("trial_end", None), ("current_period_end", None), ("vat_rate", None), ("", None),
    ],
)  # fmt: skip
def test_what_a_column_probably_is(spelling: str, column: str | None) -> None:
    assert likely_column(CUSTOMERS, spelling) == column


def raw_customers(path: Path, *ids: str, **more: str) -> None:
    count = len(ids)
    columns = {
        "customer_id": list(ids),
        "subscription_tier": ["pro"] * count,
        "monthly_fee": pa.array([Decimal(9)] * count, pa.decimal128(18, 2)),
        "signup_date": [date(2026, 1, 1)] * count,
    }
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns | {name: [value] * count for name, value in more.items()}), path)


def test_columns_of_the_raw_customers_are_told_too(tmp_path: Path) -> None:
    folder = LandingFolder(tmp_path / "warehouse")
    folder.prepare()
    raw_customers(tmp_path / "raw" / "customers.parquet", "acme", End="2026-10-01", Region="eu")
    assert folder.land(tmp_path / "raw", {"invoices"}) == []
    (note,) = folder.notes
    assert note.details == (
        "customers.parquet: column End is not read and in no figure. If End is churned_date, call it so in the file."
    )


def test_a_build_that_begins_meanwhile_takes_no_notes_away(tmp_path: Path) -> None:
    raw_customers(tmp_path / "raw" / "customers.parquet", "acme", End="2026-10-01")
    first = LandingFolder(tmp_path / "warehouse")
    first.prepare()
    assert first.land(tmp_path / "raw", {"invoices"}) == []
    LandingFolder(tmp_path / "warehouse").prepare()
    frozen = first.freeze(tmp_path / "raw")
    assert pq.read_table(frozen / "notes" / "notes.parquet").num_rows == 1


@pytest.fixture(params=["customers.parquet", "customers"])
def customers(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., None]:
    """Writes the customers of each kind of source."""

    def write(*ids: str) -> None:
        if request.param == "customers.parquet":
            raw_customers(tmp_path / "raw" / "customers.parquet", *ids)
        else:
            lines = "".join(f"{each},9,2026-01-01\n" for each in ids)
            put(tmp_path / "raw" / "customers" / "list.csv", f"customer_id,fee,signup_date\n{lines}")

    write.source = request.param  # type: ignore[attr-defined]
    return write


def test_customers_who_are_gone_from_the_files_are_named_until_that_is_published(
    customers: Callable[..., None], tmp_path: Path
) -> None:
    raw, sources = tmp_path / "raw", {"invoices"} | {customers.source} & {"customers"}  # type: ignore[attr-defined]

    def land() -> tuple[LandingFolder, Path]:
        folder = LandingFolder(tmp_path / "warehouse")
        folder.prepare()
        assert folder.land(raw, sources) == []
        return folder, folder.freeze(raw)

    def publish(folder: LandingFolder, slot: Path, *, is_killed: bool = False) -> None:
        folder.frozen.publishing(slot.name)
        if not is_killed:
            folder.frozen.published(slot.name)

    customers("a", "b", "c")
    folder, slot = land()
    assert folder.notes == []
    publish(folder, slot)
    customers("c", "d")
    for _ in range(2):
        # Nothing was published in between: they are still there for who reads.
        folder, slot = land()
        (note,) = folder.notes
        assert (note.check_name, note.affected, note.total) == ("customer_lost", 2, 3)
        assert note.details.startswith("customers a, b are in the published figures and in no file")
        assert pq.read_table(slot / "notes" / "notes.parquet").to_pylist() == notes_table([note]).to_pylist()
    publish(folder, slot, is_killed=True)
    # Nobody knows which of the two files is there: rather once too often than never.
    assert [each.details for each in land()[0].notes] == [note.details]
    folder, slot = land()
    publish(folder, slot)
    assert land()[0].notes == []
    # Who changes the source of customers means other customers.
    sources ^= {"customers"}
    raw_customers(raw / "customers.parquet", "z")
    put(raw / "customers" / "list.csv", "customer_id,fee,signup_date\ny,9,2026-01-01\n")
    assert {each.check_name for each in land()[0].notes} <= {"files_switched_off"}


@pytest.mark.parametrize(
    ("own", "on", "said"),
    [
        ([], ["calls"], None),
        (["litellm", "customers"], ["litellm", "customers"], None),
        (["litellm", "customers"], ["calls"], ("litellm and ", "customers are switched off", "write `sources: [litellm, customers]`")),
        (["customers"], ["calls", "customers"], ("counted with your own files in ", "`make clean`")),
        (["customers"], ["calls"], ("customers are switched off and in no figure", "move ")),
        (["otel"], ["calls", "otel"], ("counted with your own files in ", "write `sources: [otel]`")),
    ],
)  # fmt: skip
def test_generated_calls_beside_files_of_ones_own(
    own: list[str], on: list[str], said: tuple[str, ...] | None, tmp_path: Path
) -> None:
    for name in own:
        put(tmp_path / name / "export.csv", "")
    assert generated_calls_beside_own(tmp_path, on) == []
    put(tmp_path / "_generated.json", "{}")
    notes = generated_calls_beside_own(tmp_path, on)
    assert bool(notes) == bool(said)
    for words in said or ():
        assert words in notes[0].details
        assert "\n" not in notes[0].details


def test_files_of_sources_that_are_off(tmp_path: Path) -> None:
    assert files_switched_off(tmp_path, ["calls"]) == []
    for name in ("otel/a.json", "otel/b.json", "focus/bill.csv", "calls/date=2026-10-01/part-0.parquet"):
        put(tmp_path / name, "")
    (note,) = files_switched_off(tmp_path, ["otel", "customers"])
    assert (note.affected, note.total, note.is_warning) == (2, 4, False)
    assert f"1 file in {tmp_path / 'calls'}, 1 file in {tmp_path / 'focus'}." in note.details
    (note,) = files_switched_off(tmp_path, ["calls", "focus"])
    assert f"2 files in {tmp_path / 'otel'}." in note.details
    assert files_switched_off(tmp_path, ["calls", "focus", "otel"]) == []


def test_files_that_no_source_reads_are_named_with_the_source_that_is_near(tmp_path: Path) -> None:
    assert of_no_source(tmp_path / "absent") == []
    for name in (
        "litellm/a.csv",
        "calls/date=2026-10-01/part-0.parquet",
        "customers.parquet",
        "truth/t.parquet",
        "_generated.json",
        ".DS_Store",
    ):
        put(tmp_path / name, "")
    (tmp_path / "empty").mkdir()
    assert of_no_source(tmp_path) == []
    for name in ("lite-llm/a.csv", "lite-llm/old/b.csv", "Langfuse/a.json", "2026-10.zip"):
        put(tmp_path / name, "")
    (note,) = of_no_source(tmp_path)
    assert (note.check_name, note.affected, note.total, note.is_warning) == ("files_of_no_source", 4, 5, True)
    assert f"In {tmp_path}, entries 2026-10.zip, Langfuse, lite-llm are of no source" in note.details
    assert f"If lite-llm is of litellm, the place of its files is {tmp_path / 'litellm'}." in note.details
    assert f"If Langfuse is of langfuse, the place of its files is {tmp_path / 'langfuse'}." in note.details
    assert "If 2026-10.zip" not in note.details
