"""Whatever a name contains, the page around it keeps its shape."""

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports_builder.escaping import clean, escape, fenced, sql_literal

# Text rich in the characters that mean something to Markdown, HTML or a text renderer.
NASTY = st.text(
    st.one_of(
        st.sampled_from(list("|`*_[]()<>&!#-+=~\\.:/@$'\"0123456789 \n\r\t\x00\x1b\u202e\u2066אب")),
        st.characters(codec="utf-8"),  # what a database can hold
    ),
    max_size=40,
)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def inline_text(source: str) -> list[tuple[str, str]]:
    """The type and content of every inline token of a document."""
    return [(child.type, child.content) for token in PARSER.parse(source) for child in token.children or ()]


def text_of(source: str) -> str:
    return "".join(content for _, content in inline_text(source))


@given(NASTY)
@example("a|b")
@example("</details><script>alert(1)</script>")
@example("line\n\n# heading")
@example("1. item")
@example("- item")
@example("=====")
@example("&lt;")
@example("![x](http://evil.example)")
@example("`code`")
def test_escaped_text_is_read_back_as_plain_text(value: str) -> None:
    shown = clean(value)
    for before in ("", "Name: "):
        tokens = PARSER.parse(f"{before}{escape(value)} end")
        assert [token.type for token in tokens] == [
            "paragraph_open",
            "inline",
            "paragraph_close",
        ]
        children = tokens[1].children or []
        assert {child.type for child in children} <= {"text", "text_special"}
        text = "".join(child.content for child in children)
        assert text == f"{before}{shown} end".lstrip(" ")


@given(NASTY)
def test_escaped_text_stays_in_its_table_cell(value: str) -> None:
    rows = PARSER.parse(f"| a | b |\n|---|---|\n| {escape(value)} | next |\n")
    cells = [
        "".join(child.content for child in token.children or ()) for token in rows if token.type == "inline"
    ]
    assert cells == ["a", "b", clean(value), "next"]


@given(NASTY)
def test_escaped_text_stays_in_the_alternative_text_of_an_image(value: str) -> None:
    (image,) = [
        child
        for token in PARSER.parse(f"![{escape(value)}](figures/x.svg)")
        for child in token.children or ()
    ]
    assert image.type == "image"
    assert image.attrs["src"] == "figures/x.svg"
    assert "".join(child.content for child in image.children or ()) == clean(value)


@given(NASTY)
def test_code_cannot_leave_its_block(value: str) -> None:
    text = value.replace("\r", "\n")
    tokens = PARSER.parse(f"{fenced(text, 'text')}\n\nafter\n")
    assert [token.type for token in tokens][:1] == ["fence"]
    assert len([token for token in tokens if token.type == "fence"]) == 1
    assert tokens[-2].content == "after"


@given(NASTY)
def test_cleaned_text_holds_no_character_that_reorders_or_hides(value: str) -> None:
    shown = clean(value)
    assert not set(shown) & set("\n\r\t\x00\x1b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u200b")
    assert shown.count("\u2068") == shown.count("\u2069") <= 1


def test_text_from_right_to_left_is_isolated_from_its_neighbours() -> None:
    assert clean("\u05d0\u05d1 12") == "\u2068\u05d0\u05d1 12\u2069"
    assert clean("abc\u202egnp.exe") == "abcgnp.exe"


@given(NASTY)
@example("O'Brien")
@example("```\n;drop table x;--")
def test_sql_literal_is_the_value_and_fits_a_code_block(value: str) -> None:
    literal = sql_literal(value)
    assert "\n" not in literal and "`" not in literal and "\u202e" not in literal
    with duckdb.connect() as connection:
        row = connection.execute(f"select {literal}").fetchone()
    assert row == (value,)


@pytest.mark.parametrize("address", ["http://evil.example", "www.evil.example"])
def test_an_address_in_a_name_does_not_become_a_link(address: str) -> None:
    # GitHub links bare addresses whose trigger stands unbroken in the source.
    assert "://" not in escape(address) and "www." not in escape(address)
    assert text_of(escape(address)) == address
