"""When the summary is due, and that the watcher sends it then and not twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reports_builder.delivery.schedule import read_schedule
from reports_builder.delivery.scheduled import Scheduled
from reports_builder.errors import ReportError
from tests.servers import Endpoint

# A Wednesday.
NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "now", "due"),
    [
        ("daily 7", "2026-11-04T06:59", "2026-11-03T07:00"),
        ("daily 7", "2026-11-04T07:00", "2026-11-04T07:00"),
        ("Daily 07:30", "2026-11-04T23:59", "2026-11-04T07:30"),
        ("monday 7", "2026-11-04T12:00", "2026-11-02T07:00"),
        ("wednesday 12:01", "2026-11-04T12:00", "2026-10-28T12:01"),
        ("wednesday 12", "2026-11-04T12:00", "2026-11-04T12:00"),
        ("sunday 0", "2026-11-04T12:00", "2026-11-01T00:00"),
    ],
)
def test_the_last_moment_it_was_due(said: str, now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert read_schedule(said).last_due(moment) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize("said", ["", "7", "daily", "daily 24", "daily 7:60", "hourly 7", "monday tuesday 7"])
def test_what_is_no_schedule_is_refused(said: str) -> None:
    with pytest.raises(ReportError, match="is no schedule"):
        read_schedule(said)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Scene:
    """The schedule over a warehouse and one chat, and what it says of itself."""

    def __init__(self, warehouse: Path, endpoint: Endpoint) -> None:
        self.warehouse, self.endpoint = warehouse, endpoint
        self.clock = Clock()
        self.state: dict[str, Any] = {}
        self.started()

    def started(self) -> None:
        """A watcher that knows nothing of the one before it."""
        self.run = Scheduled(
            self.warehouse,
            read_schedule("daily 7"),
            self,
            lambda _: None,
            {"FINOPS_REPORT_URLS": self.endpoint.url()},
            self.clock,
        )

    def update(self, **changes: object) -> None:
        self.state |= changes

    def publish(self, spend: float) -> None:
        """Other data: another file in the place of the warehouse."""
        changed = self.warehouse.with_suffix(".new")
        changed.write_bytes(self.warehouse.read_bytes())
        with duckdb.connect(str(changed)) as connection:
            connection.execute("update core.fct_usage_daily set effective_cost_usd = ?", [spend])
        changed.replace(self.warehouse)


@pytest.fixture
def scene(warehouse: Path, endpoint: Endpoint) -> Scene:
    return Scene(warehouse, endpoint)


def test_it_is_sent_when_due_and_the_same_data_never_twice(scene: Scene) -> None:
    scene.run()
    scene.run()
    assert len(scene.endpoint.received) == 1
    assert scene.state["delivered_at"] == "2026-11-04T12:00:00.000Z"
    # Other data before it is due again.
    scene.publish(5)
    scene.run()
    assert len(scene.endpoint.received) == 1
    scene.clock.now = NOON + timedelta(hours=19)
    scene.run()
    assert len(scene.endpoint.received) == 2
    # Due again, the same data, also for a watcher that has started anew.
    scene.clock.now = NOON + timedelta(days=3)
    scene.run()
    scene.started()
    scene.run()
    assert len(scene.endpoint.received) == 2
    # What comes after the hour is sent when it comes.
    scene.publish(6)
    scene.run()
    assert len(scene.endpoint.received) == 3


def test_data_that_has_not_changed_is_not_read_again_at_each_look(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.run()
    scene.clock.now = NOON + timedelta(days=1)
    scene.run()
    monkeypatch.setattr("reports_builder.delivery.run.read_edition", lambda _: pytest.fail("read again"))
    scene.run()


def test_a_failure_is_in_the_state_and_tried_again_when_it_has_waited(scene: Scene) -> None:
    scene.endpoint.status = 503
    scene.run()
    assert (
        scene.state["delivery_error"]
        == "it did not reach 1 of 1: it answered HTTP 503 (Service Unavailable)."
    )
    assert scene.state["delivery_next_try_at"] == "2026-11-04T12:01:00.000Z"
    scene.endpoint.status = 200
    scene.clock.now = NOON + timedelta(seconds=59)
    scene.run()
    assert len(scene.endpoint.received) == 1
    scene.clock.now = NOON + timedelta(seconds=60)
    scene.run()
    assert len(scene.endpoint.received) == 2
    assert scene.state["delivery_error"] is None
    assert scene.state["delivery_next_try_at"] is None


def test_what_is_wrong_with_the_settings_is_said(scene: Scene) -> None:
    scene.run.environment = {}
    scene.run()
    assert "there is nobody to send to" in scene.state["delivery_error"]


def test_a_clock_that_is_set_back_neither_sends_twice_nor_waits_until_it_is_there_again(scene: Scene) -> None:
    scene.clock.now = NOON + timedelta(days=400)
    scene.run()
    assert len(scene.endpoint.received) == 1
    scene.clock.now = NOON
    scene.started()
    scene.run()
    assert len(scene.endpoint.received) == 1
    # Other data is sent when it is due by the clock that was put right.
    scene.publish(5)
    scene.run()
    assert len(scene.endpoint.received) == 2
