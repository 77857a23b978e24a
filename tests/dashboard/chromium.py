"""A headless Chromium and a running dashboard, and what a test listens to while it reads."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocketRoute, sync_playwright

from tests.workspace import ROOT, Workspace

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Generous: on a busy machine the semantic layer takes a minute to start.
WAIT = 120_000


def chromium_path() -> str:
    """Where Chromium is; the test is skipped, loudly, where it is not."""
    path = shutil.which("chromium")
    if path is None:
        said = "NO CHROMIUM: the dashboard is not tested in a browser (apt-get install chromium)"
        print(f"\n{said}", file=sys.__stderr__)
        pytest.skip(said)
    return path


@dataclass
class Dashboard:
    """A running dashboard over the files of a workspace."""

    workspace: Workspace
    port: int
    process: subprocess.Popen[str]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def charts(self) -> Path:
        return self.workspace.folder / "charts"

    def tell(self, path: Path, **told: object) -> None:
        """Write a status file as its program does: whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(".tmp")
        written.write_text(json.dumps(told))
        written.replace(path)


@contextmanager
def running(workspace: Workspace, **environment: str) -> Iterator[Dashboard]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = workspace.folder
    command = [sys.executable, "-m", "reports_builder", "dashboard", "--port", str(port)]
    places = {
        "--warehouse": workspace.published,
        "--raw": workspace.raw,
        "--reports": folder / "reports",
        "--charts": folder / "charts",
    }
    for option, place in places.items():
        command += [option, str(place)]
    log = (folder / "dashboard.log").open("w+")
    env = workspace.env | environment
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, text=True)
    dashboard = Dashboard(workspace, port, process)
    try:
        wait_until_served(dashboard, log.name)
        yield dashboard
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


def wait_until_served(dashboard: Dashboard, log: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and dashboard.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{dashboard.origin}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(Path(log).read_text())


@dataclass
class Reader:
    """One reader's browser page with what went wrong on it."""

    page: Page
    origin: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str, wait_for: str = ".tile") -> None:
        self.page.goto(f"{self.origin}/{path}")
        self.page.locator(wait_for).first.wait_for(timeout=WAIT)
        self.settled()

    def turn_to(self, title: str) -> None:
        """Another page by its link in the navigation, as most readers come to it."""
        self.navigation(title).click()
        self.page.get_by_role("heading", name=title, exact=True, level=1).wait_for(timeout=WAIT)
        self.settled()

    def navigation(self, title: str) -> Locator:
        """The link in the navigation; what a page says links to some pages, too."""
        return self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True)

    def settled(self) -> None:
        """Wait until the script has run to its end."""
        self.page.wait_for_function(
            "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'",
            timeout=WAIT,
        )

    def tile(self, label: str) -> str:
        """The figure of the tile with this label."""
        tile = self.page.locator(".tile").filter(has=self.page.locator(".label", has_text=label)).first
        return tile.locator(".now").inner_text()

    def tiles(self) -> dict[str, str]:
        """Every tile: label and figure."""
        found: list[tuple[str, str]] = self.page.locator(".tile").evaluate_all(
            # Those that open with a click have no text that is seen.
            "tiles => tiles.map(tile => ['.label', '.now'].map(part => tile.querySelector(part).textContent))"
        )
        return dict(found)


class SlowLine:
    """The line to the dashboard, which can hold back what the server says while the page talks on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.is_slow = False
        self.said = 0
        self._waiting: list[tuple[WebSocketRoute, str | bytes]] = []
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def from_page(message: str | bytes) -> None:
            self.said += 1
            server.send(message)

        def from_server(message: str | bytes) -> None:
            self._waiting.append((browser, message))
            if not self.is_slow:
                self._deliver()

        browser.on_message(from_page)
        server.on_message(from_server)

    def _deliver(self) -> None:
        waiting, self._waiting = self._waiting, []
        for browser, message in waiting:
            browser.send(message)

    @contextmanager
    def slow(self, messages: int = 3) -> Iterator[None]:
        """What is done within reaches the page only when it has said so much more without knowing of it."""
        self.is_slow = True
        yield
        enough, until = self.said + messages, time.monotonic() + WAIT / 1000
        while self.said < enough and time.monotonic() < until:
            self.page.wait_for_timeout(100)
        assert self.said >= enough
        self.is_slow = False
        self._deliver()


@contextmanager
def browsing(profile: Path, **options: Any) -> Iterator[Page]:
    """An empty page of a Chromium."""
    with sync_playwright() as playwright:
        context: BrowserContext = playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=chromium_path(),
            args=list(ARGUMENTS),
            accept_downloads=True,
            **options,
        )
        context.set_default_timeout(WAIT)
        try:
            yield context.pages[0]
        finally:
            context.close()


@contextmanager
def reading(dashboard: Dashboard, profile: Path, **options: Any) -> Iterator[Reader]:
    with browsing(profile, **options) as page:
        reader = Reader(page, dashboard.origin)
        _listen(reader)
        yield reader


def _listen(reader: Reader) -> None:
    own = (reader.origin, reader.origin.replace("http", "ws"), "data:", "blob:", "about:")

    def requested(url: str) -> None:
        if not url.startswith(own):
            reader.elsewhere.append(url)

    def said(kind: str, text: str, url: str) -> None:
        # Below a page's address the client first looks for the server beside the page itself.
        if kind == "error" and "/_stcore/" not in url:
            reader.errors.append(f"{text} {url}")

    reader.page.on("request", lambda request: requested(request.url))
    reader.page.on("websocket", lambda socket: requested(socket.url))
    reader.page.on(
        "console", lambda message: said(message.type, message.text, message.location.get("url", ""))
    )
    reader.page.on("pageerror", lambda error: reader.errors.append(str(error)))
