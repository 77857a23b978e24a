"""Write a file whole or not at all."""

import os
import tempfile
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
