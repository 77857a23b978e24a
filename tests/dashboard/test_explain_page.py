"""The page about a figure: its address, and a chain that no value of the data can break out of."""

from urllib.parse import parse_qs, urlsplit

from reports_builder.dashboard.explain_page import chain_html, href
from reports_builder.evidence import Evidence
from reports_builder.lineage.chain import Chain, Step


def test_the_address_of_a_figure_keeps_filters_and_drops_what_was_asked_before() -> None:
    address = urlsplit(
        href("overview", "spend_usd", "12.5", {"provider": ["a&b", "c"], "figure": ["old"], "view": ["old"]})
    )
    assert address.path == "explain"
    assert parse_qs(address.query) == {
        "provider": ["a&b", "c"],
        "view": ["overview"],
        "figure": ["overview/spend_usd=12.5"],
    }


def test_a_chain_shows_verdicts_and_queries_and_escapes_what_data_says() -> None:
    hostile = "<script>alert('x')</script>"
    rows = Evidence(f"select '{hostile}' as name;", ("name",), tuple((hostile,) for _ in range(12)))
    html = chain_html(Chain(hostile, (Step("Charges", (hostile,), rows, False), Step("Ledger", ties=True))))
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert") == 13
    assert "1. Charges · does not tie" in html
    assert "2. Ledger · ties" in html
    assert "2 more rows." in html
