"""Markdown of the reports as text that a person reads without any program: lines, and tables with columns."""

import textwrap
from collections.abc import Sequence

from markdown_it.token import Token

from reports_builder import markup

WIDTH = 78
WIDEST_TABLE = 100
_GAP = "  "
_BULLET = "- "


def as_text(markdown: str) -> str:
    """The report without its folded blocks, figures as their alternative text; lines of at most ``WIDTH``.

    A table of up to ``WIDEST_TABLE`` keeps its columns, a wider one is a list of its rows.
    """
    parts = [_as_text(block) for is_folded, _, block in markup.blocks(markdown) if not is_folded]
    return "\n\n".join(part for part in parts if part) + "\n"


def _as_text(block: str) -> str:
    tokens = markup.parser().parse(block)
    parts: list[str] = []
    for place, token in enumerate(tokens):
        opening = tokens[place - 1]
        if token.type == "table_open":
            parts.append(_table(tokens[place:]))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content.rstrip())
        elif token.type == "inline" and opening.type == "heading_open":
            parts.append(_heading(opening.tag, _words(token)))
        elif token.type == "inline" and opening.type == "paragraph_open":
            is_item = tokens[place - 2].type == "list_item_open"
            is_next = is_item and tokens[place - 3].type == "list_item_close"
            said = _wrapped(_words(token), _BULLET if is_item else "")
            parts[len(parts) - is_next :] = ["\n".join([*parts[len(parts) - is_next :], said])]
    return "\n\n".join(parts)


def _words(token: Token) -> str:
    """The text of a paragraph or a cell, its marks taken off; a figure is its alternative text."""
    parts: list[str] = []
    for child in token.children or []:
        if child.type == "image":
            parts.append(f"[Figure: {_words(child)}]")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        else:
            parts.append(child.content)
    return "".join(parts)


def _heading(tag: str, said: str) -> str:
    rule = {"h1": "=", "h2": "-"}.get(tag)
    return f"{said}\n{rule * min(len(said), WIDTH)}" if rule else f"* {said}"


def _wrapped(said: str, bullet: str) -> str:
    hung = " " * len(bullet)
    return "\n".join(
        textwrap.fill(
            line,
            WIDTH,
            initial_indent=hung if place else bullet,
            subsequent_indent=hung,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for place, line in enumerate(said.splitlines())
    )


def _table(tokens: Sequence[Token]) -> str:
    rows: list[list[str]] = []
    is_number: list[bool] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "th_open":
            is_number.append("right" in str(token.attrs.get("style", "")))
        elif token.type == "inline":
            rows[-1].append(_words(token))
    widths = [max(len(row[column]) for row in rows) for column in range(len(is_number))]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > WIDEST_TABLE:
        return "\n".join(_record(rows[0], row) for row in rows[1:])
    rule = ["-" * width for width in widths]
    return "\n".join(_row(row, widths, is_number) for row in (rows[0], rule, *rows[1:]))


def _record(headings: Sequence[str], cells: Sequence[str]) -> str:
    """A row on its own: what it is about, then each cell after its heading; what is blank is left out."""
    # A table that counts its rows says in the second column what they are about.
    lead = 2 if headings[0] == "#" else 1
    said = "; ".join(
        f"{heading}: {cell}"
        for heading, cell in zip(headings[lead:], cells[lead:], strict=True)
        if cell not in ("", "-")
    )
    return _wrapped(f"{'. '.join(cells[:lead])}\n{said}", _BULLET)


def _row(cells: Sequence[str], widths: Sequence[int], is_number: Sequence[bool]) -> str:
    shown = (
        cell.rjust(width) if number else cell.ljust(width)
        for cell, width, number in zip(cells, widths, is_number, strict=True)
    )
    return _GAP.join(shown).rstrip()
