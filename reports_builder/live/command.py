"""``python -m reports_builder watch``: new data in, new figures and pages out."""

from __future__ import annotations

import fcntl
import importlib
import importlib.util
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from dbt_project.landing.errors import unwritten
from reports_builder.errors import ReportError
from reports_builder.live.background import Background
from reports_builder.live.status import StatusFile
from reports_builder.warehouse import RAW_FOLDER, WAREHOUSE_FOLDER

_PROJECT = Path("dbt_project")
_ALERTS = "reports_builder.alerts.run"
_LAST_WORK_SECONDS = 3.0


def watch(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The folder of the reports.")] = Path("reports"),
    send: Annotated[
        str,
        typer.Option(
            envvar="FINOPS_SEND",
            metavar="WHEN",
            help="Send the executive summary too: 'daily 7' or 'monday 07:30', the time in UTC.",
        ),
    ] = "",
    seal: Annotated[
        bool, typer.Option("--seal", help="Seal closed days, too, with the key of the environment.")
    ] = False,
) -> None:
    """Rebuild, publish and render whenever data arrives in data/raw, until Ctrl-C.

    FINOPS_RAW_DIR and FINOPS_WAREHOUSE_DIR move the folders, as for dbt.
    """
    raw, warehouse = RAW_FOLDER, WAREHOUSE_FOLDER
    if not (_PROJECT / "dbt_project.yml").is_file():
        raise ReportError("run this from the root of the project: there is no dbt_project here.")
    published, status = warehouse / "finops.duckdb", StatusFile(warehouse)
    works = [
        Background(_alerts(published), _say, "alerts could not be evaluated"),
        Background(_health(published), _say, "the pipeline's own state could not be told"),
    ]
    if send:
        works.append(Background(_summary(published, send, status), _say, "the summary could not be sent"))
    if seal:
        works.append(Background(_seals(published), _say, "closed days could not be sealed"))

    def after() -> None:
        for work in works:
            work()

    with only_watcher(warehouse), ending_on_signals() as ended:
        try:
            _run(raw, warehouse, out, status=status, after=after, is_ended=ended.is_set)
        except KeyboardInterrupt:
            _say("stopped; the published figures stay")
    if not all(work.is_over_within(_LAST_WORK_SECONDS) for work in works):
        # A thread that is still in a library's code does not bear the end of Python.
        sys.stdout.flush()
        os._exit(0)


def _run(
    raw: Path,
    warehouse: Path,
    out: Path,
    *,
    status: StatusFile,
    after: Callable[[], None],
    is_ended: Callable[[], bool],
) -> None:
    # dbt takes seconds to load, so it loads only here.
    from reports_builder.live.loop import Watcher  # noqa: PLC0415
    from reports_builder.live.render import render_changed  # noqa: PLC0415
    from reports_builder.live.warm_dbt import WarmDbt  # noqa: PLC0415

    published = warehouse / "finops.duckdb"
    _say(f"watching {raw}, publishing {published}; Ctrl-C ends")
    Watcher(
        raw=raw,
        working=warehouse / "build" / "finops.duckdb",
        status=status,
        builder=WarmDbt(_PROJECT),
        render=lambda: render_changed(published, out),
        after=after,
        tell=_say,
        is_ended=is_ended,
    ).run()


def _alerts(published: Path) -> Callable[[], object]:
    """Evaluation of the alert rules, where the project has them."""
    if importlib.util.find_spec(_ALERTS.rpartition(".")[0]) is None:
        return lambda: None

    def evaluate() -> None:
        summary = importlib.import_module(_ALERTS).evaluate_and_deliver(published)
        for channel in summary.channels:
            if channel.reason is not None:
                _say(f"alerts: {channel.in_words()}")

    return evaluate


def _health(published: Path) -> Callable[[], object]:
    """Word to the channels that refreshes fail or no data arrives, and that it is over."""
    from reports_builder.health.notices import notify  # noqa: PLC0415
    from reports_builder.health.problems import limits_of, problems  # noqa: PLC0415
    from reports_builder.health.state import read_health  # noqa: PLC0415

    limits = limits_of(os.environ)

    def tell() -> None:
        found = problems(read_health(published), limits, datetime.now(UTC))
        for sent in notify(published, found):
            _say(f"notice: {sent.in_words()}")

    return tell


def _summary(published: Path, when: str, status: StatusFile) -> Callable[[], object]:
    """The executive summary on its schedule; what cannot work is said before anything is watched."""
    from reports_builder.delivery.run import read_targets  # noqa: PLC0415
    from reports_builder.delivery.schedule import read_schedule  # noqa: PLC0415
    from reports_builder.delivery.scheduled import Scheduled  # noqa: PLC0415

    read_targets()
    return Scheduled(published, read_schedule(when), status, _say)


def _seals(published: Path) -> Callable[[], object]:
    """Seals of closed days; that there is no key is said before anything is watched."""
    from reports_builder.seals.keys import needed_key  # noqa: PLC0415
    from reports_builder.seals.log import DEFAULT_SEALS  # noqa: PLC0415
    from reports_builder.seals.sealing import seal  # noqa: PLC0415

    key = needed_key()

    def seal_closed_days() -> None:
        run = seal(published, DEFAULT_SEALS, key)
        if run.added:
            _say(f"{len(run.added)} seals added; the log has {run.heads} heads and the root {run.log_root}")

    return seal_closed_days


@contextmanager
def only_watcher(warehouse: Path) -> Iterator[None]:
    """Keep a second watcher away from ``warehouse``; ReportError when there is one."""
    try:
        warehouse.mkdir(parents=True, exist_ok=True)
        lock = (warehouse / "watch.lock").open("w")
    except OSError as error:
        raise ReportError(f"{unwritten(warehouse, error)}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReportError(f"another watcher, or a removal of data, is at work on {warehouse}.") from error
        yield


@contextmanager
def ending_on_signals() -> Iterator[threading.Event]:
    """SIGTERM ends the watcher as Ctrl-C does."""

    def end(_number: int, _frame: FrameType | None) -> None:
        # A second one must not break into what the first one has begun to put in order.
        if not ended.is_set():
            ended.set()
            raise KeyboardInterrupt

    ended = threading.Event()
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    typer.echo(f"{time.strftime('%H:%M:%S')}  {line}")
