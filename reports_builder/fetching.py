"""`python -m reports_builder fetch`: raw files from object storage, as builds read them from a folder.

Each object becomes a file of its name. One that is there as the bucket has it is not read again, so a run
that was cut off goes on where it ended. What a run brought and the bucket has no longer is removed; files
that came another way stay.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from dbt_project.landing.errors import unwritten
from reports_builder.append_only import append_lines, read_lines
from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.exports.files import only_writer, write_whole
from reports_builder.object_storage import ObjectFolder, StoredObject, open_folder
from reports_builder.warehouse import RAW_FOLDER

# Names that landing passes over.
_BROUGHT, _LOCK = "_fetched.jsonl", "_fetch.lock"
_TRIES = 3


@dataclass(frozen=True)
class Brought:
    """A file that a run brought: the object's name and tag, and what the file was when it came."""

    name: str
    tag: str
    size: int
    changed_ns: int

    def line(self) -> bytes:
        """As it is noted."""
        return (json.dumps(asdict(self)) + "\n").encode()

    def is_still(self, raw: Path) -> bool:
        """Whether the file is there as it came."""
        try:
            status = (raw / self.name).stat()
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (self.size, self.changed_ns)


@dataclass(frozen=True)
class Fetched:
    """How many files a run brought and removed, and how many were there already."""

    new: int
    removed: int
    there: int


def fetch_command(
    url: Annotated[str, typer.Argument(metavar="s3://BUCKET/PREFIX", help="Where the raw files are.")],
    raw: Annotated[
        Path, typer.Option("--raw", metavar="FOLDER", help="The folder that builds read.")
    ] = RAW_FOLDER,
) -> None:
    """Bring raw files from object storage to the folder that builds read."""
    done = fetch(url, raw)
    typer.echo(f"{done.new} files brought, {done.removed} removed, {done.there} there already: {raw}")


def fetch(url: str, raw: Path) -> Fetched:
    """Make ``raw`` have the objects below `s3://bucket/prefix`; ReportError where that cannot be.

    Each file appears whole. Before the first is touched all names are checked.
    """
    if str(raw).startswith("s3:/"):
        raise ReportError(f"{raw} is no folder: let FINOPS_RAW_DIR, or --raw, name the one that builds read.")
    folder = open_folder(url)
    objects = _checked(folder.url, folder.objects())
    if not objects:
        raise ReportError(f"{folder.url} has no objects: nothing was changed. Is the prefix right?")
    try:
        with only_writer(raw / _LOCK, f"another run fetches into {raw}; nothing was changed."):
            known = _known(raw)
            gone = known.keys() - {each.name for each in objects}
            for name in sorted(gone):
                if known[name].is_still(raw):
                    (raw / name).unlink()
            kept = {name: brought for name, brought in known.items() if name not in gone}
            write_whole(raw / _BROUGHT, b"".join(each.line() for each in kept.values()))
            new = [each for each in objects if not _has(raw, kept.get(each.name), each)]
            for each in new:
                append_lines(raw / _BROUGHT, [_bring(folder, each, raw).line()])
            return Fetched(len(new), len(gone), len(objects) - len(new))
    except OSError as error:
        raise ReportError(f"{unwritten(error.filename or raw, error)}.") from error


def _checked(url: str, objects: Sequence[StoredObject]) -> list[StoredObject]:
    """The objects that are files: marks of folders, hidden ones and what this command notes are left out.

    ReportError, before anything is written, where one is named for a place outside the folder, or for a file
    that another one needs as a folder.
    """
    files = []
    for each in objects:
        parts = each.name.split("/")
        if ".." in parts or "" in parts[:-1] or not each.name.replace("/", "").isprintable():
            raise ReportError(f"{url} has an object {clean(each.name)!r}, which is no file below a folder.")
        if parts[-1] and each.name not in (_BROUGHT, _LOCK) and not any(p.startswith(".") for p in parts):
            files.append(each)
    folders = {str(parent) for each in files for parent in PurePosixPath(each.name).parents}
    if both := sorted(folders & {each.name for each in files}):
        raise ReportError(f"{url} has an object {both[0]} and others below {both[0]}/: rename one of them.")
    return files


def _known(raw: Path) -> dict[str, Brought]:
    """What runs brought, by name; a line that was cut off says nothing, and its file comes again."""
    known = {}
    for line in read_lines(raw / _BROUGHT):
        try:
            brought = Brought(**json.loads(line))
        except (ValueError, TypeError):
            continue
        known[brought.name] = brought
    return known


def _has(raw: Path, brought: Brought | None, found: StoredObject) -> bool:
    return brought is not None and brought.tag == found.tag and brought.is_still(raw)


def _bring(folder: ObjectFolder, found: StoredObject, raw: Path) -> Brought:
    path = raw / found.name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        for tries_left in reversed(range(_TRIES)):
            try:
                with partial.open("wb") as file:
                    folder.copy_to(found, file)
                    file.flush()
                    os.fsync(file.fileno())
                    status = os.fstat(file.fileno())
                break
            except ReportError:
                # A connection that ended amid the content, which the client does not try again.
                if not tries_left:
                    raise
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return Brought(found.name, found.tag, status.st_size, status.st_mtime_ns)
