"""Compare the published warehouse with its seals, and the seals with themselves and with a copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reports_builder.seals import log
from reports_builder.seals.check import Head, differs_from_seal, leaves_of, read_chain, root_of
from reports_builder.seals.keys import signers_of
from reports_builder.seals.ledgers import LEDGERS
from reports_builder.seals.reading import hash_days, read_days
from reports_builder.seals.sealing import days_by_columns
from reports_builder.warehouse import attach


@dataclass(frozen=True)
class Verdict:
    """What was looked at and what is wrong."""

    heads: tuple[Head, ...]
    days: int
    rows: int
    problems: tuple[str, ...]
    log_root: str
    keys: int
    """How many keys the signatures were held against."""
    has_copy: bool

    @property
    def restatements(self) -> tuple[Head, ...]:
        """The seals that came after another one of their day, or late."""
        return tuple(head for head in self.heads if head["reason"])


def verify(warehouse: Path, folder: Path, keys: Sequence[bytes], copy: bytes | None = None) -> Verdict:
    """Every closed day of the warehouse against its seal; ReportError when there is no warehouse to read."""
    signers = signers_of(keys)
    content = log.heads_content(folder)
    heads, problems = read_chain(content, signers, copy)
    if not signers and copy != content:
        problems.append("without a key anyone may have written the seals that no copy has")
    problems += [
        f"seal {name} has rows and no head: the end of heads.jsonl was cut off"
        for name in log.headless_leaves(folder, len(heads))
    ]
    latest = {(head["ledger"], head["day"]): head for head in heads}
    days = found_rows = 0
    connection = attach(warehouse)
    try:
        for ledger in LEDGERS:
            for columns, closed in days_by_columns(connection, ledger, latest).items():
                for found in hash_days(connection, ledger, columns, closed):
                    days, found_rows = days + 1, found_rows + len(found.hashes)
                    head = latest.get((ledger.table, found.day))
                    if not head:
                        day = f"{ledger.table} {found.day}"
                        problems.append(f"{day}: its {len(found.hashes)} rows are not sealed")
                    elif (head["root"], head["rows"]) != (root_of(found.hashes).hex(), len(found.hashes)):
                        ((_, rows, _),) = read_days(connection, ledger, columns, [found.day])
                        problems += differs_from_seal(head, leaves_of(folder, head), rows, heads)
    finally:
        connection.close()
    root = log.log_root(log.heads_content(folder).split(b"\n")[:-1])
    return Verdict(tuple(heads), days, found_rows, tuple(problems), root, len(signers), copy is not None)


def what_moved(head: Head) -> str:
    """What a restatement changed, in words: rows that came and went, and each total that moved."""
    rows = head["difference"]["rows"]
    moved = [
        f"{column} {amount} {code}"
        for column, amounts in head["difference"]["totals"].items()
        for code, amount in amounts.items()
        if amount != "0"
    ]
    counted = f"{rows['added']} rows came and {rows['removed']} went" if rows else "its rows changed"
    return ", ".join([counted, *moved])
