"""How fast OTLP/JSON lands, beside DuckDB's own reader of the same file, and how much memory it needs.

`python -m tests.bench.otlp_ingestion [--megabytes 200] [--layouts lines document]`: writes spans of calls as the OpenAI
instrumentation does, as JSON lines of 50 spans each or as one document on one line. Each reader is a process of its
own; time is wall time, memory the peak of the process.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.warehouse_build import measure

DUCKDB = """
import duckdb, sys
connection = duckdb.connect(config={"threads": 2, "memory_limit": "3GB"})
connection.execute(
    "create table spans as select * from read_json(?, format = ?, maximum_object_size = ?)",
    [sys.argv[1], "newline_delimited", 64 << 20],
)
"""
LANDING = """
import sys
from pathlib import Path
from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.otel import OTEL
problems = land(OTEL, Path(sys.argv[1]), Path(sys.argv[2]), is_on=True)
assert not problems, problems
"""
SPANS_PER_LINE = 50


def write_spans(path: Path, megabytes: int, layout: str) -> int:
    """Write a file of about that size; returns the number of spans."""
    source = random.Random(7)
    spans = 0
    head = f'{{"resourceSpans":[{{"resource":{json.dumps(_resource())},"scopeSpans":[{{"scope":{{"name":"bench"}},"spans":['
    separator, tail = "", "]}]}]}\n"
    with path.open("w") as file:
        if layout == "document":
            file.write(head)
        while file.tell() < megabytes * 1_000_000:
            batch = ",".join(
                json.dumps(_span(source, spans + n), separators=(",", ":")) for n in range(SPANS_PER_LINE)
            )
            file.write(f"{separator}{batch}" if layout == "document" else f"{head}{batch}{tail}")
            separator = ","
            spans += SPANS_PER_LINE
        if layout == "document":
            file.write(tail)
    return spans


def document(first: int, spans: int) -> dict[str, Any]:
    """What an exporter sends at once: that many spans, numbered from the first."""
    source = random.Random(first)
    scope = {"scope": {"name": "bench"}, "spans": [_span(source, first + number) for number in range(spans)]}
    return {"resourceSpans": [{"resource": _resource(), "scopeSpans": [scope]}]}


def _resource() -> dict[str, Any]:
    return {
        "attributes": [_attribute("service.name", "bench"), _attribute("deployment.environment.name", "test")]
    }


def _attribute(key: str, value: str | int) -> dict[str, Any]:
    return {
        "key": key,
        "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value},
    }


def _span(source: random.Random, number: int) -> dict[str, Any]:
    start = 1_793_000_000_000_000_000 + number * 1_000_000
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4",
        "gen_ai.provider.name": "openai",
        "server.address": "api.openai.com",
        "gen_ai.request.max_tokens": 500,
        "gen_ai.response.model": "gpt-4",
        "gen_ai.response.id": f"chatcmpl-{source.getrandbits(100):x}",
        "openai.response.service_tier": "default",
        "gen_ai.usage.input_tokens": source.randrange(5000),
        "gen_ai.usage.output_tokens": source.randrange(500),
        "gen_ai.usage.cache_read.input_tokens": 0,
        "customer.id": f"cust_{source.randrange(500):04}",
    }
    return {
        "traceId": f"{source.getrandbits(128) | 1:032x}",
        "spanId": f"{source.getrandbits(64) | 1:016x}",
        "name": "chat gpt-4",
        "kind": 3,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + source.randrange(1, 10**10)),
        "attributes": [_attribute(key, value) for key, value in attributes.items()],
        "status": {},
        "flags": 256,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--layouts", nargs="+", default=["lines", "document"], choices=["lines", "document"])
    options = parser.parse_args()
    for layout in options.layouts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            file = folder / "raw" / "otel" / "spans.json"
            file.parent.mkdir(parents=True)
            spans = write_spans(file, options.megabytes, layout)
            size = file.stat().st_size / 1e6
            sys.stdout.write(f"{size:,.0f} MB of OTLP JSON, {spans:,} spans, as {layout}\n")
            readers = {"landing": [LANDING, str(folder / "raw"), str(folder / "landing")]}
            # DuckDB holds an object in memory whole, so that it cannot read a document of this size.
            if layout == "lines":
                readers = {"DuckDB read_json": [DUCKDB, str(file)]} | readers
            for reader, arguments in readers.items():
                used = measure([sys.executable, "-c", *arguments], dict(os.environ))
                sys.stdout.write(
                    f"  {reader:17} {used.seconds:7.2f} s  {size / used.seconds:7.1f} MB/s"
                    f"  {used.processor_seconds:7.2f} s of processor time  {used.megabytes:7,.0f} MB of memory\n"
                )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
