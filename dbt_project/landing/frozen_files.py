"""The files that a build reads, as they were when it began.

A build is some hundred queries, and each lists files for itself. So that a file which arrives meanwhile is in
all of them or in none, a build begins by linking every file into a folder of its own, `build/frozen/<slot>/`,
and reads nothing else. The published views read the folder of the build that made them, so what a reader sees
call by call is what the published sums were made of, also when raw files go away later.

A link costs no space. Where none can be made (another disk, a folder of another user) a symbolic link stands
in for it: the list is still fixed, but a file that is removed is then missing for readers, too.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from dbt_project.landing.whole_files import sync_file, sync_folder


class FrozenFiles:
    """The slots in `folder`, and which of them readers may be in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._in_use = folder / "published"

    def published_slots(self) -> list[Path]:
        """The slot of the published file; after a kill amid a publication also that of the file before."""
        return [self._folder / name for name in self._read_by_readers()]

    def free_slot(self) -> Path:
        """The slot that the next build fills: the first that no published file reads."""
        in_use = self._read_by_readers()
        return self._folder / next(name for name in map(str, count(1)) if name not in in_use)

    def fill(self, slot: Path, files: Mapping[str, Path]) -> None:
        """Make `slot` hold links to `files` (place in the slot -> file) and nothing else.

        Links that are right already stay, so a refresh pays for what changed. A file that has gone since it
        was listed is left out, as if it had gone before.
        """
        slot.mkdir(parents=True, exist_ok=True)
        present = _links(str(slot))
        for place in present.keys() - files.keys():
            (slot / place).unlink()
        for place, file in files.items():
            try:
                status = file.stat()
            except FileNotFoundError:
                (slot / place).unlink(missing_ok=True)
                continue
            if present.get(place) != (status.st_dev, status.st_ino):
                link(file, slot / place)

    def publishing(self, slot: str) -> None:
        """Note that readers may be in `slot` from now on: a kill can fall before or after the publication."""
        self._note([*self._read_by_readers(), slot])

    def published(self, slot: str) -> None:
        """Note that readers are in `slot`; who has an older file open may be in the one before."""
        before = self._read_by_readers()
        self._note([slot])
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name not in {slot, *before, *map(str, (1, 2))}:
                shutil.rmtree(folder, ignore_errors=True)

    def drop_unread(self) -> None:
        """Remove the slots that the published file does not read, with their links to older files."""
        in_use = self._read_by_readers()
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if folder.is_dir() and folder.name not in in_use:
                shutil.rmtree(folder)

    def _note(self, slots: list[str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / "published.partial"
        partial.write_text("\n".join(slots), encoding="utf-8")
        # A note that a loss of power took back would let the next build fill the slot that readers are in.
        sync_file(partial)
        partial.replace(self._in_use)
        sync_folder(self._folder)

    def _read_by_readers(self) -> list[str]:
        try:
            return self._in_use.read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return []


def link(file: Path, target: Path) -> None:
    """A link to a file that takes the place of whatever is there in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    real = os.path.realpath(file)
    try:
        os.link(real, partial)
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return
    except OSError:
        partial.symlink_to(real)
    partial.replace(target)


def _links(folder: str, prefix: str = "") -> dict[str, tuple[int, int]]:
    """Every link below a folder, with the device and inode of its file; (0, 0) where that has gone."""
    found: dict[str, tuple[int, int]] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found |= _links(entry.path, f"{prefix}{entry.name}/")
                continue
            try:
                status = entry.stat()
                found[prefix + entry.name] = (status.st_dev, status.st_ino)
            except FileNotFoundError:
                found[prefix + entry.name] = (0, 0)
    return found
