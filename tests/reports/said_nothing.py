"""Parts of a page or a view that are there and say nothing: one line in words would say more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from reports_builder.model import Figure, KeyFigure, Section, Table

_NOTHING = ("none", "nothing", "-", "")


def says_nothing(key_figures: Iterable[KeyFigure], sections: Iterable[Section]) -> list[str]:
    """Key figures that read "none", tables whose every number is zero or unknown, and charts without a row."""
    return [*_key_figures(key_figures), *(each for section in sections for each in _section(section))]


def _key_figures(key_figures: Iterable[KeyFigure]) -> Iterator[str]:
    for figure in key_figures:
        label, now, *beside = figure.cells
        if now.plain in _NOTHING:
            yield f"{label.plain} is {now.plain!r}"
        # A dash is what a table of key figures has where there is nothing to compare.
        yield from (
            f"{label.plain} has {cell.plain!r} beside it" for cell in beside if cell.plain in ("none", "")
        )


def _section(section: Section) -> Iterator[str]:
    yield from (f"{section.title}: a table of nothing" for table in section.tables if _is_blank(table))
    yield from (f"{section.title}: a chart of nothing" for figure in section.figures if _is_empty(figure))


def _is_blank(table: Table) -> bool:
    records = table.evidence.records()[: table.max_rows]
    numbers = [column.name for column in table.columns if column.is_number]
    told = [
        str(column.value(record)) for column in table.columns for record in records if not column.is_number
    ]
    # A verdict in words says something of a row without a number.
    if not records or not numbers or any(len(text.split()) > 3 for text in told):
        return False
    return not any(record[name] for record in records for name in numbers)


def _is_empty(figure: Figure) -> bool:
    values = (value for row in figure.evidence.rows for value in row)
    return not any(value for value in values if isinstance(value, int | float | Decimal))
