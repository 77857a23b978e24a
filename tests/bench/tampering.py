"""Whether every single change of sealed books is found, by kind of change.

`python -m tests.bench.tampering [--changes 10000] [--first 0]`: each change follows from its number alone, so a run that was ended goes on with
`--first`, and one that was not found is looked at with `--changes 1`. Nine of ten are made to the folder that strangers are handed and judged by
their script, every tenth to the published warehouse or to its seals and judged by `verify`; every tenth book is signed with Ed25519.
Exit code 1 when a change was not found, or when books that nobody changed do not hold.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from reports_builder.seals import handing_over, log
from reports_builder.seals.check import check_folder, written
from reports_builder.seals.keys import signers_of
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from tests.seals.books import CHANGES, DAYS, KEY, PRIVATE, PUBLIC, publish, rewritten

TABLES = {"core.fct_charges": "charge_date", "allocation.fct_allocated_costs_daily": "usage_date"}
# The smallest change that the type of a column can show.
OTHERS = {
    "VARCHAR": "case when {0} is null then '' when {0} = '' then null else {0} || ' ' end",
    "DECIMAL(28,12)": "case when {0} is null then 0 else {0} + 0.000000000001 end",
    "DOUBLE": "{0} + 1e-16",
    "BOOLEAN": "not {0}",
    "DATE": "{0} + 1",
    "TIMESTAMP": "{0} + interval 1 microsecond",
}


class Books:
    """Sealed books; what is done to them is undone after they were judged."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.warehouse, self.seals, self.out = folder / "finops.duckdb", folder / "seals", folder / "out"
        self.key, self.public = key, PUBLIC if key == PRIVATE else key
        publish(self.warehouse)
        seal(self.warehouse, self.seals, key)
        handing_over.export(self.warehouse, self.seals, self.out)
        self.days = sorted((self.out / "rows").rglob("*.jsonl"))
        self.heads = log.heads_content(self.seals)
        self._whole = shutil.copyfile(self.warehouse, folder / "whole.duckdb")

    def stranger(self, copy: bytes | None = None) -> Sequence[str]:
        return check_folder(self.out, signers_of([self.public]), copy)[0]

    def owner(self) -> Sequence[str]:
        return verify(self.warehouse, self.seals, [self.public]).problems

    def with_files(self, contents: dict[Path, bytes | None], judge: Callable[[], Sequence[str]]) -> bool:
        before = {path: path.read_bytes() if path.exists() else None for path in contents}
        assert before != contents, "nothing was changed"
        try:
            _put(contents)
            return bool(judge())
        finally:
            _put(before)

    def with_sql(self, *statements: str) -> bool:
        try:
            with duckdb.connect(str(self.warehouse)) as connection:
                for statement in statements:
                    assert connection.execute(statement).fetchall() != [(0,)], f"changes nothing: {statement}"
            return bool(self.owner())
        finally:
            shutil.copyfile(self._whole, self.warehouse)


Kind = Callable[[Books, random.Random], bool]


def _put(contents: dict[Path, bytes | None]) -> None:
    for path, content in contents.items():
        path.unlink(missing_ok=True) if content is None else path.write_bytes(content)


def _row(rng: random.Random) -> tuple[str, str, str]:
    table = rng.choice(sorted(TABLES))
    number, date = rng.randrange(4), rng.choice(DAYS)
    column = "charge_id" if table == "core.fct_charges" else "driver"
    return table, TABLES[table], f"{column} = 'charge-{DAYS.index(date)}-{number}'"


def _of_day(change: str) -> Kind:
    def done(books: Books, rng: random.Random) -> bool:
        path = rng.choice(books.days)
        return books.with_files({path: CHANGES[change](path.read_bytes(), rng)}, books.stranger)

    return done


def _of_heads(change: Callable[[bytes, random.Random], bytes | None], *, is_owner: bool) -> Kind:
    def done(books: Books, rng: random.Random) -> bool:
        path = (books.seals if is_owner else books.out) / log.HEADS
        changed = change(books.heads, rng)
        while changed == books.heads:
            changed = change(books.heads, rng)
        return books.with_files({path: changed}, books.owner if is_owner else books.stranger)

    return done


def _other_digits(content: bytes, rng: random.Random) -> bytes:
    """The last signature with one digit as a capital: the same number, and no line after it that it breaks."""
    *lines, last = content.splitlines()
    head = json.loads(last)
    letters = [at for at, digit in enumerate(head["signature"]) if digit.isalpha()]
    at = rng.choice(letters)
    signature = head["signature"][:at] + head["signature"][at].upper() + head["signature"][at + 1 :]
    return b"".join(line + b"\n" for line in (*lines, written(head | {"signature": signature})))


def _days_swapped(books: Books, rng: random.Random) -> bool:
    one, two = rng.sample(books.days, 2)
    return books.with_files({one: two.read_bytes(), two: one.read_bytes()}, books.stranger)


def _row_moved(books: Books, rng: random.Random) -> bool:
    one, two = rng.sample(books.days, 2)
    rows, others = (path.read_bytes().splitlines(keepends=True) for path in (one, two))
    others.append(rows.pop(rng.randrange(len(rows))))
    return books.with_files({one: b"".join(rows), two: b"".join(sorted(others))}, books.stranger)


def _day_removed(books: Books, rng: random.Random) -> bool:
    return books.with_files({rng.choice(books.days): None}, books.stranger)


def _day_added(books: Books, rng: random.Random) -> bool:
    path = rng.choice(books.days)
    return books.with_files({path.with_name("2026-10-09.jsonl"): path.read_bytes()}, books.stranger)


def _end_cut_with_its_days(books: Books, rng: random.Random) -> bool:
    lines = books.heads.splitlines(keepends=True)
    kept = rng.randrange(1, len(lines))
    gone = [json.loads(line) for line in lines[kept:]]
    files: dict[Path, bytes | None] = {
        books.out / "rows" / head["ledger"] / f"{head['day']}.jsonl": None for head in gone
    }
    return books.with_files(
        files | {books.out / log.HEADS: b"".join(lines[:kept])}, lambda: books.stranger(books.heads)
    )


def _written_anew_with_the_key(books: Books, rng: random.Random) -> bool:
    """The forger has the key, so that only a copy kept elsewhere shows it."""
    with tempfile.TemporaryDirectory() as folder:
        forged = Books(Path(folder), books.key)
        _, _, which = _row(rng)
        publish(
            forged.warehouse, f"delete from core.fct_charges where {which.replace('driver', 'charge_id')}"
        )
        shutil.rmtree(forged.seals)
        seal(forged.warehouse, forged.seals, forged.key)
        return bool(verify(forged.warehouse, forged.seals, [forged.public], books.heads).problems)


def _value_changed(books: Books, rng: random.Random) -> bool:
    table, _, which = _row(rng)
    with duckdb.connect(str(books.warehouse), read_only=True) as connection:
        columns = connection.execute(f"describe {table}").fetchall()
    column, kind, *_ = rng.choice(columns)
    return books.with_sql(f"update {table} set {column} = {OTHERS[kind].format(column)} where {which}")


def _rows(change: str) -> Kind:
    def done(books: Books, rng: random.Random) -> bool:
        table, day, which = _row(rng)
        key = "charge_id" if day == "charge_date" else "driver"
        one, two = rng.sample(DAYS, 2)
        return books.with_sql(change.format(table=table, day=day, which=which, key=key, one=one, two=two))

    return done


FOLDER: dict[str, Kind] = {
    **{f"rows of a day: {change}": _of_day(change) for change in CHANGES},
    "rows of a day: days swapped": _days_swapped,
    "rows of a day: row moved to another day": _row_moved,
    "rows of a day: file removed": _day_removed,
    "rows of a day: file of a day added": _day_added,
    **{f"heads.jsonl: {change}": _of_heads(CHANGES[change], is_owner=False) for change in CHANGES},
    "heads.jsonl: missing": _of_heads(lambda *_: None, is_owner=False),
    "heads.jsonl: rewritten from a head on, without the key": _of_heads(rewritten, is_owner=False),
    "heads.jsonl: signature in other digits": _of_heads(_other_digits, is_owner=False),
    "beside a copy: end cut off with its days": _end_cut_with_its_days,
}
WAREHOUSE: dict[str, Kind] = {
    "warehouse: value changed": _value_changed,
    "warehouse: row removed": _rows("delete from {table} where {which}"),
    "warehouse: row added": _rows(
        "insert into {table} select * replace ({key} || 'x' as {key}) from {table} where {which}"
    ),
    "warehouse: row duplicated": _rows("insert into {table} select * from {table} where {which}"),
    "warehouse: row moved to another day": _rows("update {table} set {day} = {day} + 1 where {which}"),
    "warehouse: days swapped": _rows(
        "update {table} set {day} = case when {day} = date '{one}' then date '{two}' else date '{one}' end "
        "where {day} in (date '{one}', date '{two}')"
    ),
    "warehouse: day removed": _rows("delete from {table} where {day} = date '{one}'"),
    **{f"seals: {change}": _of_heads(CHANGES[change], is_owner=True) for change in CHANGES},
    "seals: missing": _of_heads(lambda *_: None, is_owner=True),
    "seals: rewritten from a head on, without the key": _of_heads(rewritten, is_owner=True),
    "beside a copy: all written anew, with the key": _written_anew_with_the_key,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    tried, missed, started = Counter[str](), Counter[str](), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        all_books = [Books(Path(folder) / name, key) for name, key in (("hmac", KEY), ("ed25519", PRIVATE))]
        for books in all_books:
            if books.stranger() or books.owner():
                raise SystemExit("books that nobody changed do not hold")
        for number in range(options.first, options.first + options.changes):
            rng = random.Random(number)
            kinds = WAREHOUSE if number % 10 == 0 else FOLDER
            kind = rng.choice(list(kinds))
            tried[kind] += 1
            if not kinds[kind](all_books[rng.random() < 0.1], rng):
                missed[kind] += 1
                sys.stdout.write(f"NOT FOUND: {number}, {kind}\n")
            if number % 500 == 499:
                sys.stderr.write(f"  {number + 1} changes, {time.perf_counter() - started:.0f} s\n")
        for books in all_books:
            if books.stranger() or books.owner():
                raise SystemExit("books did not become what they were: a change was not undone")
    sys.stdout.write(f"{'kind of change':58} {'made':>6} {'found':>6}\n")
    for kind in [*FOLDER, *WAREHOUSE]:
        sys.stdout.write(f"{kind:58} {tried[kind]:6} {tried[kind] - missed[kind]:6}\n")
    sys.stdout.write(f"{'all':58} {tried.total():6} {tried.total() - missed.total():6}\n")
    if missed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
