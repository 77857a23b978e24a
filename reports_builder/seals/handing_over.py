"""What others check by themselves: a folder with rows, heads and the script, or the proof of one charge."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reports_builder.errors import ReportError
from reports_builder.exports.files import new_folder
from reports_builder.seals import check, ed25519, log
from reports_builder.seals.check import Head, leaf_hash, root_of
from reports_builder.seals.ledgers import LEDGERS
from reports_builder.seals.merkle import consistency_proof, inclusion_proof
from reports_builder.seals.reading import read_days
from reports_builder.warehouse import attach


def export(warehouse: Path, folder: Path, out: Path) -> int:
    """Write all that is sealed to a new folder; returns the number of rows."""
    latest = list({(head["ledger"], head["day"]): head for head in _heads(folder)}.values())
    written = 0
    with new_folder(out) as partial:
        (partial / log.HEADS).write_bytes(log.heads_content(folder))
        shutil.copytree(folder / "leaves", partial / "leaves", ignore=shutil.ignore_patterns("*.new"))
        shutil.copyfile(check.__file__, partial / "check_seals.py")
        shutil.copy(ed25519.__file__, partial)
        for table, day, rows in _sealed_rows(warehouse, latest):
            path = partial / "rows" / table / f"{day}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(row + b"\n" for row in rows))
            written += len(rows)
    return written


def prove_charge(warehouse: Path, folder: Path, charge_id: str) -> dict[str, Any]:
    """The proof that a charge is in the log, with no other row in it."""
    ledger = LEDGERS[0]
    connection = attach(warehouse)
    try:
        found = connection.execute(
            f"select {ledger.day}::varchar from {ledger.table} where charge_id = ?",  # noqa: S608
            [charge_id],
        ).fetchall()
    finally:
        connection.close()
    heads = [
        head
        for head in _heads(folder)
        if found and (head["ledger"], head["day"]) == (ledger.table, *found[0])
    ]
    if not heads:
        raise ReportError(f"there is no sealed charge {charge_id}.")
    head = heads[-1]
    ((_, _, rows),) = _sealed_rows(warehouse, [head])
    hashes = [leaf_hash(row) for row in rows]
    if root_of(hashes).hex() != head["root"]:
        raise ReportError(f"the charges of {head['day']} are not as they were sealed: see `verify`.")
    index = next(at for at, row in enumerate(rows) if check.name_of(row, head) == _name(charge_id))
    lines = log.heads_content(folder).split(b"\n")[:-1]
    logged = [leaf_hash(line) for line in lines]
    return {
        "row": rows[index].decode(),
        "columns": head["columns"],
        "index": index,
        "proof": [each.hex() for each in inclusion_proof(hashes, index)],
        "head": lines[head["sequence"]].decode(),
        "log_proof": [each.hex() for each in inclusion_proof(logged, head["sequence"])],
        "heads": len(lines),
        "log_root": root_of(logged).hex(),
    }


def prove_log(folder: Path, old_heads: int) -> dict[str, Any]:
    """The proof that the log continues what it was when it had ``old_heads`` heads."""
    heads = len(_heads(folder))
    if not 0 < old_heads <= heads:
        raise ReportError(f"the log has {heads} heads; name a number from 1 to that.")
    logged = [leaf_hash(line) for line in log.heads_content(folder).split(b"\n")[:-1]]
    return {
        "old_heads": old_heads,
        "old_log_root": root_of(logged[:old_heads]).hex(),
        "heads": heads,
        "log_root": root_of(logged).hex(),
        "proof": [each.hex() for each in consistency_proof(logged, old_heads)],
    }


def _heads(folder: Path) -> list[Head]:
    heads, problems = check.read_chain(log.heads_content(folder), {})
    if problems:
        raise ReportError(f"{folder / log.HEADS} is not whole ({problems[0]}).")
    return heads


def _sealed_rows(warehouse: Path, heads: Sequence[Head]) -> Iterator[tuple[str, str, list[bytes]]]:
    """Ledger, day and rows of the days that the heads seal, as the warehouse has them now."""
    connection = attach(warehouse)
    try:
        for ledger in LEDGERS:
            groups = dict[tuple[str, ...], set[str]]()
            for head in heads:
                if head["ledger"] == ledger.table:
                    groups.setdefault(tuple(head["columns"]), set()).add(head["day"])
            for columns, days in groups.items():
                for day, rows, _ in read_days(connection, ledger, columns, sorted(days)):
                    yield ledger.table, day, rows
    finally:
        connection.close()


def _name(charge_id: str) -> str:
    return json.dumps([charge_id], ensure_ascii=False, separators=(",", ":"))
