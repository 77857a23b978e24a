"""The dashboard killed at any instant while a reader saves charts: nothing that it said was saved is lost."""

from __future__ import annotations

import os
import random
import shutil
import threading
from collections.abc import Iterator
from hashlib import sha256
from itertools import count

import pytest
from playwright.sync_api import Error, Page

from reports_builder.semantic import load_chart
from tests.dashboard.chromium import Dashboard, Reader, browsing, chromium_path, running
from tests.workspace import Workspace

# The test suite kills twice, `FINOPS_KILLS=20 pytest tests/dashboard -k kill` the rest.
KILLS = int(os.environ.get("FINOPS_KILLS", "2"))
CHART = "chart-builder?metric=calls&by=call__provider&kind=table"
FORM = '[data-testid="stForm"]'
SAVED_MS = 3_000


@pytest.fixture(scope="module")
def served(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A warehouse to serve; the charts that are saved stay from kill to kill."""
    chromium_path()
    folder = tmp_path_factory.mktemp("killed") / "workspace"
    (folder / "warehouse").mkdir(parents=True)
    shutil.copyfile(built.published, folder / "warehouse" / "finops.duckdb")
    return Workspace(folder, built.target)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def saved_until_killed(dashboard: Dashboard, reader: Reader, seed: int) -> list[str]:
    """Save one chart after the other until the dashboard is dead; the names that it said were saved."""
    chance = random.Random(seed)
    confirmed: list[str] = []
    reader.open(CHART, FORM)
    killer = threading.Timer(chance.uniform(0, 1), dashboard.process.kill)
    killed_at = chance.randint(0, 3)
    try:
        for number in count():
            if number == killed_at:
                killer.start()
            name = f"Chart {seed} {number}"
            reader.page.get_by_role("textbox", name="Name").fill(name, timeout=SAVED_MS)
            reader.page.get_by_role("button", name="Save the chart").click(timeout=SAVED_MS)
            file = f"chart-{seed}-{number}.yml"
            reader.page.get_by_text(file).wait_for(timeout=SAVED_MS)
            confirmed.append(name)
    except Error:
        # Nobody answers any more.
        dashboard.process.wait(timeout=SAVED_MS / 1000)
    finally:
        killer.cancel()
    return confirmed


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_dashboard_killed_while_it_saves_loses_nothing(served: Workspace, page: Page, seed: int) -> None:
    before = sha256(served.published.read_bytes()).digest()
    with running(served) as dashboard:
        reader = Reader(page, dashboard.origin)
        confirmed = saved_until_killed(dashboard, reader, seed)
        charts = [load_chart(path) for path in dashboard.charts.glob("[!.]*")]
    assert {*confirmed} <= {chart.name for chart in charts}
    assert all(chart.metrics == ("calls",) and chart.kind == "table" for chart in charts)
    assert sha256(served.published.read_bytes()).digest() == before
    assert {path.name for path in served.warehouse_dir.iterdir()} <= {"audit", "finops.duckdb"}

    with running(served) as again:
        reader = Reader(page, again.origin)
        reader.open(CHART, FORM)
        for name in confirmed[-3:]:
            # Typed, because a long list holds only what is in sight.
            reader.page.get_by_role("combobox", name="Saved charts").fill(name)
            reader.page.get_by_role("option", name=name, exact=True).wait_for(timeout=SAVED_MS)
        assert reader.page.get_by_test_id("stAlert").count() == 0
