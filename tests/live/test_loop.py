"""The watcher's loop: when it builds, what it limits a build to, and what it does about failures."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reports_builder.errors import ReportError
from reports_builder.live import loop
from reports_builder.live.arrivals import look
from reports_builder.live.errors import RefreshError
from reports_builder.live.status import StatusFile

CALLS = frozenset({"raw.calls"})


@dataclass
class FakeBuilder:
    """Notes what it was asked for; `steps` are run one per build, an exception ends the build with it."""

    working: Path
    asked: list[frozenset[str] | None] = field(default_factory=list)
    steps: list[Callable[[], object]] = field(default_factory=list)
    stale: bool = False

    def is_stale(self) -> bool:
        return self.stale

    def build(self, sources: frozenset[str] | None) -> int:
        self.asked.append(sources)
        self.stale = False
        if self.steps:
            self.steps.pop(0)()
        self.working.write_text(str(len(self.asked)))
        return 7


class Scene:
    """A landing folder, a watcher on it, and the clock."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raw, self.warehouse = folder / "raw", folder / "warehouse"
        self.warehouse.mkdir()
        self.builder = FakeBuilder(self.warehouse / "working")
        self.said: list[str] = []
        self.pages: tuple[str, ...] = ("finops_summary.md",)
        self.after: Callable[[], None] = lambda: None
        self.render: Callable[[], None] = lambda: None
        self.now, self.set_by = 1_000_000.0, 0.0
        monkeypatch.setattr(loop.time, "time", lambda: self.now + self.set_by)
        monkeypatch.setattr(loop.time, "monotonic", lambda: self.now)
        self.watcher = self.new_watcher()

    def new_watcher(self) -> loop.Watcher:
        def render() -> tuple[str, ...]:
            self.render()
            return self.pages

        return loop.Watcher(
            raw=self.raw,
            working=self.builder.working,
            status=StatusFile(self.warehouse),
            builder=self.builder,
            render=render,
            after=lambda: self.after(),  # noqa: PLW0108 - a test sets another one
            tell=self.said.append,
        )

    def arrive(self, name: str, text: str = "x") -> None:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def turn(self) -> bool:
        """One turn of the loop; whether there was something to do."""
        found = look(self.raw)
        is_due = self.watcher.is_due(found)
        if is_due:
            self.watcher.refresh(found)
        return is_due

    @property
    def status(self) -> dict[str, Any]:
        return dict(json.loads((self.warehouse / "refresh.json").read_text()))


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(tmp_path, monkeypatch)


def test_the_first_build_is_whole_and_the_next_is_limited_to_what_came(scene: Scene) -> None:
    scene.arrive("customers.parquet")
    scene.arrive("calls/date=2026-10-01/a.parquet")
    assert scene.turn()
    assert not scene.turn()
    scene.arrive("calls/date=2026-10-02/b.parquet")
    assert scene.turn()
    scene.arrive("customers.parquet", "more")
    assert scene.turn()
    assert scene.builder.asked == [None, CALLS, {"raw.customers"}]
    assert scene.status["sequence"] == 3
    assert scene.status["changed_reports"] == ["finops_summary.md"]


def test_the_first_build_of_a_day_is_whole_since_only_that_runs_all_tests(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.turn()
    scene.now += 86_400
    assert not scene.turn()
    for name in ("b", "c"):
        scene.arrive(f"calls/date=2026-10-02/{name}.parquet")
        scene.turn()
    assert scene.builder.asked == [None, None, CALLS]


def test_a_file_that_goes_is_a_change(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.arrive("calls/date=2026-10-02/b.parquet")
    scene.turn()
    (scene.raw / "calls/date=2026-10-02/b.parquet").unlink()
    assert scene.turn()
    assert scene.builder.asked == [None, CALLS]


@pytest.mark.parametrize(
    "name",
    ["_follow.json", "_incoming-1/calls/date=2026-10-01/part-0.parquet", "calls/.x", "truth/a.parquet"],
)
def test_what_is_no_data_starts_nothing(scene: Scene, name: str) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.turn()
    scene.arrive(name)
    assert not scene.turn()


def test_files_of_other_sources_have_everything_built(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.turn()
    scene.arrive("litellm/spend.csv")
    scene.turn()
    assert scene.builder.asked == [None, None]


def test_another_build_in_between_or_a_changed_project_has_everything_built(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.turn()
    scene.builder.working.write_text("somebody ran dbt build --select")
    scene.arrive("calls/date=2026-10-02/b.parquet")
    scene.turn()
    assert scene.builder.asked == [None, None]
    scene.builder.stale = True
    assert scene.turn()


def test_what_arrives_during_a_build_is_not_lost(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.builder.steps = [lambda: scene.arrive("calls/date=2026-10-02/b.parquet")]
    arrived = (scene.raw / "calls/date=2026-10-01/a.parquet").stat().st_mtime
    assert scene.turn()
    # Only what was there when the build began counts as published.
    assert scene.status["arrived_at"] == loop.iso(arrived)
    assert scene.turn()
    assert not scene.turn()
    assert scene.builder.asked == [None, CALLS]


def failing(error: Exception) -> Callable[[], object]:
    def fail() -> object:
        raise error

    return fail


def test_a_failure_keeps_what_is_published_and_is_tried_again_ever_later(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.turn()
    good = scene.status
    scene.builder.steps = [failing(RefreshError("The check x found 3 row(s) that must not be."))] * 3
    scene.arrive("calls/date=2026-10-02/b.parquet")
    waits = []
    for attempt in (1, 2, 3):
        assert scene.turn()
        status = scene.status
        assert (status["state"], status["attempt"]) == ("failed", attempt)
        assert status["error"] == "The check x found 3 row(s) that must not be."
        assert (status["published_at"], status["sequence"]) == (good["published_at"], 1)
        waits.append(scene.watcher._retry_at - scene.now)
        scene.now = scene.watcher._retry_at - 0.1
        assert not scene.turn()
        scene.now += 0.2
    assert waits == [5, 10, 20]
    assert scene.turn()
    assert (scene.status["state"], scene.status["error"], scene.status["sequence"]) == ("idle", None, 2)
    assert scene.status["next_retry_at"] is None
    # After a failure nobody knows what was half built.
    assert scene.builder.asked == [None, CALLS, None, None, None]


def test_a_changed_file_has_a_failure_tried_again_at_once(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet", "broken")
    scene.builder.steps = [failing(RefreshError("Broken."))]
    scene.turn()
    assert not scene.turn()
    scene.arrive("calls/date=2026-10-01/a.parquet", "mended!")
    assert scene.turn()
    assert scene.status["state"] == "idle"


def test_pages_that_cannot_be_written_are_a_failure_of_published_figures(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.render = failing(ReportError("cannot write the reports to reports (No space left on device)."))
    scene.turn()
    assert scene.status["state"] == "failed"
    assert "No space" in scene.status["error"]
    assert scene.status["sequence"] == 1
    scene.render = lambda: None
    scene.now += 6
    assert scene.turn()
    assert scene.status["state"] == "idle"


def test_alerts_that_fail_harm_nothing(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.after = failing(ValueError("no such rule"))
    scene.turn()
    assert scene.status["state"] == "idle"
    assert any("no such rule" in line for line in scene.said)


def test_a_full_disk_does_not_end_the_watcher(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    write = Path.write_text

    def full(path: Path, text: str, **options: Any) -> int:
        if path.name.startswith("refresh.json"):
            raise OSError("No space left on device")
        return write(path, text, **options)

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_text", full)
        scene.turn()
    scene.arrive("calls/date=2026-10-02/a.parquet")
    scene.turn()
    assert scene.status["sequence"] == 2


def test_a_new_watcher_builds_first_and_goes_on_counting(scene: Scene) -> None:
    scene.arrive("calls/date=2026-10-01/a.parquet")
    scene.turn()
    scene.watcher = scene.new_watcher()
    assert scene.turn()
    assert scene.builder.asked == [None, None]
    assert scene.status["sequence"] == 2


def test_a_folder_that_comes_later_and_its_files_are_noticed_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(tmp_path, monkeypatch)
    monkeypatch.undo()
    noticed: list[float] = []
    began = threading.Event()

    def arrive() -> None:
        scene.arrive("calls/date=2026-10-01/a.parquet")
        began.wait(10)
        time.sleep(0.3)
        noticed.append(time.monotonic())
        scene.arrive("calls/date=2026-10-02/b.parquet")

    def end() -> None:
        noticed.append(time.monotonic())
        raise KeyboardInterrupt

    scene.builder.steps = [began.set, end]
    writer = threading.Timer(0.2, arrive)
    writer.start()
    with pytest.raises(KeyboardInterrupt):
        scene.watcher.run()
    writer.join()
    assert scene.builder.asked == [None, CALLS]
    # Far below the interval at which the folder is looked at anyway: the system's notice did it.
    assert noticed[1] - noticed[0] < loop.NOTICE_SECONDS / 2


def test_a_clock_that_is_set_back_holds_up_no_second_attempt(scene: Scene) -> None:
    scene.builder.steps = [failing(RefreshError("No room."))]
    scene.arrive("calls/date=2026-10-01/a.parquet")
    assert scene.turn()
    assert scene.status["state"] == "failed"
    scene.set_by, scene.now = -86_400.0, scene.now + 6
    assert scene.turn()
    assert (scene.status["state"], scene.status["sequence"]) == ("idle", 1)
