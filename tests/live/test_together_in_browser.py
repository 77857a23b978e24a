"""Generator, watcher and dashboard as a user starts them, on one workspace, before the eyes of one reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from reports_builder import formatting
from tests.dashboard.chromium import WAIT, Reader, chromium_path, reading, running
from tests.live.test_watch_command import TOTALS, watching
from tests.workspace import ROOT, Workspace

# A refresh of little data takes seconds, on a machine that does other work several times as many.
LONG = 5 * WAIT
# Days enough for a forecast are there at once, as half of what is to come; the rest arrives slowly or fast.
DATA = ("--follow", "--customers", "12", "--days", "60", "--history-days", "20", "--file-calls", "150")
TARGET = "1100KB"


@contextmanager
def following(workspace: Workspace, *pace: str) -> Iterator[subprocess.Popen[str]]:
    """The generator at work; it, and the processes it has started, end with the block."""
    command = [sys.executable, "-m", "generator", *DATA, "--target-size", TARGET, *pace]
    process = subprocess.Popen(
        [*command, "--out", str(workspace.raw)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    """A folder in which nothing has happened yet."""
    chromium_path()
    (tmp_path / "workspace").mkdir()
    return Workspace(tmp_path / "workspace", tmp_path / "target")


def listen_for_toasts(reader: Reader) -> None:
    """Keep what toasts say: they go by themselves."""
    reader.page.evaluate(
        """() => {
            window.toasts = [];
            const note = () => document.querySelectorAll('[data-testid=stToast]').forEach(
                toast => window.toasts.includes(toast.innerText) || window.toasts.push(toast.innerText));
            new MutationObserver(note).observe(document.body, {childList: true, subtree: true});
            note();
        }"""
    )


def progress(reader: Reader) -> int:
    value = reader.page.locator(".live").get_by_role("progressbar").get_attribute("aria-valuenow")
    assert value is not None
    return int(value)


def shown_until(reader: Reader, condition: str, argument: object = None) -> None:
    reader.page.wait_for_function(condition, arg=argument, timeout=LONG)


SPEND = "[...document.querySelectorAll('.tile')].find(tile => tile.innerText.includes('AI spend'))"
SPEND_IS = f"said => ({SPEND})?.querySelector('.now').innerText === said"
SPEND_IS_NOT = (
    f"said => {{ const tile = {SPEND}; return tile && tile.querySelector('.now').innerText !== said; }}"
)


def test_data_arrives_and_the_page_follows(empty: Workspace, tmp_path: Path) -> None:
    with (
        running(empty) as dashboard,
        reading(dashboard, tmp_path / "profile", viewport={"width": 1440, "height": 900}) as reader,
    ):
        reader.open("?period=all", '[data-testid="stAlert"]')
        assert "make demo" in reader.page.get_by_test_id("stAlert").inner_text()
        with watching(empty) as watched:
            with following(empty, "--rate", "30") as generator:
                # The page that was open before there was anything shows the first figures by itself.
                reader.page.locator(".tile").first.wait_for(timeout=LONG)

                # A page that is opened when the first reports are there is told only of what comes after them.
                watched.until(lambda status: status.get("finished_at"))
                reader.open("?period=all")
                listen_for_toasts(reader)
                before, bar_before = reader.tile("AI spend"), progress(reader)
                assert bar_before < 100
                shown_until(reader, SPEND_IS_NOT, before)
                shown_until(reader, "() => window.toasts.some(said => said.includes('Reports changed'))")
                assert bar_before < progress(reader) < 100
                assert reader.page.url.endswith("?period=all")

                generator.send_signal(signal.SIGINT)
                assert "stopped" in generator.communicate(timeout=60)[0]
                shown_until(reader, "() => document.querySelector('.live .bar .stopped')")
                assert progress(reader) < 100
            with following(empty) as generator:
                assert "complete" in generator.communicate(timeout=60)[0]
            shown_until(reader, "() => document.querySelector('.live .bar .complete')")
            assert progress(reader) == 100

            calls, cost = counted(empty)
            watched.until(lambda _: empty.query(TOTALS) == [(calls, cost)])
            shown_until(reader, SPEND_IS, formatting.usd_table(cost))
            assert reader.page.locator(".tile", has_text=f"{calls:,} calls").count() == 1
        assert reader.errors == []
        assert reader.elsewhere == []


def counted(workspace: Workspace) -> tuple[int, Decimal]:
    """What the generator has written, by its own files."""
    rows = workspace.query(
        f"select count(*), sum(cost_usd) from read_parquet('{workspace.raw}/calls/*/*.parquet')"
    )
    calls, cost = rows[0]
    return int(calls), Decimal(cost)
