"""Read the logs that coding agents keep on a developer's machine: Claude Code, Codex, and totals of ccusage.

What was said to a model, or by it, stands in the same lines and is never read: a call is put together from
the fields named here alone. A log lies in the folder of its developer, `<folder of the source>/<user>/...`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from io import TextIOBase
from pathlib import Path
from typing import Any

from dbt_project.landing.fields.nested import Problems
from dbt_project.landing.formats.text_files import LONGEST_TEXT, lines_of, open_text
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.landed_rows import Row
from dbt_project.landing.source import CALL_ATTRIBUTE_COLUMNS, CALL_ATTRIBUTES, LandedSource
from dbt_project.landing.usage.containment import settled
from dbt_project.landing.usage.keys import stated_usage

Fields = dict[str, Any]

_DECODER = json.JSONDecoder(parse_float=str, parse_constant=str)
# Most lines of a log are conversation; only those with one of these words are looked at.
_WORDS = ('"usage"', '"token_count"', '"session_meta"', '"turn_context"')
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OTHER_TOTALS = ("monthly", "weekly", "sessions", "session", "blocks")
# Codex counts these per session: input holds what was cached and written, output holds the reasoning.
_CODEX_COUNTS = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)


@dataclass(frozen=True)
class CodingAgentSource(LandedSource):
    """Calls of coding agents; a file is one session, or totals by day and model."""

    def rows(self, path: Path) -> Iterator[Row]:
        """One row a call, in the columns of the source; its user is the folder that the file lies in."""
        user = _user(path, self.name)
        with open_text(path) as text:
            head = text.read(1 << 16).lstrip("\ufeff \t\r\n")
            text.seek(0)
            if _is_totals(head):
                yield from _ccusage_rows(_content(text).lstrip("\ufeff"), user)
            else:
                yield from _log_rows(lines_of(text), user)

    def contradictions(self, files: Sequence[Path]) -> list[str]:
        """Totals beside the logs that they were made of, one line a file: each call would count twice."""
        with_logs = {
            _user(path, self.name): path for path in reversed(files) if ".jsonl" in path.name.lower()
        }
        return [
            f"{path}: holds totals of a user whose logs are here too ({with_logs[user]}); every call would"
            " count twice, so keep one of them"
            for path in files
            if ".jsonl" not in path.name.lower() and (user := _user(path, self.name)) in with_logs
        ]


def _user(path: Path, source: str) -> str | None:
    """The folder directly below that of the source, if the file does not lie there itself."""
    parts = path.parts
    start = len(parts) - 1 - parts[::-1].index(source) if source in parts else len(parts)
    below = parts[start + 1 :]
    return below[0] if len(below) > 1 else None


def _content(text: TextIOBase) -> str:
    content = text.read(LONGEST_TEXT)
    if len(content) == LONGEST_TEXT:
        raise UnreadableFileError(f"is longer than {LONGEST_TEXT >> 20}M characters, as no totals are")
    return content


def _is_totals(head: str) -> bool:
    """Whether a file is one laid-out object rather than a line for each event."""
    first, _, rest = head.partition("\n")
    return first.strip() == "{" or (first.startswith("{") and not rest and '"type"' not in first)


def _log_rows(text: Iterator[str], user: str | None) -> Iterator[Row]:
    """The calls of a session, in the order in which they began.

    Claude Code writes a line for each part of an answer, with the usage as far as it was known: the last one
    counts, at the time of the first.
    """
    calls: dict[str, tuple[int, Fields]] = {}
    broken: list[Row] = []
    codex = _Codex(user)
    for number, line in enumerate(text, 1):
        if not any(word in line for word in _WORDS):
            continue
        try:
            event = _DECODER.decode(line.strip().lstrip("\ufeff"))
        except (ValueError, RecursionError):
            broken.append((number, {}, "line_not_json" if line.endswith("\n") else "line_cut_off"))
            continue
        call = (_claude_call(event, user) or codex.call(event)) if isinstance(event, dict) else None
        if call is None:
            continue
        first, known = calls.get(call["id"], (number, call))
        calls[call["id"]] = (first, call | {"timestamp": known["timestamp"]})
    yield from ((number, call, None) for number, call in calls.values())
    # A session of which only the beginning is written as yet has no call, and no day for what is broken.
    yield from broken if calls else ()


def _claude_call(event: Fields, user: str | None) -> Fields | None:
    message = event.get("message")
    usage = message.get("usage") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(usage, dict):
        return None
    model = message.get("model")
    # What Claude Code itself writes where no model answered.
    if model == "<synthetic>":
        return None
    ids = [str(part) for part in (message.get("id"), event.get("requestId")) if part]
    cwd = event.get("cwd")
    return _call(
        id=":".join(ids) or event.get("uuid"),
        tool="claude-code",
        user=user,
        session_id=event.get("sessionId"),
        timestamp=event.get("timestamp"),
        model=model,
        provider=_host(model),
        tokens=_settled(usage, "anthropic"),
        service_tier="fast" if usage.get("speed") == "fast" else usage.get("service_tier"),
        cost=event.get("costUSD"),
        project=_last(cwd),
        repository=_last(cwd),
        branch=event.get("gitBranch"),
    )


def _host(model: object) -> str | None:
    """Claude Code also talks to clouds, which name its models in their own way."""
    name = str(model or "").lower()
    if re.search(r"(^|\.)anthropic\.", name) or name.startswith("arn:aws"):
        return "bedrock"
    if "@" in name:
        return "vertex_ai"
    return "anthropic" if name.startswith("claude") else None


@dataclass
class _Codex:
    """A session of Codex, whose events say one after the other where, with which model, and how much.

    Its counts run over the whole session, and an event is often written again without anything new.
    """

    user: str | None
    session: str | None = None
    root: str | None = None
    project: str | None = None
    repository: str | None = None
    branch: str | None = None
    model: str | None = None
    provider: str | None = None
    totals: dict[str, int] = field(default_factory=dict)

    def call(self, event: Fields) -> Fields | None:
        payload = event.get("payload")
        if not isinstance(payload, dict):
            return None
        if event.get("type") == "session_meta":
            self._begin(payload)
        elif event.get("type") == "turn_context":
            self.model = payload.get("model") or self.model
            self.project = _last(payload.get("cwd")) or self.project
        elif payload.get("type") == "token_count" and isinstance(payload.get("info"), dict):
            return self._counted(event, payload["info"])
        return None

    def _begin(self, payload: Fields) -> None:
        # A forked session begins with the events of the one it was forked from, which are no new calls.
        if self.session is None:
            self.session = payload.get("id")
            self.root = payload.get("forked_from_id") or self.session
            self.provider = payload.get("model_provider") or "openai"
            self.project = _last(payload.get("cwd"))
            git = payload.get("git")
            if isinstance(git, dict):
                self.branch = git.get("branch")
                self.repository = _last(str(git.get("repository_url") or "").removesuffix(".git"))

    def _counted(self, event: Fields, info: Fields) -> Fields | None:
        totals, last = (
            _codex_counts(info.get("total_token_usage")),
            _codex_counts(info.get("last_token_usage")),
        )
        if not totals or totals == self.totals:
            return None
        since = {name: totals[name] - self.totals.get(name, 0) for name in totals}
        # The first event of a session that goes on with another's history counts that as well, and a counter
        # may begin anew: then the event's own count says what this call used.
        is_own = last and (not self.totals or min(since.values()) < 0)
        self.totals, used = totals, (last if is_own else since)
        return _call(
            id=f"{self.root or 'codex'}:" + ":".join(str(totals[name]) for name in _CODEX_COUNTS),
            tool="codex",
            user=self.user,
            session_id=self.session,
            timestamp=event.get("timestamp"),
            model=self.model,
            provider=self.provider,
            tokens=_settled(used, "codex"),
            project=self.project,
            repository=self.repository or self.project,
            branch=self.branch,
        )


def _codex_counts(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or _whole(value.get("input_tokens")) is None:
        return {}
    return {name: _whole(value.get(name)) or 0 for name in _CODEX_COUNTS}


def _ccusage_rows(text: str, user: str | None) -> Iterator[Row]:
    """A row for each day, project and model of the daily totals; other totals have no day."""
    try:
        content = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"is not JSON ({str(error).split(': line')[0]})") from error
    days = content.get("daily")
    by_project = {None: days} if isinstance(days, list) else content.get("projects")
    if not isinstance(by_project, dict):
        found = next((name for name in _OTHER_TOTALS if name in content), None)
        raise UnreadableFileError(
            f"holds {f'totals by {found}' if found else 'no totals by day'}; write it by"
            " `ccusage daily --json`, with --instances for projects"
        )
    number = 0
    for project, entries in by_project.items():
        for entry in entries if isinstance(entries, list) else ():
            day = entry.get("date") or entry.get("period")
            for model in entry.get("modelBreakdowns") or ():
                number += 1
                yield number, _ccusage_row(str(day), project, model, user), None


def _ccusage_row(day: str, project: str | None, model: Fields, user: str | None) -> Fields:
    return _call(
        id=f"ccusage:{user or ''}:{project or ''}:{day}:{model.get('modelName')}",
        tool="ccusage",
        user=user,
        timestamp=f"{day} 00:00:00" if _DAY.fullmatch(day) else day,
        model=model.get("modelName"),
        provider=_host(model.get("modelName")),
        tokens=_settled(model, "ccusage"),
        cost=model.get("cost"),
        project=_last(project),
        repository=_last(project),
    )


def _settled(usage: Fields, shape: str) -> Fields:
    """The tokens of a call, and what of them could not be read."""
    problems = Problems()
    tokens = settled(stated_usage(usage), shape, problems)
    return asdict(tokens) | {"field_problems": problems.text()}


def _call(*, tokens: Fields, cost: object = None, **fields: Any) -> Fields:
    """The columns of a call; a cost of 0 says that the tool knew no price, not that the call was free."""
    return fields | tokens | {"cost": cost if _is_positive(cost) else None}


def _is_positive(cost: object) -> bool:
    try:
        return Decimal(str(cost)) > 0
    except ArithmeticError:
        return cost is not None


def _whole(value: object) -> int | None:
    """A count of tokens; null for what is none, which is not nothing."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value


def _last(path: object) -> str | None:
    """The last part of a path or an address, of either kind of slash."""
    parts = [part for part in re.split(r"[\\/:]", str(path or "")) if part]
    return parts[-1] if parts else None


CODING_AGENTS = CodingAgentSource(
    name="coding_agents",
    what="logs of coding agents",
    columns={
        "id": "text",
        "tool": "text",
        "session_id": "text",
        "timestamp": "instant",
        "model": "text",
        "input_tokens": "number",
        "cached_input_tokens": "number",
        "cache_write_input_tokens": "number",
        "output_tokens": "number",
        "metered_units": "text",
        "field_problems": "text",
        "service_tier": "text",
        "cost": "number",
    }
    | CALL_ATTRIBUTE_COLUMNS,
    required=frozenset(),
    suffixes=(".jsonl", ".jsonl.gz", ".json", ".json.gz"),
    shape=lambda call: (call, call),
    mapped=CALL_ATTRIBUTES,
    time_column="timestamp",
    has_record_ids=True,
)
