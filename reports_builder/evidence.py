"""Sentences whose figures are the result of the query printed beneath them.

A page never writes a figure itself. It writes ``evidence.say("Spend was **{spend_usd:usd}**")``;
the figure is taken from the rows that ``evidence.sql`` returned, and the renderer prints that
very text. A sentence and its query therefore cannot disagree.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import Formatter
from typing import Self

from reports_builder import formatting
from reports_builder.escaping import Markdown, escape
from reports_builder.formatting import Value
from reports_builder.singular import of_one

_MART = re.compile(r"\b(?:from|join)\s+([a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*)", re.IGNORECASE)


def marts_read(sql: str) -> tuple[str, ...]:
    """The ``schema.table`` names that a query reads, in order of appearance."""
    return tuple(dict.fromkeys(name.lower() for name in _MART.findall(sql)))


@dataclass(frozen=True)
class Quote:
    """One figure in a text and where it came from."""

    shown: Markdown
    column: str
    exact: Markdown
    evidence: "Evidence"


@dataclass(frozen=True)
class Prose:
    """A sentence or a cell: its Markdown, its plain text, and the figures that it quotes."""

    markdown: Markdown
    plain: str
    quotes: tuple[Quote, ...] = ()

    def __add__(self, other: "Prose") -> "Prose":
        return Prose(
            Markdown(self.markdown + other.markdown),
            self.plain + other.plain,
            self.quotes + other.quotes,
        )

    def __str__(self) -> str:
        return self.markdown


@dataclass(frozen=True)
class Evidence:
    """The result of one query, the text of that query, and the row in focus (the first).

    ``not_narrowed_by`` names the filters of the dashboard that are in use and that the query cannot follow.
    ``is_withheld`` marks what its reader may not see: the rows are those that the query finds in empty marts.
    """

    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    focus: int = 0
    not_narrowed_by: tuple[str, ...] = ()
    is_withheld: bool = False

    @property
    def marts(self) -> tuple[str, ...]:
        """The marts that the query reads."""
        return marts_read(self.sql)

    def __getitem__(self, column: str) -> Value:
        """The value in the focused row; None when the query returned no such row."""
        index = self.columns.index(column)
        return self.rows[self.focus][index] if 0 <= self.focus < len(self.rows) else None

    def at(self, row: int) -> Self:
        """The same result with another row in focus."""
        return replace(self, focus=row)

    def each(self) -> tuple[Self, ...]:
        """The same result once per row, each with that row in focus."""
        return tuple(self.at(row) for row in range(len(self.rows)))

    def records(self) -> list[Mapping[str, Value]]:
        """All rows, each by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def say(self, template: str) -> Prose:
        """``template`` filled from the focused row; see ``say``."""
        return say(template, self)

    def cell(self, column: str, style: str) -> Prose:
        """One value of the focused row in the given style."""
        return say(f"{{{column}:{style}}}", self)


def note(text: str) -> Prose:
    """Text that quotes no figure; Markdown emphasis in it is kept."""
    return say(text)


def literal(value: str) -> Prose:
    """Any text as it is, escaped."""
    return Prose(escape(value), formatting.text(value))


def join(parts: Sequence[Prose], separator: str = " ") -> Prose:
    """Several pieces as one, their quotes kept."""
    joined = Prose(Markdown(""), "")
    for index, part in enumerate(parts):
        joined = joined + (note(separator) if index else Prose(Markdown(""), "")) + part
    return joined


def say(template: str, *evidence: Evidence) -> Prose:
    """Fill ``{column:style}`` fields from the focused rows of ``evidence``.

    The template is written by the author of a page and is Markdown; every value is formatted by
    its style and escaped. ``$`` and ``%`` may only come from a style: a figure cannot be typed in.
    Raises KeyError for a column that no evidence, or more than one, carries.
    """
    shown_markdown: list[str] = []
    shown_plain: list[str] = []
    quotes: list[Quote] = []
    last = ""
    for text, column, style, conversion in Formatter().parse(template):
        words = of_one(text) if last == "1" else text
        if re.search(r"[$%]", words):
            raise ValueError(f"a figure is typed into {words!r}; take it from a query")
        shown_markdown.append(words)
        shown_plain.append(words.replace("**", ""))
        if column is None:
            continue
        if not style or conversion:
            raise ValueError(f"write {{{column}:style}} with a style of reports_builder.formatting")
        source = _source(column, evidence)
        plain = last = formatting.plain(source[column], style)
        shown_markdown.append(formatting.markdown(source[column], style))
        shown_plain.append(plain)
        if style not in formatting.TEXT_STYLES and source[column] is not None:
            exact = Markdown(formatting.exact(source[column]))
            quotes.append(Quote(Markdown(plain), column, exact, source))
    return Prose(Markdown("".join(shown_markdown)), "".join(shown_plain), tuple(quotes))


def _source(column: str, evidence: tuple[Evidence, ...]) -> Evidence:
    sources = [source for source in evidence if column in source.columns]
    if len(sources) != 1:
        known = ", ".join(name for source in evidence for name in source.columns)
        trouble = "is in no query" if not sources else "is in more than one query"
        raise KeyError(f"column {column!r} {trouble}; columns: {known}")
    return sources[0]
