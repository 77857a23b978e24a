"""A view on the page: headline, key figures, charts and tables, each one click from its query."""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from html import escape
from urllib.parse import urlsplit

import streamlit as st

from reports_builder import formatting, markup
from reports_builder.dashboard import charts, explain_page, noting
from reports_builder.dashboard.filters import whole_said
from reports_builder.dashboard.pages import VIEWS
from reports_builder.dashboard.settings import Settings
from reports_builder.dashboard.view import Opening, View
from reports_builder.dashboard.weeks import line_html
from reports_builder.evidence import Evidence, Prose
from reports_builder.formatting import Value
from reports_builder.model import (
    Citation,
    Column,
    Figure,
    Insight,
    KeyFigure,
    Section,
    Table,
    cite,
    page_of_row,
)
from reports_builder.spreadsheet_cells import csv_bytes

LIMITED = "is-limited"
"""Where the session keeps whether its reader has the file, too."""

_MOST_COLUMNS = 6
_SENTENCE = 32
# The reports put first what matters most; more of them above the charts would hide these.
_OPEN_INSIGHTS = 3
_WHOLE = "Of the whole company, in the days of the reports, whatever is filtered."


def is_dark() -> bool:
    """Whether the reader's page is dark."""
    return st.context.theme.type == "dark"


def html(text: str) -> None:
    """Text that this package has written as HTML, every value in it escaped."""
    st.html(text)


def heading(title: str) -> None:
    """The message of a chart."""
    html(f'<div class="message">{escape(title)}</div>')


def view(
    shown: View, forms: Mapping[str, Callable[[], None]] | None = None, *, is_narrowed: bool = False
) -> None:
    """The whole view; ``forms`` draw what a reader can do below the section of that title.

    ``is_narrowed`` says that filters are in use, which the insights do not follow.
    """
    _opening(shown.opening)
    sentences = [_sentence(prose) for prose in shown.headline]
    html(f'<div class="headline">{"".join(f"<p>{sentence}</p>" for sentence in sentences)}</div>')
    _tiles(shown)
    _insights(shown.insights, is_narrowed=is_narrowed)
    pending: list[Section] = []
    for section in shown.sections:
        if section.figures:
            pending.append(section)
            if len(pending) == 2:
                _side_by_side(pending)
                pending = []
        else:
            _side_by_side(pending)
            pending = []
            one_section(section)
            if forms and section.title in forms:
                forms[section.title]()
    _side_by_side(pending)
    if shown.left_out:
        st.info(
            "Left out, because it speaks of more than your group sees or has no row of it: "
            + ", ".join(shown.left_out)
            + "."
        )


def _opening(lists: tuple[Opening, ...]) -> None:
    if not lists:
        return
    for column, each in zip(st.columns(len(lists), gap="large"), lists, strict=True):
        kind = "ol" if each.is_ordered else "ul"
        lines = "".join(f"<li>{_sentence(said)}{_link(page)}</li>" for said, page in each.lines)
        with column:
            html(f'<div class="opening"><h2>{escape(each.title)}</h2><{kind}>{lines}</{kind}></div>')
            query(cite([said for said, _ in each.lines]), f"opening-{_slug(each.title)}")


def _link(page: str) -> str:
    """To the view that says more."""
    title = next((name.title for name in VIEWS if name.view == page), None)
    return f' <a href="{page}" target="_self">{escape(title)}</a>' if title else ""


def _sentence(prose: Prose) -> str:
    return markup.inline(prose) + _not_narrowed(quote.evidence for quote in prose.quotes)


def _not_narrowed(evidence: Iterable[Evidence]) -> str:
    """A remark where a figure cannot follow every filter in use."""
    said = whole_said(name for item in evidence for name in item.not_narrowed_by)
    return f' <span class="remark">{escape(said)}</span>' if said else ""


def _tiles(shown: View) -> None:
    with st.container(horizontal=True, gap="small", key="tiles"):
        for place, tile in enumerate(shown.tiles):
            with st.container(border=True, width=218, height="stretch", gap="small", key=f"tile-{place}"):
                _tile(tile)


def _tile(tile: KeyFigure) -> None:
    cells = [cell for cell in tile.cells if cell is not None]
    more = [
        said
        for part, said in ((tile.change, change_html(tile)), (tile.status, _inline(tile.status)))
        if part is not None and part.plain not in ("change unknown", "")
    ]
    if tile.target is not None:
        more.append(f"target {markup.inline(tile.target)}")
    if tile.before is not None and tile.before.plain != formatting.UNKNOWN:
        more.append(f"before {markup.inline(tile.before)}")
    # A sign of its own on the next line is no figure.
    said = " · ".join(more).replace(" %", "&nbsp;%")
    label = tile.cells[0]
    evidence = [quote.evidence for cell in cells for quote in cell.quotes]
    html(
        f'<div class="tile"><div class="label">{markup.inline(label)}</div>'
        f'<div class="now">{_explained(markup.inline(tile.now), tile.now)}</div>'
        f'<div class="more">{said}{_not_narrowed(evidence)}</div>'
        f"{line_html(tile.weeks) if tile.weeks else ''}</div>"
    )
    also = [tile.weeks.evidence] if tile.weeks else []
    query(cite(cells, also), f"tile-{_slug(label.plain)}")


def _inline(prose: Prose | None) -> str:
    return markup.inline(prose) if prose else ""


def change_html(tile: KeyFigure) -> str:
    """The change with an arrow, in the colour of good or bad where the figure has one of them."""
    said = _inline(tile.change)
    sizes = [Decimal(quote.exact) for quote in tile.change.quotes] if tile.change else []
    if len(sizes) != 1 or not sizes[0]:
        return said
    is_up = sizes[0] > 0
    arrow = "▲" if is_up else "▼"
    kind = "" if not tile.better else "good" if is_up == (tile.better == "up") else "bad"
    return f'<span class="{kind}">{arrow} {said}</span>' if kind else f"{arrow} {said}"


def _insights(insights: tuple[Insight, ...], *, is_narrowed: bool) -> None:
    if not insights:
        return
    html("<h2>What stands out, and what to do</h2>")
    if is_narrowed:
        html(f'<span class="remark">{_WHOLE}</span>')
    cards = list(enumerate(insights))
    _cards(cards[:_OPEN_INSIGHTS])
    if more := cards[_OPEN_INSIGHTS:]:
        with st.expander(f"{len(more)} more", key="more-insights"):
            for start in range(0, len(more), _OPEN_INSIGHTS):
                _cards(more[start : start + _OPEN_INSIGHTS])


def _cards(numbered: list[tuple[int, Insight]]) -> None:
    # As wide as in a full row, so that those of all rows are alike.
    for column, (place, insight) in zip(st.columns(_OPEN_INSIGHTS, gap="small"), numbered, strict=False):
        with column, st.container(border=True, height="stretch", gap="small", key=f"insight-{place}"):
            html(insight_html(insight))
            query(insight.citations, f"insight-{place}")


def insight_html(insight: Insight) -> str:
    """One insight as a card: what is wrong, what it costs, what to do, what comes of it, and whose it is."""
    told = {
        "Problem": insight.problem,
        "Impact": insight.ubr_impact,
        "Recommendation": insight.recommendation.action,
        "Outcome": insight.outcome,
    }
    paragraphs = "".join(f"<p><b>{name}</b> {markup.inline(said)}</p>" for name, said in told.items())
    whose = f"Owner: {insight.recommendation.owner_role} · Effort: {insight.recommendation.effort}"
    domain = f"{insight.domain_spec}. {insight.domain_framework}"
    return (
        f'<div class="insight"><div class="message">{markup.inline(insight.title)}</div>{paragraphs}'
        f"<p>{escape(whose)}</p>"
        f'<div class="more">FinOps domain: {escape(domain)}</div></div>'
    )


def _explained(shown: str, prose: Prose) -> str:
    """The figure as a link to what is behind it."""
    if len(prose.quotes) != 1:
        return shown
    return _linked(shown, prose.quotes[0].column, prose.quotes[0].exact)


def _linked(shown: str, column: str, exact: str) -> str:
    url = st.context.url
    if url is None or st.session_state.get(LIMITED):
        return shown
    view = urlsplit(url).path.rpartition("/")[2] or VIEWS[0].view
    said = {name: st.query_params.get_all(name) for name in st.query_params}
    target = explain_page.href(view, column, exact, said)
    return f'<a class="figure" href="{escape(target, quote=True)}" target="_self">{shown}</a>'


def query(citations: tuple[Citation, ...], key: str) -> None:
    """The button that opens the queries behind a figure, each with the marts that it reads."""
    if not citations:
        return
    with st.popover("Query", key=f"query-{key}", type="tertiary"):
        for citation in citations:
            st.caption("Reads " + ", ".join(f"`{mart}`" for mart in citation.evidence.marts))
            st.code(citation.evidence.sql, language="sql", wrap_lines=True)
        if st.session_state.get(LIMITED):
            st.caption("Asked of the rows that your group sees.")
            return
        st.caption("Paste it into the DuckDB shell, which is opened by:")
        st.code(f"duckdb -readonly {shlex.quote(Settings.from_environment().warehouse)}", language="sh")


def _side_by_side(sections: list[Section]) -> None:
    if not sections:
        return
    # A table beside nothing would leave half of the page empty.
    most_columns = _MOST_COLUMNS if all(section.tables for section in sections) else 0
    for column, section in zip(st.columns(len(sections), gap="large"), sections, strict=True):
        with column:
            one_section(section, most_columns=most_columns)
    # A wide table takes the whole width, below its chart.
    for section in sections:
        wide = [table for table in section.tables if len(table.columns) > most_columns]
        if wide:
            html(f"<h2>{escape(section.title)}: the list</h2>")
            _tables(section, wide)


def one_section(section: Section, most_columns: int = 99) -> None:
    """A section, without the tables that have more columns."""
    html(f"<h2>{escape(section.title)}</h2>")
    for sentence in section.text:
        html(f"<p>{_sentence(sentence)}</p>")
    for figure in section.figures:
        _figure(figure)
    _tables(section, [table for table in section.tables if len(table.columns) <= most_columns])


def _tables(section: Section, tables: list[Table]) -> None:
    for table in tables:
        _table(table, f"{_slug(section.title)}-{section.tables.index(table)}")


def _figure(figure: Figure) -> None:
    remark = _not_narrowed(item.evidence for item in cite((figure.title,), (figure.evidence,)))
    days = f'<span class="days">{escape(figure.days)}</span>' if figure.days else ""
    html(
        f'<div class="message">{markup.inline(figure.title)}{days}{remark}</div>'
        + (
            f'<div class="more">{escape(charts.key_said(figure.key, dark=is_dark()))}</div>'
            if figure.key
            else ""
        )
    )
    st.vega_lite_chart(
        charts.of_figure(figure, dark=is_dark()),
        width="stretch",
        theme="streamlit",
        key=f"chart-{figure.name}",
    )
    sources(cite((figure.title,), (figure.evidence,)), figure.evidence, figure.name)


def sources(citations: tuple[Citation, ...], evidence: Evidence, name: str) -> None:
    """Below a chart or a table: its query and its rows to take along."""
    with st.container(horizontal=True, gap="small"):
        query(citations, name)
        download("CSV", csv_bytes(evidence), f"{name}.csv", f"csv-{name}", len(evidence.rows))


@st.fragment
def download(label: str, content: bytes | str, file_name: str, key: str, rows: int | None = None) -> None:
    """A button for a file; a click on it is noted, and draws nothing else again."""
    st.download_button(
        label,
        # Not on demand: what is made on demand cannot be had while the page is drawn again.
        data=content,
        file_name=file_name,
        mime="text/csv" if file_name.endswith(".csv") else "text/markdown",
        key=key,
        type="tertiary",
        on_click=noting.download,
        args=(file_name, rows),
    )


def _table(table: Table, name: str) -> None:
    remark = _not_narrowed((table.evidence,))
    if table.caption or remark:
        html(f'<div class="more">{markup.inline(table.caption) if table.caption else ""}{remark}</div>')
    html(table_html(table))
    sources(cite((table.caption,), (table.evidence,)), table.evidence, f"table-{name}")


def table_html(table: Table) -> str:
    """The rows that are shown, numbers flush right; it scrolls sideways where the screen is narrow."""
    if not table.evidence.rows:
        return "<p>Nothing to list.</p>"
    kinds = [_kind(column) for column in table.columns]
    heads = "".join(
        f'<th scope="col" class="{kind}">{escape(column.heading)}</th>'
        for kind, column in zip(kinds, table.columns, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(_cell(kind, column, record) for kind, column in zip(kinds, table.columns, strict=True))
        + "</tr>"
        for record in table.evidence.records()[: table.max_rows]
    )
    left = table.rows_left_out
    more = f'<div class="more">{left:,} more in the CSV.</div>' if left else ""
    head = f"<thead><tr>{heads}</tr></thead>"
    stacked = ' class="stacked"' if table.stacks else ""
    return f'<div class="wide" tabindex="0"><table{stacked}>{head}<tbody>{body}</tbody></table></div>{more}'


def _cell(kind: str, column: Column, record: Mapping[str, Value]) -> str:
    said = formatting.plain(column.value(record), column.style)
    # A sentence needs room on a narrow screen, where the table scrolls.
    kind = f"{kind} sentence" if kind == "text" and len(said) > _SENTENCE else kind
    shown = escape(said)
    if column.is_number and not column.words and record[column.name] is not None:
        shown = _linked(shown, column.name, formatting.exact(record[column.name]))
    if column.page and (address := page_of_row(column.page, record)):
        shown = f'<a href="{address}" target="_self">{shown}</a>'
    return f'<td class="{kind}" data-label="{escape(column.heading, quote=True)}">{shown}</td>'


def _kind(column: Column) -> str:
    if column.is_number:
        return "number"
    return "date" if column.style == "day_short" else "text"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
