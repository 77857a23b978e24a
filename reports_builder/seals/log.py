"""The folder of seals: heads.jsonl, which only grows, and beside it the hashes of the rows of each seal."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dbt_project.landing.errors import unwritten
from reports_builder.append_only import append_lines
from reports_builder.errors import ReportError
from reports_builder.exports.files import write_whole
from reports_builder.seals.check import Head, leaf_hash, root_of, written

HEADS = "heads.jsonl"
_FINGERPRINTS = "fingerprints.json"
DEFAULT_SEALS = Path(os.environ.get("FINOPS_SEALS_DIR", "seals"))


def heads_content(folder: Path) -> bytes:
    """What heads.jsonl holds; nothing where it is not there."""
    try:
        return (folder / HEADS).read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ReportError(f"cannot read {folder / HEADS} ({error.strerror}).") from error


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Seal one at a time. What a kill left of a head that was being written never counted, and goes."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            content = heads_content(folder)
            if content and not content.endswith(b"\n"):
                os.truncate(folder / HEADS, content.rfind(b"\n") + 1)
            yield
    except OSError as error:
        raise ReportError(f"{unwritten(folder, error)}.") from error


def append_heads(folder: Path, heads: Sequence[Head]) -> None:
    """Write heads to the end of heads.jsonl, all of them or none."""
    append_lines(folder / HEADS, [written(head) + b"\n" for head in heads])


def leaves_path(folder: Path, sequence: int) -> Path:
    """Where the hashes of the rows of a seal are."""
    return folder / "leaves" / f"{sequence:08}.tsv"


def write_leaves(folder: Path, sequence: int, hashes: Sequence[bytes], names: Sequence[str]) -> None:
    """Keep hash and name of each row of a seal, so that a later difference can name the row."""
    path = leaves_path(folder, sequence)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{each.hex()}\t{name}\n" for each, name in zip(hashes, names, strict=True))
    unfinished = path.with_suffix(".new")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_fingerprints(folder: Path) -> dict[str, str]:
    """By SHA-256 of a head the fingerprint of its rows. What cannot be read is found out anew."""
    try:
        found = json.loads((folder / _FINGERPRINTS).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_fingerprints(folder: Path, found: Mapping[str, str]) -> None:
    """Keep fingerprints for the next run."""
    write_whole(folder / _FINGERPRINTS, json.dumps(found, indent=0).encode())


def headless_leaves(folder: Path, heads: int) -> list[str]:
    """Seals whose rows are there and whose head is not: heads are written first, so the log was cut."""
    names = sorted(path.stem for path in (folder / "leaves").glob("*.tsv"))
    return [name for name in names if not name.isdecimal() or int(name) >= heads]


def log_root(lines: Sequence[bytes]) -> str:
    """The root of the tree of heads."""
    return root_of([leaf_hash(line) for line in lines]).hex()
