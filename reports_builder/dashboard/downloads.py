"""A result as CSV that a spreadsheet reads as data and never as a formula."""

import csv
import io
from decimal import Decimal

from reports_builder.evidence import Evidence
from reports_builder.formatting import Value
from reports_builder.spreadsheet_cells import guarded


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
