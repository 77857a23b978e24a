"""The command as a process: what exporters sent is landed once, whatever ends the process."""

from __future__ import annotations

import http.client
import os
import random
import resource
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter as JsonExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as ProtobufExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from dbt_project.landing.command import main
from tests.receiver.conftest import BODIES, JSON, PROTOBUF, RunningReceiver, landed, receiving

KILLS = int(os.environ.get("FINOPS_KILLS", "3"))
SPANS_PER_REQUEST = 5


def test_the_exporters_of_the_sdk_are_received_in_both_encodings(tmp_path: Path) -> None:
    exporters = {
        "json": (JsonExporter, Compression.NoCompression),
        "protobuf": (ProtobufExporter, Compression.NoCompression),
        "protobuf-gzip": (ProtobufExporter, Compression.Gzip),
        "protobuf-deflate": (ProtobufExporter, Compression.Deflate),
    }
    with receiving(tmp_path / "raw", FINOPS_RECEIVE_TOKEN="s3cret") as there:
        for name, (exporter, compression) in exporters.items():
            options = {} if exporter is JsonExporter else {"compression": compression}
            sender = exporter(endpoint=there.url, headers={"authorization": "Bearer s3cret"}, **options)
            provider = TracerProvider(resource=Resource({"service.name": name}))
            provider.add_span_processor(BatchSpanProcessor(sender))
            for number in range(600):
                attributes = {"gen_ai.request.model": "gpt-4", "gen_ai.usage.input_tokens": number}
                provider.get_tracer("test").start_span("chat", attributes=attributes).end()
            provider.shutdown()
        # Who is not heard may be cut short, and harms nobody.
        with suppress(ConnectionError):
            assert there.post(b" " * 30_000_000) == 401
        code, said = there.end()
    assert code == 0
    assert "s3cret" not in said
    rows = landed(tmp_path / "raw")
    assert Counter(row["service_name"] for row in rows) == dict.fromkeys(exporters, 600)
    for name in exporters:
        tokens = sum(int(row["input_tokens"]) for row in rows if row["service_name"] == name)
        assert tokens == sum(range(600))
    assert len({(row["trace_id"], row["span_id"]) for row in rows}) == len(rows)


def test_what_was_answered_200_is_landed_after_kills_at_any_moment(tmp_path: Path) -> None:
    """Senders send again what was not confirmed, as exporters do; a span counts once, by its ids."""
    raw, moments = tmp_path / "raw", random.Random(11)
    confirmed: list[int] = []
    numbers = iter(range(1, 10**9))
    number_lock = threading.Lock()

    def send(there: RunningReceiver, content_type: str, pending: list[int], is_over: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", there.port, timeout=10)
        while not is_over.is_set():
            if not pending:
                with number_lock:
                    pending.extend(next(numbers) for _ in range(SPANS_PER_REQUEST))
            try:
                connection.request(
                    "POST", "/v1/traces", BODIES[content_type](*pending), {"content-type": content_type}
                )
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                break
            if answer.status == 200:
                confirmed.extend(pending)
                pending.clear()
        connection.close()

    waiting: list[tuple[str, list[int]]] = [
        (content_type, []) for content_type in (JSON, PROTOBUF) for _ in range(2)
    ]
    for kill in range(KILLS + 1):
        is_over = threading.Event()
        with receiving(raw, "--file-megabytes", "1") as there:
            senders = [
                threading.Thread(target=send, args=(there, content_type, pending, is_over))
                for content_type, pending in waiting
            ]
            for sender in senders:
                sender.start()
            time.sleep(moments.uniform(0.02, 0.4))
            if kill < KILLS:
                there.kill()
            else:
                # The last is asked to end, and answers what it has.
                is_over.set()
                for sender in senders:
                    sender.join()
                assert there.end()[0] == 0
            is_over.set()
            for sender in senders:
                sender.join()
    assert len(confirmed) > KILLS * SPANS_PER_REQUEST
    found = Counter(int(row["span_id"], 16) for row in landed(raw))
    assert set(confirmed) - found.keys() == set()
    # What is there and was never confirmed was being sent when the last receiver ended: nothing, as it was asked to.
    assert found.keys() - set(confirmed) - {number for _, pending in waiting for number in pending} == set()
    # At most the requests whose answers the kills took away are there twice.
    assert sum(found.values()) - len(found) <= KILLS * len(waiting) * SPANS_PER_REQUEST


def test_a_file_that_may_not_grow_is_finished_and_the_next_one_goes_on(tmp_path: Path) -> None:
    """A limit of the system on the size of files, as a full disk: writes end in the middle of a record."""
    body = BODIES[JSON](*range(1, 60))
    with receiving(tmp_path / "raw") as there:
        limit = 2 * len(body) + len(body) // 2
        resource.prlimit(there.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        statuses = [there.post(body) for _ in range(4)]
        assert there.end()[0] == 0
    assert statuses == [200, 200, 503, 200]
    assert len(landed(tmp_path / "raw")) == 3 * 59


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "0.0.0.0"], "0.0.0.0 can be reached from other machines, so a token is needed"),
        (["--token-file", "absent"], "absent: cannot be read (No such file or directory)"),
        (["--token-file", "empty"], "empty: a token is letters, digits and signs, on one line"),
        (["--host", "192.0.2.1", "--token-file", "token"], "192.0.2.1:0 cannot be listened at"),
        (["--file-seconds", "0"], "Invalid value for '--file-seconds'"),
    ],
)
def test_what_cannot_be_served_is_one_line_that_says_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").write_text("\n")
    Path("token").write_text("s3cret\n")
    monkeypatch.setattr(sys, "argv", ["landing", "receive", "--raw", "raw", "--port", "0", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert message in said
    assert said.count("\n") == 1
    assert not Path("raw").exists()
