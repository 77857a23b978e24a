"""How a figure is named so that a reader can ask for it, and how it is found again.

A figure of a page is ``PAGE/COLUMN=VALUE``, as the evidence of the page prints it. A figure of a mart, such
as a line of a chargeback, is ``SCHEMA.MART/KEY=VALUE,.../COLUMN``. The value is part of the name of the
first, so that a figure of a report of last month is never taken for another one of today.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote, unquote

from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.formatting import Value, exact
from reports_builder.model import Citation

_MART = re.compile(r"(?P<mart>[a-z_]+\.[a-z_][a-z0-9_]*)/(?P<keys>[^/]*)/(?P<column>[a-z_][a-z0-9_]*)")
_FIGURE = re.compile(r"(?P<page>[a-z_]+)/(?P<column>\w+)(?:=(?P<value>[^~]*)(?:~(?P<place>\d+))?)?")
_PLAIN = "-._:+ "
_MOST_SUGGESTED = 8


@dataclass(frozen=True)
class MartFigure:
    """A column of the rows of a mart that have these values."""

    mart: str
    keys: Mapping[str, str]
    column: str


@dataclass(frozen=True)
class PageFigure:
    """A column of an answer that a page prints; ``place`` tells those of the same value apart, from 1."""

    page: str
    column: str
    value: str | None
    place: int

    def __str__(self) -> str:
        return figure_id(self.page, self.column, self.value or "", self.place)


def figure_id(page: str, column: str, value: str, place: int = 1) -> str:
    """The id of a figure as it is printed."""
    return f"{page}/{column}={value}{f'~{place}' if place > 1 else ''}"


def mart_figure_id(mart: str, keys: Mapping[str, Value], column: str) -> str:
    """The id of a column of a row of a mart, which holds no character that a shell or a list would read."""
    said = ",".join(f"{name}={_quoted(value)}" for name, value in keys.items())
    return f"{mart}/{said}/{column}"


def _quoted(value: Value) -> str:
    return "" if value is None else quote(str(value), safe="-._:+")


def parse(text: str) -> MartFigure | PageFigure | None:
    """What a reader asks for; None for what is no figure, such as a charge. ReportError for a half one."""
    if found := _MART.fullmatch(text):
        pairs = [each.partition("=") for each in found["keys"].split(",") if each]
        if any(not sign for _, sign, _ in pairs):
            raise ReportError(f"{text} is no figure of a mart: write SCHEMA.MART/KEY=VALUE,.../COLUMN.")
        return MartFigure(found["mart"], {name: unquote(value) for name, _, value in pairs}, found["column"])
    if found := _FIGURE.fullmatch(text):
        return PageFigure(found["page"], found["column"], found["value"], int(found["place"] or 1))
    return None


def figures_of(page: str, citations: Iterable[Citation]) -> Iterator[tuple[str, Evidence]]:
    """Every figure that a page quotes, with its id, once."""
    seen: set[str] = set()
    for citation in citations:
        for quoted in citation.quotes:
            name = figure_id(page, quoted.column, quoted.exact)
            if name not in seen:
                seen.add(name)
                yield name, quoted.evidence


def find(asked: PageFigure, citations: Sequence[Citation]) -> tuple[Evidence, ...]:
    """The answers, each with its row in focus, that hold the figure; ReportError with near ones for none.

    Those that the text quotes come first, then the cells of tables and charts, each row of a query once.
    """
    quoted = [
        quote.evidence for citation in citations for quote in citation.quotes if quote.column == asked.column
    ]
    cells = [
        row
        for citation in citations
        if asked.column in citation.evidence.columns
        for row in citation.evidence.each()
    ]
    there = {(each.sql, each.focus): each for each in (*quoted, *cells)}
    values = {exact(each[asked.column]) for each in quoted} or {exact(each[asked.column]) for each in cells}
    value = values.pop() if asked.value is None and len(values) == 1 else asked.value
    found = tuple(each for each in there.values() if exact(each[asked.column]) == value)
    if len(found) >= asked.place:
        return found
    raise ReportError(_not_found(asked, citations, there.values()))


def _not_found(asked: PageFigure, citations: Sequence[Citation], there: Iterable[Evidence]) -> str:
    values = list(dict.fromkeys(exact(each[asked.column]) for each in there))
    if asked.value is None and values:
        named = [figure_id(asked.page, asked.column, value) for value in values[:_MOST_SUGGESTED]]
        return f"{asked.page} has {len(values)} figures {asked.column}; name one of them: {', '.join(named)}."
    if values:
        near = get_close_matches(asked.value or "", values, n=_MOST_SUGGESTED, cutoff=0.4) or values[:3]
        named = [figure_id(asked.page, asked.column, value) for value in near]
        return (
            f"{asked.page} of this warehouse has no {asked.column} of {asked.value}; it may be of a report "
            f"of another day. It has {', '.join(named)}."
        )
    columns = list(dict.fromkeys(name for each in citations for name in each.evidence.columns))
    near = get_close_matches(asked.column, columns, n=_MOST_SUGGESTED, cutoff=0.5)
    return f"{asked.page} shows no figure {asked.column}" + (
        f"; near it are {', '.join(f'{asked.page}/{name}' for name in near)}." if near else "."
    )
