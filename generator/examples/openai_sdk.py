"""Record what the OpenAI SDK calls: `python -m generator.examples.openai_sdk`, with OPENAI_API_KEY set.

Then `dbt build --project-dir dbt_project --vars 'sources: [otel]'` prices the calls. Needs the packages of
the extra `otel`. Copy what you need into your program; prompts and answers are not recorded.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from openai import DefaultHttpxClient, OpenAI, OpenAIError
from openai.types.chat import ChatCompletionUserMessageParam
from opentelemetry import baggage, context, trace
from opentelemetry.exporter.otlp.json.file.trace_exporter import FileSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

if TYPE_CHECKING:
    from collections.abc import Iterator


class Owners(SpanProcessor):
    """Writes on each span whose call it is, as `owned_by` says."""

    def on_start(self, span: Span, parent_context: context.Context | None = None) -> None:
        """Copy the baggage of the moment to the span."""
        for name, value in baggage.get_all(parent_context).items():
            span.set_attribute(name, str(value))


def record_openai_calls(folder: Path, service_name: str) -> TracerProvider:
    """Every call from here on leaves a span in a file of this process; `shutdown()` writes the last."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{service_name}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
    provider = TracerProvider(resource=Resource.create({"service.name": service_name}))
    provider.add_span_processor(Owners())
    provider.add_span_processor(BatchSpanProcessor(FileSpanExporter(file)))
    OpenAIInstrumentor().instrument(tracer_provider=provider)  # type: ignore[no-untyped-call]
    return provider


@contextmanager
def owned_by(**attributes: str) -> Iterator[None]:
    """The calls inside belong to this customer_id, product_id, feature_id, task_type, team_id ..."""
    owner = context.get_current()
    for name, value in attributes.items():
        owner = baggage.set_baggage(name, value, owner)
    token = context.attach(owner)
    try:
        yield
    finally:
        context.detach(token)


def report_cached_tokens(response: httpx.Response) -> None:
    """Write the cached tokens of a chat completion on its span: the instrumentation leaves them out.

    Without them a cached prompt looks as dear as a new one.
    """
    if "application/json" in response.headers.get("content-type", "") and response.is_success:
        response.read()
        body = response.json()
        usage = body.get("usage") if isinstance(body, dict) else None
        details = (usage or {}).get("prompt_tokens_details") or {}
        if "cached_tokens" in details:
            span = trace.get_current_span()
            span.set_attribute("gen_ai.usage.cache_read.input_tokens", details["cached_tokens"])


def make_calls(owner: AbstractContextManager[None]) -> None:
    """A chat call, the same again (which may be read from the cache), a stream, and a call that fails."""
    client = OpenAI(http_client=DefaultHttpxClient(event_hooks={"response": [report_cached_tokens]}))
    question = [ChatCompletionUserMessageParam(role="user", content="Say hello.")]
    with owner:
        for _ in range(2):
            client.chat.completions.create(model="gpt-4", messages=question)
        # With stream_options={"include_usage": True} the stream would say what it used.
        for _ in client.chat.completions.create(model="gpt-4", messages=question, stream=True):
            pass
        try:
            client.chat.completions.create(model="no-such-model", messages=question)
        except OpenAIError as error:
            sys.stdout.write(f"as expected: {type(error).__name__}\n")


def main() -> None:
    """Make the calls and write their spans."""
    folder = Path(os.environ.get("FINOPS_RAW_DIR", "data/raw")) / "otel"
    recording = record_openai_calls(folder, "example")
    make_calls(owned_by(customer_id="cust_0001", product_id="assistant", feature_id="chat"))
    recording.shutdown()
    sys.stdout.write(f"spans are in {folder}\n")


if __name__ == "__main__":
    main()
