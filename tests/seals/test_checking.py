"""Any single change of sealed books is found, by the script alone; the kinds a user would meet are named."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports_builder.seals import handing_over, log
from reports_builder.seals.check import check_folder, check_proof
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from tests.seals.books import CHANGES, KEY, PRIVATE, PUBLIC, SIGNERS, publish, rewritten

CHARGES = "rows/core.fct_charges"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    warehouse = publish(folder / "finops.duckdb")
    seal(warehouse, folder / "seals", KEY)
    handing_over.export(warehouse, folder / "seals", folder / "out")
    return folder / "out"


def problems_after(folder: Path, name: str, content: bytes) -> list[str]:
    path = folder / name
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        return check_folder(folder, SIGNERS, None)[0]
    finally:
        path.write_bytes(before)


def test_what_is_whole_passes(exported: Path) -> None:
    problems, told = check_folder(exported, SIGNERS, None)
    assert problems == []
    lines = (exported / "heads.jsonl").read_bytes().splitlines()
    assert told == [
        f"{len(lines)} heads, log_root {log.log_root(lines)}",
        f"signed by the key {json.loads(lines[0])['key_id']}",
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(sorted(CHANGES)), is_head=st.booleans())
def test_any_single_change_is_found(exported: Path, seed: int, kind: str, is_head: bool) -> None:
    rng = random.Random(seed)
    files = sorted((exported / "rows").rglob("*.jsonl"))
    path = exported / "heads.jsonl" if is_head else rng.choice(files)
    content = path.read_bytes()
    assert problems_after(exported, str(path.relative_to(exported)), CHANGES[kind](content, rng))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda rows: [rows[0], rows[1].replace(b'"1.5"', b'"1.25"'), *rows[2:]],
            'row 2 ["charge-1-1"] changed',
        ),
        (lambda rows: [rows[0], *rows[2:]], 'row 2 ["charge-1-1"] removed'),
        (lambda rows: [*rows, rows[-1].replace(b"1-3", b"1-4")], 'row 5 ["charge-1-4"] added'),
        (lambda rows: [rows[0], *rows], 'row 1 ["charge-1-0"] duplicated'),
        (lambda rows: [rows[1], rows[0], *rows[2:]], "its rows were reordered"),
        (lambda rows: rows[:-1], 'row 4 ["charge-1-3"] removed'),
        (lambda rows: [b"nonsense\n", *rows[1:]], "row 1 (not a row) added"),
    ],
    ids=["changed", "removed", "added", "duplicated", "reordered", "cut", "nonsense"],
)
def test_day_and_row_are_named(exported: Path, change: Any, said: str) -> None:
    name = f"{CHARGES}/2026-10-02.jsonl"
    rows = (exported / name).read_bytes().splitlines(keepends=True)
    found = problems_after(exported, name, b"".join(change(rows)))
    assert f"core.fct_charges 2026-10-02: {said}" in found


def test_swapped_days_are_named(exported: Path) -> None:
    other = (exported / CHARGES / "2026-10-01.jsonl").read_bytes()
    found = problems_after(exported, f"{CHARGES}/2026-10-02.jsonl", other)
    assert found == ["core.fct_charges 2026-10-02: holds the rows of core.fct_charges 2026-10-01"]


def test_a_chain_rewritten_without_the_key(exported: Path) -> None:
    content = rewritten((exported / "heads.jsonl").read_bytes(), random.Random(1))
    found = problems_after(exported, "heads.jsonl", content)
    assert found and all("not signed by the key" in problem for problem in found if "head" in problem)


def test_a_tail_cut_together_with_its_days_shows_beside_a_copy(exported: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(exported, cut)
    lines = (cut / "heads.jsonl").read_bytes().splitlines(keepends=True)
    last = json.loads(lines[-1])
    (cut / "heads.jsonl").write_bytes(b"".join(lines[:-1]))
    (cut / "rows" / last["ledger"] / f"{last['day']}.jsonl").unlink()
    # What the script says of itself: without a copy it cannot know.
    assert check_folder(cut, SIGNERS, None)[0] == []
    assert any("end cut off" in each for each in check_folder(cut, SIGNERS, b"".join(lines))[0])


@pytest.mark.parametrize(("key", "given"), [(KEY, KEY), (PRIVATE, PUBLIC)], ids=["HMAC", "Ed25519"])
def test_a_stranger_with_the_folder_alone_comes_to_the_same_verdict(
    key: bytes, given: bytes, tmp_path: Path
) -> None:
    warehouse, seals, copied = publish(tmp_path / "finops.duckdb"), tmp_path / "seals", tmp_path / "elsewhere"
    seal(warehouse, seals, key)

    def verdict(change: str = "select 1") -> tuple[set[str], subprocess.CompletedProcess[str]]:
        shutil.rmtree(copied, ignore_errors=True)
        publish(warehouse, change)
        handing_over.export(warehouse, seals, tmp_path / "out")
        (tmp_path / "out").rename(copied)
        (copied / "key").write_bytes(given + b"\n")
        return set(verify(warehouse, seals, [given]).problems), run("--key-file", "key")

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        # Nothing of this environment, and nothing but the standard library, can be used.
        command = [sys.executable, "-I", "check_seals.py", ".", *options]
        return subprocess.run(command, cwd=copied, env={}, capture_output=True, text=True, check=False)

    ours, theirs = verdict()
    assert (ours, theirs.returncode, theirs.stderr) == (set(), 0, "")
    assert "All of it holds." in theirs.stdout and "cannot find" in theirs.stdout
    assert run().returncode == 1
    for change in (
        "update core.fct_charges set billed_cost_usd = 9 where charge_id = 'charge-1-2'",
        "delete from allocation.fct_allocated_costs_daily where usage_date = date '2026-10-02'",
        "update core.fct_charges set charge_date = date '2026-10-01' where charge_id = 'charge-1-0'",
    ):
        ours, theirs = verdict(change)
        assert ours and theirs.returncode == 1
        assert ours == set(theirs.stdout.splitlines()) & ours
    (copied / "heads.jsonl").unlink()
    missing = run("--key-file", "key")
    assert missing.returncode == 1 and "missing or empty" in missing.stdout
    assert len((copied / "check_seals.py").read_text().splitlines()) < 200


def test_one_charge_and_a_longer_log_are_proven(tmp_path: Path) -> None:
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    yesterday = seal(warehouse, folder, KEY)
    warehouse = publish(
        tmp_path / "finops.duckdb", "update intermediate.int_as_of_date set as_of_date = date '2026-10-04'"
    )
    seal(warehouse, folder, KEY)
    proof = handing_over.prove_charge(warehouse, folder, "charge-1-2")
    assert check_proof(proof, SIGNERS) == []
    assert "charge-1-1" not in json.dumps(proof)
    assert check_proof(proof | {"row": proof["row"].replace("2.5", "2.4")}, SIGNERS) == [
        "the row is not in its day"
    ]
    assert check_proof(proof | {"log_proof": proof["proof"]}, SIGNERS) == ["the head is not in the log"]
    longer = handing_over.prove_log(folder, yesterday.heads)
    assert longer["old_log_root"] == yesterday.log_root
    assert check_proof(longer, {}) == []
    assert check_proof(longer | {"old_log_root": "00" * 32}, {}) != []


def test_any_change_of_a_head_is_found_beside_the_warehouse_too(tmp_path: Path) -> None:
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    seal(warehouse, folder, KEY)
    content, rng = log.heads_content(folder), random.Random(3)
    places = [
        match.start() + 8 for match in re.finditer(rb'"(?:rows|day|root|columns|sequence|key)":', content)
    ]
    for at in rng.sample(places, 25):
        (folder / log.HEADS).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert verify(warehouse, folder, [KEY]).problems


def test_the_script_says_which_days_were_restated_and_by_what(tmp_path: Path) -> None:
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    seal(warehouse, folder, KEY)
    publish(warehouse, "update core.fct_charges set billed_cost_usd = 9 where charge_id = 'charge-1-2'")
    seal(warehouse, folder, KEY, "a late bill")
    handing_over.export(warehouse, folder, tmp_path / "out")
    problems, told = check_folder(tmp_path / "out", SIGNERS, None)
    [restated] = [json.loads(each.removeprefix("restated: ")) for each in told if "restated" in each]
    assert problems == []
    assert (restated["ledger"], restated["reason"]) == ("core.fct_charges", "a late bill")
    assert restated["difference"]["rows"] == {"added": 1, "removed": 1}


@pytest.mark.parametrize("field", ["rows", "columns", "difference"])
def test_a_head_without_a_field_is_no_head(field: str, exported: Path) -> None:
    content = (
        (exported / "heads.jsonl").read_bytes().replace(f'"{field}":'.encode(), f'"x{field}":'.encode(), 1)
    )
    assert "line 1 of heads.jsonl is not a head" in problems_after(exported, "heads.jsonl", content)


def test_missing_seals_and_open_ends_fail(tmp_path: Path) -> None:
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    assert "there are no seals: heads.jsonl is missing or empty" in verify(warehouse, folder, [KEY]).problems
    seal(warehouse, folder, KEY)
    assert any("anyone may have written" in problem for problem in verify(warehouse, folder, []).problems)
    (folder / log.HEADS).write_bytes(b"".join(log.heads_content(folder).splitlines(keepends=True)[:-1]))
    found = verify(warehouse, folder, [KEY]).problems
    assert any("its 4 rows are not sealed" in problem for problem in found)
    assert any("the end of heads.jsonl was cut off" in problem for problem in found)


def test_without_a_key_nobody_vouches_for_heads_that_the_copy_does_not_have(
    tmp_path: Path, exported: Path
) -> None:
    content = (exported / "heads.jsonl").read_bytes()
    begun = b"".join(content.splitlines(keepends=True)[:1])
    assert check_folder(exported, {}, content)[0] == []
    assert check_folder(exported, SIGNERS, begun)[0] == []
    assert any("anyone may have written" in problem for problem in check_folder(exported, {}, begun)[0])
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    seal(warehouse, folder, KEY)
    whole = log.heads_content(folder)
    assert verify(warehouse, folder, [], whole).problems == ()
    begun = b"".join(whole.splitlines(keepends=True)[:1])
    assert any("no copy has" in problem for problem in verify(warehouse, folder, [], begun).problems)
