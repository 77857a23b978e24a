"""A result as CSV that a spreadsheet reads as data and never as a formula."""

import csv
import io

from reports_builder.evidence import Evidence
from reports_builder.formatting import Value

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(value: Value) -> str:
    """The value as a cell: text that a spreadsheet would run begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str):
        # Spaces do not protect: some spreadsheets drop them before they look.
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
    return str(value)


def csv_bytes(evidence: Evidence) -> bytes:
    """Every row of the result, unrounded, headed by the names of the columns."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([defused(name) for name in evidence.columns])
    writer.writerows([defused(value) for value in row] for row in evidence.rows)
    # The mark tells Excel that the text is UTF-8.
    return b"\xef\xbb\xbf" + written.getvalue().encode()
