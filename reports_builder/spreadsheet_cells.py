"""CSV that a spreadsheet reads as data and never as a formula."""

import csv
import io
import unicodedata
from decimal import Decimal

from reports_builder.evidence import Evidence
from reports_builder.formatting import Value

_RUNS = frozenset("=+-@\t\r\n")
# Letters and signs that show nothing: fillers of Hangul and the empty Braille cell.
_EMPTY = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Separators, controls, marks of format and of the letter before them: what may stand before a formula unseen.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})


def guarded(text: str) -> str:
    """``text`` as a cell: an apostrophe goes before what a spreadsheet would take for a formula.

    That is text whose first visible character, in its plain form (full-width signs count too), is one of
    ``= + - @``, or which holds a tab or a line end before it: programs drop blanks before they look. A number
    is not text and is not given to this function, so a negative amount stays one.
    """
    for character in text:
        if unicodedata.normalize("NFKC", character) in _RUNS:
            return f"'{text}"
        if unicodedata.category(character) not in _UNSEEN and character not in _EMPTY:
            return text
    return text


def defused(value: Value) -> str:
    """The value as a cell: text that a spreadsheet would run begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        # Never 0E-12, which is no number to some programs.
        return f"{value:f}"
    return guarded(value) if isinstance(value, str) else str(value)


def csv_bytes(evidence: Evidence) -> bytes:
    """Every row of the result, unrounded, headed by the names of the columns."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([defused(name) for name in evidence.columns])
    writer.writerows([defused(value) for value in row] for row in evidence.rows)
    # The mark tells Excel that the text is UTF-8.
    return b"\xef\xbb\xbf" + written.getvalue().encode()
