"""The formats that a journal can be written in, by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from reports_builder.errors import ReportError
from reports_builder.exports.journal import Journal
from reports_builder.exports.layout import SHIPPED, as_columns, read_layout, shipped_layouts
from reports_builder.exports.plain_text import as_beancount, as_hledger, as_iif

Writer = Callable[[Journal], bytes]

_PLAIN_TEXT: Mapping[str, Writer] = {"beancount": as_beancount, "hledger": as_hledger, "iif": as_iif}


def formats() -> tuple[str, ...]:
    """All names."""
    return tuple(sorted((*_PLAIN_TEXT, *shipped_layouts())))


def writer_of(name: str, layout: Path | None) -> Writer:
    """The writer of a format or of a layout file; ReportError when there is neither or both."""
    if (layout is None) == (not name):
        raise ReportError(f"give either --format ({', '.join(formats())}) or --layout with a file.")
    if layout is None:
        if name in _PLAIN_TEXT:
            return _PLAIN_TEXT[name]
        if name not in shipped_layouts():
            raise ReportError(f"there is no format {name}; there is {', '.join(formats())}.")
        layout = SHIPPED / f"{name}.yml"
    columns = read_layout(layout)
    return lambda journal: as_columns(journal, columns)
