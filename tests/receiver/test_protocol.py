"""What the receiver answers to what, by the specification of OTLP over HTTP, and what it keeps of it."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from dbt_project.landing.receiver import application
from dbt_project.landing.receiver.application import Receiver
from dbt_project.landing.receiver.spool import Spool
from tests.receiver.conftest import BODIES, JSON, PROTOBUF, json_body, landed, protobuf_body


class There:
    """A receiver without a network: what it answers and what it says."""

    def __init__(self, raw: Path) -> None:
        self.raw = raw
        self.said: list[str] = []
        self.is_closed = False
        self.spool = Spool(
            raw / "otel" / "received", file_seconds=600, file_bytes=1 << 30, say=self.said.append
        )
        self.receiver = Receiver(self.spool, None, self.said.append)

    def ask(
        self,
        body: bytes = b"",
        content_type: str = JSON,
        path: str = "/v1/traces",
        method: str = "POST",
        **headers: str,
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()} | {
            "content-type": content_type
        }
        return asyncio.run(self._ask(method, path, body, named))

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self.receiver)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:4318") as client:
            sent = {name: value.encode("latin-1") for name, value in headers.items()}
            return await client.request(method, path, content=body, headers=sent)

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self.spool.close()

    def landed(self) -> list[dict[str, Any]]:
        self.close()
        return landed(self.raw)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[There]:
    found = There(tmp_path / "raw")
    yield found
    found.close()


@pytest.mark.parametrize("content_type", BODIES)
@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
def test_spans_are_kept_as_they_came(there: There, content_type: str, encoding: str) -> None:
    body = BODIES[content_type](1, 2)
    sent = {
        "identity": body,
        "gzip": gzip.compress(body[:70]) + gzip.compress(body[70:]),
        "deflate": zlib.compress(body),
    }
    answer = there.ask(sent[encoding], f"{content_type}; charset=utf-8", content_encoding=encoding)
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert answer.content == (b"{}" if content_type == JSON else b"")
    assert [(row["span_id"], row["input_tokens"], row["cost_usd"]) for row in there.landed()] == [
        (f"{number:016x}", str(number), "0.0125") for number in (1, 2)
    ]


def test_both_encodings_of_a_span_land_as_the_same_row(there: There) -> None:
    for content_type, body in BODIES.items():
        assert there.ask(body(7), content_type).status_code == 200
    one, other = (
        {name: value for name, value in row.items() if name not in ("file_name", "file_version")}
        for row in there.landed()
    )
    assert one == other
    assert (one["customer_id"], one["finish_reasons"], one["is_error"], one["latency_ms"]) == (
        "c-1",
        "stop",
        True,
        2,
    )


def test_a_document_over_many_lines_is_one_line_of_its_file(there: There) -> None:
    laid_out = json.dumps(json.loads(json_body(1, name="a\nb")), indent=2).replace("\n", "\r\n").encode()
    assert there.ask(laid_out).status_code == 200
    assert there.ask(json_body(2)).status_code == 200
    assert [(row["line_number"], row["span_name"]) for row in there.landed()] == [
        (1, "a\nb"),
        (2, "chat gpt-4"),
    ]


def test_text_cut_off_within_a_character_can_be_landed(there: There) -> None:
    assert there.ask(json_body(1, name="cut \ud83d")).status_code == 200
    assert [row["span_name"] for row in there.landed()] == ["cut ?"]


@pytest.mark.parametrize("content_type", BODIES)
def test_spans_that_cannot_be_told_apart_are_rejected_and_the_others_kept(
    there: There, content_type: str
) -> None:
    if content_type == JSON:
        document = json.loads(json_body(1, 2, 3, 4))
        spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
        spans[1]["traceId"], spans[2]["startTimeUnixNano"], spans[3] = "00" * 16, "0", "text"
        body, last = json.dumps(document).encode(), "1 for span_not_an_object"
    else:
        request = ExportTraceServiceRequest.FromString(protobuf_body(1, 2, 3, 4))
        spans = request.resource_spans[0].scope_spans[0].spans
        spans[1].trace_id, spans[2].start_time_unix_nano, spans[3].span_id = b"\0" * 16, 0, b"short"
        body, last = request.SerializeToString(), "1 for span_id_malformed"
    answer = there.ask(body, content_type)
    assert answer.status_code == 200
    if content_type == JSON:
        partial = answer.json()["partialSuccess"]
        rejected, message = partial["rejectedSpans"], partial["errorMessage"]
    else:
        response = ExportTraceServiceResponse.FromString(answer.content)
        rejected, message = (
            str(response.partial_success.rejected_spans),
            response.partial_success.error_message,
        )
    assert rejected == "3"
    for reason in ("1 for trace_id_malformed", "1 for timestamp_missing", last, "a span needs a trace id"):
        assert reason in message
    # The operator is told once a reason, the sender each time.
    there.ask(body, content_type)
    assert len([line for line in there.said if "trace_id_malformed" in line]) == 1
    assert [row["span_id"] for row in there.landed()] == [f"{1:016x}"] * 2


def test_a_request_without_spans_succeeds_and_leaves_no_file(there: There) -> None:
    assert there.ask(b"{}").json() == {}
    assert there.ask(b'{"resourceSpans": [{"scopeSpans": [{"spans": []}]}]}').status_code == 200
    assert there.ask(b"", PROTOBUF).content == b""
    # A name that the protocol does not know is no error, but its sender should know.
    assert there.ask(b'{"resource_spans": []}').json() == {
        "partialSuccess": {"errorMessage": "there is no span in it"}
    }
    assert there.landed() == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", JSON), (b"{", JSON), (b"[]", JSON), (b'{"resourceSpans": [3]}', JSON), (b'{"resourceSpans": {"a": 1}}', JSON),
        (b"\xff\xfe{\0}\0", JSON), (b"[" * 100_000, JSON), (b'{"a": ' + b"9" * 5000 + b"}", JSON),
        (b"{}", PROTOBUF), (protobuf_body(1)[:-3], PROTOBUF),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_bad_request_that_says_why(
    there: There, body: bytes, content_type: str
) -> None:
    answer = there.ask(body, content_type)
    assert (answer.status_code, answer.headers["content-type"]) == (400, content_type)
    if content_type == JSON:
        message, detail = answer.json()["message"], answer.json()["details"][0]["fieldViolations"][0]
        assert (detail["field"], detail["description"]) == ("body", message)
    else:
        status, bad = Status.FromString(answer.content), BadRequest()
        assert status.details[0].Unpack(bad)
        message = bad.field_violations[0].description
    assert message.startswith("the body is malformed: it is not ")
    assert there.landed() == []


def test_what_is_not_a_request_to_export_spans_is_answered_by_name(there: There) -> None:
    answers = {
        404: there.ask(path="/v1/metrics", content_type=PROTOBUF),
        405: there.ask(method="GET"),
        415: there.ask(b"{}", "text/plain"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
    assert "only spans are received, at /v1/traces" in Status.FromString(answers[404].content).message
    assert answers[405].headers["allow"] == "POST"
    zstd = there.ask(b"{}", content_encoding="zstd")
    assert (zstd.status_code, zstd.headers["accept-encoding"]) == (415, "gzip, deflate")
    health = there.ask(path="/health", method="GET")
    assert (health.status_code, health.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_body_beyond_the_limit_is_refused_before_memory_is_used(
    there: There, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(application, "LONGEST_BODY", 10_000)
    body = b" " * 10_000_000
    sent = gzip.compress(body) if encoding == "gzip" else body
    tracemalloc.start()
    answer = there.ask(sent, content_encoding=encoding)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.status_code, most < 5_000_000) == (413, True)
    # At the limit it is read.
    exact = json_body(1).ljust(10_000)
    assert (
        there.ask(
            gzip.compress(exact) if encoding == "gzip" else exact, content_encoding=encoding
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(json_body(1))[:-9], gzip.compress(json_body(1)) + b"tail"]
)
def test_compressed_content_that_is_broken_is_a_bad_request(there: There, body: bytes) -> None:
    assert there.ask(body, content_encoding="gzip").status_code == 400
    assert there.landed() == []


def test_only_who_knows_the_token_is_heard(there: There) -> None:
    there.receiver = Receiver(there.spool, "s3cret", there.said.append)
    for given in ("", "Bearer wrong", "Basic s3cret", "Bearer s3cret2", "Bearer é"):
        answer = there.ask(json_body(1), authorization=given)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    for given in ("Bearer s3cret", "bearer  s3cret"):
        assert there.ask(json_body(1), authorization=given, host="finops.example").status_code == 200
    assert there.ask(path="/health", method="GET").json() == {"status": "ok"}
    assert "s3cret" not in str(there.said)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4318", "", "[::1", "localhost.evil.example"])
def test_a_web_page_that_names_this_machine_otherwise_is_not_heard(there: There, host: str) -> None:
    assert there.ask(json_body(1), host=host).status_code == 403
    for own in ("localhost:4318", "127.0.0.1", "[::1]:4318"):
        assert there.ask(json_body(1), host=own).status_code == 200


class FullDisk:
    """A spool that keeps nothing until it may."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self.waiting: list[Future[None]] = []

    def put(self, _content: bytes, _suffix: str) -> Future[None]:
        future: Future[None] = Future()
        if self.error:
            future.set_exception(self.error)
        self.waiting.append(future)
        return future


def test_a_full_disk_is_a_temporary_failure_that_health_shows_until_it_is_over(there: There) -> None:
    kept = there.spool
    there.receiver._spool = FullDisk(OSError(28, "No space left on device"))  # type: ignore[assignment]
    for _ in range(2):
        answer = there.ask(json_body(1))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert "No space left on device" in answer.json()["message"]
    health = there.ask(path="/health", method="GET")
    assert (health.status_code, health.json()) == (503, {"status": "No space left on device"})
    there.receiver._spool = kept
    assert there.ask(json_body(1)).status_code == 200
    assert there.ask(path="/health", method="GET").status_code == 200
    assert [line.split(":")[0] for line in there.said] == [
        "Nothing can be kept",
        "What is received is kept again.",
    ]


def test_more_than_there_is_room_for_is_asked_to_come_again_and_room_comes_back(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = there.receiver._spool = FullDisk()  # type: ignore[assignment]
    body = json_body(1)
    monkeypatch.setattr(application, "MOST_HELD", 2 * len(body))

    async def crowd() -> list[httpx.Response]:
        first = [
            asyncio.create_task(there._ask("POST", "/v1/traces", body, {"content-type": JSON}))
            for _ in range(2)
        ]
        while len(slow.waiting) < 2:
            await asyncio.sleep(0)
        # What is small as it is sent takes the room of what comes out of it.
        refused = [
            await there._ask("POST", "/v1/traces", each, {"content-type": JSON} | headers)
            for each, headers in ((body, {}), (gzip.compress(b" " * 10**6), {"content-encoding": "gzip"}))
        ]
        for future in slow.waiting:
            future.set_result(None)
        return [*await asyncio.gather(*first), *refused]

    answers = asyncio.run(crowd())
    assert [answer.status_code for answer in answers] == [200, 200, 503, 503]
    # Not 429: exporters of Python dropped what was answered so.
    assert answers[2].headers["retry-after"] == "1"
    assert there.receiver._held == 0


def test_a_sender_that_stops_within_a_body_takes_no_room(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "BODY_SECONDS", 0.05)

    async def send_half(then: str) -> list[Any]:
        sent: list[Any] = []
        pieces = [{"type": "http.request", "body": b"{", "more_body": True}]

        async def receive() -> Any:
            if pieces:
                return pieces.pop()
            await asyncio.sleep(0 if then == "leaves" else 60)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"host", b"localhost"), (b"content-type", JSON.encode())]
        scope = {"type": "http", "method": "POST", "path": "/v1/traces", "headers": headers}
        await there.receiver(scope, receive, send)
        return sent

    assert asyncio.run(send_half("leaves")) == []
    assert asyncio.run(send_half("waits"))[0]["status"] == 503
    assert there.receiver._held == 0
