"""A table as HTML, and its figures as links to what is behind them."""

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

import streamlit as st

from reports_builder import formatting
from reports_builder.dashboard import explain_page
from reports_builder.dashboard.pages import view_at
from reports_builder.evidence import Prose
from reports_builder.formatting import Value
from reports_builder.model import Column, Table, page_of_row

LIMITED = "is-limited"
"""Where the session keeps whether its reader has the file, too."""

_SENTENCE = 32
_LONG_ID = re.compile(r"[^\s&<>]{24,}")
# So many rows are read at a glance; one or two more are not worth a click.
_OPEN_ROWS, _OPEN_AT_MOST = 8, 10


def explained(shown: str, prose: Prose) -> str:
    """The figure as a link to what is behind it."""
    if len(prose.quotes) != 1:
        return shown
    return _linked(shown, prose.quotes[0].column, prose.quotes[0].exact)


def _linked(shown: str, column: str, exact: str) -> str:
    url = st.context.url
    if url is None or st.session_state.get(LIMITED):
        return shown
    view = view_at(urlsplit(url).path.rpartition("/")[2])
    said = {name: st.query_params.get_all(name) for name in st.query_params}
    target = explain_page.href(view, column, exact, said)
    return f'<a class="figure" href="{escape(target, quote=True)}" target="_self">{shown}</a>'


def table_html(table: Table, *, whole: bool = False) -> str:
    """The rows that are shown, numbers flush right; it scrolls sideways where the screen is narrow.

    Unless the ``whole`` of it is to be seen, a click on the line below a long one opens its other rows.
    """
    if not table.evidence.rows:
        return "<p>Nothing to list.</p>"
    kinds = [_kind(column) for column in table.columns]
    heads = "".join(
        f'<th scope="col" class="{kind}">{escape(column.heading)}</th>'
        for kind, column in zip(kinds, table.columns, strict=True)
    )
    rows = [
        "<tr>"
        + "".join(_cell(kind, column, record) for kind, column in zip(kinds, table.columns, strict=True))
        + "</tr>"
        for record in table.evidence.records()[: table.max_rows]
    ]
    is_open = whole or len(rows) <= _OPEN_AT_MOST
    shown, rest = (rows, []) if is_open else (rows[:_OPEN_ROWS], rows[_OPEN_ROWS:])
    left = table.rows_left_out
    more = f'<div class="more">{left:,} more in the CSV.</div>' if left else ""
    head = f"<thead><tr>{heads}</tr></thead>"
    stacked = ' class="stacked"' if table.stacks else ""
    body = f"<tbody>{''.join(shown)}</tbody>" + (
        f'<tbody class="rest">{"".join(rest)}</tbody>' if rest else ""
    )
    html = f'<div class="wide" tabindex="0"><table{stacked}>{head}{body}</table></div>'
    if rest:
        opens = f"<details><summary>{len(rest)} more rows</summary></details>"
        html = f'<div class="rows">{html}{opens}</div>'
    return html + more


def _cell(kind: str, column: Column, record: Mapping[str, Value]) -> str:
    said = formatting.plain(column.value(record), column.style)
    # A sentence needs room on a narrow screen, where the table scrolls.
    kind = f"{kind} sentence" if kind == "text" and len(said) > _SENTENCE else kind
    shown = _breakable(escape(said)) if kind.startswith("text") else escape(said)
    if column.is_number and not column.words and record[column.name] is not None:
        shown = _linked(shown, column.name, formatting.exact(record[column.name]))
    if column.page and (address := page_of_row(column.page, record)):
        shown = f'<a href="{address}" target="_self">{shown}</a>'
    return f'<td class="{kind}" data-label="{escape(column.heading, quote=True)}">{shown}</td>'


def _breakable(shown: str) -> str:
    """A long id may end a line within: at its parts, not anywhere, as the names of people may not."""
    return _LONG_ID.sub(lambda found: re.sub(r"([:/_=])", r"\1<wbr>", found[0]), shown)


def _kind(column: Column) -> str:
    if column.is_number:
        return "number"
    return "date" if column.style == "day_short" else "text"
