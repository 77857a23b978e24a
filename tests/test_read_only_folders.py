"""A command that may not write in its folder says so and what to do, and leaves every file as it was."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.disk_full import Disk, Writer, check_failed, writers
from tests.workspace import Workspace

# Of each kind of what is written one command, and the folder that it may not write in; "" lets it make nothing new.
# `make soak` has all commands meet a disk that may only be read.
KINDS = {
    "generate": "raw",
    "land": "",
    "prices": "seeds",
    "publish": "warehouse",
    "reports": "reports",
    "export chargeback --month 2026-10": "out",
    "export parquet": "",
    "send": "",
    "compliance": "",
    "erase": "",
    "seal": "",
    "budget set": "warehouse",
    "alerts": "",
    "init": "",
    "upgrade": "company",
}
_DROP, _RIGHTS_OF_ROOT = 24, (1, 2)


def _as_a_user() -> None:
    """Without root's rights to write (and read) whatever permissions say; others cannot drop them, and have none."""
    for right in _RIGHTS_OF_ROOT:
        ctypes.CDLL(None).prctl(_DROP, right, 0, 0, 0)


@contextmanager
def _kept_out(folder: Path, *, inside: bool) -> Iterator[None]:
    there = [path for path in (folder, *(folder.rglob("*") if inside else ())) if not path.is_symlink()]
    modes = {path: path.stat().st_mode for path in there}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    yield
    for path, mode in modes.items():
        path.chmod(mode)


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_not_be_written_is_said_and_stays(kind: str, built: Workspace, tmp_path: Path) -> None:
    for name in ("disk", "beside"):
        (tmp_path / name).mkdir()
    disk = Disk(tmp_path / "disk")
    writer: Writer = next(each for each in writers(built, tmp_path / "beside") if each.name == kind)
    writer.prepare(disk.folder)
    before = disk.files(writer.without)
    with _kept_out(disk.folder / KINDS[kind], inside=KINDS[kind] != ""):
        done = writer.run(disk.folder, _as_a_user)
    assert done.returncode == (1 if writer.words[0] == "finops" else 2), done.stderr
    check_failed(disk, writer, before, done)
