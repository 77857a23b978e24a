"""A model of power cuts: what a disk may hold after one, at each step of something that was written.

While a writer runs in a folder, each call that changes files there is noted with what the folder then holds. After a cut a
file has what it had when it was last synced; what was written to it since is gone, or there, or there as zeros. Names
change on disk in the order in which they were changed, as journals of file systems have it (ext4, xfs): they are as they
were when a folder was last synced, or at any step since then.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

LOST, ZEROS, KEPT = "lost", "zeros", "kept"


@dataclass(frozen=True)
class Step:
    """The folder after a call: which file each name leads to, what each file holds, and what is on disk of it for certain.

    ``names_synced`` is the step at which names were last synced, ``promised`` what the writer had said by then that it
    had kept.
    """

    call: str
    names: dict[str, int]
    contents: dict[int, bytes]
    synced: dict[int, bytes]
    names_synced: int
    promised: tuple[object, ...]


@dataclass
class Disk:
    """The folder that is watched, and its steps so far."""

    folder: Path
    steps: list[Step] = field(default_factory=list)
    promised: list[object] = field(default_factory=list)

    def note(self, call: str, synced: int | None = None, synced_folder: Path | None = None) -> None:
        """What the folder holds now."""
        names, contents = dict[str, int](), dict[int, bytes]()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                names[str(path.relative_to(self.folder))] = inode = path.stat().st_ino
                contents[inode] = path.read_bytes()
        # What is there before anything is noted has been there for long; a number that is free again is another file's.
        before = self.steps[-1].synced if self.steps else contents
        on_disk = {inode: content for inode, content in before.items() if inode in contents}
        if synced in contents:
            on_disk[synced] = contents[synced]
        names_synced = self.steps[-1].names_synced if self.steps else 0
        if synced_folder is not None and synced_folder.resolve().is_relative_to(self.folder.resolve()):
            names_synced = len(self.steps)
        self.steps.append(Step(call, names, contents, on_disk, names_synced, tuple(self.promised)))

    def after_cuts(self) -> Iterator[tuple[str, Step, dict[str, bytes]]]:
        """What the disk may hold after a cut at each step: the cut in words, the step and the files."""
        seen = set()
        for at, step in enumerate(self.steps):
            for names_of in range(step.names_synced, at + 1):
                names = self.steps[names_of].names
                for unsynced in (LOST, ZEROS, KEPT):
                    files = {
                        name: self._content(inode, names_of, at, unsynced) for name, inode in names.items()
                    }
                    state = (step.promised, tuple(sorted(files.items())))
                    if state not in seen:
                        seen.add(state)
                        yield (
                            f"cut after {step.call} ({at}), names of {names_of}, what was not synced is {unsynced}",
                            step,
                            files,
                        )

    def _content(self, inode: int, of: int, at: int, unsynced: str) -> bytes:
        """What a file holds; one that has gone since, and whose name is back, has what it had."""
        last = max(each for each in range(of, at + 1) if inode in self.steps[each].contents)
        content, on_disk = self.steps[last].contents[inode], self.steps[last].synced.get(inode, b"")
        if unsynced == KEPT:
            return content
        if unsynced == ZEROS and content.startswith(on_disk):
            return on_disk + bytes(len(content) - len(on_disk))
        return on_disk


@contextmanager
def watched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Note each call of this process that changes files in the folder."""
    disk = Disk(folder)
    disk.note("begin", synced_folder=folder)

    def noted(name: str, *, is_sync: bool = False) -> Callable[..., Any]:
        call = getattr(os, name)

        def noting(*arguments: Any, **options: Any) -> Any:
            found = call(*arguments, **options)
            if name == "link" and (inode := Path(arguments[1]).stat().st_ino) not in disk.steps[-1].contents:
                # From elsewhere, where it was written long ago.
                disk.note(name, synced=inode)
                return found
            if not is_sync:
                disk.note(name)
                return found
            place = Path(f"/proc/self/fd/{arguments[0]}").readlink()
            if place.is_dir():
                disk.note("sync of a folder", synced_folder=place)
            else:
                disk.note("sync", synced=os.fstat(arguments[0]).st_ino)
            return found

        return noting

    with monkeypatch.context() as patched:
        for name in ("write", "ftruncate", "truncate", "replace", "rename", "link", "unlink", "remove"):
            patched.setattr(os, name, noted(name))
        for name in ("fsync", "fdatasync"):
            patched.setattr(os, name, noted(name, is_sync=True))
        yield disk
    disk.note("end")


def put(files: dict[str, bytes], folder: Path) -> Path:
    """The files in a folder of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
