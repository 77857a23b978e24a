"""Spans as senders write them, in both encodings, and a receiver to send them to."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.otel import OTEL

JSON, PROTOBUF = "application/json", "application/x-protobuf"
START = 1_793_000_000_000_000_000


def json_body(*numbers: int, **changes: Any) -> bytes:
    """Calls of these numbers as an exporter writes them in JSON."""
    spans = [
        {
            "traceId": f"{number:032x}", "spanId": f"{number:016x}", "name": "chat gpt-4", "kind": 3,
            "startTimeUnixNano": str(START + number * 10**9), "endTimeUnixNano": str(START + number * 10**9 + 2_000_000),
            "attributes": [
                {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4"}},
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": str(number)}},
                {"key": "gen_ai.usage.cost", "value": {"doubleValue": 0.0125}},
                {"key": "gen_ai.response.finish_reasons", "value": {"arrayValue": {"values": [{"stringValue": "stop"}]}}},
            ],
            "status": {"code": 2}, **changes,
        }
        for number in numbers
    ]  # fmt: skip
    resource = {"attributes": [{"key": "customer.id", "value": {"stringValue": "c-1"}}]}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}).encode()


def protobuf_body(*numbers: int) -> bytes:
    """The same in protobuf."""
    request = ExportTraceServiceRequest()
    of_resource = request.resource_spans.add()
    of_resource.resource.attributes.add(key="customer.id").value.string_value = "c-1"
    of_scope = of_resource.scope_spans.add()
    for number in numbers:
        start = START + number * 10**9
        span = of_scope.spans.add(
            trace_id=number.to_bytes(16), span_id=number.to_bytes(8), name="chat gpt-4", kind=3,
            start_time_unix_nano=start, end_time_unix_nano=start + 2_000_000,
        )  # fmt: skip
        span.attributes.add(key="gen_ai.request.model").value.string_value = "gpt-4"
        span.attributes.add(key="gen_ai.usage.input_tokens").value.int_value = number
        span.attributes.add(key="gen_ai.usage.cost").value.double_value = 0.0125
        reasons = span.attributes.add(key="gen_ai.response.finish_reasons").value.array_value
        reasons.values.add().string_value = "stop"
        span.status.code = 2
    return request.SerializeToString()


BODIES = {JSON: json_body, PROTOBUF: protobuf_body}


def landed(folder: Path) -> list[dict[str, Any]]:
    """The rows that landing makes of a folder of raw files."""
    assert land(OTEL, folder, folder.parent / "landing", is_on=True) == []
    return pq.read_table(folder.parent / "landing" / "otel").to_pylist()


@dataclass
class RunningReceiver:
    """The command, as a process of its own."""

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/traces"

    def post(self, body: bytes, content_type: str = JSON) -> int:
        """The status of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/v1/traces", body, {"content-type": content_type})
            return connection.getresponse().status
        finally:
            connection.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> tuple[int, str]:
        """Ask it to end; its exit code and what it said."""
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said


@contextmanager
def receiving(raw: Path, *options: str, **environment: str) -> Iterator[RunningReceiver]:
    command = [
        sys.executable,
        "-m",
        "dbt_project.landing",
        "receive",
        "--raw",
        str(raw),
        "--port",
        "0",
        *options,
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | environment)
    assert process.stderr
    try:
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)/v1/traces", said)):
            line = process.stderr.readline()
            assert line, said
            said += line
        yield RunningReceiver(process, int(found[1]))
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
