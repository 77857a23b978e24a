"""The pages as they are served: with the headers by which a browser holds off what is foreign."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def headers(page: str) -> dict[str, str]:
    """The headers of each answer; ``page`` is the HTML that all pages begin as.

    Scripts come from this server alone, so that none in a name would run, wherever it stood. Charts are
    drawn by code that Vega puts together, which is what 'unsafe-eval' lets it.
    """
    own = " ".join(f"'sha256-{_digest(script)}'" for script in _INLINE_SCRIPT.findall(page))
    policy = {
        "default-src": "'self'",
        "script-src": f"'self' 'unsafe-eval' {own}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        # Addresses hold ids of customers.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _secure(cookie: bytes) -> bytes:
    return cookie if b"; secure" in cookie.lower() else cookie + b"; Secure"


class _Guarded:
    """Puts the headers on each answer, and keeps cookies to https where the reader came by it."""

    def __init__(self, app: _App, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        by_proxy = dict(scope["headers"]).get(b"x-forwarded-proto", b"")
        is_https = scope["scheme"] == "https" or by_proxy == b"https"
        ours = {name for name, _ in self._headers}

        async def guarded(message: _Message) -> None:
            if message["type"] == "http.response.start":
                theirs = [
                    (name, _secure(value) if is_https and name.lower() == b"set-cookie" else value)
                    for name, value in message["headers"]
                    if name.lower() not in ours
                ]
                message["headers"] = [*theirs, *self._headers]
            await send(message)

        await self._app(scope, receive, guarded)


def serve(script: Path) -> None:
    """Serve a script of Streamlit's, whose options are set, until the process is told to end."""
    import streamlit  # noqa: PLC0415 - seconds that only this command needs
    from streamlit.web.server.starlette.starlette_server import UvicornRunner  # noqa: PLC0415

    page = Path(streamlit.__file__).with_name("static").joinpath("index.html").read_text(encoding="utf-8")
    UvicornRunner(streamlit.App(script, middleware=[Middleware(_Guarded, headers(page))])).run()
