"""Alerts are evaluated beside the refreshes, on the newest figures, and never stop anything."""

from __future__ import annotations

import threading

from reports_builder.live.background import Background


def test_asked_again_meanwhile_it_works_once_more_and_no_oftener() -> None:
    begun, go_on, done = threading.Semaphore(0), threading.Semaphore(0), threading.Event()
    runs = []

    def work() -> None:
        runs.append(len(runs))
        begun.release()
        go_on.acquire()
        if len(runs) == 2:
            done.set()

    background = Background(work, lambda _: None, "it failed")
    background()
    begun.acquire()
    for _ in range(3):
        background()
    go_on.release(2)
    assert done.wait(10)
    assert runs == [0, 1]


def test_the_end_waits_a_moment_and_begins_nothing_more() -> None:
    begun, go_on = threading.Event(), threading.Event()
    runs = []

    def work() -> None:
        runs.append(1)
        begun.set()
        go_on.wait(10)

    background = Background(work, lambda _: None, "it failed")
    assert background.is_over_within(0)
    background()
    assert begun.wait(10)
    background()
    assert not background.is_over_within(0.01)
    go_on.set()
    assert background.is_over_within(10)
    assert runs == [1]


def test_a_failure_is_told_and_the_next_time_it_works_again() -> None:
    told, worked = threading.Event(), threading.Event()
    said: list[str] = []

    def work() -> None:
        if not said:
            raise ValueError("no\nsuch rule")
        worked.set()

    def tell(line: str) -> None:
        said.append(line)
        told.set()

    background = Background(work, tell, "alerts could not be evaluated")
    background()
    assert told.wait(10)
    background()
    assert worked.wait(10)
    assert said == ["alerts could not be evaluated: no such rule"]
