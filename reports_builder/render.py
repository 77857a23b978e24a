"""Pages to files in memory: Markdown by template, figures to SVG."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath

import jinja2

from reports_builder import charts, formatting
from reports_builder.currency import shown_in
from reports_builder.escaping import Markdown, escape, fenced
from reports_builder.evidence import Prose, Quote
from reports_builder.lineage.figure_ids import figure_id
from reports_builder.model import Citation, Figure, Page, TextHistogram

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Query:
    """A query, its number on the page, and what the page took from it: each value in the ways it is shown."""

    number: int
    sql: str
    figures: dict[tuple[str, str], dict[Markdown, Quote]] = field(default_factory=dict)


def queries_of(citations: Iterable[Citation]) -> dict[str, Query]:
    """The queries of all parts of a page by their text, in order of appearance, each once."""
    found: dict[str, Query] = {}
    for citation in citations:
        query = found.setdefault(citation.evidence.sql, Query(len(found) + 1, citation.evidence.sql))
        for quote in citation.quotes:
            query.figures.setdefault((quote.column, quote.exact), {}).setdefault(quote.shown, quote)
    return found


def _finalize(value: object) -> object:
    """What every ``{{ ... }}`` passes through: text is escaped unless it is Markdown already."""
    if isinstance(value, Markdown):
        return value
    if isinstance(value, Prose):
        return value.markdown
    if isinstance(value, str):
        return escape(value)
    if value is None:
        return formatting.UNKNOWN
    return value


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("reports_builder"),
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        # Not HTML: ``_finalize`` escapes for Markdown, and for HTML inside it.
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["marts"] = _marts
    environment.filters["currency"] = formatting.currency_said
    environment.filters["figure_id"] = _figure_id
    environment.filters["period"] = charts.days_of_period
    environment.filters["day"] = formatting.day
    environment.filters["code"] = fenced
    environment.filters["histogram"] = _histogram
    return environment


def _marts(citations: tuple[Citation, ...]) -> list[str]:
    return list(dict.fromkeys(mart for item in citations for mart in item.evidence.marts))


def _figure_id(page: Page, quote: Quote) -> Markdown:
    return Markdown(figure_id(page.name, quote.column, quote.exact))


def _histogram(histogram: TextHistogram) -> Markdown:
    return fenced("\n".join(histogram.lines), "text")


def figure_path(page: Page, figure: Figure) -> PurePosixPath:
    """Figures stand in a folder beside their page."""
    path = PurePosixPath(page.path)
    return path.parent / "figures" / f"{path.stem}-{figure.name}.svg"


def figure_source(page: Page, figure: Figure) -> str:
    """How the text of ``page`` names the figure; no two of one folder's pages name theirs alike."""
    return f"figures/{figure_path(page, figure).name}"


def text_of(page: Page) -> str:
    """The page as Markdown, which names its figures by ``figure_source``."""
    images = {
        figure.name: Markdown(f"![{escape(figure.alt.plain)}]({figure_source(page, figure)})")
        for figure in page.all_figures
    }
    with shown_in(page.currency):
        return template_text("page.md.j2", page=page, images=images, queries=queries_of(page.citations))


def drawing_of(page: Page, figure: Figure) -> str:
    """A figure of the page as SVG."""
    with shown_in(page.currency):
        return charts.svg(figure, page.period)


def template_text(name: str, **values: object) -> str:
    """A template filled with values, which are escaped on their way unless they are Markdown already."""
    return _BLANK_LINES.sub("\n\n", _environment().get_template(name).render(values))


def render(pages: tuple[Page, ...]) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Every file of ``pages``: its path below the output folder and its bytes."""
    for page in pages:
        for figure in page.all_figures:
            yield figure_path(page, figure), drawing_of(page, figure).encode()
        yield PurePosixPath(page.path), text_of(page).encode()
