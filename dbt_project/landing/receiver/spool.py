"""Keep what was received so that no kill, full disk or loss of power takes it away once it was confirmed.

A record is appended to a hidden file, and is kept when the disk says so; records that wait at the same time
share that one wait. When a file is old or large enough it loses the dot of its name: from then on landing
reads it. What a killed receiver left hidden is brought to its last whole record by the next one, and loses
its dot, too.
"""

from __future__ import annotations

import fcntl
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from dbt_project.landing.errors import UsageError, unwritten
from dbt_project.landing.formats import otlp_messages
from dbt_project.landing.whole_files import sync_folder

_LOCK = ".receiver.lock"
_HIDDEN = ".received-*"
# How long a file whose name cannot be changed waits for the next try.
_RETRY_SECONDS = 5.0
_PIECE = 1 << 20


@dataclass(frozen=True)
class _Record:
    content: bytes
    suffix: str
    is_kept: Future[None]


class _OpenFile:
    """A hidden file that is being filled; `size` is how much of it the disk has for certain."""

    def __init__(self, folder: Path, suffix: str) -> None:
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self.path = folder / f".received-{started}-{secrets.token_hex(4)}{suffix}"
        self.started = time.monotonic()
        self.size = 0
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o640)
        try:
            sync_folder(folder)
        except OSError:
            self.close()
            self.path.unlink()
            raise

    def append(self, content: bytes) -> None:
        left = memoryview(content)
        while left:
            left = left[os.write(self._descriptor, left) :]
        os.fsync(self._descriptor)
        self.size += len(content)

    def cut(self) -> None:
        """Take away what was not confirmed."""
        os.ftruncate(self._descriptor, self.size)

    def close(self) -> None:
        os.close(self._descriptor)


class Spool:
    """Files of received records in a folder that belongs to one receiver at a time."""

    def __init__(
        self, folder: Path, *, file_seconds: float, file_bytes: int, say: Callable[[str], None]
    ) -> None:
        """Take over the folder; UsageError where that is not possible."""
        self._folder = folder
        self._file_seconds = file_seconds
        self._file_bytes = file_bytes
        self._say = say
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o640)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(self._lock)
                raise UsageError(f"{folder}: another receiver writes here; end it first") from error
            self._finished = recovered(folder)
        except OSError as error:
            raise UsageError(f"{unwritten(error.filename or folder, error)}") from error
        self._open: dict[str, _OpenFile] = {}
        self._waiting: queue.SimpleQueue[_Record | None] = queue.SimpleQueue()
        self._publish()
        self._thread = threading.Thread(target=self._run, name="spool")
        self._thread.start()

    def put(self, content: bytes, suffix: str) -> Future[None]:
        """Keep a record. The future ends when it is kept, with the error when it cannot be."""
        record = _Record(content, suffix, Future())
        # It can no longer be cancelled: a sender that goes away takes nothing back.
        record.is_kept.set_running_or_notify_cancel()
        self._waiting.put(record)
        return record.is_kept

    def close(self) -> None:
        """Keep what waits, let landing read all of it, and give the folder back."""
        self._waiting.put(None)
        self._thread.join()
        os.close(self._lock)

    def _run(self) -> None:
        is_closing = False
        while not is_closing:
            records, is_closing = self._next()
            for suffix in {record.suffix for record in records}:
                self._keep(suffix, [record for record in records if record.suffix == suffix])
            for suffix, file in list(self._open.items()):
                is_old = time.monotonic() - file.started >= self._file_seconds
                if is_closing or is_old or file.size >= self._file_bytes:
                    self._finish(suffix)
            self._publish()

    def _next(self) -> tuple[list[_Record], bool]:
        """All records that wait, and whether it is the end; waits for one until a file is due."""
        wait = _RETRY_SECONDS if self._finished else None
        if self._open:
            due = min(file.started for file in self._open.values()) + self._file_seconds - time.monotonic()
            wait = max(0.0, min(due, wait or due))
        records: list[_Record] = []
        try:
            records_or_end = self._waiting.get(timeout=wait)
            while records_or_end is not None:
                records.append(records_or_end)
                records_or_end = self._waiting.get_nowait()
        except queue.Empty:
            return records, False
        return records, True

    def _keep(self, suffix: str, records: list[_Record]) -> None:
        try:
            if suffix not in self._open:
                self._open[suffix] = _OpenFile(self._folder, suffix)
            self._open[suffix].append(b"".join(record.content for record in records))
        except (OSError, MemoryError) as error:
            # After a failure the system does not say what of the file is on disk: what was confirmed is.
            if suffix in self._open:
                self._finish(suffix, is_whole=False)
            for record in records:
                record.is_kept.set_exception(error)
            return
        for record in records:
            record.is_kept.set_result(None)

    def _finish(self, suffix: str, *, is_whole: bool = True) -> None:
        """Add no more to the file of that suffix; one that cannot be cut is left to the next receiver."""
        file = self._open.pop(suffix)
        with suppress(OSError):
            if not is_whole:
                file.cut()
            self._finished.append(file.path)
        with suppress(OSError):
            file.close()

    def _publish(self) -> None:
        """Take the dot from the names of finished files; where that fails it is tried again."""
        for hidden in list(self._finished):
            try:
                if hidden.stat().st_size:
                    hidden.rename(hidden.with_name(hidden.name.removeprefix(".")))
                    self._say(f"{hidden.name.removeprefix('.')} can be landed.")
                else:
                    hidden.unlink()
                sync_folder(self._folder)
            except FileNotFoundError:
                # It has its name already, or somebody took it away.
                self._finished.remove(hidden)
            except OSError as error:
                self._say(f"{hidden}: {error.strerror or error}; trying again.")
            else:
                self._finished.remove(hidden)


def recovered(folder: Path) -> list[Path]:
    """The hidden files of a receiver that was killed, each cut after its last whole record."""
    files = sorted(folder.glob(_HIDDEN))
    for path in files:
        with path.open("r+b") as content:
            whole = _whole_messages(content) if path.suffix == otlp_messages.SUFFIX else _whole_lines(content)
            content.truncate(whole)
            os.fsync(content.fileno())
    return files


def _whole_lines(content: BinaryIO) -> int:
    """Where the last whole line of a file ends."""
    end = content.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _PIECE)
        content.seek(start)
        if found := content.read(end - start).rfind(b"\n") + 1:
            return start + found
        end = start
    return 0


def _whole_messages(content: BinaryIO) -> int:
    """Where the last whole message of a file ends. None is empty: zeros are what a loss of power left."""
    end = 0
    for message in otlp_messages.messages_of(content):
        if not message:
            break
        end += otlp_messages.LENGTH_BYTES + len(message)
    return end
