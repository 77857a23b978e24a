"""A file of lines that is only ever appended to, by several processes at once, and survives a kill."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbt_project.landing.errors import unwritten
from dbt_project.landing.whole_files import append_together, append_whole
from reports_builder.errors import ReportError

_BLOCK = 4096
WRITTEN_AT = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How lines say when they were written, in UTC: as text they are in the order of time."""


def read_lines(path: Path) -> list[bytes]:
    """The lines in the order they were written, none where there is no file; a cut-off line is among them."""
    try:
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ReportError(f"cannot read {path} ({error.strerror}).") from error


def append_lines(path: Path, lines: Sequence[bytes]) -> None:
    """Write lines, which end with a newline each, in one piece and see them on disk.

    Raises ReportError when that is not possible; then none of them counts.
    """
    if lines:
        append_after(path, lambda _: lines)


def append_in_order(path: Path, time_field: str, lines: Sequence[bytes]) -> None:
    """The same for objects of JSON that say when they were written: none says so before the line before it.

    What was said last counts, which a clock that was set back must not change.
    """

    def lines_after(before: bytes) -> list[bytes]:
        last, just_after = _time_of(before, time_field)
        told = [json.loads(line) for line in lines]
        late = [each | {time_field: just_after} if each[time_field] < last else each for each in told]
        return [json.dumps(each).encode("ascii") + b"\n" for each in late]

    if lines:
        append_after(path, lines_after)


def _time_of(line: bytes, time_field: str) -> tuple[str, str]:
    """When a line was written, and the moment after that; empty where it does not say."""
    try:
        said = datetime.fromisoformat(json.loads(line)[time_field]).astimezone(UTC)
        return said.strftime(WRITTEN_AT), (said + timedelta(microseconds=1)).strftime(WRITTEN_AT)
    except (ValueError, TypeError, KeyError, OverflowError):
        return "", ""


def append_after(path: Path, lines_after: Callable[[bytes], Sequence[bytes]]) -> None:
    """The same where the lines depend on the one before them: nobody appends between the look and the write.

    ``lines_after`` gets that line without its newline, empty in a new file; one that a kill cut off counts.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _held(path) as descriptor:
            # What a kill cut off must not swallow the line that follows it.
            size = os.fstat(descriptor).st_size
            heal = b"" if _ends_a_line(descriptor, size) else b"\n"
            lines = lines_after(_last_line(descriptor, size))
            append = append_together if len(lines) > 1 else append_whole
            append(descriptor, heal + b"".join(lines), path.resolve())
    except OSError as error:
        raise ReportError(f"{unwritten(path, error)}.") from error


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file, open for this process alone."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Who had it may have put a new one in its place.
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _ends_a_line(descriptor: int, size: int) -> bool:
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _last_line(descriptor: int, size: int) -> bytes:
    """The end of the file from its last line on, without newlines at its end."""
    length = min(size, _BLOCK)
    while True:
        end = os.pread(descriptor, length, size - length).rstrip(b"\n")
        if b"\n" in end or length == size:
            return end.rpartition(b"\n")[2]
        length = min(size, length * 2)
