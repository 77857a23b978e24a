"""A copy of the heads where who seals should not be able to write: it only grows, in a folder or a bucket."""

import os
import re
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

from dbt_project.landing.errors import unwritten
from reports_builder.errors import ReportError
from reports_builder.object_storage import SCHEME, ObjectFolder, end_of, open_folder
from reports_builder.seals import log

# Of a bucket the object with the heads from this number on: objects cannot grow.
_PART = re.compile(r"heads-\d{8}\.jsonl")


def copy_heads(folder: Path, destination: Path) -> bool:
    """Append to the copy in another folder the heads that it lacks; whether git committed them.

    It commits where the folder is the top of a working copy, and nothing but the heads. What a kill left
    undone, the next run does. Raises ReportError when the copy is not how the heads begin: then one of the
    two was rewritten, and neither may be made to look like the other.
    """
    heads, file = _whole_heads(folder), destination / log.HEADS
    try:
        copied = file.read_bytes() if file.exists() else b""
        _check_beginning(folder, heads, copied, file)
        with file.open("ab") as copy:
            copy.write(heads[len(copied) :])
            copy.flush()
            os.fsync(copy.fileno())
    except OSError as error:
        raise ReportError(f"the seals are kept, but not copied: {unwritten(file, error)}.") from error
    if not (destination / ".git").exists():
        return False
    _git(destination, "add", "--force", "--", log.HEADS)
    if _git(destination, "diff", "--cached", "--name-only", "--", log.HEADS):
        lines = heads.split(b"\n")[:-1]
        message = f"{len(lines)} seals, log root {log.log_root(lines)}"
        _git(destination, "commit", "--quiet", "--message", message, "--only", "--", log.HEADS)
    return True


def copy_heads_to_bucket(folder: Path, url: str, locked_until: date) -> date | None:
    """Put the heads that a bucket lacks into an object of their own, locked until the end of that day.

    Gives the day until which each object with heads is locked at least, as the server says; None where there
    are no heads. Raises ReportError as above, where another run copies at the same time, and where an object,
    of this run or an earlier one, is not locked.
    """
    heads, bucket = _whole_heads(folder), open_folder(url)
    copied = _joined(bucket)
    _check_beginning(folder, heads, copied, url)
    name, new = _part(copied), heads[len(copied) :]
    is_other = bool(new) and not bucket.put_new(name, new, locked_until=locked_until)
    versions = bucket.first_versions()
    # A run whose answer was lost finds what it put itself.
    if is_other and (name not in versions or bucket.read(name, versions[name]) != new):
        raise ReportError(f"another run wrote {bucket.url}/{name} at the same time: copy again.")
    ends = [
        _locked_end(bucket, part, version, locked_until if new and part == name else None)
        for part, version in versions.items()
        if _PART.fullmatch(part)
    ]
    return min(ends).date() if ends else None


def _locked_end(bucket: ObjectFolder, name: str, version: str, asked: date | None) -> datetime:
    """When the lock of a part ends; ReportError where it is not locked, or not as long as was asked."""
    needed = end_of(asked) if asked else datetime.now(UTC)
    end = bucket.locked_until(name, version)
    if end is None or end < needed:
        until = f"until {asked}" if asked else f"any more, only until {end:%Y-%m-%d}" if end else "at all"
        raise ReportError(
            f"{bucket.url}/{name} was written, but the server does not lock it {until}: nobody is kept from "
            "changing it. Copy to a bucket with object lock that has none of the heads yet, or lock the "
            "object there, and let the account read its lock (s3:GetObjectRetention)."
        )
    return end


def read_copy(place: str) -> bytes:
    """The copy in a file, or in a bucket, `s3://bucket/prefix`; ReportError when it cannot be read."""
    if place.startswith(SCHEME):
        return _joined(open_folder(place))
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise ReportError(f"{place} cannot be read ({error.strerror}).") from error


def _whole_heads(folder: Path) -> bytes:
    heads = log.heads_content(folder)
    return heads[: heads.rfind(b"\n") + 1]


def _check_beginning(folder: Path, heads: bytes, copied: bytes, place: Path | str) -> None:
    if not heads.startswith(copied):
        raise ReportError(
            f"{place} is not how {folder / log.HEADS} begins: one of them was rewritten or cut off, "
            f"so nothing is copied. See what `python -m reports_builder verify --against {place}` finds."
        )


def _joined(bucket: ObjectFolder) -> bytes:
    """The heads in all objects of a bucket; ReportError where one of the objects is missing."""
    heads = b""
    for name, version in bucket.first_versions().items():
        if not _PART.fullmatch(name):
            continue
        if name != _part(heads):
            raise ReportError(f"{bucket.url}/{_part(heads)} is missing, and {name} is there.")
        heads += bucket.read(name, version)
    return heads


def _part(before: bytes) -> str:
    number = before.count(b"\n")
    return f"heads-{number:08}.jsonl"


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
