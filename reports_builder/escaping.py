"""Values that come from data, made harmless in Markdown, SVG and SQL.

A customer may be named ``<script>`` or ``a|b`` or carry a right-to-left override; none of
that may change how the page around it reads.
"""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal


class Markdown(str):
    """Text that is already Markdown; every other ``str`` is escaped when it is rendered."""

    __slots__ = ()


# Marks that reorder or hide neighbouring text: embeddings, overrides, isolates, zero-width.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_MARKDOWN_SPECIAL = re.compile(r"[\\`*\[\]|~$#]")
# An ampersand matters only where it could begin an entity.
_AMPERSAND = re.compile(r"&(?=[#\w])")
_LOOSE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^([-+=]|\d+(?=[.)](?:\s|$)))")
_FIRST_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def clean(value: str) -> str:
    """One line of visible text: no control characters, no marks that reorder its neighbours.

    Text written from right to left is kept and isolated, so that it cannot pull the
    punctuation and figures beside it out of order.
    """
    without_marks = _INVISIBLE.sub("", value)
    visible = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Cn", "Zl", "Zp") else character
        for character in without_marks
    )
    line = " ".join(visible.split())
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in line):
        return f"{_FIRST_ISOLATE}{line}{_POP_ISOLATE}"
    return line


def escape(value: str) -> Markdown:
    """``value`` as literal text inside a Markdown paragraph, table cell, link text or heading."""
    line = clean(value)
    line = _MARKDOWN_SPECIAL.sub(r"\\\g<0>", line)
    line = _LOOSE_UNDERSCORE.sub(r"\\_", line)
    line = _AMPERSAND.sub("&amp;", line).replace("<", "&lt;").replace(">", "&gt;")
    # Bare addresses become links on GitHub unless their trigger is broken up.
    line = line.replace("://", ":&#47;/")
    line = re.sub(r"(?i)\bwww\.", lambda match: match.group()[:-1] + "&#46;", line)
    return Markdown(_LINE_START.sub(_escape_line_start, line))


def _escape_line_start(match: re.Match[str]) -> str:
    """A leading ``-`` or ``1.`` would open a list; the digits themselves cannot be escaped."""
    token = match.group()
    return f"&#{ord(token[0])};{token[1:]}"


def fenced(text: str, language: str) -> Markdown:
    """A code block whose fence is longer than any run of backticks inside it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Markdown(f"{fence}{language}\n{text}\n{fence}")


SqlScalar = str | int | float | Decimal | date | bool | None
SqlValue = SqlScalar | tuple[SqlScalar, ...]


def sql_literal(value: SqlValue) -> str:  # noqa: PLR0911 - one for each kind of value
    """``value`` as a DuckDB literal that survives copy and paste; a tuple for use after ``in``.

    Characters that a page cannot show or that would end a code block are spelled ``chr(n)``.
    """
    if isinstance(value, tuple):
        return f"({', '.join(sql_literal(item) for item in value)})"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else repr(value)
    if isinstance(value, datetime):
        return f"timestamp '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return _text_literal(value)


def _text_literal(value: str) -> str:
    parts: list[str] = []
    for visible, character in re.findall(r"([^\W_]|[ -_a-~])|([\s\S])", value):
        if visible:
            quoted = visible.replace("'", "''")
            if parts and parts[-1].startswith("'"):
                parts[-1] = f"{parts[-1][:-1]}{quoted}'"
            else:
                parts.append(f"'{quoted}'")
        else:
            parts.append(f"chr({ord(character)})")
    if not parts:
        return "''"
    return parts[0] if len(parts) == 1 else f"({' || '.join(parts)})"
