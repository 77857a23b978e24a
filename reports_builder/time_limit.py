"""Questions that take no longer than they may."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import duckdb

from reports_builder.errors import ReportError

_AGAIN_SECONDS = 0.05


class Interruptible(Protocol):
    """A connection whose query another thread can break off."""

    def interrupt(self) -> None:
        """Break off what runs now."""


@contextmanager
def time_limit(connection: Interruptible, seconds: float | None) -> Iterator[None]:
    """Break off every query within that still runs after so many seconds; None is no limit.

    ReportError that says what to do about it. Between two queries nothing is broken off: the next one is, as
    soon as it begins.
    """
    if seconds is None:
        yield
        return
    is_done, is_late = threading.Event(), threading.Event()

    def watch() -> None:
        if is_done.wait(seconds):
            return
        is_late.set()
        while not is_done.wait(_AGAIN_SECONDS):
            connection.interrupt()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    except (ReportError, duckdb.Error) as error:
        if is_late.is_set():
            raise ReportError(
                f"it took longer than {seconds:g} seconds and was broken off: ask for fewer days, or for "
                "fewer dimensions."
            ) from error
        raise
    finally:
        is_done.set()
        # Before the connection is closed, so that nothing is called on one that is gone.
        watching.join()
