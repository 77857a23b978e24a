"""How many spans a second the receiver takes, with what processor time and memory, and that all of them are kept.

`python -m tests.bench.receiver [--seconds 10] [--spans 512] [--senders 4]`: the receiver is a process of its own, the
senders threads of this one, each on one connection, with bodies that were made before. Spans are those of the OpenAI
instrumentation with twelve attributes. In each round: JSON and protobuf, as they are and with gzip.
"""

import argparse
import gzip
import http.client
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from dbt_project.landing.formats.otlp_messages import messages_of
from tests.bench.otlp_ingestion import document
from tests.receiver.conftest import JSON, PROTOBUF, RunningReceiver, receiving

BODIES = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--spans", type=int, default=512, help="In one request; 512 is what SDKs send.")
    parser.add_argument("--senders", type=int, default=4)
    options = parser.parse_args()
    documents = [document(number * options.spans, options.spans) for number in range(BODIES)]
    for content_type, encode in ((JSON, _json), (PROTOBUF, _protobuf)):
        plain = [encode(each) for each in documents]
        for encoding in ("identity", "gzip"):
            bodies = plain if encoding == "identity" else [gzip.compress(body, 6) for body in plain]
            with tempfile.TemporaryDirectory() as folder, receiving(Path(folder)) as there:
                _measure(
                    there,
                    Path(folder),
                    bodies,
                    {"content-type": content_type, "content-encoding": encoding},
                    options,
                )


def _json(document_sent: Any) -> bytes:
    return json.dumps(document_sent, separators=(",", ":")).encode()


def _protobuf(document_sent: Any) -> bytes:
    """The same in protobuf, whose mapping of JSON has ids in another writing than OTLP."""
    request = ExportTraceServiceRequest()
    ids = []
    for of_resource in document_sent["resourceSpans"]:
        for of_scope in of_resource["scopeSpans"]:
            ids += [
                (bytes.fromhex(span.pop("traceId")), bytes.fromhex(span.pop("spanId")))
                for span in of_scope["spans"]
            ]
    ParseDict(document_sent, request)
    for span, (trace_id, span_id) in zip(request.resource_spans[0].scope_spans[0].spans, ids, strict=True):
        span.trace_id, span.span_id = trace_id, span_id
    return request.SerializeToString()


def _measure(
    there: RunningReceiver,
    folder: Path,
    bodies: list[bytes],
    headers: dict[str, str],
    options: argparse.Namespace,
) -> None:
    server = psutil.Process(there.process.pid)
    begun_cpu, begun = sum(server.cpu_times()[:2]), time.monotonic()
    confirmed, waits, most = [0] * options.senders, list[float](), 0

    def send(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", there.port, timeout=60)
        number = place
        while time.monotonic() < begun + options.seconds:
            asked = time.monotonic()
            connection.request("POST", "/v1/traces", bodies[number % len(bodies)], headers)
            answer = connection.getresponse()
            answer.read()
            waits.append(time.monotonic() - asked)
            confirmed[place] += answer.status == 200
            number += 1
        connection.close()

    senders = [threading.Thread(target=send, args=(place,)) for place in range(options.senders)]
    for sender in senders:
        sender.start()
    while any(sender.is_alive() for sender in senders):
        most = max(most, server.memory_info().rss)
        time.sleep(0.1)
    seconds = time.monotonic() - begun
    used = sum(server.cpu_times()[:2]) - begun_cpu
    there.end()
    spans, found = sum(confirmed) * options.spans, _requests_in(folder) * options.spans
    waits.sort()
    sys.stdout.write(
        f"{headers['content-type']:23} {headers['content-encoding']:8} {spans / seconds:9,.0f} spans/s"
        f"  {used / seconds:5.2f} processors  {1e6 * used / spans:5.1f} us a span  {most / 1e6:5,.0f} MB"
        f"  answers in {1e3 * waits[len(waits) // 2]:.0f} ms, the slowest of 100 in {1e3 * waits[len(waits) * 99 // 100]:.0f} ms"
        f"  {'all kept' if spans == found else f'{spans - found} LOST'}\n"
    )
    sys.stdout.flush()


def _requests_in(folder: Path) -> int:
    found = 0
    for path in folder.rglob("received-*"):
        with path.open("rb") as content:
            found += sum(1 for _ in (messages_of(content) if path.suffix == ".binpb" else content))
    return found


if __name__ == "__main__":
    main()
