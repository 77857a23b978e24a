"""Small exports of other tools, record by record, as they write them: LiteLLM, Langfuse, OTLP spans, Claude Code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# Of October 2026, after the price book knows batch and flex prices (the 14th).
START = datetime(2026, 10, 20, 9, tzinfo=UTC)
LASTS = timedelta(seconds=2)


@dataclass(frozen=True)
class Record:
    """A record of a source; `file` keeps records that belong in different files of the source apart."""

    source: str
    fields: dict[str, Any]
    file: str = "calls"


def litellm(
    provider: str,
    model: str,
    prompt: int,
    completion: int,
    *,
    usage: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    file: str = "calls",
    **changes: Any,
) -> Record:
    """A row of the spend log. LiteLLM writes spend 0 for what it cannot price: then the list price counts."""
    said = dict(metadata or {})
    if usage is not None:
        said["usage_object"] = usage
    fields = {
        "call_type": "acompletion",
        "api_key": "hash",
        "spend": 0.0,
        "total_tokens": prompt + completion,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "model": model,
        "custom_llm_provider": provider,
        "metadata": json.dumps(said),
        "cache_hit": "False",
        "request_tags": "[]",
        "status": "success",
    }
    return Record("litellm", fields | changes, file)


def langfuse(provider: str, model: str, usage: dict[str, Any], **changes: Any) -> Record:
    """A generation, as the export of observations writes it."""
    fields = {
        "type": "GENERATION",
        "name": "generate",
        "level": "DEFAULT",
        "provided_model_name": model,
        "usage_details": usage,
        "cost_details": {},
        "metadata": {"gen_ai.provider.name": provider},
    }
    return Record("langfuse", fields | changes)


def span(
    provider: str, model: str, failed: bool = False, within: str = "", starts: int = 0, **attributes: Any
) -> Record:
    """A span of a chat call, `within` a span of that name and `starts` seconds late; `__` in an attribute's name is a dot."""
    names = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.response.model": model,
    }
    names |= {name.replace("__", "."): value for name, value in attributes.items()}
    return Record("otel", {"attributes": names, "failed": failed, "within": within, "starts": starts})


def claude_code(
    model: str, message: str, usage: dict[str, Any], file: str = "calls", **changes: Any
) -> Record:
    """A line of a session's log; the developer whose log it is stands where others name the customer."""
    said = {"id": message, "model": model, "role": "assistant", "usage": usage}
    fields = {"type": "assistant", "requestId": f"request of {message}", "message": said}
    return Record("coding_agents", fields | changes, file)


@dataclass
class Exports:
    """Exports to be written: records get an id, a customer and a time, where they have none of their own."""

    _lines: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _seconds: int = 0

    def add(self, customer: str, records: Iterable[Record]) -> None:
        """The records of a customer, a second after each other."""
        for number, record in enumerate(records, start=1):
            self._seconds += 1
            at = START + timedelta(seconds=self._seconds)
            written = _WRITERS[record.source](f"{customer}-{number}", customer, at, record.fields)
            # A coding agent keeps its logs in a folder for each developer.
            file = f"{customer}/{record.file}" if record.source == "coding_agents" else record.file
            self._lines.setdefault((record.source, file), []).append(json.dumps(written))

    def write(self, raw: Path) -> None:
        """One file of lines for each source and file name."""
        for (source, file), lines in self._lines.items():
            path = raw / source / f"{file}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _litellm_row(key: str, customer: str, at: datetime, fields: dict[str, Any]) -> dict[str, Any]:
    times = {"startTime": at.isoformat(), "endTime": (at + LASTS).isoformat()}
    if "startTime" in fields:
        times["endTime"] = fields["startTime"]
    return {"request_id": key, "end_user": customer, "session_id": f"session-{key}"} | times | fields


def _langfuse_observation(key: str, customer: str, at: datetime, fields: dict[str, Any]) -> dict[str, Any]:
    times = {"start_time": at.isoformat(), "end_time": (at + LASTS).isoformat()}
    return {"id": key, "trace_id": f"trace-{key}", "user_id": customer} | times | fields


def _otel_span(key: str, customer: str, at: datetime, fields: dict[str, Any]) -> dict[str, Any]:
    digest = hashlib.sha256(key.encode()).hexdigest()
    at += timedelta(seconds=fields["starts"])
    around = hashlib.sha256(fields["within"].encode()).hexdigest() if fields["within"] else ""
    attributes = {"customer.id": customer} | fields["attributes"]
    spoken = {
        "traceId": around[:32] or digest[:32],
        "spanId": digest[32:48],
        "parentSpanId": around[32:48],
        "name": "chat",
        "kind": 3,
        "startTimeUnixNano": str(int(at.timestamp()) * 10**9),
        "endTimeUnixNano": str(int((at + LASTS).timestamp()) * 10**9),
        "attributes": [{"key": name, "value": _value(value)} for name, value in attributes.items()],
        "status": {"code": 2} if fields["failed"] else {},
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "app"}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {}, "spans": [spoken]}]}]}


def _claude_code_line(key: str, _developer: str, at: datetime, fields: dict[str, Any]) -> dict[str, Any]:
    return {"sessionId": f"session-{key}", "cwd": "/src/shop", "timestamp": at.isoformat()} | fields


def _value(value: object) -> dict[str, Any]:
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


_WRITERS = {
    "litellm": _litellm_row,
    "langfuse": _langfuse_observation,
    "otel": _otel_span,
    "coding_agents": _claude_code_line,
}
