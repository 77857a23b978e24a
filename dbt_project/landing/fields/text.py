"""What stands around the value of a field, and what tools write where they have none."""

from __future__ import annotations

NULLS = frozenset({"", "null", "none", "(null)"})
# What may stand around a value without being part of it: blanks of all widths, byte order marks, the NULs of
# fields of fixed length.
BLANKS = "\0\ufeff\u200b\u200e\u200f" + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


class NeedsConventionError(Exception):
    """A value that can be read in more than one way; the rest of its file may tell which."""


def canonical_text(value: str | None) -> str | None:
    """Text without blanks around it; null where nothing is left."""
    return (value.strip(BLANKS) or None) if value is not None else None
