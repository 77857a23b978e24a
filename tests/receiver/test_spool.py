"""What was confirmed is there after a kill at any step, a full disk or a torn file; and files are finished in time."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dbt_project.landing.errors import UsageError
from dbt_project.landing.formats.otlp_messages import framed, messages_of
from dbt_project.landing.receiver.spool import Spool

SUFFIXES = (".jsonl", ".binpb")


def record(number: int, suffix: str) -> bytes:
    content = f'{{"number": {number}}}'.encode() * 3
    return framed(content) if suffix == ".binpb" else content + b"\n"


def kept(folder: Path, suffix: str) -> list[bytes | None]:
    """The records of the files that landing reads; None for half of one."""
    found: list[bytes | None] = []
    for path in sorted(folder.glob(f"[!.]*{suffix}")):
        if suffix == ".binpb":
            with path.open("rb") as content:
                found += [message and framed(message) for message in messages_of(content)]
        else:
            found += [
                line if line.endswith(b"\n") else None for line in path.read_bytes().splitlines(keepends=True)
            ]
    return found


@contextmanager
def spool_in(folder: Path, said: list[str] | None = None, **options: Any) -> Iterator[Spool]:
    spool = Spool(
        folder,
        **{"file_seconds": 600, "file_bytes": 1 << 30} | options,
        say=(said if said is not None else []).append,
    )
    try:
        yield spool
    finally:
        spool.close()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_confirmed_is_there_once_after_a_kill_at_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """Before and after each step that changes the disk the folder is copied: what a kill there would leave."""
    folder = tmp_path / "received"
    confirmed: list[bytes] = []
    left: list[tuple[Path, list[bytes]]] = []

    def with_kills(module: Any, name: str) -> None:
        step: Callable[..., Any] = getattr(module, name)

        def taken(*arguments: Any, **options: Any) -> Any:
            kill()
            # A write may end anywhere.
            if name == "write" and len(arguments[1]) > 5:
                arguments = (arguments[0], arguments[1][:5])
            result = step(*arguments, **options)
            kill()
            return result

        monkeypatch.setattr(module, name, taken)

    def kill() -> None:
        if folder.exists():
            left.append((tmp_path / f"kill-{len(left)}", list(confirmed)))
            shutil.copytree(folder, left[-1][0])

    with monkeypatch.context():
        for name in ("write", "fsync", "ftruncate"):
            with_kills(os, name)
        for name in ("rename", "unlink", "mkdir"):
            with_kills(Path, name)
        with spool_in(folder, file_bytes=60) as spool:
            for number in range(4):
                spool.put(record(number, suffix), suffix).result(10)
                confirmed.append(record(number, suffix))
    monkeypatch.undo()
    assert len(left) > 60
    for folder_left, sure in left:
        with spool_in(folder_left):
            pass
        found = kept(folder_left, suffix)
        # No half of a record, none twice, and in order; one more may be there, whose answer was lost.
        assert found[: len(sure)] == sure
        assert found[len(sure) :] in ([], [record(len(sure), suffix)])
        assert not list(folder_left.glob(".received*"))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("tail", [b"", b'{"half', b"\0" * 4096])
def test_a_file_of_a_killed_receiver_ends_after_its_last_whole_record(
    tmp_path: Path, suffix: str, tail: bytes
) -> None:
    whole = [record(number, suffix) for number in range(3)]
    (tmp_path / f".received-1{suffix}").write_bytes(
        b"".join(whole) + (tail if suffix == ".jsonl" else tail[:3] or tail)
    )
    (tmp_path / f".received-2{suffix}").write_bytes(tail)
    said: list[str] = []
    with spool_in(tmp_path, said):
        assert kept(tmp_path, suffix) == whole
    assert said == [f"received-1{suffix} can be landed."]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".receiver.lock", f"received-1{suffix}"]


@pytest.mark.parametrize("failing", ["write", "fsync", "open"])
def test_a_disk_that_is_full_keeps_nothing_half_and_goes_on_when_it_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    suffix = ".jsonl"
    is_full = threading.Event()
    step: Callable[..., Any] = getattr(os, failing)

    def full(*arguments: Any, **options: Any) -> Any:
        if not is_full.is_set():
            return step(*arguments, **options)
        if failing == "write" and len(arguments[1]) > 5:
            return step(arguments[0], arguments[1][:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with spool_in(tmp_path, file_bytes=1 if failing == "open" else 1 << 30) as spool:
        spool.put(record(0, suffix), suffix).result(10)
        is_full.set()
        for number in (1, 2):
            with pytest.raises(OSError, match="No space left"):
                spool.put(record(number, suffix), suffix).result(10)
        is_full.clear()
        spool.put(record(3, suffix), suffix).result(10)
    assert kept(tmp_path, suffix) == [record(number, suffix) for number in (0, 3)]
    assert not list(tmp_path.glob(".received*"))


def test_records_that_wait_together_share_one_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs: list[int] = []
    may_go_on, sync = threading.Event(), os.fsync

    def slow(descriptor: int) -> None:
        syncs.append(descriptor)
        may_go_on.wait(10)
        sync(descriptor)

    with spool_in(tmp_path) as spool:
        spool.put(record(0, ".jsonl"), ".jsonl").result(10)
        monkeypatch.setattr(os, "fsync", slow)
        waiting = [spool.put(record(1, ".jsonl"), ".jsonl")]
        while not syncs:
            time.sleep(0.001)
        waiting += [spool.put(record(number, ".jsonl"), ".jsonl") for number in range(2, 100)]
        assert not any(future.done() for future in waiting)
        may_go_on.set()
        for future in waiting:
            future.result(10)
        assert len(syncs) == 2


def test_who_sends_and_goes_away_takes_nothing_back(tmp_path: Path) -> None:
    with spool_in(tmp_path) as spool:
        assert not spool.put(record(0, ".jsonl"), ".jsonl").cancel()
        spool.put(record(1, ".jsonl"), ".jsonl").result(10)
    assert len(kept(tmp_path, ".jsonl")) == 2


def test_files_are_finished_when_they_are_old_or_large_enough(tmp_path: Path) -> None:
    def finished() -> int:
        return len(list(tmp_path.glob("received-*")))

    with spool_in(tmp_path, file_seconds=0.2, file_bytes=100) as spool:
        spool.put(record(0, ".jsonl"), ".jsonl").result(10)
        assert finished() == 0
        deadline = time.monotonic() + 10
        while not finished() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert finished() == 1
        for number in range(1, 7):
            spool.put(record(number, ".jsonl"), ".jsonl").result(10)
    # Three records are more than a file may hold.
    assert finished() == 3
    assert kept(tmp_path, ".jsonl").count(None) == 0


def test_a_name_that_cannot_be_given_now_is_given_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, said = Path.rename, list[str]()

    def fails(*_: object) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "rename", fails)
    with spool_in(tmp_path, said, file_bytes=1) as spool:
        spool.put(record(0, ".jsonl"), ".jsonl").result(10)
        spool.put(record(1, ".jsonl"), ".jsonl").result(10)
    assert said[0].endswith("Input/output error; trying again.")
    assert sorted(filter(None, kept(tmp_path, ".jsonl"))) == [record(0, ".jsonl"), record(1, ".jsonl")]


def test_a_folder_belongs_to_one_receiver_and_must_be_writable(tmp_path: Path) -> None:
    with spool_in(tmp_path / "a"), pytest.raises(UsageError, match="another receiver writes here"):
        Spool(tmp_path / "a", file_seconds=1, file_bytes=1, say=print)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="Not a directory"):
        Spool(tmp_path / "file" / "b", file_seconds=1, file_bytes=1, say=print)
    assert [thread for thread in threading.enumerate() if thread.name == "spool"] == []


def test_records_that_cannot_be_kept_fail_each_by_itself(tmp_path: Path) -> None:
    failed: list[Future[None]]
    with spool_in(tmp_path) as spool:
        (tmp_path / ".receiver.lock").unlink()
        shutil.rmtree(tmp_path)
        failed = [spool.put(record(number, ".jsonl"), ".jsonl") for number in range(3)]
        for future in failed:
            with pytest.raises(FileNotFoundError):
                future.result(10)
        tmp_path.mkdir()
        spool.put(record(9, ".jsonl"), ".jsonl").result(10)
    assert kept(tmp_path, ".jsonl") == [record(9, ".jsonl")]
