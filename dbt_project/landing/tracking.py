"""Record calls of models from code without OpenTelemetry, in the form that OpenTelemetry would give them."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

# Fields of the metadata for which the convention for spans has a name; others keep their own.
_ATTRIBUTES = {
    "agent_id": "gen_ai.agent.id",
    "agent_name": "gen_ai.agent.name",
    "cache_write_input_tokens": "gen_ai.usage.cache_creation.input_tokens",
    "cached_input_tokens": "gen_ai.usage.cache_read.input_tokens",
    "conversation_id": "gen_ai.conversation.id",
    "environment": "deployment.environment.name",
    "error_type": "error.type",
    "operation": "gen_ai.operation.name",
    "region": "cloud.region",
    "service_tier": "openai.response.service_tier",
    "workflow_name": "gen_ai.workflow.name",
}
_STATUS_ERROR = 2


def track_ai_call(  # noqa: PLR0917 - the order in which people say it
    provider: str,
    model: str,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    cost_usd: Decimal | float | str | None = None,
    latency_ms: float | None = None,
    metadata: Mapping[str, Any] | None = None,
    *,
    folder: Path | None = None,
) -> str:
    """Append one finished call to the landing folder; returns its call_id.

    `input_tokens` counts all tokens of the prompt, those read from a cache and written to it too; null where
    unknown, as is `cost_usd`, what the provider charged. `metadata` says whose call it was: customer_id,
    organization_id, product_id, feature_id, task_type, team_id; and what else is known: cached_input_tokens,
    error_type of a failure, trace_id (any text) and parent_span_id of a larger run, workflow_name.
    Messages have no place in it.

    The record is one line, written in one step to a file that only this process writes on this day, in
    `data/raw/otel/` (or under FINOPS_RAW_DIR). So threads and processes do not meet, and a kill loses no more
    than the record in flight. ValueError for a value that cannot be right, OSError when it cannot be written.
    """
    attributes = _known_attributes(provider, model, input_tokens, output_tokens, cost_usd)
    details = dict(metadata or {})
    trace_id, span_id = _trace_id(details.pop("trace_id", None)), secrets.token_hex(8)
    parent_span_id = details.pop("parent_span_id", None)
    attributes |= {_ATTRIBUTES.get(key, key): value for key, value in details.items() if value is not None}
    ended = time.time_ns()
    span = {
        "traceId": trace_id,
        "spanId": span_id,
        "name": f"{attributes['gen_ai.operation.name']} {model}",
        "startTimeUnixNano": str(ended - round((latency_ms or 0) * 1_000_000)),
        "attributes": [{"key": key, "value": _value(value)} for key, value in attributes.items()],
        "status": {"code": _STATUS_ERROR} if "error.type" in attributes else {},
    }
    if latency_ms is not None:
        span["endTimeUnixNano"] = str(ended)
    if parent_span_id:
        span["parentSpanId"] = parent_span_id
    document = {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": [span]}]}]}
    target = folder or Path(os.environ.get("FINOPS_RAW_DIR", "data/raw")) / "otel"
    _WRITER.append(target, f"{json.dumps(document, separators=(',', ':'))}\n".encode())
    return f"{trace_id}-{span_id}"


def _known_attributes(
    provider: str,
    model: str,
    input_tokens: int | None,
    output_tokens: int | None,
    cost_usd: Decimal | float | str | None,
) -> dict[str, Any]:
    if not provider or not model:
        raise ValueError("a call has a provider and a model")
    attributes: dict[str, Any] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.response.model": model,
    }
    for name, tokens in (("input", input_tokens), ("output", output_tokens)):
        if tokens is not None:
            if isinstance(tokens, bool) or int(tokens) != tokens or tokens < 0:
                raise ValueError(f"{name}_tokens: {tokens} is not a number of tokens")
            attributes[f"gen_ai.usage.{name}_tokens"] = int(tokens)
    if cost_usd is not None:
        attributes["finops.cost_usd"] = _amount(cost_usd)
    return attributes


def _amount(cost_usd: Decimal | float | str) -> str:
    try:
        # Through text: a float is meant as it prints.
        amount = Decimal(str(cost_usd))
    except InvalidOperation as error:
        raise ValueError(f"cost_usd: {cost_usd} is not an amount") from error
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"cost_usd: {cost_usd} is not an amount")
    return format(amount, "f")


def _trace_id(name: object) -> str:
    """An id of 32 hexadecimal digits: a new one, the one given, or one that stands for any other text."""
    if name is None:
        return secrets.token_hex(16)
    text = str(name).lower()
    is_id = len(text) == 32 and not text.strip("0123456789abcdef")
    return text if is_id else hashlib.sha256(str(name).encode()).hexdigest()[:32]


def _value(value: object) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": str(value)}


class _Writer:
    """Appends lines to the file of this process and day in a folder."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file: tuple[Path, str] | None = None
        self._descriptor = -1
        self._is_torn = False

    def append(self, folder: Path, line: bytes) -> None:
        day = time.strftime("%Y-%m-%d", time.gmtime())
        with self._lock:
            if self._file != (folder, day):
                self._open(folder, day)
            # After a line that a full disk cut off, the next one begins on a line of its own.
            text = b"\n" + line if self._is_torn else line
            written = os.write(self._descriptor, text)
            self._is_torn = written != len(text) and (self._is_torn or written > 0)
            if written != len(text):
                raise OSError(f"{folder}: only {written} of {len(text)} bytes could be written")

    def _open(self, folder: Path, day: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # A process id comes again; what a killed process left unfinished must stay the end of its file.
        name = f"tracked-{day}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._file, self._is_torn = descriptor, (folder, day), False


_WRITER = _Writer()


def _start_anew() -> None:
    """In a forked process: a file and a lock of its own."""
    global _WRITER  # noqa: PLW0603
    _WRITER = _Writer()


os.register_at_fork(after_in_child=_start_anew)
