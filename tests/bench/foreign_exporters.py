"""Send to the receiver from what others run: the JavaScript SDK in both encodings, and a collector between.

`python -m tests.bench.foreign_exporters`: installs the exporters of JavaScript (npm) and the collector Rotel (pip) into
a temporary folder, sends spans from each, lands them and compares what was landed with what was sent. What cannot be
installed here is skipped, and it says so.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from tests.receiver.conftest import landed, receiving

SPANS = 2000
SCRIPT = """
const { NodeTracerProvider, BatchSpanProcessor } = require("@opentelemetry/sdk-trace-node");
const { resourceFromAttributes } = require("@opentelemetry/resources");
const [package_, name, url, compression, spans] = process.argv.slice(2);
const { OTLPTraceExporter } = require(package_);
const exporter = new OTLPTraceExporter({ url, compression, headers: { authorization: "Bearer s3cret" } });
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": name }),
  spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 10000 })],
});
const tracer = provider.getTracer("test");
for (let number = 0; number < Number(spans); number += 1) {
  tracer.startSpan("chat", { attributes: { "gen_ai.request.model": "gpt-4", "gen_ai.usage.input_tokens": number } }).end();
}
provider.shutdown();
"""


def main() -> None:
    senders = {"javascript": _javascript, "collector": _collector}
    names: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with receiving(folder / "raw", FINOPS_RECEIVE_TOKEN="s3cret") as there:
            for what, send in senders.items():
                try:
                    names += send(folder / what, there.url)
                except (OSError, subprocess.CalledProcessError) as error:
                    sys.stdout.write(f"SKIPPED: {what} cannot be had here ({error})\n")
            code, said = there.end()
        assert code == 0, said
        rows = landed(folder / "raw")
    found = Counter(row["service_name"] for row in rows)
    tokens = Counter[str]()
    for row in rows:
        tokens[row["service_name"]] += int(row["input_tokens"])
    for name in names:
        sys.stdout.write(
            f"{name}: {found[name]:,} of {SPANS:,} spans, {tokens[name]:,} of {sum(range(SPANS)):,} tokens\n"
        )
    assert found == Counter(dict.fromkeys(names, SPANS))
    assert set(tokens.values()) <= {sum(range(SPANS))}


def _javascript(folder: Path, url: str) -> list[str]:
    folder.mkdir()
    packages = [
        f"@opentelemetry/{name}"
        for name in ("sdk-trace-node", "exporter-trace-otlp-http", "exporter-trace-otlp-proto")
    ]
    subprocess.run(
        ["npm", "install", "--silent", "--no-fund", "--prefix", str(folder), *packages], check=True
    )
    (folder / "send.js").write_text(SCRIPT)
    names = []
    for package in packages[1:]:
        for compression in ("none", "gzip"):
            names.append(f"{package.rsplit('-', 1)[1]}-{compression}")
            subprocess.run(
                ["node", "send.js", package, names[-1], url, compression, str(SPANS)],
                cwd=folder,
                check=True,
                timeout=120,
            )
    return names


def _collector(folder: Path, url: str) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(folder),
        "rotel",
    ]
    subprocess.run(command, check=True)
    binary = shutil.copy(folder / "rotel" / "rotel-agent", folder / "rotel-agent")
    Path(binary).chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        http_port, grpc_port = one.getsockname()[1], other.getsockname()[1]
    settings = {
        "ROTEL_OTLP_HTTP_ENDPOINT": f"127.0.0.1:{http_port}",
        "ROTEL_OTLP_GRPC_ENDPOINT": f"127.0.0.1:{grpc_port}",
        "ROTEL_EXPORTER": "otlp",
        "ROTEL_OTLP_EXPORTER_ENDPOINT": url.removesuffix("/v1/traces"),
        "ROTEL_OTLP_EXPORTER_PROTOCOL": "http",
        "ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS": "Authorization=Bearer s3cret",
    }
    with subprocess.Popen([binary, "start"], env=os.environ | settings) as agent:
        try:
            _wait_for(http_port)
            _send(f"http://127.0.0.1:{http_port}/v1/traces", "rotel")
        finally:
            agent.terminate()
    return ["rotel"]


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise OSError("the collector does not listen")


def _send(url: str, name: str) -> None:
    provider = TracerProvider(resource=Resource({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url), max_queue_size=2 * SPANS))
    for number in range(SPANS):
        attributes = {"gen_ai.request.model": "gpt-4", "gen_ai.usage.input_tokens": number}
        provider.get_tracer("test").start_span("chat", attributes=attributes).end()
    provider.shutdown()


if __name__ == "__main__":
    main()
