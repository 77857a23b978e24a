"""What a killed writer leaves beside its file, and who removes it."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from reports_builder.exports.files import new_folder, write_whole


def _killed_in_the_middle(out: Path, *, is_folder: bool) -> None:
    if is_folder:
        with new_folder(out) as partial:
            (partial / "half").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
    write_whole(out, b"half")


def _waiting(out: Path, begun, go_on) -> None:  # type: ignore[no-untyped-def]
    with new_folder(out) as partial:
        begun.set()
        go_on.wait(30)
        (partial / "file").write_text("whole")


@pytest.mark.parametrize("is_folder", [False, True])
def test_the_next_writer_removes_what_a_killed_one_left(tmp_path: Path, is_folder: bool) -> None:
    out = tmp_path / "out[1]"
    other = tmp_path / ".out[1]-notes.txt"
    other.write_text("somebody's")
    process = multiprocessing.get_context("fork").Process(
        target=_killed_in_the_middle, args=(out,), kwargs={"is_folder": is_folder}
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert not out.exists()
    assert len(list(tmp_path.iterdir())) == 2
    write_whole(out, b"whole")
    assert out.read_bytes() == b"whole"
    assert {path.name for path in tmp_path.iterdir()} == {out.name, other.name}


def test_what_a_living_writer_has_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "books"
    context = multiprocessing.get_context("fork")
    begun, go_on = context.Event(), context.Event()
    process = context.Process(target=_waiting, args=(out, begun, go_on))
    process.start()
    assert begun.wait(30)
    write_whole(out, b"")
    out.unlink()
    go_on.set()
    process.join()
    assert (out / "file").read_text() == "whole"
