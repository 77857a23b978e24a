"""Write a file or a folder whole or not at all."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reports_builder.errors import ReportError


def write_whole(out: Path, content: bytes) -> None:
    """``content`` at ``out`` in one step, whatever stood there; ReportError when it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}-")
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.chmod(0o644)
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise ReportError(f"cannot write {out} ({error.strerror}).") from error


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder to fill, which stands at ``out`` once it is full; ReportError where something is there."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ReportError(f"{out} is not empty: name a new folder.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
        try:
            yield partial
            partial.chmod(0o755)
            partial.rename(out)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise ReportError(f"cannot write to {out} ({error.strerror}).") from error


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
