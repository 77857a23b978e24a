"""Markdown of the reports as HTML that can do nothing but be read."""

import re
from collections.abc import Callable
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from reports_builder.evidence import Prose

Draw = Callable[[str, str], str | None]
"""From the path of a figure and its alternative text, which is escaped, to HTML; None where there is none."""
Fold = Callable[[str, str], str]
"""From the summary of a folded block and what is in it, both HTML, to HTML."""

_DETAILS = re.compile(r"^<details><summary>(?P<summary>[^\n]*)</summary>$", re.MULTILINE)
_END = re.compile(r"^</details>$", re.MULTILINE)
_QUERY = re.compile(r"Query (\d+)")


@cache
def parser() -> MarkdownIt:
    """What reads the Markdown of the reports; ``html`` is off: a tag in the text is shown as text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def inline(prose: Prose) -> str:
    """A sentence as HTML without a paragraph around it."""
    return str(parser().renderInline(prose.markdown))


def folded(summary: str, within: str) -> str:
    """A block that opens with a click, without a script."""
    return f"<details><summary>{summary}</summary>{within}</details>"


def page(text: str, draw: Draw, fold: Fold = folded, *, within: str = "") -> str:
    """A whole report as HTML; ``draw`` shows its figures, and nothing else is shown as one.

    Its queries are anchors whose names begin with ``within``, so that a document can have several reports.
    """
    parts: list[str] = []
    for is_folded, summary, block in blocks(text):
        html = _blocks(block, draw, within)
        parts.append(fold(str(parser().renderInline(summary)), html) if is_folded else html)
    return f'<div class="report">{"".join(parts)}</div>'


def blocks(text: str) -> list[tuple[bool, str, str]]:
    """The text cut where it is folded: whether a piece is, its summary, its Markdown."""
    parts: list[tuple[bool, str, str]] = []
    place = 0
    for opening in _DETAILS.finditer(text):
        closing = _END.search(text, opening.end())
        if opening.start() < place or closing is None:
            continue
        parts.append((False, "", text[place : opening.start()]))
        parts.append((True, opening["summary"], text[opening.end() : closing.start()]))
        place = closing.end()
    return [*parts, (False, "", text[place:])]


def _blocks(text: str, draw: Draw, within: str) -> str:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("image", _image_rule(draw))
    parser.add_render_rule("text", _text)
    parser.add_render_rule("heading_open", _anchor_rule(within))
    parser.add_render_rule("link_open", _link_rule(within))
    parser.add_render_rule("table_open", lambda *_: '<div class="wide" tabindex="0"><table>')
    parser.add_render_rule("table_close", lambda *_: "</table></div>")
    return str(parser.render(text))


def _text(_renderer: RendererHTML, tokens: list[Token], index: int, *_: object) -> str:
    """A sign of its own on the next line is no figure."""
    return escape(tokens[index].content).replace(" %", "&nbsp;%")


def _anchor_rule(within: str) -> Callable[..., str]:
    def heading(
        renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, _: EnvType
    ) -> str:
        if query := _QUERY.fullmatch(tokens[index + 1].content):
            tokens[index].attrSet("id", f"{within}query-{query[1]}")
        return renderer.renderToken(tokens, index, options, _)

    return heading


def _link_rule(within: str) -> Callable[..., str]:
    def link(
        renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, _: EnvType
    ) -> str:
        address = str(tokens[index].attrs.get("href", ""))
        if address.startswith("#"):
            tokens[index].attrSet("href", f"#{within}{address[1:]}")
        return renderer.renderToken(tokens, index, options, _)

    return link


def _image_rule(draw: Draw) -> Callable[..., str]:
    def image(
        renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[index]
        alternative = escape(renderer.renderInlineAsText(token.children or [], options, env), quote=True)
        return draw(str(token.attrs.get("src", "")), alternative) or f"<em>{alternative}</em>"

    return image
