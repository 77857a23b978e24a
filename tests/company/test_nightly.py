"""A run for a scheduler: steps up to the first that fails, and word of it whatever it was."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from finops.company_folder import init
from finops.nightly import Log, _ending_on_signals
from tests.forked_dbt import ROOT
from tests.servers import Endpoint, endpoint

__all__ = ["endpoint"]


@pytest.fixture
def company(tmp_path: Path) -> Path:
    init(tmp_path / "ours", is_demo=False)
    return tmp_path / "ours"


def nightly(company: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "finops", "nightly", *arguments],
        cwd=company,
        env={name: value for name, value in os.environ.items() if not name.startswith("FINOPS_")}
        | {"PYTHONPATH": str(ROOT)}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def noted(company: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((company / "warehouse" / name).read_text()))


def test_a_build_that_dbt_never_got_to_is_a_failed_build_and_told(company: Path, endpoint: Endpoint) -> None:
    (company / "seeds" / "budgets.csv").write_text("month,team_id\n")
    done = nightly(
        company, "--log-format", "json", "variables", "build", "report", FINOPS_ALERT_URLS=endpoint.url()
    )
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    ended = [(line["step"], line["exit_code"]) for line in lines if line["event"] == "step_ended"]
    # What follows the failed step is not done.
    assert ended == [("variables", 0), ("build", 1)]
    assert lines[-1] | {"at": ""} == {"at": "", "event": "run_ended", "exit_code": 1}
    assert any(line["event"] == "output" and line["step"] == "variables" for line in lines)
    attempt = noted(company, "attempt.json")
    assert (attempt["outcome"], attempt["failures"]) == ("failed", 1)
    assert "budgets.csv" in attempt["problem"]
    assert [each["step"] for each in noted(company, "nightly.json")["steps"]] == ["variables", "build"]
    told = [message["title"] for message in endpoint.received]
    assert told == ["AI FinOps: the build failed", "AI FinOps: nothing is published"]
    assert "budgets.csv" in endpoint.received[0]["message"]


def test_a_second_run_at_once_does_nothing(company: Path) -> None:
    (company / "warehouse").mkdir()
    with (company / "warehouse" / ".nightly.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = nightly(company, "variables")
    assert done.returncode == 1
    assert done.stderr == "finops: another nightly run is at work; nothing was done.\n"
    assert not (company / "warehouse" / "nightly.json").exists()


def test_a_signal_ends_the_step_and_lets_the_run_tell(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sleeps.py").write_text("import time; print('begun', flush=True); time.sleep(60)")
    with pytest.MonkeyPatch.context() as patch, _ending_on_signals() as run:
        patch.setenv("PYTHONPATH", str(tmp_path))
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
        assert run.of("sleeps", ["sleeps"], Log(as_json=False)) == (143, "begun")
        assert run.is_ended
        assert run.of("after", ["this"], Log(as_json=False))[0] == 0
    assert capfd.readouterr().out.startswith("begun\n")
