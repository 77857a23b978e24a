"""Pages as one HTML file and as text."""

from __future__ import annotations

import builtins
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports_builder.build import build_pages
from reports_builder.delivery.documents import pdf, single_file
from reports_builder.delivery.plain import WIDTH, as_text
from reports_builder.errors import ReportError
from reports_builder.warehouse import open_warehouse


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def document(tiny_warehouse: Path) -> str:
    with open_warehouse(tiny_warehouse) as opened:
        return single_file(build_pages(opened, ["finops_summary"]).pages)


def test_the_file_loads_and_runs_nothing(document: str) -> None:
    tags = Tags()
    tags.feed(document)
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in tags.found}
    for _, attributes in tags.found:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "srcset"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/svg+xml;base64,", "#"))
    policy = next(a["content"] for tag, a in tags.found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert "\u202e" not in document


def test_every_page_has_its_place_in_the_navigation_and_its_figures(document: str) -> None:
    assert re.findall(r'<a href="#(\w+)">', document) == re.findall(r'<article id="(\w+)">', document)
    assert '<article id="finops_summary">' in document
    assert document.count("<img ") == 3
    assert "<details><summary>Evidence: " in document
    asked = re.findall(r'href="#(finops_summary-query-\d+)"', document)
    assert asked
    assert {document.count(f'<h3 id="{query}">') for query in asked} == {1}


def test_a_pdf_is_drawn_from_what_is_in_it_with_the_queries_at_its_end(
    tiny_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        from weasyprint import HTML  # noqa: PLC0415 - it may be missing
    except (ModuleNotFoundError, OSError) as error:
        said = "NO WEASYPRINT OR NO PANGO: the PDF is not tested (apt-get install libpangoft2-1.0-0)"
        print(f"\n{said}: {error}", file=sys.__stderr__)
        pytest.skip(said)
    drawn: list[str] = []
    made = HTML.__init__

    def kept(html: HTML, **options: Any) -> None:
        drawn.append(options["string"])
        made(html, **options)

    monkeypatch.setattr(HTML, "__init__", kept)
    with open_warehouse(tiny_warehouse) as opened:
        content = pdf(build_pages(opened, ["finops_summary"]).pages)
    assert content.startswith(b"%PDF")
    body, appendix = drawn[0].split('<article class="appendix">')
    assert "<pre>" not in body
    assert "<script>" not in drawn[0]
    for number in re.findall(r'href="#evidence-(\d+)"', body):
        assert f'id="evidence-{number}"' in appendix


@pytest.mark.parametrize(
    ("error", "said"), [(ModuleNotFoundError("weasyprint"), "needs WeasyPrint"), (OSError("pango"), "Pango")]
)
def test_what_is_missing_for_a_pdf_is_said(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "weasyprint":
            raise error
        return imported(name, *arguments, **options)

    imported = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", fails)
    with pytest.raises(ReportError, match=said):
        pdf(())


def test_text_keeps_columns_where_they_fit_and_else_lists_the_rows() -> None:
    wide = "a long explanation of what this row means " * 3
    text = as_text(
        "# Title\n\nIt cost **\\$5** of `a`.\nNext.\n\n| Name | Cost |\n|:---|---:|\n| A \\| B &lt;i&gt; | $1 |\n| C | $10 |\n\n"
        f"| # | Action | Why | Blank |\n|---:|:---|:---|:---|\n| 1 | Do | {wide} | - |\n\n- one\n- two\n\n"
        "![A picture](figures/a.svg)\n\n<details><summary>E</summary>\n\nhidden\n\n</details>\n"
    )
    assert "Title\n=====\n\nIt cost $5 of a.\nNext.\n" in text
    assert "Name       Cost\n---------  ----\nA | B <i>    $1\nC           $10\n" in text
    assert "\n\n- 1. Do\n  Why: a long explanation" in text
    assert "Blank" not in text
    assert "\n\n- one\n- two\n\n[Figure: A picture]\n" in text
    assert "hidden" not in text
    assert max(map(len, text.splitlines())) <= WIDTH
