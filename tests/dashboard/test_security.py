"""What a browser is told to hold off, names that are markup, and pages of other servers: a real server, a real browser."""

from __future__ import annotations

import base64
import http.client
import re
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from reports_builder.dashboard.pages import VIEWS
from tests.dashboard.chromium import WAIT, Dashboard, Reader, chromium_path, reading, running
from tests.workspace import ROOT, Workspace

# Whatever a page makes of it, none of its parts may become an element or run.
MARKUP = (
    "<img src=x onerror=\"window.ran='image'\"><script>window.ran='script'</script>"
    "<svg onload=\"window.ran='svg'\"></svg>[link](javascript:window.ran='link') `*|` </td></table>"
)
# What a sender of records or who keeps a seed can write; words that SQL and pages choose by are not among them.
NAMES = re.compile(r"(.*_)?(name|model|label|provider|subject|note|tags|description|example|raw_record|value)|"
                   r"(customer|organization|product|feature|team|project|user|resource|account|owner|investment)_id|cost_centre")  # fmt: skip
WORDS = ("", "*", "all", "total", "other", "unallocated", "none")


def with_markup(published: Path) -> None:
    """Append markup to every name in the marts, to equal ones the same."""
    with duckdb.connect(str(published)) as connection:
        found = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() join duckdb_tables() using (schema_name, table_name)"
            " where data_type = 'VARCHAR' and schema_name not in ('staging', 'seeds', 'main')"
        ).fetchall()
        named = [each for each in found if NAMES.fullmatch(each[2])]
        assert len(named) > 200
        for schema, table, column in named:
            connection.execute(
                f'update "{schema}"."{table}" set "{column}" = "{column}" || ? where "{column}" not in {WORDS}',
                [MARKUP],
            )


@pytest.fixture(scope="module")
def dashboard(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard over a warehouse all of whose names are markup."""
    chromium_path()
    workspace = built.copy_to(tmp_path_factory.mktemp("security") / "workspace")
    with_markup(workspace.published)
    with running(workspace) as started:
        yield started


@pytest.fixture(scope="module")
def reader(dashboard: Dashboard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with reading(dashboard, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def test_names_that_are_markup_are_text_on_every_page(reader: Reader) -> None:
    reader.open("")
    showing = set()
    for page in VIEWS:
        reader.turn_to(page.title)
        reader.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        reader.settled()
        _nothing_ran(reader, page.title)
        if "<script>window.ran" in reader.page.get_by_test_id("stMain").inner_text():
            showing.add(page.view)
    assert showing >= {"understanding", "allocation", "performance", "usage_optimization", "profitability", "features"}  # fmt: skip
    # Of one of each, with the address that a row leads to.
    reader.turn_to("Profitability")
    reader.page.locator("a[href^='customer?']").first.click()
    reader.page.get_by_role("heading", name="Customer", exact=True, level=1).wait_for(timeout=WAIT)
    reader.settled()
    assert "<script>window.ran" in reader.page.locator(".headline").inner_text()
    _nothing_ran(reader, "Customer")
    assert reader.errors == []
    assert reader.elsewhere == []


def test_names_that_are_markup_are_text_where_a_pointer_rests(reader: Reader) -> None:
    reader.open("understanding", ".tile")
    chart = reader.page.get_by_test_id("stVegaLiteChart").filter(has=reader.page.locator(".mark-rect path"))
    chart.first.locator(".mark-rect path").first.hover()
    reader.page.locator("#vg-tooltip-element.visible").wait_for(timeout=WAIT)
    _nothing_ran(reader, "a chart")


def _nothing_ran(reader: Reader, where: str) -> None:
    assert reader.page.evaluate("window.ran") is None, where
    made = "img[src='x'], svg[onload], [href^='javascript'], [onerror]"
    assert reader.page.locator(made).count() == 0, where
    assert (
        reader.page.evaluate("[...document.scripts].filter(one => one.text.includes('window.ran')).length")
        == 0
    )
    assert reader.page.get_by_test_id("stException").count() == 0, where


def answer(dashboard: Dashboard, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", dashboard.port, timeout=30)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    found = connection.getresponse()
    found.read()
    connection.close()
    return found


@pytest.mark.parametrize(
    "path", ["/", "/understanding", "/_stcore/health", "/static/nothing.js", "/media/nothing"]
)
def test_every_answer_says_what_a_browser_must_not_do(dashboard: Dashboard, path: str) -> None:
    found = answer(dashboard, "GET", path)
    assert found.headers.get_all("x-content-type-options") == ["nosniff"]
    assert found.headers.get_all("x-frame-options") == ["DENY"]
    assert found.headers.get_all("referrer-policy") == ["same-origin"]
    (policy,) = found.headers.get_all("content-security-policy") or [""]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert (rules["default-src"], rules["object-src"], rules["frame-ancestors"]) == (
        "'self'",
        "'none'",
        "'none'",
    )
    # No script that stands in the page, but the one that Streamlit's page begins with.
    assert "'unsafe-inline'" not in rules["script-src"]
    assert found.headers["access-control-allow-origin"] is None


def test_a_script_in_the_page_does_not_run(reader: Reader) -> None:
    reader.open("")
    refused: list[str] = []
    reader.page.on("console", lambda message: refused.append(message.text))
    reader.page.evaluate(
        "() => { const one = document.createElement('div'); one.innerHTML = \"<img src=x onerror='window.ran = 1'>\"; document.body.append(one); }"
    )
    reader.page.wait_for_timeout(500)
    assert reader.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in refused)
    reader.errors.clear()


def test_cookies_stay_with_this_server_and_with_https(dashboard: Dashboard) -> None:
    plain = (answer(dashboard, "GET", "/_stcore/health").headers["set-cookie"] or "").lower()
    assert "samesite=lax" in plain and "secure" not in plain
    by_proxy = answer(dashboard, "GET", "/_stcore/health", X_Forwarded_Proto="https").headers["set-cookie"]
    assert by_proxy.lower().count("; secure") == 1


def handshake(port: int, *headers: str, host: str = "") -> str:
    """The first line of the answer to who would talk to the page: what is written and pressed goes this way."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host or f'127.0.0.1:{port}'}",
        *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
        f"Sec-WebSocket-Key: {key}",
        *headers,
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        return line.recv(200).split(b"\r\n")[0].decode()


def test_a_page_of_another_server_cannot_fill_in_a_form(dashboard: Dashboard) -> None:
    port = dashboard.port
    assert " 101 " in handshake(port, f"Origin: http://127.0.0.1:{port}")
    assert " 403 " in handshake(port, "Origin: http://evil.example")
    assert " 403 " in handshake(port, "Origin: null")
    # Through a name of its own that leads to this machine.
    assert " 403 " in handshake(port, f"Origin: http://evil.example:{port}", host=f"evil.example:{port}")
    for method in ("POST", "PUT", "DELETE"):
        assert answer(dashboard, method, "/_stcore/upload_file/a/b").status in (403, 405)
    assert answer(dashboard, "POST", "/_stcore/agent/interact").status in (403, 404, 405)


def test_a_configuration_of_the_user_opens_nothing(built: Workspace, tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(
        "[server]\nenableCORS = false\nenableXsrfProtection = false\nenableAgentApi = true\n"
        'corsAllowedOrigins = ["http://evil.example"]\n'
    )
    workspace = Workspace(built.folder, built.target)
    with running(workspace, HOME=str(tmp_path)) as dashboard:
        assert " 403 " in handshake(dashboard.port, "Origin: http://evil.example")
        assert answer(dashboard, "POST", "/_stcore/agent/interact").status in (403, 404, 405)


def test_the_proxy_page_says_what_the_proxy_must() -> None:
    said = (ROOT / "docs" / "proxy.md").read_text()
    for line in ("proxy_set_header X-Forwarded-Proto $scheme;", "proxy_set_header Host $host;", "Strict-Transport-Security"):  # fmt: skip
        assert said.count(line) >= 1
