"""What is appended counts whole or not at all."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reports_builder.append_only import append_after, append_lines, read_lines
from reports_builder.errors import ReportError


def test_lines_that_do_not_fit_on_the_disk_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "changes.jsonl"
    append_lines(path, [b"first\n"])
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:9]))
    with pytest.raises(ReportError, match=r"No space left on device\): make room there"):
        append_lines(path, [b"second\n", b"third\n"])
    monkeypatch.undo()
    append_lines(path, [b"fourth\n"])
    assert [line for line in read_lines(path) if line] == [b"first", b"fourth"]


class KilledError(BaseException):
    """Ends a process as a kill does: nothing after it is done."""


@pytest.mark.parametrize("written", [0, 7, 8, 20])
def test_lines_that_are_written_together_are_all_there_or_none_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    path = tmp_path / "changes.jsonl"
    append_lines(path, [b"first\n"])
    path.chmod(0o664)
    write = os.write

    def killed(descriptor: int, content: bytes) -> int:
        write(descriptor, content[:written])
        raise KilledError

    monkeypatch.setattr(os, "write", killed)
    with pytest.raises(KilledError):
        append_lines(path, [b"second\n", b"third\n"])
    assert read_lines(path) == [b"first", b""]
    monkeypatch.undo()
    append_lines(path, [b"second\n", b"third\n"])
    assert read_lines(path) == [b"first", b"second", b"third", b""]
    assert path.stat().st_mode & 0o777 == 0o664
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_many_who_write_several_lines_lose_none(tmp_path: Path) -> None:
    path = tmp_path / "changes.jsonl"

    def write(number: int) -> None:
        for part in range(20):
            append_lines(path, [f"{number} {part}\n".encode()] * (1 + number % 2))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert len(read_lines(path)) == 20 * (1 + 2 + 1 + 2) + 1


def test_a_link_to_a_file_elsewhere_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = tmp_path / "changes.jsonl"
    path.symlink_to(tmp_path / "elsewhere" / "file")
    append_lines(path, [b"first\n", b"second\n"])
    assert path.is_symlink()
    assert read_lines(path) == [b"first", b"second", b""]


def test_a_line_that_a_kill_cut_off_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "changes.jsonl"
    path.write_bytes(b"first\nsec")
    append_lines(path, [b"third\n"])
    assert [line for line in read_lines(path) if line] == [b"first", b"sec", b"third"]


@pytest.mark.parametrize("length", [1, 4095, 4096, 10_000])
def test_what_is_appended_may_depend_on_the_line_before(tmp_path: Path, length: int) -> None:
    path, seen = tmp_path / "log.jsonl", list[bytes]()
    for _ in range(3):
        append_after(path, lambda before: seen.append(before) or [b"x" * length + b"\n"])  # type: ignore[func-returns-value]
    assert seen == [b"", b"x" * length, b"x" * length]
