"""Pages as documents that need nothing beside them: one HTML file, a PDF, the HTML of a mail."""

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

import jinja2
import vl_convert
from markupsafe import Markup

from reports_builder import charts, markup
from reports_builder.errors import ReportError
from reports_builder.model import Figure, Page
from reports_builder.render import drawing_of, figure_source, text_of

_FOLDER = Path(__file__).parent
_SHARPNESS = 2

NO_WEASYPRINT = "a PDF needs WeasyPrint: pip install -e '.[delivery]'."
NO_PANGO = (
    "a PDF needs the system library Pango, which WeasyPrint draws with: apt-get install libpangoft2-1.0-0, "
    "or brew install pango."
)


def single_file(pages: Sequence[Page]) -> str:
    """All pages in one HTML file: a page at a time on the screen, all of them on paper; no script."""

    def draw(page: Page, figure: Figure, alternative: str) -> str:
        # On a phone the figure scrolls, and its message could not be read at once.
        return f'{_figure(_svg_address(page, figure), alternative)}<span class="said">{alternative}</span>'

    return _document("single_file", pages, draw, markup.folded)


def pdf(pages: Sequence[Page]) -> bytes:
    """The pages for paper, their queries in an appendix; ReportError when nothing here can draw it."""

    def draw(page: Page, figure: Figure, alternative: str) -> str:
        return _figure(_svg_address(page, figure), alternative)

    return _printed(
        "".join(f"{page.title}, as of {page.period.as_of}" for page in pages[:1]),
        {_name(page): lambda fold, page=page: _body(page, draw, fold) for page in pages},  # type: ignore[misc]
    )


def pdf_of_text(title: str, text: str) -> bytes:
    """Markdown without figures for paper, its queries in an appendix; ReportError as above."""
    return _printed(title, {"text": lambda fold: markup.page(text, lambda *_: None, fold)})


def _printed(title: str, articles: Mapping[str, Callable[[markup.Fold], str]]) -> bytes:
    """Articles for paper, each made with what becomes of its folded parts: they go to the appendix."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 - a second that only a PDF needs
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ReportError(NO_WEASYPRINT) from error
    except OSError as error:
        raise ReportError(NO_PANGO) from error
    appendix: list[tuple[str, Markup]] = []

    def fold(summary: str, within: str) -> str:
        appendix.append((f"{len(appendix) + 1}", Markup(f"<p>{summary}</p>{within}")))  # noqa: S704
        number = len(appendix)
        return f'<p class="evidence"><a href="#evidence-{number}">Evidence {number}</a></p>'

    # Written by ``markup.page``, which lets nothing through as a tag.
    shown = [(name, Markup(made(fold))) for name, made in articles.items()]  # noqa: S704
    document = (
        _environment()
        .get_template("print.html.j2")
        .render(title=title, articles=shown, style=_style("print"), appendix=appendix)
    )
    # Nothing is fetched: the figures are in the document.
    drawn = HTML(string=document, url_fetcher=URLFetcher(allowed_protocols=("data",))).write_pdf()
    return bytes(drawn)


def mail_html(page: Page, address: Callable[[Figure], str], more: str) -> str:
    """A page for a mail program, its queries left out; ``address`` is where the mail carries a figure."""

    def draw(_page: Page, figure: Figure, alternative: str) -> str:
        return _figure(address(figure), alternative)

    return _document("mail", [page], draw, lambda *_: "", more=more)


def png(page: Page, figure: Figure) -> bytes:
    """The figure for programs that draw no SVG, twice as sharp as it is large."""
    drawn: bytes = vl_convert.svg_to_png(drawing_of(page, figure), scale=_SHARPNESS)
    return drawn


def _figure(address: str, alternative: str) -> str:
    return (
        f'<span class="figure" tabindex="0"><img alt="{alternative}" src="{escape(address, quote=True)}" '
        f'width="{charts.WIDTH}"></span>'
    )


def _svg_address(page: Page, figure: Figure) -> str:
    drawn = drawing_of(page, figure).encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"


def _document(
    kind: str,
    pages: Sequence[Page],
    draw: Callable[[Page, Figure, str], str],
    fold: markup.Fold,
    *,
    more: str = "",
) -> str:
    """The template of this kind with the pages in it."""
    # Written by ``markup.page``, which lets nothing through as a tag.
    shown = [(_name(page), page, Markup(_body(page, draw, fold))) for page in pages]  # noqa: S704
    return _environment().get_template(f"{kind}.html.j2").render(pages=shown, style=_style(kind), more=more)


def _style(kind: str) -> Markup:
    return Markup((_FOLDER / f"{kind}.css").read_text(encoding="utf-8"))  # noqa: S704


def _body(page: Page, draw: Callable[[Page, Figure, str], str], fold: markup.Fold) -> str:
    figures = {figure_source(page, figure): figure for figure in page.all_figures}

    def draw_source(source: str, alternative: str) -> str | None:
        return draw(page, figures[source], alternative) if source in figures else None

    return markup.page(text_of(page), draw_source, fold, within=f"{_name(page)}-")


def _name(page: Page) -> str:
    return Path(page.path).stem


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("reports_builder.delivery", "."),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
