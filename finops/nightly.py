"""One run for a scheduler: steps in a row, what became of each, and word to somebody where one failed.

The steps are commands of ``finops``. The first that fails ends the run, with its exit code. Whatever
happened, the state of the pipeline is told last. A run leaves ``nightly.json`` beside the warehouse, and
notes a build that failed before dbt could note it itself.
"""

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import FrameType

from dbt_project.landing.errors import unwritten
from dbt_project.landing.whole_files import write_note
from dbt_project.plugins import attempts
from finops.errors import FolderError
from reports_builder.health.state import NIGHTLY_FILE
from reports_builder.warehouse import WAREHOUSE_FOLDER

DEFAULT_STEPS = ("build", "report", "alerts")
_DBT = ("build", "dbt", "test")
_LONGEST_PROBLEM = 400
_TERMINATED = 128 + signal.SIGTERM


class Log:
    """What the run says on stdout: lines of text, or JSON lines for a program that collects them."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def event(self, event: str, said: str, **facts: object) -> None:
        """Something that the run itself did."""
        self._write({"at": _now(), "event": event} | facts, said)

    def line(self, step: str, line: str) -> None:
        """A line that a step said; what is JSON already, as dbt's log is, stays as it is."""
        if self.as_json and not _is_object(line):
            self._write({"at": _now(), "event": "output", "step": step, "line": line}, line)
        else:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    def _write(self, told: Mapping[str, object], said: str) -> None:
        sys.stdout.write(f"{json.dumps(told) if self.as_json else said}\n")
        sys.stdout.flush()


def run_nightly(steps: Sequence[str], *, as_json: bool) -> int:
    """Run the steps in the current folder; returns the exit code of the first that failed, or of ``status``.

    FolderError where another run is at work, or a step cannot be read.
    """
    commands = [(step, _words(step)) for step in steps]
    log = Log(as_json=as_json)
    with _only_run(), _ending_on_signals() as run:
        started_at, done, code = _now(), list[dict[str, object]](), 0
        for step, words in commands:
            log.event("step_started", f"== {step}", step=step)
            before, began = _noted(), time.monotonic()
            code, last = run.of(step, ["finops", *words, *_options(words, log)], log)
            seconds = round(time.monotonic() - began, 3)
            problem = last[:_LONGEST_PROBLEM] if code else ""
            done.append({"step": step, "exit_code": code, "seconds": seconds, "problem": problem})
            said = f"== {step}: exit code {code} after {seconds:.1f} s"
            log.event("step_ended", said, step=step, exit_code=code, seconds=seconds)
            if code and words[0] == "build":
                _note_failed_build(before, code, last)
            if code or run.is_ended:
                break
        told_of_run = {"started_at": started_at, "finished_at": _now(), "steps": done}
        write_note(WAREHOUSE_FOLDER / NIGHTLY_FILE, told_of_run)
        # Not by `finops`, which puts the folder together first: it may be what is wrong with it.
        told, _ = run.of("status", ["reports_builder", "status", "--notify"], log)
        code = code or (_TERMINATED if run.is_ended else told)
        log.event("run_ended", f"== exit code {code}", exit_code=code)
        return code


def _words(step: str) -> list[str]:
    try:
        words = shlex.split(step)
    except ValueError as error:
        raise FolderError(f"step {step!r} cannot be read: {error}.") from None
    if not words or words[0] == "nightly":
        raise FolderError(f"step {step!r} is no command of finops that a nightly run can take.")
    return words


def _options(words: Sequence[str], log: Log) -> list[str]:
    return ["--log-format", "json"] if log.as_json and words[0] in _DBT else []


class _Run:
    """Runs programs one after the other; a signal ends the one that is at work."""

    def __init__(self) -> None:
        self.is_ended = False
        self._process: subprocess.Popen[str] | None = None

    def of(self, step: str, arguments: Sequence[str], log: Log) -> tuple[int, str]:
        """Exit code of ``python -m <arguments>``, and the last line that it said."""
        last = ""
        with subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as self._process:
            for line in self._process.stdout or ():
                log.line(step, line.rstrip("\n"))
                last = _message(line).strip() or last
        code = self._process.wait()
        # What a signal ended has the exit code that a shell gives it.
        return (128 - code if code < 0 else code), last

    def end(self, number: int, _frame: FrameType | None) -> None:
        """Hand the signal on."""
        self.is_ended = True
        if self._process is not None:
            self._process.send_signal(number)


def _message(line: str) -> str:
    """What a line says to a person; dbt's JSON has it in ``info.msg``."""
    try:
        return str(json.loads(line)["info"]["msg"])
    except (ValueError, KeyError, TypeError):
        return line


def _note_failed_build(before: str, code: int, last: str) -> None:
    """A build that dbt did not get to, or was killed in, must not look like the one before it."""
    now = _noted()
    with suppress(ValueError, AttributeError):
        if now != before and json.loads(now).get("outcome") != "running":
            return
    if now == before:
        attempts.begin(WAREHOUSE_FOLDER)
    attempts.end(WAREHOUSE_FOLDER, "failed", f"The build ended with exit code {code}.\n{last}")


def _noted() -> str:
    try:
        return (WAREHOUSE_FOLDER / attempts.FILE_NAME).read_text(encoding="utf-8")
    except OSError:
        return ""


@contextmanager
def _only_run() -> Iterator[None]:
    """Hold off another run; the lock goes with the process."""
    try:
        WAREHOUSE_FOLDER.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(WAREHOUSE_FOLDER / ".nightly.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise FolderError(f"{unwritten(WAREHOUSE_FOLDER, error)}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise FolderError("another nightly run is at work; nothing was done.") from None
    finally:
        os.close(descriptor)


@contextmanager
def _ending_on_signals() -> Iterator[_Run]:
    """SIGTERM ends the step at work, so that the run can tell; the first process of a container must ask."""
    run = _Run()
    before = signal.signal(signal.SIGTERM, run.end)
    try:
        yield run
    finally:
        signal.signal(signal.SIGTERM, before)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
