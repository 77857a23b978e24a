"""Markdown of the reports as HTML that can do nothing but be read."""

import base64
import re
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from reports_builder.evidence import Prose

_DETAILS = re.compile(r"^<details><summary>(?P<summary>[^\n]*)</summary>$", re.MULTILINE)
_END = re.compile(r"^</details>$", re.MULTILINE)
_FIGURE = re.compile(r"figures/[\w.-]+\.svg")


@cache
def _parser() -> MarkdownIt:
    # ``html`` is off: a tag in the text is shown as text.
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def inline(prose: Prose) -> str:
    """A sentence as HTML without a paragraph around it."""
    return str(_parser().renderInline(prose.markdown))


def page(text: str, folder: Path) -> str:
    """A whole report as HTML; its figures, below ``folder``, stand in it."""
    parts: list[str] = []
    place = 0
    for opening in _DETAILS.finditer(text):
        closing = _END.search(text, opening.end())
        if opening.start() < place or closing is None:
            continue
        parts.append(_blocks(text[place : opening.start()], folder))
        summary = str(_parser().renderInline(opening["summary"]))
        within = _blocks(text[opening.end() : closing.start()], folder)
        parts.append(f"<details><summary>{summary}</summary>{within}</details>")
        place = closing.end()
    parts.append(_blocks(text[place:], folder))
    return f'<div class="report">{"".join(parts)}</div>'


def _blocks(text: str, folder: Path) -> str:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("image", _image_rule(folder))
    parser.add_render_rule("table_open", lambda *_: '<div class="wide" tabindex="0"><table>')
    parser.add_render_rule("table_close", lambda *_: "</table></div>")
    return str(parser.render(text))


def _image_rule(folder: Path) -> Callable[..., str]:
    def draw(
        renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[index]
        source = str(token.attrs.get("src", ""))
        alternative = escape(renderer.renderInlineAsText(token.children or [], options, env), quote=True)
        path = folder / source
        # Only the figures of the reports themselves: no other file, no other host.
        if not _FIGURE.fullmatch(source) or not path.is_file():
            return f"<em>{alternative}</em>"
        coded = base64.b64encode(path.read_bytes()).decode()
        return f'<img alt="{alternative}" src="data:image/svg+xml;base64,{coded}">'

    return draw
