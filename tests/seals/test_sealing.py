"""What is closed is sealed once; what changed afterwards is a restatement that names the seal before it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from reports_builder.errors import ReportError
from reports_builder.seals import log, sealing
from reports_builder.seals.check import leaf_hash
from reports_builder.seals.ledgers import LEDGERS
from reports_builder.seals.reading import hash_days, read_days
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from reports_builder.warehouse import attach
from tests.seals.books import DAYS, KEY, publish

LATE = (
    "insert into core.fct_charges select * replace ('late' as charge_id, 7.5 as effective_cost_usd, true as is_counted) "
    "from core.fct_charges where charge_id = 'charge-0-0'"
)


def heads_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.heads_content(folder).splitlines()]


def test_each_closed_day_is_sealed_once(tmp_path: Path) -> None:
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    run = seal(warehouse, folder, KEY)
    assert [(head["ledger"], head["day"], head["rows"]) for head in run.added] == [
        (ledger, day, 4)
        for ledger in ("core.fct_charges", "allocation.fct_allocated_costs_daily")
        for day in DAYS
    ]
    # By hand: charges 0, 1 and 2 count, 0.25 + 1.25 + 2.25 and 0.5 + 1.5 + 2.5.
    assert run.added[0]["totals"] == {
        "billed_cost_billing_currency": {"USD": "3.75"},
        "billed_cost_usd": {"USD": "4.5"},
        "effective_cost_usd": {"USD": "4.5"},
    }
    before = log.heads_content(folder)
    assert seal(warehouse, folder, KEY).added == ()
    assert log.heads_content(folder) == before
    verdict = verify(warehouse, folder, [KEY])
    assert (verdict.problems, verdict.days, verdict.rows) == ((), 6, 24)


def test_a_late_charge_is_a_restatement(tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    seal(publish(tmp_path / "finops.duckdb"), folder, KEY)
    first = log.heads_content(folder)
    warehouse = publish(tmp_path / "finops.duckdb", LATE)
    assert verify(warehouse, folder, [KEY]).problems == ('core.fct_charges 2026-10-01: row 5 ["late"] added',)
    (head,) = seal(warehouse, folder, KEY, "bill of October came late").added
    assert head["reason"] == "bill of October came late"
    assert head["restates"] == hashlib.sha256(first.splitlines()[0]).hexdigest()
    assert head["difference"]["rows"] == {"added": 1, "removed": 0}
    assert head["difference"]["totals"]["effective_cost_usd"] == {"USD": "7.5"}
    assert log.heads_content(folder).startswith(first)
    verdict = verify(warehouse, folder, [KEY], first)
    assert (verdict.problems, len(verdict.restatements)) == ((), 1)


def test_a_reason_that_nobody_gave_says_what_changed(tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    seal(publish(tmp_path / "finops.duckdb"), folder, KEY)
    warehouse = publish(tmp_path / "finops.duckdb", LATE, "update seeds.price_book set value = 2")
    (head,) = seal(warehouse, folder, KEY).added
    assert head["reason"] == "not given; changed since that seal: prices"


def test_a_column_that_came_later_restates_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    seal(publish(tmp_path / "finops.duckdb"), folder, KEY)
    grown = publish(
        tmp_path / "finops.duckdb",
        "alter table core.fct_charges add column colour varchar default 'red'",
        "update intermediate.int_as_of_date set as_of_date = date '2026-10-04'",
    )
    added = seal(grown, folder, KEY).added
    assert [(head["day"], "colour" in head["columns"]) for head in added] == [
        ("2026-10-04", True),
        ("2026-10-04", False),
    ]
    assert verify(grown, folder, [KEY]).problems == ()


def test_a_day_that_lost_all_its_rows_is_restated(tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    seal(publish(tmp_path / "finops.duckdb"), folder, KEY)
    warehouse = publish(
        tmp_path / "finops.duckdb", "delete from core.fct_charges where charge_date = date '2026-10-02'"
    )
    assert len(verify(warehouse, folder, [KEY]).problems) == 4
    (head,) = seal(warehouse, folder, KEY).added
    assert (head["rows"], head["root"]) == (0, hashlib.sha256().hexdigest())
    assert verify(warehouse, folder, [KEY]).problems == ()


@pytest.mark.parametrize("after", range(6))
def test_a_run_that_was_killed_is_healed_by_the_next(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    write_leaves, written = log.write_leaves, []

    def killed(*arguments: Any) -> None:
        if len(written) == after:
            raise KeyboardInterrupt
        written.append(write_leaves(*arguments))

    monkeypatch.setattr(log, "write_leaves", killed)
    with pytest.raises(KeyboardInterrupt):
        seal(warehouse, folder, KEY)
    monkeypatch.undo()
    with (folder / log.HEADS).open("ab") as torn:
        torn.write(b'{"code_version":"1')
    seal(warehouse, folder, KEY)
    assert len(heads_of(folder)) == len(list((folder / "leaves").iterdir())) == 6
    assert verify(warehouse, folder, [KEY]).problems == ()


def test_nothing_is_added_to_a_log_that_was_cut(tmp_path: Path) -> None:
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    seal(warehouse, folder, KEY)
    (folder / log.HEADS).write_bytes(b"".join(log.heads_content(folder).splitlines(keepends=True)[:-1]))
    with pytest.raises(ReportError, match="not as it was written"):
        seal(warehouse, folder, KEY)


def test_a_new_key_goes_on_from_the_old_one(tmp_path: Path) -> None:
    warehouse, folder, newer = publish(tmp_path / "finops.duckdb"), tmp_path / "seals", b"f" * 32
    seal(warehouse, folder, KEY)
    warehouse = publish(tmp_path / "finops.duckdb", LATE)
    seal(warehouse, folder, newer)
    assert verify(warehouse, folder, [KEY, newer]).problems == ()
    assert any("not signed by the key" in problem for problem in verify(warehouse, folder, [newer]).problems)


def test_rows_have_the_order_of_their_bytes_whatever_their_names(tmp_path: Path) -> None:
    """Names are sorted in place of rows, so they must agree: where one begins another, too, or two are the same."""
    names = [
        "''",
        "'a'",
        "'a!'",
        "'a\"'",
        "'a\\b'",
        "'é'",
        "'a' || chr(1)",
        "'a' || chr(31)",
        "'💶'",
        "null",
        "'a'",
        "null",
    ]
    rows = ", ".join(f"({name}, {number})" for number, name in enumerate(names))
    warehouse = publish(
        tmp_path / "finops.duckdb",
        "insert into core.fct_charges select charges.* replace (name as charge_id, -number as billed_cost_usd) "
        f"from core.fct_charges as charges, (values {rows}) as names (name, number) where charge_id = 'charge-0-0'",
    )
    connection, ledger = attach(warehouse), LEDGERS[0]
    columns, days = ledger.columns(connection), ledger.days(connection)
    hashed = {
        found.day: (found.hashes, found.names) for found in hash_days(connection, ledger, columns, days)
    }
    read = {
        day: ([leaf_hash(row) for row in rows], names)
        for day, rows, names in read_days(connection, ledger, columns, days)
        if rows == sorted(rows)
    }
    assert hashed == read and len(hashed["2026-10-01"][0]) == 4 + len(names)


def test_a_run_reads_again_only_what_changed_and_verify_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, folder, read = publish(tmp_path / "finops.duckdb"), tmp_path / "seals", list[str]()

    def noting(*arguments: Any) -> Any:
        read.extend(arguments[3])
        return hash_days(*arguments)

    def read_by_a_run() -> list[str]:
        read.clear()
        seal(warehouse, folder, KEY)
        return list(read)

    monkeypatch.setattr(sealing, "hash_days", noting)
    assert read_by_a_run() == [*DAYS, *DAYS]
    assert read_by_a_run() == []
    publish(warehouse, LATE)
    assert read_by_a_run() == ["2026-10-01"]
    (folder / "leaves" / "00000001.tsv").unlink()
    assert read_by_a_run() == ["2026-10-02"]
    (folder / "fingerprints.json").write_text('{"torn')
    assert read_by_a_run() == [*DAYS, *DAYS]
    # Whoever writes a fingerprint by hand keeps a change from being sealed, not from being found.
    publish(warehouse, "update core.fct_charges set resource_id = 'x' where charge_id = 'charge-2-0'", LATE)
    with attach(warehouse) as connection:
        ledger = LEDGERS[0]
        forged = ledger.fingerprints(connection, ledger.columns(connection), DAYS)["2026-10-03"]
    path = folder / "fingerprints.json"
    found = json.loads(path.read_text())
    head = hashlib.sha256(log.heads_content(folder).splitlines()[2]).hexdigest()
    path.write_text(json.dumps(found | {head: forged}))
    assert read_by_a_run() == []
    assert verify(warehouse, folder, [KEY]).problems == (
        'core.fct_charges 2026-10-03: row 1 ["charge-2-0"] changed',
    )
