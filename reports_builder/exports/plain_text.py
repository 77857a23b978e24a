"""The journal for ledgers in plain text: QuickBooks IIF, beancount, hledger."""

import re
from collections.abc import Iterable

from reports_builder.exports.journal import Journal, Line

_IIF_HEADINGS = ("TRNSTYPE", "DATE", "ACCNT", "CLASS", "AMOUNT", "DOCNUM", "MEMO")


def as_iif(journal: Journal) -> bytes:
    """One QuickBooks Desktop transaction: signed amounts between tabs that sum to zero."""
    day = f"{journal.day.month}/{journal.day.day}/{journal.day.year}"

    def row(kind: str, place: int, line: Line) -> str:
        cells = (
            *(kind, str(place), "GENERAL JOURNAL", day, line.account.name, line.cost_centre),
            *(f"{line.amount:.2f}", journal.number, journal.narration),
        )
        return "\t".join(_one_line(cell) for cell in cells)

    rows = (
        *("\t".join((f"!{kind}", f"{kind}ID", *_IIF_HEADINGS)) for kind in ("TRNS", "SPL")),
        "!ENDTRNS",
        row("TRNS", 1, journal.against),
        *(row("SPL", place, line) for place, line in enumerate(journal.expenses, start=2)),
        "ENDTRNS",
    )
    return _text(rows)


def as_beancount(journal: Journal) -> bytes:
    """The accounts, opened on the first day of the year, and one transaction."""
    names = {line: _beancount_account(line) for line in journal.lines}
    opened = f"{journal.day.year}-01-01"
    rows = [f"{opened} open {name} {journal.currency}" for name in dict.fromkeys(names.values())]
    rows += ["", f'{journal.day} * "{_quoted(journal.narration)}"']
    for line in journal.lines:
        rows.append(f"  {names[line]}  {line.amount:.2f} {journal.currency}")
        if line.cost_centre:
            rows.append(f'    cost_centre: "{_quoted(line.cost_centre)}"')
    return _text(rows)


def as_hledger(journal: Journal) -> bytes:
    """One transaction, which `ledger` reads too; the cost centre is a tag of its posting."""
    rows = [f"{journal.day} * ({journal.number}) {_one_line(journal.narration)}"]
    for line in journal.lines:
        name = f"{'expenses' if line.is_expense else 'liabilities'}:{line.account.name.lower()}"
        # Two blanks end a name, a comma the value of a tag, a semicolon begins a comment.
        name = re.sub(r"[\s;()\[\]]+", " ", name).strip()
        centre = re.sub(r"[,;:\s]+", " ", line.cost_centre)
        tag = f"  ; cost_centre:{centre}" if line.is_expense else ""
        rows.append(f"    {name}    {line.amount:.2f} {journal.currency}{tag}")
    return _text(rows)


def _beancount_account(line: Line) -> str:
    parts = ["Expenses" if line.is_expense else "Liabilities"]
    for part in line.account.name.split(":"):
        words = re.findall(r"[A-Za-z0-9]+", part) or ["Unnamed"]
        parts.append("-".join(word[0].upper() + word[1:] for word in words))
    return ":".join(parts)


def _quoted(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace('"', '\\"')


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text(rows: Iterable[str]) -> bytes:
    return ("\n".join(rows) + "\n").encode()
