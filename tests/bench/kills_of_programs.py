"""Builds, the watcher and the receiver, each killed as the program that it is; one small company for all of them."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.bench.killing import FailedError, Subject
from tests.live.test_watch_command import watching
from tests.receiver.conftest import json_body, landed, receiving
from tests.warehouse.test_publication import AS_ALL, MODELS, RECONCILES
from tests.workspace import Workspace

# The calls are a view over the files that the build read, of which a publication must not be parted.
_TOTALS = """
    select count(*), sum(calls), sum(billed_cost_usd), (select count(*) from core.fct_calls) from core.fct_usage_daily
"""
# Hardly more than what is before and after the models: landing, freezing the files, publishing.
_LITTLE = ("build", "--select", "dim_dates", *AS_ALL)
_SPANS = 300
_LONG = 24 * 3600


def _workspace(folder: Path) -> Workspace:
    # Always in the same place: dbt reads the whole project anew when the path of its database changes.
    return Workspace(folder.parent / "workspace", folder.parent / "target")


def _built(folder: Path) -> None:
    """The company with its warehouse as it was built once, and half of its days changed since."""
    there, once = _workspace(folder), folder.parent / "once"
    shutil.rmtree(there.folder, ignore_errors=True)
    if not once.exists():
        there.generate(5, 20, "--workers", "1")
        done = there.run_command("build", "--exclude-resource-type", "test", "unit_test", "--vars", "{is_live_refresh: true}")  # fmt: skip
        if done.returncode:
            raise FailedError(done.stdout[-2000:])
        shutil.copytree(there.folder, once)
    else:
        shutil.copytree(once, there.folder)
    (there.folder / "totals.json").write_text(json.dumps(str(there.query(_TOTALS))))
    for day in sorted((there.raw / "calls").iterdir())[::2]:
        for path in day.glob("*.parquet"):
            os.utime(path)


def _totals(folder: Path) -> object:
    """Of the published file; ``_whole`` has held it against what it was before."""
    return _workspace(folder).query(RECONCILES), _workspace(folder).query(_TOTALS)


def _whole(folder: Path) -> None:
    there = _workspace(folder)
    assert there.query(RECONCILES) == [(0,)]
    assert str(there.query(_TOTALS)) == json.loads((there.folder / "totals.json").read_text())


def _build(folder: Path, kill_after: float | None, command: tuple[str, ...] = MODELS) -> tuple[float, bool]:
    began = time.monotonic()
    done = _workspace(folder).dbt(*command, kill_after=kill_after)
    if done.returncode not in (0, -signal.SIGKILL):
        raise FailedError(done.stdout[-3000:])
    return time.monotonic() - began, done.returncode != 0


def _watch(folder: Path, kill_after: float | None) -> tuple[float, bool]:
    """Until it has published once; a watcher that was killed has left its last word in refresh.json."""
    there, began = _workspace(folder), time.monotonic()
    before = 0
    with suppress(FileNotFoundError):
        before = json.loads((there.warehouse_dir / "refresh.json").read_text())["sequence"]
    with watching(there) as watched:
        while not (watched.status["sequence"] > before and watched.status["state"] == "idle"):
            if watched.process.poll() is not None or watched.status["state"] == "failed":
                raise FailedError(f"{watched.status} {watched.process.poll()}")
            if kill_after is not None and time.monotonic() - began > kill_after:
                watched.process.kill()
                watched.process.wait()
                return time.monotonic() - began, True
            time.sleep(0.02)
        _end(watched.process)
    return time.monotonic() - began, False


def _end(process: subprocess.Popen[str]) -> None:
    """Ask it to end, however long that takes: a campaign has time that nothing else needs."""
    process.send_signal(signal.SIGTERM)
    # Without a time it could not be asked again by who started it.
    process.communicate(timeout=_LONG)


def _receive(folder: Path, kill_after: float | None) -> tuple[float, bool]:
    """Until every span was confirmed; what was not is sent to the next receiver."""
    note = folder / "confirmed.json"
    confirmed: list[int] = json.loads(note.read_text()) if note.exists() else []
    with receiving(folder / "raw", "--file-megabytes", "1") as there:
        began = time.monotonic()
        timer = threading.Timer(kill_after, there.process.kill) if kill_after is not None else None
        if timer:
            timer.start()
        try:
            for number in sorted({*range(1, _SPANS + 1)} - {*confirmed}):
                if there.post(json_body(number)) == 200:
                    confirmed.append(number)
        except (OSError, http.client.HTTPException):
            pass
        finally:
            if timer:
                timer.cancel()
            note.write_text(json.dumps(confirmed))
        is_killed = there.process.poll() is not None
        if not is_killed and len(confirmed) == _SPANS:
            _end(there.process)
        elif not is_killed:
            there.kill()
    return time.monotonic() - began, is_killed


def _received(folder: Path) -> object:
    """Each span of those that were confirmed, whose answers may have been lost, too: all in the end."""
    found = {int(row["span_id"], 16) for row in landed(folder / "raw")}
    missing = set(json.loads((folder / "confirmed.json").read_text())) - found
    assert not missing, missing
    return len(found)


PROGRAMS = (
    Subject("build", _built, _built, _totals, _whole, _build),
    Subject("publication", _built, _built, _totals, _whole, partial(_build, command=_LITTLE)),
    Subject("watcher", _built, _built, _totals, _whole, _watch),
    Subject("receiver", lambda _: None, lambda _: None, _received, lambda _: None, _receive),
)
