"""`track_ai_call`: nothing lost, doubled or corrupt with many threads and processes, some of them killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.otel import OTEL
from dbt_project.landing.tracking import track_ai_call
from tests.workspace import ROOT

# Each thread tells the call_id of what was recorded, after it was. One write each, so that a line is whole.
WORKER = """
import os, sys, threading
from pathlib import Path
from dbt_project.landing.tracking import track_ai_call
def work(thread):
    for number in range(int(sys.argv[2])):
        call_id = track_ai_call("openai", "gpt-4", number, 1, metadata={"customer_id": f"{os.getpid()}", "note": "x" * 3000}, folder=Path(sys.argv[1]))
        os.write(1, f"{call_id}\\n".encode())
threads = [threading.Thread(target=work, args=(thread,)) for thread in range(4)]
for thread in threads: thread.start()
if len(sys.argv) > 3 and os.fork() == 0:
    work(4)
    os._exit(0)
for thread in threads: thread.join()
if len(sys.argv) > 3: os.wait()
"""
THREADS = 4


def landed(folder: Path) -> list[dict[str, Any]]:
    assert land(OTEL, folder / "raw", folder / "landing", is_on=True) == []
    rows: list[dict[str, Any]] = pq.read_table(folder / "landing" / "otel").to_pylist()
    return rows


def start(folder: Path, calls: int, *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        WORKER,
        str(folder / "raw" / "otel"),
        str(calls),
        *options,
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_threads_processes_forks_and_kills_lose_nothing_but_the_record_in_flight(tmp_path: Path) -> None:
    whole = [start(tmp_path, 200), start(tmp_path, 200, "fork")]
    killed = []
    for number in range(6):
        victim = start(tmp_path, 1_000_000)
        assert victim.stdout is not None
        confirmed = [victim.stdout.readline()]
        time.sleep(0.02 * number)
        os.kill(victim.pid, signal.SIGKILL)
        killed.append(confirmed + victim.stdout.readlines())
        victim.stdout.close()
        victim.wait()
    told = [process.communicate()[0].splitlines() for process in whole]
    assert [len(lines) for lines in told] == [4 * 200, 5 * 200]

    rows = landed(tmp_path)
    recorded = [f"{row['trace_id']}-{row['span_id']}" for row in rows if row["line_problem"] is None]
    assert len(recorded) == len(set(recorded))
    confirmed_ids = {line.strip() for lines in killed for line in lines if line.endswith("\n")}
    confirmed_ids |= {line for lines in told for line in lines}
    assert confirmed_ids <= set(recorded)
    # At most what each thread of a killed process had written and not yet told.
    assert len(recorded) - len(confirmed_ids) <= THREADS * len(killed)
    assert {row["line_problem"] for row in rows} <= {None, "line_cut_off"}


def test_a_record_says_what_was_given(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "otel"
    call_id = track_ai_call(
        "anthropic", "claude-opus-4", 1200, 30, 8.1e-7, 1234.5, folder=folder,
        metadata={"customer_id": "c", "team_id": "t", "trace_id": "run 1", "cached_input_tokens": 1000, "quality_score": 0.5},
    )  # fmt: skip
    track_ai_call("openai", "gpt-4", metadata={"trace_id": "run 1", "error_type": "429"}, folder=folder)
    first, second = sorted(landed(tmp_path), key=lambda row: row["line_number"])
    assert call_id == f"{first['trace_id']}-{first['span_id']}"
    assert first["trace_id"] == second["trace_id"]
    assert {name: first[name] for name in ("customer_id", "team_id", "provider", "response_model")} == {
        "customer_id": "c", "team_id": "t", "provider": "anthropic", "response_model": "claude-opus-4",
    }  # fmt: skip
    assert (first["input_tokens"], first["cached_input_tokens"], first["output_tokens"]) == (
        "1200",
        "1000",
        "30",
    )
    assert Decimal(first["cost_usd"]) == Decimal("0.00000081")
    assert (first["latency_ms"], first["is_error"], first["quality_score"]) == (1235, False, "0.5")
    assert (second["input_tokens"], second["cost_usd"], second["latency_ms"]) == (None, None, None)
    assert (second["is_error"], second["error_type"]) == (True, "429")


def test_a_line_that_a_full_disk_cut_off_leaves_the_next_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "raw" / "otel"
    track_ai_call("openai", "gpt-4", 1, folder=folder)
    write = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, text: write(descriptor, text[:40]))
        with pytest.raises(OSError, match="only 40 of"):
            track_ai_call("openai", "gpt-4", 2, folder=folder)
    track_ai_call("openai", "gpt-4", 3, folder=folder)
    rows = sorted(landed(tmp_path), key=lambda row: row["line_number"])
    assert [(row["input_tokens"], row["line_problem"]) for row in rows] == [
        ("1", None), (None, "line_not_json"), ("3", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"input_tokens": -1},
        {"output_tokens": 1.5},
        {"cost_usd": "cheap"},
        {"cost_usd": float("nan")},
        {"provider": ""},
    ],
)
def test_what_cannot_be_right_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"call has|not a"):
        track_ai_call(**({"provider": "openai", "model": "gpt-4"} | wrong), folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_example_runs(tmp_path: Path) -> None:
    environment = os.environ | {"FINOPS_RAW_DIR": str(tmp_path / "raw")}
    subprocess.run(
        [sys.executable, "-m", "generator.examples.track_calls"], cwd=ROOT, env=environment, check=True
    )
    (file,) = (tmp_path / "raw" / "otel").iterdir()
    assert [len(json.loads(line)["resourceSpans"]) for line in file.read_text().splitlines()] == [1, 1]
    assert [row["is_error"] for row in landed(tmp_path)] == [False, True]
