"""Work that follows a publication and must not hold up the next one."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """Runs ``work`` in a thread of its own; asked again meanwhile, runs it once more when it is done.

    What goes wrong is told, after the words ``failed``. The program may end before the work, so the work must
    bear a kill.
    """

    def __init__(self, work: Callable[[], object], tell: Callable[[str], None], failed: str) -> None:
        self._work = work
        self._tell = tell
        self._failed = failed
        self._lock = threading.Lock()
        self._is_running = False
        self._is_asked = False
        self._thread = threading.Thread()

    def __call__(self) -> None:
        """Ask for the work to be done on what is published now."""
        with self._lock:
            self._is_asked = True
            if self._is_running:
                return
            self._is_running = True
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def is_over_within(self, seconds: float) -> bool:
        """Wait for the work at hand, and begin no more; whether it is over."""
        with self._lock:
            self._is_asked = False
            is_running = self._is_running
        if is_running:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._is_asked:
                    self._is_running = False
                    return
                self._is_asked = False
            try:
                self._work()
            except Exception as error:
                self._tell(f"{self._failed}: {' '.join(str(error).split())}")
