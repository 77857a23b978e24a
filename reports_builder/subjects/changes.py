"""How a change against the period before reads where it has no number of its own."""

import math
from collections.abc import Mapping

from reports_builder.evidence import Prose, note
from reports_builder.formatting import Value

BEFORE_UNKNOWN = "no earlier period to compare with"


def moved(change: Value, up: str, down: str) -> Prose:
    """The status of a figure that rose, fell, stayed, or has nothing to be compared with."""
    if change is None:
        return note(BEFORE_UNKNOWN)
    size = float(str(change))
    return note(up if size > 0 else down if size < 0 else "the same")


def change_or_new(row: Mapping[str, Value]) -> Value:
    """The change of a row, infinite where it ``is_new``: it did nothing at all in the period before."""
    return math.inf if row["is_new"] else row["cost_change"]
