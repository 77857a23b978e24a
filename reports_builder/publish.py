"""Put rendered files in place: all of them or, when anything fails before, none."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from dbt_project.landing.errors import unwritten
from reports_builder.errors import ReportError

MANIFEST = ".manifest.json"
_ABANDONED_AFTER_SECONDS = 3600


def publish(files: Mapping[PurePosixPath, bytes], out: Path, *, complete: bool = True) -> set[PurePosixPath]:
    """Write ``files`` below ``out``; returns those that were not there as they are.

    Everything is written to a folder beside the reports first, so a full disk leaves the old
    reports whole; each file then moves into place in one step. A file of an earlier run that
    this one no longer makes is removed when nobody has changed it since; with ``complete`` False
    (some pages only) nothing is removed. A file that is there already keeps its time.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        earlier = _manifest(out)
        changed = {path for path, content in files.items() if not _holds(out / path, content)}
        with tempfile.TemporaryDirectory(dir=out, prefix=".rendering-") as name:
            staging = Path(name)
            for path in changed:
                target = staging / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(files[path])
            written = {str(path): _digest(content) for path, content in files.items()}
            kept = {} if complete else earlier
            (staging / MANIFEST).write_text(
                json.dumps(kept | written, indent=1, sort_keys=True) + "\n", encoding="utf-8"
            )
            # Figures before the pages that show them, the manifest last.
            for path in sorted(changed, key=lambda path: (path.suffix == ".md", str(path))):
                (out / path).parent.mkdir(parents=True, exist_ok=True)
                (staging / path).replace(out / path)
            (staging / MANIFEST).replace(out / MANIFEST)
        if complete:
            _remove_stale(out, earlier, written)
        return changed
    except OSError as error:
        raise ReportError(f"{unwritten(out, error)}.") from error


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(out: Path) -> dict[str, str]:
    """Path and digest of each file of the last run; a manifest nobody can read owns nothing."""
    try:
        listed = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(listed, dict):
        return {}
    return {str(path): str(digest) for path, digest in listed.items()}


def _remove_stale(out: Path, earlier: Mapping[str, str], written: Mapping[str, str]) -> None:
    for name in earlier.keys() - written.keys():
        path = out / name
        inside = path.resolve().is_relative_to(out.resolve())
        if inside and path.is_file() and _digest(path.read_bytes()) == earlier[name]:
            path.unlink()
    # By the clock that stamps the files, which on a share is not that of this machine.
    now = (out / MANIFEST).stat().st_mtime
    for leftover in out.glob(".rendering-*"):
        # Left by a run that was killed between writing and moving; a young one may be at work.
        if now - leftover.stat().st_mtime > _ABANDONED_AFTER_SECONDS:
            shutil.rmtree(leftover, ignore_errors=True)
