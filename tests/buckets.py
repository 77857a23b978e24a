"""A server of object storage on this machine, and a way to it on which requests are lost, late or doubled."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from moto.server import ThreadedMotoServer

BUSY, BUSY_AFTERWARDS, TWICE, LATE, CUT = "busy", "busy afterwards", "twice", "late", "cut"
SECONDS_LATE = 1.5


@contextmanager
def served() -> Iterator[str]:
    """The address of an S3 server without objects."""
    started = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    started.start()
    try:
        yield "http://{}:{}".format(*started.get_host_and_port())
    finally:
        started.stop()


def become_client(monkeypatch: pytest.MonkeyPatch, server: str, folder: Path) -> None:
    """Empty the server, and let this process be its client, without what the machine is configured for."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "AKIATEST"),
        ("AWS_SECRET_ACCESS_KEY", "a secret"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL_S3", server),
        ("AWS_CONFIG_FILE", str(folder / "none")),
        ("AWS_SHARED_CREDENTIALS_FILE", str(folder / "none")),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ):
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{server}/moto-api/reset", method="POST")).close()


class FaultyWay:
    """Hands requests on to a server; what goes wrong with the next ones is in ``faults``, None for nothing.

    ``met`` has the faults that requests met, ``seen`` method and path of all.
    """

    def __init__(self, server: str) -> None:
        self.faults: list[str | None] = []
        self.met: list[str] = []
        self.seen: list[tuple[str, str]] = []
        way, host = self, urlsplit(server).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _hand_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with way.lock:
                    way.seen.append((self.command, self.path))
                    fault = way.faults.pop(0) if way.faults else None
                    if fault:
                        way.met.append(fault)
                if fault == BUSY:
                    self._busy()
                    return
                status, headers, content = self._ask(body)
                if fault == TWICE:
                    status, headers, content = self._ask(body)
                if fault == LATE:
                    time.sleep(SECONDS_LATE)
                if fault == BUSY_AFTERWARDS:
                    self._busy()
                    return
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                length = {name.lower(): value for name, value in headers}.get("content-length")
                self.send_header("Content-Length", length or str(len(content)))
                self.end_headers()
                if fault == CUT:
                    content, self.close_connection = content[: len(content) // 2], True
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _hand_on  # noqa: N815

            def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
                connection = http.client.HTTPConnection(host, timeout=30)
                try:
                    headers = {name: value for name, value in self.headers.items() if name != "Expect"}
                    connection.request(self.command, self.path, body, headers)
                    answer = connection.getresponse()
                    return answer.status, answer.getheaders(), answer.read()
                finally:
                    connection.close()

            def _busy(self) -> None:
                content = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
                self.send_response(503)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def handle(self) -> None:
                # Who waited too long is gone.
                with suppress(ConnectionError):
                    super().handle()

            def log_message(self, *_: object) -> None:
                pass

        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://{}:{}".format(*self.server.server_address[:2])

    @contextmanager
    def open(self) -> Iterator[FaultyWay]:
        """Serve until the end."""
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()
