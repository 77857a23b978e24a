"""OTLP over HTTP, for spans: what each request is answered, by the specification of the protocol 1.x.

An ASGI application. What is temporary is 503 with Retry-After: some exporters drop what is answered 429. What
is answered 200 is kept. Who sends again what was kept already, as the answer was lost, does no harm: staging
tells a span by its ids.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from dbt_project.landing.receiver.bodies import (
    MalformedError,
    Spans,
    TooLongError,
    decompressed,
    spans_of_json,
    spans_of_protobuf,
)
from dbt_project.landing.receiver.senders import knows_token, names_this_machine
from dbt_project.landing.receiver.spool import Spool

TRACES_PATH = "/v1/traces"
HEALTH_PATH = "/health"
# What the specification recommends.
LONGEST_BODY = 20 << 20
MOST_HELD = 128 << 20
BODY_SECONDS = 30.0

_JSON, _PROTOBUF = "application/json", "application/x-protobuf"
_READERS = {_JSON: spans_of_json, _PROTOBUF: spans_of_protobuf}
_ENCODINGS = ("identity", "gzip", "x-gzip", "deflate")
_BUSY_SECONDS, _DISK_SECONDS = 1, 10

_Messages = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class _Answer:
    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class _RefusedError(Exception):
    """The answer to a request that is not taken: a status, why, and headers."""

    def __init__(self, status: int, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


class Receiver:
    """Takes requests of exporters and puts their spans into a spool."""

    def __init__(self, spool: Spool, token: str | None, say: Callable[[str], None]) -> None:
        """With a token only who knows it is heard."""
        self._spool = spool
        self._token = token
        self._say = say
        # Bytes of requests that are not answered yet.
        self._held = 0
        self._problem: str | None = None
        self._told: set[str] = set()

    async def __call__(self, scope: MutableMapping[str, Any], receive: _Messages, send: _Send) -> None:
        """Answer one request."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        content_type = headers.get("content-type", "").split(";")[0].strip().lower()
        try:
            answer = await self._answer(scope["method"], scope["path"], content_type, headers, receive)
        except _RefusedError as error:
            answer = _failure(error, content_type)
        except ConnectionAbortedError:
            return
        fields = [("content-type", answer.content_type), ("content-length", str(len(answer.body)))]
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(name.encode(), value.encode()) for name, value in (*fields, *answer.headers)],
            }
        )
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(
        self, method: str, path: str, content_type: str, headers: dict[str, str], receive: _Messages
    ) -> _Answer:
        if path == HEALTH_PATH:
            state = {"status": self._problem or "ok"}
            return _Answer(503 if self._problem else 200, _JSON, json.dumps(state).encode())
        self._check_sender(headers)
        if path != TRACES_PATH:
            raise _RefusedError(
                404, f"only spans are received, at {TRACES_PATH}: switch the exporters of other signals off"
            )
        if method != "POST":
            raise _RefusedError(405, "send spans by POST", ("allow", "POST"))
        if content_type not in _READERS:
            raise _RefusedError(415, f"the Content-Type is neither {_PROTOBUF} nor {_JSON}")
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in _ENCODINGS:
            raise _RefusedError(
                415, "the Content-Encoding is neither gzip nor deflate", ("accept-encoding", "gzip, deflate")
            )
        body = await self._body(headers, receive)
        held = len(body)
        try:
            if encoding != "identity":
                body = decompressed(body, LONGEST_BODY)
                self._hold(len(body) - held)
                held = len(body)
            spans = _READERS[content_type](body)
            if spans.record:
                await self._keep(spans)
        except TooLongError as error:
            raise _too_long() from error
        except MalformedError as error:
            raise _RefusedError(400, f"the body is malformed: {error}") from error
        finally:
            self._held -= held
        for reason in spans.rejected.keys() - self._told:
            self._told.add(reason)
            self._say(f"Spans are rejected as {reason}; each sender is told how many.")
        return _success(spans, content_type)

    def _check_sender(self, headers: dict[str, str]) -> None:
        if self._token is None and not names_this_machine(headers):
            raise _RefusedError(403, "without a token only this machine is heard, as localhost")
        if self._token is not None and not knows_token(headers, self._token):
            raise _RefusedError(
                401,
                "the header Authorization: Bearer with the token is needed",
                ("www-authenticate", "Bearer"),
            )

    def _hold(self, size: int) -> None:
        if size > 0 and self._held + size > MOST_HELD:
            raise _RefusedError(
                503, "more is being received than can be kept; try again", _retry_after(_BUSY_SECONDS)
            )
        self._held += size

    async def _body(self, headers: dict[str, str], receive: _Messages) -> bytes:
        """The body as it was sent; as many bytes are held from then on."""
        if int(headers.get("content-length", "0")) > LONGEST_BODY:
            raise _too_long()
        chunks: list[bytes] = []
        size = 0
        busy: _RefusedError | None = None
        try:
            async with asyncio.timeout(BODY_SECONDS):
                has_more = True
                while has_more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ConnectionAbortedError
                    chunk = message.get("body", b"")
                    has_more = message.get("more_body", False)
                    size += len(chunk)
                    if size > LONGEST_BODY:
                        raise _too_long()
                    # What there is no room for is read to its end, too: so its sender sees the answer.
                    if busy is None:
                        try:
                            self._hold(len(chunk))
                            chunks.append(chunk)
                        except _RefusedError as error:
                            busy = error
            if busy:
                raise busy
        except TimeoutError as error:
            self._held -= sum(map(len, chunks))
            raise _RefusedError(
                503, f"the body took more than {BODY_SECONDS:.0f} seconds", _retry_after(_BUSY_SECONDS)
            ) from error
        except (ConnectionAbortedError, _RefusedError):
            self._held -= sum(map(len, chunks))
            raise
        return b"".join(chunks)

    async def _keep(self, spans: Spans) -> None:
        try:
            await asyncio.wrap_future(self._spool.put(spans.record, spans.suffix))
        except (OSError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            if self._problem != reason:
                self._say(f"Nothing can be kept: {reason}. Senders are asked to try again.")
            self._problem = reason
            raise _RefusedError(
                503, f"it cannot be kept now ({reason}); try again", _retry_after(_DISK_SECONDS)
            ) from error
        if self._problem:
            self._say("What is received is kept again.")
        self._problem = None


def _retry_after(seconds: int) -> tuple[str, str]:
    return ("retry-after", str(seconds))


def _too_long() -> _RefusedError:
    return _RefusedError(
        413, f"the body is longer than {LONGEST_BODY >> 20} MiB; send fewer spans in one request"
    )


def _failure(error: _RefusedError, content_type: str) -> _Answer:
    status = Status(message=str(error))
    if error.status == 400:
        detail = BadRequest(
            field_violations=[BadRequest.FieldViolation(field="body", description=str(error))]
        )
        status.details.add().Pack(detail)
    return _answer_of(error.status, status, content_type, error.headers)


def _success(spans: Spans, content_type: str) -> _Answer:
    response = ExportTraceServiceResponse()
    if spans.rejected:
        response.partial_success.rejected_spans = sum(spans.rejected.values())
        response.partial_success.error_message = (
            "rejected, and not to be sent again: "
            + ", ".join(f"{count} for {problem}" for problem, count in sorted(spans.rejected.items()))
            + "; a span needs a trace id, a span id and a start time"
        )
    elif not spans.kept and spans.has_other_content:
        response.partial_success.error_message = "there is no span in it"
    return _answer_of(200, response, content_type)


def _answer_of(
    status: int, message: Any, content_type: str, headers: Iterable[tuple[str, str]] = ()
) -> _Answer:
    """A message in the encoding of its request; in JSON where that is neither."""
    if content_type == _PROTOBUF:
        return _Answer(status, _PROTOBUF, message.SerializeToString(), tuple(headers))
    return _Answer(status, _JSON, json.dumps(MessageToDict(message)).encode(), tuple(headers))
