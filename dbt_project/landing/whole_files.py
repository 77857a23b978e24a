"""Files that change whole or not at all: what is appended, several replaced together, and notes."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from dbt_project.landing.errors import UsageError, unwritten


def append_whole(descriptor: int, content: bytes, file: Path) -> None:
    """Write to the end of an open file and see it on disk, all of it or, with OSError, nothing."""
    size = os.fstat(descriptor).st_size
    try:
        if os.write(descriptor, content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
        os.fsync(descriptor)
        if not size:
            sync_folder(file.parent)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def append_together(descriptor: int, content: bytes, file: Path) -> None:
    """The same for lines of which none counts without the others.

    A kill can end a write between two pages, so they come with a new file in place of the open one.
    """
    before = os.fstat(descriptor)
    whole = os.pread(descriptor, before.st_size, 0) + content
    partial = file.with_name(f".{file.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        new = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            append_whole(new, whole, partial)
            os.fchmod(new, stat.S_IMODE(before.st_mode))
            with suppress(PermissionError):
                os.fchown(new, before.st_uid, before.st_gid)
        finally:
            os.close(new)
        partial.replace(file)
        sync_folder(file.parent)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(file: Path) -> None:
    """Let what a file holds outlast a loss of power."""
    with file.open("rb+") as content:
        os.fsync(content.fileno())


def replace_together(files: Mapping[Path, str]) -> None:
    """Put each text in place of what the file holds; UsageError where one cannot be, and then none is."""
    partials = {path: path.with_name(f".{path.name}.partial") for path in files}
    before = {path: path.read_bytes() for path in files if path.exists()}
    replaced: list[Path] = []
    writing = Path()
    try:
        for writing, text in files.items():
            writing.parent.mkdir(exist_ok=True)
            with partials[writing].open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for writing, partial in partials.items():
            partial.replace(writing)
            replaced.append(writing)
    except OSError as error:
        for path in replaced:
            path.write_bytes(before.get(path, b""))
        raise UsageError(f"nothing was changed: {unwritten(writing, error)}") from error
    finally:
        for partial in partials.values():
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def write_note(file: Path, told: Mapping[str, object]) -> None:
    """Replace a note of one JSON object, if that is possible: it must not be the reason why something fails.

    On a full disk the old file is written over: it keeps the room that it has, and half a note says nothing.
    """
    content = json.dumps(told, indent=1) + "\n"
    partial = file.with_name(f"{file.name}.partial")
    try:
        partial.write_text(content, encoding="utf-8")
        partial.replace(file)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
            with file.open("r+", encoding="utf-8") as old:
                old.write(content)
                old.truncate()
