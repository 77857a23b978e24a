"""After a loss of power at any step everything that was said to be kept is there, once, and nothing is half."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from dbt_project.landing.frozen_files import FrozenFiles
from dbt_project.landing.landed_files import land
from dbt_project.landing.pseudonyms import Pseudonyms
from dbt_project.landing.registry import LANDED_SOURCES
from dbt_project.plugins import publication
from dbt_project.plugins.forecast_record import FORECASTS, record_forecasts
from dbt_project.plugins.ledgers import make_ledgers
from dbt_project.plugins.publication import publish
from reports_builder.alerts.ledger import FIRED, Event, Ledger
from reports_builder.append_only import append_lines
from reports_builder.budgets.changes import BudgetChanges, budget_change
from reports_builder.compliance.audit import AuditLog
from reports_builder.exports.files import write_whole
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from reports_builder.tracked_savings.decisions import Decision, Decisions
from tests.fuzz.files import as_csv, records_of
from tests.power_cut import Disk, put, watched
from tests.receiver.test_spool import SUFFIXES, kept, record, spool_in
from tests.seals import books
from tests.warehouse.test_forecast_record import published

TIMES = 3


@dataclass(frozen=True)
class Book:
    """Something that is appended to: one more entry, and the entries that are read."""

    name: str
    add: Callable[[Path, int], object]
    read: Callable[[Path], list[object]]


def _forecast(folder: Path, number: int) -> None:
    record_forecasts(
        published(folder.parent / "built", number, date(2036, 1, 1)).replace(folder / "finops.duckdb")
    )


def _forecasts(folder: Path) -> list[object]:
    lines = (folder / FORECASTS).read_bytes().splitlines() if (folder / FORECASTS).exists() else []
    return [
        int(float(json.loads(line)["forecast_usd"])) for line in lines if line.strip(b"\0").endswith(b"}")
    ]


def _pseudonym(folder: Path, number: int) -> None:
    (folder / "keys").mkdir(exist_ok=True)
    table = Pseudonyms(folder / "keys" / "pseudonyms.jsonl", ["customer_id"])
    table.load()
    table.replace([str(number)])


def _pseudonyms(folder: Path) -> list[object]:
    table = Pseudonyms(folder / "keys" / "pseudonyms.jsonl", ["customer_id"])
    table.load()
    return [number for number in range(TIMES) if table.known(str(number))]


def _event(number: int) -> Event:
    return Event(FIRED, str(number), datetime(2026, 11, 1, tzinfo=UTC))


BOOKS = (
    Book(
        "alerts",
        lambda folder, number: Ledger(folder / "finops.duckdb").append([_event(number)]),
        lambda folder: [int(each.alert_id) for each in Ledger(folder / "finops.duckdb").events()],
    ),
    Book(
        "budgets",
        lambda folder, number: BudgetChanges(folder / "finops.duckdb").append([budget_change("team", str(number), "2026", "1")]),
        lambda folder: [int(each.scope_id) for each in BudgetChanges(folder / "finops.duckdb").all()],
    ),
    Book(
        "savings",
        lambda folder, number: Decisions(folder / "finops.duckdb").append([Decision(str(number), None, "ann")]),
        lambda folder: [int(str(each["tracking_id"])) for each in Decisions(folder / "finops.duckdb").all()],
    ),
    Book(
        "audit",
        lambda folder, number: AuditLog(folder / "finops.duckdb").note(str(number), "ann"),
        lambda folder: [int(each.action) for each in AuditLog(folder / "finops.duckdb").events()],
    ),
    Book("forecasts", _forecast, _forecasts),
    Book("pseudonyms", _pseudonym, _pseudonyms),
)  # fmt: skip


@pytest.mark.parametrize("has_ledgers", [True, False], ids=["after a build", "the first"])
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_what_was_appended_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book, has_ledgers: bool
) -> None:
    folder = tmp_path / "warehouse"
    (tmp_path / "built" / "forecasts").mkdir(parents=True)
    folder.mkdir()
    (folder / "forecasts").mkdir()
    if has_ledgers:
        make_ledgers(folder)
    with watched(folder, monkeypatch) as disk:
        for number in range(TIMES):
            book.add(folder, number)
            disk.promised.append(number)
    checked = 0
    for said, step, files in disk.after_cuts():
        after = put(
            {name: content for name, content in files.items() if name != "finops.duckdb"}, tmp_path / "after"
        )
        (after / "forecasts").mkdir(exist_ok=True)
        found = book.read(after)
        assert set(step.promised) <= set(found), said
        assert found == sorted(set(found)), said
        # What the cut left swallows nothing that comes after it.
        if book.name != "forecasts":
            book.add(after, TIMES - 1) if TIMES - 1 not in found else None
            assert TIMES - 1 in book.read(after), said
        checked += 1
    assert checked > TIMES


def test_lines_that_were_appended_together_are_all_there_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "budgets"
    folder.mkdir()
    lines = [b"x" * 99 + b"\n"] * 3
    append_lines(folder / "changes.jsonl", lines)
    with watched(folder, monkeypatch) as disk:
        for number in (2, 3):
            append_lines(folder / "changes.jsonl", lines)
            disk.promised.append(number)
    for said, step, files in disk.after_cuts():
        batches = len(files["changes.jsonl"]) / 300
        assert b"\0" not in files["changes.jsonl"], said
        assert batches in range(max([1, *step.promised]), 4), said


def test_seals_that_were_told_of_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = books.publish(tmp_path / "finops.duckdb")
    folder = tmp_path / "seals"
    folder.mkdir()
    with watched(folder, monkeypatch) as disk:
        disk.promised.append(seal(warehouse, folder, books.KEY).heads)
    for said, step, files in disk.after_cuts():
        after = put(files, tmp_path / "after")
        heads = (after / "heads.jsonl").read_bytes().splitlines() if (after / "heads.jsonl").exists() else []
        assert len(heads) >= max(step.promised, default=0), said
        # Sealing goes on from there, and all of it holds; each head has the hashes of its rows.
        total = seal(warehouse, after, books.KEY).heads
        verdict = verify(warehouse, after, [books.KEY])
        assert verdict.problems == (), said
        leaves = sorted((after / "leaves").glob("*.tsv"))
        assert len(leaves) == total and all(b"\0" not in each.read_bytes() != b"" for each in leaves), said


def test_readers_have_the_old_warehouse_or_the_new_one_and_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "warehouse"
    build = folder / "build"
    build.mkdir(parents=True)
    frozen = FrozenFiles(build / "frozen")

    def copied(command: list[str], **_: object) -> SimpleNamespace:
        """What the child process does, where its calls are noted."""
        monkeypatch.setattr(sys, "argv", ["-c", *command[3:]])
        exec(command[2], {})
        return SimpleNamespace(returncode=0)

    def built(number: int) -> None:
        slot = frozen.free_slot()
        frozen.fill(slot, {"calls/a.parquet": raw / f"{number}"})
        (build / "finops.duckdb").write_bytes(f"warehouse {number} of slot {slot.name}".encode())
        publish(build / "finops.duckdb", folder / "finops.duckdb", frozen, slot)

    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(4):
        (raw / f"{number}").write_text(f"calls of {number}")
    monkeypatch.setattr(publication, "record_forecasts", lambda _: None)
    monkeypatch.setattr(publication.subprocess, "run", copied)
    built(0)
    with watched(folder, monkeypatch) as disk:
        for number in (1, 2, 3):
            built(number)
            disk.promised.append(number)
    for said, _, files in disk.after_cuts():
        after = put(files, tmp_path / "after")
        text = (after / "finops.duckdb").read_text()
        assert text.startswith("warehouse ") and text[-1].isdigit(), said
        number, slot = text.split()[1], text.split()[-1]
        assert (
            after / "build" / "frozen" / slot / "calls" / "a.parquet"
        ).read_text() == f"calls of {number}", said
        # Nor does the next build fill the slot that they are in.
        assert FrozenFiles(after / "build" / "frozen").free_slot().name != slot, said


def test_a_landed_file_is_whole_or_lands_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = next(each for each in LANDED_SOURCES if each.name == "litellm")
    raw, folder = tmp_path / "raw", tmp_path / "landing"
    (raw / source.name).mkdir(parents=True)
    (raw / source.name / "a.csv").write_bytes(as_csv(records_of(source, 5)))
    with watched(folder, monkeypatch) as disk:
        assert land(source, raw, folder, is_on=True) == []
    for said, _, files in disk.after_cuts():
        after = put(files, tmp_path / "after")
        assert land(source, raw, after, is_on=True) == [], said
        rows = duckdb.sql(f"select count(*) from read_parquet('{after}/{source.name}/*.parquet')").fetchall()
        assert rows == [(5,)], said


def test_a_file_that_is_replaced_is_the_old_one_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "export.csv").write_bytes(b"of before")
    with watched(folder, monkeypatch) as disk:
        write_whole(folder / "export.csv", b"of now" * 1000)
    for said, _, files in disk.after_cuts():
        assert files["export.csv"] in (b"of before", b"of now" * 1000), said


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_received_and_confirmed_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    folder = tmp_path / "otel"
    folder.mkdir()
    with watched(folder, monkeypatch) as disk, spool_in(folder) as opened:
        for number in range(TIMES):
            opened.put(record(number, suffix), suffix).result(10)
            disk.promised.append(number)
    for said, step, files in disk.after_cuts():
        after = put(files, tmp_path / "after")
        with spool_in(after):
            pass
        found = kept(after, suffix)
        assert [
            each for each in found if each in [record(number, suffix) for number in range(TIMES)]
        ] == found, said
        assert len(found) >= len(step.promised), said


def test_the_model_sees_what_is_not_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is written and renamed without a sync may be empty, and a new name may be missing."""
    folder = tmp_path / "out"
    folder.mkdir()
    with watched(folder, monkeypatch) as disk:
        (folder / "a.partial").write_bytes(b"text")
        (folder / "a.partial").replace(folder / "a")
    found = {tuple(sorted(files.items())) for _, _, files in disk.after_cuts()}
    assert {(), (("a", b""),), (("a", bytes(4)),), (("a", b"text"),)} <= found
    assert isinstance(disk, Disk)
