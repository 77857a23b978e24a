"""Write a file or a folder whole or not at all."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dbt_project.landing.errors import unwritten
from reports_builder.errors import ReportError


def write_whole(out: Path, content: bytes) -> None:
    """``content`` at ``out`` in one step, whatever stood there; ReportError when it cannot be written."""
    try:
        with _beside(out, is_folder=False) as (partial, held):
            with os.fdopen(held, "wb", closefd=False) as file:
                file.write(content)
                file.flush()
                os.fsync(held)
            partial.chmod(0o644)
            partial.replace(out)
    except OSError as error:
        raise ReportError(f"{unwritten(out, error)}.") from error


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder to fill, which stands at ``out`` once it is full; ReportError where something is there."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ReportError(f"{out} is not empty: name a new folder.")
    try:
        with _beside(out, is_folder=True) as (partial, _):
            yield partial
            partial.chmod(0o755)
            partial.rename(out)
    except OSError as error:
        raise ReportError(f"{unwritten(out, error)}.") from error


@contextmanager
def _beside(out: Path, *, is_folder: bool) -> Iterator[tuple[Path, int]]:
    """A new file or folder beside ``out``, and its descriptor; gone at the end unless put in its place.

    What killed writers of ``out`` left there is removed first: one that lives has locked what is its.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    named = re.compile(rf"\.{re.escape(out.name)}-[a-z0-9_]{{8}}")
    for left in [path for path in out.parent.iterdir() if named.fullmatch(path.name)]:
        with suppress(OSError):
            held = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(left)
            finally:
                os.close(held)
    while True:
        partial, held = _new(out, is_folder=is_folder)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            # Another writer may have removed it before it was locked.
            if partial.exists():
                yield partial, held
                return
        finally:
            _remove(partial)
            os.close(held)


def _new(out: Path, *, is_folder: bool) -> tuple[Path, int]:
    prefix = f".{out.name}-"
    if is_folder:
        name = tempfile.mkdtemp(dir=out.parent, prefix=prefix)
        return Path(name), os.open(name, os.O_RDONLY)
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=prefix)
    return Path(name), handle


def _remove(partial: Path) -> None:
    if partial.is_dir():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        partial.unlink(missing_ok=True)


@contextmanager
def only_writer(lock: Path, said: str) -> Iterator[None]:
    """Hold off other processes that take this lock, in a folder made for it; ReportError where one has it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as taken:
        try:
            fcntl.flock(taken, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReportError(said) from None
        yield
