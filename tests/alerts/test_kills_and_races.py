"""A kill at the worst instant, two runs at once, a torn line: no alert is lost, and none doubled but after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from reports_builder.alerts.ledger import Event, Ledger
from reports_builder.alerts.run import evaluate_and_deliver
from tests.servers import Endpoint
from tests.workspace import ROOT


def start(warehouse: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "reports_builder", "alerts", "--warehouse", str(warehouse), "--json"],
        cwd=ROOT,
        env=os.environ | {"FINOPS_ALERT_URLS": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def types(warehouse: Path) -> Counter[str]:
    return Counter(event.event_type for event in Ledger(warehouse).events())


def test_a_run_killed_while_it_sends_is_repeated_and_says_so(warehouse: Path, endpoint: Endpoint) -> None:
    endpoint.is_open.clear()
    killed = start(warehouse, endpoint.url())
    assert endpoint.has_call.wait(30)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=10)
    assert types(warehouse) == {"fired": 2, "sending": 2}
    endpoint.is_open.set()

    environment = {"FINOPS_ALERT_URLS": endpoint.url()}
    assert evaluate_and_deliver(warehouse, environment=environment).delivered == 2
    first, second = (hook["message"] for hook in endpoint.received)
    assert "repeated" not in first
    assert second.count("(repeated: a run was cut off, this may have arrived before)") == 2
    assert evaluate_and_deliver(warehouse, environment=environment).delivered == 0
    assert types(warehouse) == {"fired": 2, "sending": 4, "delivered": 2}


def test_two_runs_at_once_send_one_message(warehouse: Path, endpoint: Endpoint) -> None:
    endpoint.is_open.clear()
    runs = [start(warehouse, endpoint.url()) for _ in range(2)]
    assert endpoint.has_call.wait(30)
    endpoint.is_open.set()
    summaries = [json.loads(run.communicate(timeout=60)[0]) for run in runs]
    assert sorted(summary["delivered"] for summary in summaries) == [0, 2]
    assert len(endpoint.received) == 1
    assert types(warehouse) == {"fired": 2, "sending": 2, "delivered": 2}


def test_a_run_that_another_one_holds_up_says_so(warehouse: Path, endpoint: Endpoint) -> None:
    with Ledger(warehouse).one_run(0) as is_ours:
        assert is_ours
        summary = evaluate_and_deliver(
            warehouse, environment={"FINOPS_ALERT_URLS": endpoint.url()}, wait_seconds=0
        )
    assert summary.is_busy
    assert "Another run is still delivering" in "\n".join(summary.in_words())
    assert endpoint.received == []


def test_a_torn_line_is_passed_over_and_swallows_nothing(warehouse: Path, endpoint: Endpoint) -> None:
    environment = {"FINOPS_ALERT_URLS": endpoint.url()}
    evaluate_and_deliver(warehouse, environment=environment)
    path = Ledger(warehouse).path
    content = path.read_bytes()
    # The result of the second alert is cut off: it is not known, so that alert is sent again.
    path.write_bytes(content[:-40])
    assert types(warehouse) == {"fired": 2, "sending": 2, "delivered": 1}
    assert evaluate_and_deliver(warehouse, environment=environment).delivered == 1
    assert types(warehouse) == {"fired": 2, "sending": 3, "delivered": 2}
    # Lines of another kind, or no JSON at all, are no events.
    with path.open("ab") as ledger:
        ledger.write(b"[1]\nnull\n\xff\xfe\n{}\n" + b'{"event_at": 3}\n')
    assert types(warehouse) == {"fired": 2, "sending": 3, "delivered": 2}


def test_many_writers_lose_no_line(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "finops.duckdb")
    now = datetime(2026, 11, 1, tzinfo=UTC)

    def write(number: int) -> None:
        ledger.append([Event("fired", f"{number}-{part}\n\u2028", now) for part in range(5)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert len({event.alert_id for event in ledger.events()}) == 200
    assert len(ledger.path.read_bytes().splitlines()) == 200
