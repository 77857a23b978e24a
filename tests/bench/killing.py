"""Something that is killed while it works: in a fork of this process, or as a program of its own."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Subject:
    """A command to be killed.

    ``state`` is what it leaves in a folder, compared with what it leaves without a kill; ``holds`` raises
    where what a kill left does not hold by itself. A ``program`` is started and killed after so many seconds
    by itself; it says how long it took, and whether it was killed.
    """

    name: str
    prepare: Callable[[Path], None]
    run: Callable[[Path], object]
    state: Callable[[Path], object]
    holds: Callable[[Path], object] = lambda _: None
    program: Callable[[Path, float | None], tuple[float, bool]] | None = None

    def done(self, folder: Path, kill_after: float | None = None) -> tuple[float, bool]:
        """Run it; how long that took, and whether it was killed; FailedError."""
        if self.program:
            return self.program(folder, kill_after)
        _, seconds, is_killed = forked(lambda: self.run(folder), kill_after)
        return seconds, is_killed


class FailedError(Exception):
    """What a fork raised, as it was printed."""


def forked(work: Callable[[], object], kill_after: float | None = None) -> tuple[Any, float, bool]:
    """What the work returns in a fork, how long it took, and whether it was killed; FailedError."""
    receiving, sending = Pipe(duplex=False)
    began = time.monotonic()
    process = os.fork()
    if process == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sending.send((True, work()))
        except BaseException:  # the parent tells it
            sending.send((False, traceback.format_exc()))
        os._exit(0)
    sending.close()
    is_killed = kill_after is not None and not receiving.poll(kill_after)
    if is_killed:
        os.kill(process, signal.SIGKILL)
    try:
        is_done, found = receiving.recv()
    except EOFError:
        is_done, found = True, None
    os.waitpid(process, 0)
    receiving.close()
    if not is_done:
        raise FailedError(found)
    return found, time.monotonic() - began, is_killed
