"""Seal each closed day of the published warehouse, and seal anew, as a restatement, each that changed."""

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from reports_builder.errors import ReportError
from reports_builder.seals import log
from reports_builder.seals.canonical import columns_of
from reports_builder.seals.check import Head, leaves_of, read_chain, root_of, written
from reports_builder.seals.keys import sign_with
from reports_builder.seals.ledgers import LEDGERS, PRICES, RULES, Ledger, Totals, plain, version_of
from reports_builder.seals.reading import hash_days
from reports_builder.warehouse import attach

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class SealRun:
    """The heads that a run added, and the log after it."""

    added: tuple[Head, ...]
    heads: int
    log_root: str
    """Of the tree of all heads: the line to keep elsewhere."""


def seal(warehouse: Path, folder: Path, key: bytes, reason: str = "") -> SealRun:
    """Seal what is closed and not sealed as it is now; a rerun adds nothing.

    ``reason`` goes into the restatements. Raises ReportError when the log is not whole: nothing may be added
    to a chain that was tampered with.
    """
    connection = attach(warehouse)
    try:
        with log.alone(folder):
            content = log.heads_content(folder)
            heads, problems = read_chain(content, {})
            if (content and problems) or log.headless_leaves(folder, len(heads)):
                raise ReportError(
                    f"{folder / log.HEADS} is not as it was written, so nothing is sealed. "
                    "See what `python -m reports_builder verify` finds, and put a copy of it back."
                )
            chain = _Chain(folder, key, heads, content.split(b"\n")[:-1])
            before = len(heads)
            versions = {
                "rules_version": version_of(connection, RULES),
                "prices_version": version_of(connection, PRICES),
                "code_version": _code_version(),
            }
            for ledger in LEDGERS:
                _seal_ledger(connection, ledger, chain, versions, reason)
            chain.write_fingerprints()
            return SealRun(tuple(chain.heads[before:]), len(chain.heads), log.log_root(chain.lines))
    finally:
        connection.close()


def days_by_columns(
    connection: duckdb.DuckDBPyConnection, ledger: Ledger, latest: Mapping[tuple[str, str], Head]
) -> dict[tuple[str, ...], dict[str, int]]:
    """The days that are sealed or closed and how many rows they have, by the columns to seal.

    Those are the columns of the seal while they are there.
    """
    # Without calls there is no as-of day, and no day is known to be closed.
    (as_of,) = connection.execute(
        "select max(as_of_date)::varchar from intermediate.int_as_of_date"
    ).fetchall()[0]
    there, rows = columns_of(connection, ledger.table), ledger.days(connection)
    sealed = {
        day: tuple(head["columns"])
        for (table, day), head in latest.items()
        if table == ledger.table and is_day(day)
    }
    closed = {day for day in rows if as_of and day <= as_of}
    found = dict[tuple[str, ...], dict[str, int]]()
    for day in sorted(sealed.keys() | closed):
        columns = sealed.get(day, ())
        is_there = bool(columns) and all(column in there for column in columns)
        found.setdefault(columns if is_there else ledger.columns(connection), {})[day] = rows.get(day, 0)
    return found


def is_day(text: str) -> bool:
    """Whether a head's day is one; where it is not, the chain has a problem, which is said elsewhere."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except (ValueError, TypeError):
        return False


class _Chain:
    """The heads so far; adds to them in memory and on disk."""

    def __init__(self, folder: Path, key: bytes, heads: list[Head], lines: list[bytes]) -> None:
        self.folder = folder
        self.heads = heads
        self.lines = lines
        self.latest = {(head["ledger"], head["day"]): head for head in heads}
        self._fingerprints = log.read_fingerprints(folder)
        self._key_id, self._sign = sign_with(key)

    def add(self, head: Head) -> Head:
        """Put a head in its place, sign it and write it."""
        earlier = self.latest.get((head["ledger"], head["day"]))
        head |= {
            "form": 1,
            "sequence": len(self.heads),
            "sealed_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "previous": _digest(self.lines[-1]) if self.lines else "",
            "restates": _digest(self.lines[earlier["sequence"]]) if earlier else "",
            "key_id": self._key_id,
        }
        head["signature"] = self._sign(written(head))
        log.append_heads(self.folder, [head])
        self.heads.append(head)
        self.lines.append(written(head))
        self.latest[head["ledger"], head["day"]] = head
        return head

    def is_sealed_as(self, table: str, day: str, fingerprint: str) -> bool:
        """Whether the last seal of a day is whole and was of rows with this fingerprint."""
        head = self.latest.get((table, day))
        return (
            head is not None
            and self._fingerprints.get(_digest(self.lines[head["sequence"]])) == fingerprint
            and log.leaves_path(self.folder, head["sequence"]).exists()
        )

    def note(self, head: Head, fingerprint: str) -> None:
        """Remember the fingerprint of the rows of a seal."""
        self._fingerprints[_digest(self.lines[head["sequence"]])] = fingerprint

    def write_fingerprints(self) -> None:
        """Keep the fingerprints of what is sealed now for the next run."""
        current = {_digest(self.lines[head["sequence"]]) for head in self.latest.values()}
        log.write_fingerprints(
            self.folder, {seal: found for seal, found in self._fingerprints.items() if seal in current}
        )


def _seal_ledger(
    connection: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    chain: _Chain,
    versions: Mapping[str, str],
    reason: str,
) -> None:
    last = max((day for table, day in chain.latest if table == ledger.table), default="")
    for columns, days in days_by_columns(connection, ledger, chain.latest).items():
        fingerprints = ledger.fingerprints(connection, columns, days)
        to_read = {
            day: rows
            for day, rows in days.items()
            if not chain.is_sealed_as(ledger.table, day, fingerprints.get(day, ""))
        }
        totals = ledger.totals(connection, to_read) if to_read else {}
        for found in hash_days(connection, ledger, columns, to_read):
            head: Head = {
                "ledger": ledger.table,
                "day": found.day,
                "key": list(ledger.key),
                "columns": list(columns),
                "rows": len(found.hashes),
                "root": root_of(found.hashes).hex(),
                "totals": totals.get(found.day, {}),
                **versions,
                "reason": "",
                "difference": {},
            }
            earlier = chain.latest.get((ledger.table, found.day))
            if earlier and (earlier["root"], earlier["rows"]) == (head["root"], head["rows"]):
                head = earlier
            else:
                if earlier or found.day < last:
                    head["reason"] = reason or _likely_reason(earlier, versions)
                    head["difference"] = _difference(chain.folder, earlier, found.hashes, head["totals"])
                head = chain.add(head)
            # Also where a kill came between a head and the hashes of its rows.
            if not log.leaves_path(chain.folder, head["sequence"]).exists():
                log.write_leaves(chain.folder, head["sequence"], found.hashes, found.names)
            chain.note(head, fingerprints.get(found.day, ""))


def _likely_reason(earlier: Head | None, versions: Mapping[str, str]) -> str:
    """What a restatement says where nobody gave a reason: which versions are others than at that seal."""
    if not earlier:
        return "not given; the day had no rows when later days were sealed"
    others = [name.removesuffix("_version") for name, found in versions.items() if found != earlier[name]]
    if others:
        return f"not given; changed since that seal: {', '.join(others)}"
    return "not given; rules, prices and code are those of that seal, so the data changed"


def _difference(folder: Path, earlier: Head | None, hashes: list[bytes], totals: Totals) -> dict[str, object]:
    """Rows that came and went (a changed row does both), and each total less the one before."""
    before: Totals = earlier["totals"] if earlier else {}
    moved: Totals = {}
    for column in sorted(before.keys() | totals.keys()):
        old, new = before.get(column, {}), totals.get(column, {})
        moved[column] = {
            code: plain(Decimal(new.get(code, "0")) - Decimal(old.get(code, "0")))
            for code in sorted(old.keys() | new.keys())
        }
    was = {each for each, _ in leaves_of(folder, earlier)} if earlier else set()
    now = {each.hex() for each in hashes}
    is_known = not earlier or len(was) > 0 or earlier["rows"] == 0
    rows = {"added": len(now - was), "removed": len(was - now)} if is_known else None
    return {"rows": rows, "totals": moved}


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _code_version() -> str:
    """The commit of the checkout, marked where files were changed since; else the version."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--dirty=-changed", "--exclude=*"],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return told.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        try:
            return version("ai-finops-warehouse")
        except PackageNotFoundError:
            return "unknown"
