"""A copy of the heads where who seals should not be able to write: it only grows, and git commits it."""

import os
import subprocess
from pathlib import Path

from reports_builder.errors import ReportError
from reports_builder.seals import log


def copy_heads(folder: Path, destination: Path) -> bool:
    """Append to the copy in another folder the heads that it lacks; whether git committed them.

    It commits where the folder is the top of a working copy, and nothing but the heads. What a kill left
    undone, the next run does. Raises ReportError when the copy is not how the heads begin: then one of the
    two was rewritten, and neither may be made to look like the other.
    """
    heads, file = log.heads_content(folder), destination / log.HEADS
    heads = heads[: heads.rfind(b"\n") + 1]
    try:
        copied = file.read_bytes() if file.exists() else b""
        if not heads.startswith(copied):
            raise ReportError(
                f"{file} is not how {folder / log.HEADS} begins: one of them was rewritten or cut off, "
                f"so nothing is copied. See what `python -m reports_builder verify --against {file}` finds."
            )
        with file.open("ab") as copy:
            copy.write(heads[len(copied) :])
            copy.flush()
            os.fsync(copy.fileno())
    except OSError as error:
        raise ReportError(f"the seals are kept, but not copied to {file} ({error.strerror}).") from error
    if not (destination / ".git").exists():
        return False
    _git(destination, "add", "--force", "--", log.HEADS)
    if _git(destination, "diff", "--cached", "--name-only", "--", log.HEADS):
        lines = heads.split(b"\n")[:-1]
        message = f"{len(lines)} seals, log root {log.log_root(lines)}"
        _git(destination, "commit", "--quiet", "--message", message, "--only", "--", log.HEADS)
    return True


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise ReportError(
            f"the seals are kept, but not committed: git does not run ({error.strerror})."
        ) from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise ReportError(f"the seals are kept and copied, but git could not commit them in {folder}: {said}")
    return done.stdout
