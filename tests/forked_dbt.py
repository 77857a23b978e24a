"""dbt commands in forks of a process that has parsed the project: half the time of a command, or less.

Parsing, and importing dbt, takes longer than the small builds of most tests; and what dbt would make again for every node is
made once, as in the watcher. Tests of what a command prints, writes beside
the warehouse or leaves when it is killed run the command itself: `Workspace.dbt_command`.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Job:
    """A dbt command; `sources` is what the project is parsed with, `broken` names nodes that shall fail."""

    arguments: tuple[str, ...]
    project: str
    sources: str
    env: dict[str, str]
    printed: str
    broken: tuple[str, ...] = ()


def run(
    arguments: tuple[str, ...],
    project: str,
    env: dict[str, str],
    *,
    kill_after: float | None = None,
    broken: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run dbt from the root of the repository; both its streams are in `stdout`. With `kill_after` seconds it is killed
    then, if it still runs."""
    connection = _server()
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as printed:
        connection.send(Job(arguments, project, _sources_of(arguments), env, printed.name, broken))
        process = connection.recv()
        if kill_after is not None and not connection.poll(kill_after):
            os.kill(process, signal.SIGKILL)
        code = connection.recv()
        return subprocess.CompletedProcess(["dbt", *arguments], code, printed.read(), "")


def _sources_of(arguments: tuple[str, ...]) -> str:
    """The variable `sources` of a command: it says which models there are. Others are read when a model is compiled."""
    given = arguments[arguments.index("--vars") + 1] if "--vars" in arguments else "{}"
    try:
        sources = yaml.safe_load(given).get("sources")
    except (ValueError, yaml.YAMLError):
        sources = None
    return json.dumps({"sources": sorted(sources)} if isinstance(sources, list) else {})


@cache
def _server() -> Connection:
    """This process's own server, which ends with it."""
    ours, theirs = Pipe()
    number = theirs.fileno()
    # Locks of forks end with them, of which Python's count of locks is not told.
    quiet = ("-W", "ignore:resource_tracker")
    process = subprocess.Popen(
        [sys.executable, *quiet, "-m", "tests.dbt_server", str(number)], cwd=ROOT, pass_fds=[number]
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours
