"""A view on the page: headline, key figures, charts and tables, each one click from its query."""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from html import escape

import streamlit as st

from reports_builder import formatting, markup
from reports_builder.dashboard import charts, noting
from reports_builder.dashboard.filters import whole_said
from reports_builder.dashboard.pages import page_of
from reports_builder.dashboard.settings import Settings
from reports_builder.dashboard.tables import LIMITED, explained, table_html
from reports_builder.dashboard.view import Opening, View
from reports_builder.dashboard.weeks import line_html
from reports_builder.evidence import Evidence, Prose
from reports_builder.model import Citation, Figure, Insight, KeyFigure, Section, Table, cite
from reports_builder.spreadsheet_cells import csv_bytes

_MOST_COLUMNS = 6
# What comes first matters most; more of them above the charts would hide these.
_OPEN_INSIGHTS = 3
_OPEN_TILES = 5
# A caption that is longer explains a table; it does not name it.
_LONGEST_NAME = 70
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
    leads = (*shown.leads, *[""] * (len(shown.headline) - len(shown.leads)))
    sentences = [
        f"<p>{_sentence(prose)}{_link(lead) if lead else ''}</p>"
        for prose, lead in zip(shown.headline, leads, strict=True)
    ]
    further = "".join(f"<p>{_sentence(prose)}</p>" for prose in shown.further)
    more = markup.folded("More of this", further) if further else ""
    html(f'<div class="headline">{"".join(sentences)}{more}</div>')
    _tiles(shown)
    _opening(shown.opening)
    _insights(shown.insights, is_narrowed=is_narrowed)
    pending: list[Section] = []
    is_detail = False
    for section in shown.sections:
        form = (forms or {}).get(section.title)
        if section.figures and len(section.tables) < 2 and not section.is_folded and not form:
            pending.append(section)
            if len(pending) == 2:
                _side_by_side(pending)
                pending = []
            continue
        _side_by_side(pending)
        pending = []
        if section.is_folded:
            if not is_detail:
                html("<h2>In detail</h2>")
                is_detail = True
            with st.expander(section.title, key=f"section-{_slug(section.title)}"):
                _opened(section)
        else:
            one_section(section)
        if form:
            form()
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
    found = page_of(page)
    return f' <a href="{found.address}" target="_self">{escape(found.title)}</a>' if found else ""


def _sentence(prose: Prose) -> str:
    return markup.inline(prose) + _not_narrowed(quote.evidence for quote in prose.quotes)


def _not_narrowed(evidence: Iterable[Evidence]) -> str:
    """A remark where a figure cannot follow every filter in use."""
    said = whole_said(name for item in evidence for name in item.not_narrowed_by)
    return f' <span class="remark">{escape(said)}</span>' if said else ""


def _tiles(shown: View) -> None:
    cards = list(enumerate(shown.tiles))
    _row_of_tiles(cards[:_OPEN_TILES], "tiles")
    if more := cards[_OPEN_TILES:]:
        with st.expander(f"{len(more)} more figures" if len(more) > 1 else "One more figure", key="figures"):
            _row_of_tiles(more, "tiles-more")


def _row_of_tiles(cards: list[tuple[int, KeyFigure]], key: str) -> None:
    with st.container(horizontal=True, gap="small", key=key):
        for place, tile in cards:
            with st.container(border=True, width=194, height="stretch", gap="small", key=f"tile-{place}"):
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
    made_of = f' title="{escape(tile.parts.plain)}"' if tile.parts else ""
    html(
        f'<div class="tile"{made_of}><div class="label">{markup.inline(label)}</div>'
        f'<div class="now">{explained(markup.inline(tile.now), tile.now)}</div>'
        f'<div class="more">{said}{_not_narrowed(evidence)}</div>'
        f"{line_html(tile.weeks) if tile.weeks else ''}</div>"
    )
    also = [tile.weeks.evidence] if tile.weeks else []
    query(cite([*cells, *([tile.parts] if tile.parts else [])], also), f"tile-{_slug(label.plain)}")


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
    """One insight as a card: what it costs, what to do and whose it is; folded, why and what comes of it."""
    whose = f"Owner: {insight.recommendation.owner_role} · Effort: {insight.recommendation.effort}"
    domain = f"{insight.domain_spec}. {insight.domain_framework}"
    why = _told({"Problem": insight.problem, "Outcome": insight.outcome})
    return (
        f'<div class="insight"><div class="message">{markup.inline(insight.title)}</div>'
        + _told({"Impact": insight.ubr_impact, "Recommendation": insight.recommendation.action})
        + f"<p>{escape(whose)}</p>"
        + markup.folded(
            "Problem and outcome", f'{why}<div class="more">FinOps domain: {escape(domain)}</div>'
        )
        + "</div>"
    )


def _told(parts: Mapping[str, Prose]) -> str:
    return "".join(f"<p><b>{name}</b> {markup.inline(said)}</p>" for name, said in parts.items())


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
    """One section or two beside each other, each with one table at most; a wide one opens below both."""
    if len(sections) < 2:
        for section in sections:
            one_section(section)
        return
    for column, section in zip(st.columns(len(sections), gap="large"), sections, strict=True):
        with column:
            _heading(section)
            _said(section)
            _drawn(section)
            _tables(section, [table for table in section.tables if not _is_wide(table)])
    for section in sections:
        _tables(section, [table for table in section.tables if _is_wide(table)], after=section.title)


def _is_wide(table: Table) -> bool:
    return len(table.columns) > _MOST_COLUMNS


def one_section(section: Section) -> None:
    """A section in the whole width.

    A chart says what matters of its rows: these open with a click, as do all tables but the first where
    there is no chart.
    """
    _heading(section)
    if section.figures and section.text:
        beside, drawn = st.columns(2, gap="large")
        with beside:
            _said(section)
        with drawn:
            _drawn(section)
    else:
        _said(section)
        _drawn(section)
    tables = list(section.tables)
    if tables and not section.figures:
        _table(section, tables.pop(0))
    _tables(section, tables)


def _opened(section: Section) -> None:
    """A section whose title was clicked on: all of it."""
    _said(section)
    _drawn(section)
    for table in section.tables:
        _table(section, table, whole=len(section.tables) == 1)


def _heading(section: Section) -> None:
    html(f"<h2>{escape(section.title)}</h2>")


def _said(section: Section) -> None:
    if section.text:
        html("".join(f'<p class="said">{_sentence(sentence)}</p>' for sentence in section.text))


def _drawn(section: Section) -> None:
    for figure in section.figures:
        _figure(figure)


def _tables(section: Section, tables: list[Table], *, after: str = "") -> None:
    """The tables, each to be opened with a click; named ``after`` what they do not stand below."""
    for table in tables:
        with st.expander(_name(section, table, after), key=f"open-{_place(section, table)}"):
            _table(section, table, whole=True)


def _name(section: Section, table: Table, after: str) -> str:
    """What a folded table is called: its own name, else its caption where that is short."""
    caption = table.caption.plain.rstrip(".") if table.caption else ""
    named = table.name or (caption if len(caption) <= _LONGEST_NAME and ". " not in caption else "")
    rows = len(table.evidence.rows)
    said = "one row" if rows == 1 else f"{rows:,} rows" if rows else "nothing to list"
    if after or not named:
        return f"{section.title}: {named[:1].lower()}{named[1:] or 'the list'} ({said})"
    return f"{named[0].upper()}{named[1:]} ({said})"


def _place(section: Section, table: Table) -> str:
    return f"{_slug(section.title)}-{section.tables.index(table)}"


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


def _table(section: Section, table: Table, *, whole: bool = False) -> None:
    remark = _not_narrowed((table.evidence,))
    if table.caption or remark:
        html(f'<div class="more">{markup.inline(table.caption) if table.caption else ""}{remark}</div>')
    html(table_html(table, whole=whole))
    sources(cite((table.caption,), (table.evidence,)), table.evidence, f"table-{_place(section, table)}")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
