"""Logs of coding agents: each call once, with all its tokens, for its developer, and no word of what was said."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.coding_agents import CODING_AGENTS, CodingAgentSource
from tests.faults.cases import build, rows_of
from tests.workspace import Workspace


def answered(message: str, request: str | None, at: str, output: int, **changes: Any) -> dict[str, Any]:
    """A line of Claude Code: 10 input tokens, 2,000 from the cache, 1,000 written, 300 of them for an hour."""
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 2000,
        "cache_creation_input_tokens": 1000,
        "cache_creation": {"ephemeral_5m_input_tokens": 700, "ephemeral_1h_input_tokens": 300},
        "output_tokens": output,
        "service_tier": "standard",
    }
    return {
        "type": "assistant",
        "sessionId": "s1",
        "cwd": "/home/alice/src/shop",
        "gitBranch": "main",
        "requestId": request,
        "timestamp": f"2026-10-05T{at}Z",
        "message": {
            "id": message,
            "model": "claude-sonnet-4-5-20250929",
            "role": "assistant",
            "content": [{"type": "text", "text": "SECRET"}],
            "usage": usage | changes,
        },
    }


ASKED = {
    "type": "user",
    "cwd": "/home/alice/src/shop",
    "message": {"role": "user", "content": 'SECRET "usage"'},
}
META = {
    "timestamp": "2026-10-05T10:00:00Z",
    "type": "session_meta",
    "payload": {
        "id": "c1",
        "cwd": "C:\\Users\\bob\\api",
        "git": {"branch": "dev", "repository_url": "git@host:team/api.git"},
        "instructions": "SECRET",
    },
}
TURN = {"timestamp": "2026-10-05T10:00:01Z", "type": "turn_context", "payload": {"model": "gpt-5-codex"}}


def counted(at: str, total: tuple[int, ...], last: tuple[int, ...] | None = None) -> dict[str, Any]:
    """An event of Codex that counts input, cached input, output and reasoning tokens of the session."""
    names = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
    info = {"total_token_usage": dict(zip(names, total, strict=True))}
    if last:
        info["last_token_usage"] = dict(zip(names, last, strict=True))
    return {
        "timestamp": f"2026-10-05T{at}Z",
        "type": "event_msg",
        "payload": {"type": "token_count", "info": info},
    }


def write(path: Path, events: list[Any], end: str = "\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(json.dumps(event) for event in events) + end
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def landed(root: Path) -> list[dict[str, Any]]:
    assert land(CODING_AGENTS, root / "raw", root / "landing", is_on=True) == []
    rows = pq.read_table(root / "landing" / "coding_agents").to_pylist()
    return sorted(rows, key=lambda row: (row["file_name"], row["line_number"]))


def test_the_parts_of_an_answer_are_one_call_with_the_last_usage_at_the_first_time(tmp_path: Path) -> None:
    first, second = answered("m1", "r1", "09:00:00", 1), answered("m1", "r1", "09:00:04", 420)
    write(
        tmp_path / "raw/coding_agents/alice/p/a.jsonl",
        [ASKED, first, second, answered("m2", None, "09:01:00", 7)],
    )
    one, other = landed(tmp_path)
    assert (one["id"], one["timestamp"], one["output_tokens"]) == ("m1:r1", "2026-10-05 09:00:00", "420")
    assert (one["input_tokens"], one["cached_input_tokens"], one["cache_write_input_tokens"]) == (
        "3010",
        "2000",
        "1000",
    )
    assert json.loads(one["metered_units"]) == {"cache_write_1h_tokens": "300"}
    assert (one["team_id"], one["product_id"], one["feature_id"], one["tool"]) == (
        "alice",
        "shop",
        "shop",
        "claude-code",
    )
    assert other["id"] == "m2"
    assert "SECRET" not in str(one) + str(other)


def test_what_no_model_answered_and_what_has_no_usage_is_no_call(tmp_path: Path) -> None:
    synthetic = answered("m9", "r9", "09:00:00", 0)
    synthetic["message"]["model"] = "<synthetic>"
    unknown = answered("m1", "r1", "09:00:00", 5, input_tokens=None)
    write(
        tmp_path / "raw/coding_agents/a.jsonl", [ASKED, synthetic, {"type": "summary", "usage": 3}, unknown]
    )
    (row,) = landed(tmp_path)
    # An input that is not told is unknown, not nothing; a file outside of a user's folder is of nobody.
    assert (row["id"], row["input_tokens"], row["team_id"]) == ("m1:r1", None, None)


def test_a_log_that_is_being_written_has_its_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "raw/coding_agents/alice/a.jsonl"
    write(path, [answered("m1", "r1", "09:00:00", 5)])
    with path.open("a") as log:
        log.write('{"type": "assistant", "message": {"usage": {"input_tok')
    whole, cut = landed(tmp_path)
    assert (whole["id"], cut["line_problem"]) == ("m1:r1", "line_cut_off")


def test_clouds_that_serve_claude_are_the_provider(tmp_path: Path) -> None:
    lines = [answered(f"m{number}", "r", "09:00:00", 5) for number in range(3)]
    for line, model in zip(
        lines,
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-opus-4-1@20250805", "glm-5"),
        strict=True,
    ):
        line["message"]["model"] = model
    write(tmp_path / "raw/coding_agents/alice/a.jsonl.gz", lines)
    assert [row["provider"] for row in landed(tmp_path)] == ["bedrock", "vertex_ai", None]


def test_a_count_of_codex_that_says_nothing_new_is_no_call(tmp_path: Path) -> None:
    events = [META, TURN, counted("10:00:02", (1000, 800, 50, 20), (1000, 800, 50, 20)),
              counted("10:00:02", (1000, 800, 50, 20), (1000, 800, 50, 20)),
              counted("10:00:09", (2500, 2100, 90, 30), (1500, 1300, 40, 10))]  # fmt: skip
    write(tmp_path / "raw/coding_agents/bob/rollout-1.jsonl", events)
    first, second = landed(tmp_path)
    assert [row["input_tokens"] for row in (first, second)] == ["1000", "1500"]
    assert (second["cached_input_tokens"], second["output_tokens"]) == ("1300", "40")
    assert json.loads(second["metered_units"]) == {"output_reasoning_tokens": "10"}
    assert (second["model"], second["provider"], second["team_id"]) == ("gpt-5-codex", "openai", "bob")
    assert (
        second["product_id"],
        second["feature_id"],
        second["session_id"],
    ) == ("api", "api", "c1")


def test_a_forked_session_counts_its_own_calls_alone(tmp_path: Path) -> None:
    shared = [counted("10:00:02", (1000, 800, 50, 20), (1000, 800, 50, 20))]
    fork = META | {"payload": META["payload"] | {"id": "c2", "forked_from_id": "c1"}}
    write(tmp_path / "raw/coding_agents/bob/1.jsonl", [META, TURN, *shared])
    write(tmp_path / "raw/coding_agents/bob/2.jsonl",
          [fork, META, TURN, *shared, counted("11:00:00", (1700, 1400, 60, 20), (700, 600, 10, 0))])  # fmt: skip
    rows = landed(tmp_path)
    assert len({row["id"] for row in rows}) == 2
    assert [row["input_tokens"] for row in rows] == ["1000", "1000", "700"]


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        # A session that goes on with the history of another one counts that in its totals.
        ([((9000, 0, 900, 0), (500, 0, 40, 0))], ["500"]),
        # A counter that begins anew.
        ([((900, 0, 90, 0), (900, 0, 90, 0)), ((300, 0, 30, 0), (300, 0, 30, 0))], ["900", "300"]),
        # No event that says what the last call used.
        ([((900, 0, 90, 0), None), ((1300, 0, 95, 0), None)], ["900", "400"]),
    ],
)
def test_what_a_call_of_codex_used(tmp_path: Path, total: list[Any], expected: list[str]) -> None:
    events = [counted(f"10:00:0{number}", *counts) for number, counts in enumerate(total)]
    write(tmp_path / "raw/coding_agents/bob/1.jsonl", [META, TURN, *events])
    assert [row["input_tokens"] for row in landed(tmp_path)] == expected


DAY = {
    "modelName": "claude-sonnet-4-5-20250929", "inputTokens": 10, "outputTokens": 20, "cacheCreationTokens": 30,
    "cacheReadTokens": 40, "cost": 0.25,
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "features"),
    [
        ({"daily": [{"date": "2026-10-05", "modelBreakdowns": [DAY]}], "totals": {}}, [None]),
        (
            {
                "daily": [
                    {
                        "period": "2026-10-05",
                        "agent": "all",
                        "modelBreakdowns": [DAY, DAY | {"modelName": "m", "cost": 0.0}],
                    }
                ]
            },
            [None, None],
        ),
        (
            {"projects": {"/home/a/shop": [{"date": "2026-10-05", "modelBreakdowns": [DAY]}]}, "totals": {}},
            ["shop"],
        ),
    ],
)
def test_daily_totals_are_read(tmp_path: Path, content: dict[str, Any], features: list[str | None]) -> None:
    path = tmp_path / "raw/coding_agents/alice/totals.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content, indent=2))
    rows = landed(tmp_path)
    assert [row["feature_id"] for row in rows] == features
    assert (rows[0]["input_tokens"], rows[0]["cost"], rows[0]["timestamp"]) == (
        "80",
        "0.25",
        "2026-10-05 00:00:00",
    )
    # No price was known, which is not free.
    assert [row["cost"] for row in rows[1:]] == [None] * (len(rows) - 1)


@pytest.mark.parametrize("name", ["monthly", "sessions", "blocks"])
def test_totals_that_have_no_day_are_refused_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "raw/coding_agents/alice/totals.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({name: [{"totalCost": 3}]}))
    (problem,) = land(CODING_AGENTS, tmp_path / "raw", tmp_path / "landing", is_on=True)
    assert f"holds totals by {name}; write it by `ccusage daily --json`" in problem


def test_totals_beside_the_logs_they_were_made_of_stop_the_build(tmp_path: Path) -> None:
    write(tmp_path / "raw/coding_agents/alice/a.jsonl", [answered("m1", "r1", "09:00:00", 5)])
    for user in ("alice", "bob"):
        path = tmp_path / f"raw/coding_agents/{user}/totals.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"daily": [{"date": "2026-10-05", "modelBreakdowns": [DAY]}]}))
    (problem,) = land(CODING_AGENTS, tmp_path / "raw", tmp_path / "landing", is_on=True)
    assert "alice/totals.json" in problem and "would count twice" in problem


def test_the_source_reads_what_it_is_registered_for() -> None:
    assert isinstance(CODING_AGENTS, CodingAgentSource)


def test_developers_cost_what_their_logs_say(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("agents")
    workspace = Workspace(folder / "workspace", folder / "target")
    raw = workspace.raw / "coding_agents"
    lines = [
        answered("m1", "r1", "09:00:00", 1, cache_creation=None),
        answered("m1", "r1", "09:00:04", 420, cache_creation=None),
    ]
    write(raw / "alice/p/a.jsonl", lines)
    # The session was taken up again on the next day, which copies its history.
    write(raw / "alice/p/b.jsonl", [*lines, answered("m2", "r2", "23:59:59", 100, cache_creation=None)])
    build(workspace, ["coding_agents"])
    # Each 10 x 3e-6 + 2,000 x 0.3e-6 + 1,000 x 3.75e-6 = 0.00438, and 420 and 100 x 15e-6.
    assert rows_of(
        workspace,
        "select team_id, product_id, sum(calls), sum(effective_cost_usd) from core.fct_usage_daily group by all",
    ) == [["alice", "shop", 2, Decimal("0.016560000000")]]
