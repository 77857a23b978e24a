"""What a month's books say of its seals: whether they hold, against what, when they were made, their sums."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.formatting import Value
from reports_builder.model import Column, Section, Table
from reports_builder.seals.check import Head
from reports_builder.seals.ledgers import LEDGERS
from reports_builder.seals.verifying import Verdict, what_moved

_ALL = 10_000
_ID = 8
"""Digits of an id of a version or a key that tell it from others."""
_TOTALS = {ledger.table: ledger.money[-1][0] for ledger in LEDGERS}


def sealed(verdict: Verdict, folder: Path, first: date, last: date) -> tuple[Section, tuple[Prose, ...]]:
    """The section on seals, and what to look at."""
    of_month = [head for head in verdict.heads if first.isoformat() <= str(head["day"]) <= last.isoformat()]
    restated = [
        (head["ledger"], head["day"], head["sealed_at"], head["reason"], what_moved(head))
        for head in of_month
        if head["reason"]
    ]
    against = "a copy that was given" if verdict.has_copy else "no copy that was kept elsewhere"
    said = literal(
        f"{len(verdict.heads)} seals in {folder}; the log has the root {verdict.log_root}: compare it with "
        f"the one that you kept. {verdict.days:,} days and {verdict.rows:,} rows of the warehouse were held "
        f"against them, and they against {_counted(verdict.keys)} and {against}: "
        f"{'all of it holds' if not verdict.problems else f'{len(verdict.problems)} problems'}. "
        "docs/seals.md says what seals find and what they cannot."
    )
    tables = []
    if verdict.problems:
        problems = Evidence("", ("problem",), tuple((problem,) for problem in verdict.problems))
        tables.append(Table((Column("problem", "Problem"),), problems, max_rows=_ALL))
    restatements = Evidence("", ("ledger", "day", "sealed_at", "reason", "difference"), tuple(restated))
    columns = (
        Column("ledger", "Ledger"),
        Column("day", "Day"),
        Column("sealed_at", "Restated at (UTC)"),
        Column("reason", "Reason"),
        Column("difference", "Rows and totals"),
    )
    tables.append(Table(columns, restatements, note("Days of the month that were restated"), max_rows=_ALL))
    # What heads say that were tampered with is worth nothing.
    if of_month and not verdict.problems:
        tables.append(_seals_of(of_month))
    return Section("Seals and restatements", (said,), tuple(tables)), _findings(verdict, len(restated))


def _findings(verdict: Verdict, restated: int) -> tuple[Prose, ...]:
    findings = []
    if not verdict.heads:
        findings.append(
            note("Nothing is sealed: that the books are as they were cannot be shown (docs/seals.md).")
        )
    elif verdict.problems:
        others = len(verdict.problems) - 1
        more = f", and {others} more below" if others else ""
        findings.append(literal(f"Seals: {verdict.problems[0]}{more}."))
    elif not verdict.has_copy:
        findings.append(
            note(
                "The seals were held against no copy that was kept elsewhere (`--against`): whoever has "
                "the key could have written all of them anew."
            )
        )
    if restated:
        findings.append(literal(f"{restated} days of the month were restated; the reasons are below."))
    return tuple(findings)


def _seals_of(heads: Sequence[Head]) -> Table:
    """When the days of the month were sealed, by which versions and keys, and what the last seals sum to."""
    rows = []
    for ledger, group in groupby(sorted(heads, key=itemgetter("ledger")), itemgetter("ledger")):
        of_ledger = list(group)
        last = {head["day"]: head for head in of_ledger}
        first = {head["day"]: head for head in reversed(of_ledger)}
        rows.append(
            (
                ledger,
                len(last),
                sum(head["rows"] for head in last.values()),
                sum((_total(head) for head in last.values()), Decimal(0)),
                max(map(_days_until_sealed, first.values())),
                _ids(of_ledger, "rules_version"),
                _ids(of_ledger, "prices_version"),
                _ids(of_ledger, "code_version"),
                _ids(of_ledger, "key_id"),
            )
        )
    columns = (
        Column("ledger", "Ledger"),
        Column("days", "Days sealed", "count"),
        Column("rows", "Rows", "count"),
        Column("total_usd", "Sum of the last seals", "usd_table"),
        Column("most_days", "Longest time until sealed, days", "count"),
        Column("rules", "Versions of rules"),
        Column("prices", "Versions of prices"),
        Column("code", "Versions of the code"),
        Column("keys", "Keys"),
    )
    found = Evidence("", tuple(column.name for column in columns), tuple(rows))
    return Table(columns, found, note("When the month was sealed, and by what"), max_rows=_ALL)


def _total(head: Head) -> Decimal:
    """The sum of a day in dollars, by the column of the ledger that costs are read from."""
    return Decimal(head["totals"].get(_TOTALS[head["ledger"]], {}).get("USD", "0"))


def _days_until_sealed(head: Head) -> int:
    sealed_at = datetime.fromisoformat(head["sealed_at"])
    return (sealed_at.date() - date.fromisoformat(head["day"])).days


def _counted(keys: int) -> str:
    return f"{keys or 'no'} key{'' if keys == 1 else 's'}"


def _ids(heads: Sequence[Head], name: str) -> Value:
    return ", ".join(sorted({str(head[name])[:_ID] for head in heads}))
