"""Servers that receive alerts and mails for real, on this machine."""

from __future__ import annotations

import email
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Endpoint:
    """A webhook: what it received, what it answers, and a hold that keeps callers waiting."""

    port: int
    received: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 200
    location: str = ""
    is_open: threading.Event = field(default_factory=threading.Event)
    has_call: threading.Event = field(default_factory=threading.Event)

    def url(self, scheme: str = "json", path: str = "hook") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/{path}"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            there.paths.append(self.path)
            there.received.append(json.loads(content))
            there.has_call.set()
            there.is_open.wait(30)
            try:
                self.send_response(there.status)
                if there.location:
                    self.send_header("Location", there.location)
                self.end_headers()
                # What Slack answers when it has taken a message.
                self.wfile.write(b"ok")
            except OSError:
                # The caller was killed.
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Endpoint(server.server_port)
    there.is_open.set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield there
    there.is_open.set()
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Mailbox:
    """What a mail server took; ``refuses`` makes it refuse, ``refused`` those readers alone."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False
    refused: set[str] = field(default_factory=set)
    logins: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=finops@example.com&to=cfo@example.com"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return f"550 {address} is unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuses:
            return "554 refused"
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def texts(self) -> list[str]:
        """The bodies of all mails, plain and HTML."""
        parts = [part for mail in self.mails for part in mail.walk()]
        return [part.get_content() for part in parts if part.get_content_maintype() == "text"]

    def log_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        """Takes every user whose password is not ``wrong``."""
        user, password = data.login.decode(), data.password.decode()
        self.logins.append((user, password))
        return AuthResult(success=password != "wrong", handled=False)


class _AnyPort(Controller):
    """Takes a free port and says which."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(there: Mailbox, **options: Any) -> Iterator[Mailbox]:
    """A mail server on this machine; ``options`` are those of aiosmtpd."""
    controller = _AnyPort(there, hostname="127.0.0.1", port=0, **options)
    controller.start()
    there.port = controller.port
    try:
        yield there
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving(Mailbox()) as there:
        yield there
