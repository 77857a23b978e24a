"""How long a reader waits for each page of the dashboard, and how long the page is.

`python -m tests.bench.dashboard_pages [--warehouse warehouse/finops.duckdb] [--width 1440]`: a server and a Chromium of
its own. Cold is the first reader after a publication, whose questions nobody has asked yet; warm is the next one.
A page is readable when its first key figure stands there, and done when its script has run to the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from reports_builder.dashboard.pages import VIEWS
from tests.dashboard.chromium import WAIT, Reader, browsing
from tests.workspace import ROOT

_START = 60


@contextmanager
def served(warehouse: Path, folder: Path) -> Iterator[str]:
    """The address of a dashboard over a file; its log lies in ``folder``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "reports_builder", "dashboard", "--port", str(port)]
    command += ["--warehouse", str(warehouse), "--raw", str(folder), "--charts", str(folder), "--unlimited"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=log, stderr=log)
    origin = f"http://127.0.0.1:{port}"
    try:
        for _ in range(_START * 5):
            try:
                with urllib.request.urlopen(f"{origin}/_stcore/health", timeout=2):
                    break
            except OSError:
                time.sleep(0.2)
        yield origin
    finally:
        process.terminate()
        process.wait(timeout=_START)


def timed(page: Page, address: str) -> tuple[float, float, int]:
    """Seconds until the page is readable and until it is done, and its height in pixels."""
    begun = time.monotonic()
    page.goto(address)
    page.locator(".tile .now").first.wait_for(timeout=WAIT)
    readable = time.monotonic() - begun
    Reader(page, address).settled()
    done = time.monotonic() - begun
    page.wait_for_timeout(1000)
    height: int = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    return readable, done, height


def main() -> None:
    """Print a line per page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warehouse", type=Path, default=Path("warehouse/finops.duckdb"))
    parser.add_argument("--width", type=int, default=1440)
    chosen = parser.parse_args()
    if not chosen.warehouse.is_file():
        parser.error(f"there is no warehouse at {chosen.warehouse}: make demo builds one.")
    folder = Path(tempfile.mkdtemp())
    size = {"width": chosen.width, "height": 900 if chosen.width > 640 else 740}
    sys.stdout.write(
        f"{'page':34}{'readable cold':>14}{'done':>7}{'readable warm':>14}{'done':>7}{'height':>8}\n"
    )
    try:
        with (
            served(chosen.warehouse, folder) as origin,
            browsing(folder / "profile", viewport=size) as page,
        ):
            for each in VIEWS:
                cold, warm = (timed(page, f"{origin}/{each.address}") for _ in range(2))
                times = "".join(
                    f"{seconds:{width}.1f}"
                    for seconds, width in zip((*cold[:2], *warm[:2]), (14, 7) * 2, strict=True)
                )
                sys.stdout.write(f"{each.title:34}{times}{warm[2]:8,}\n")
                sys.stdout.flush()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
