"""What is appended counts whole or not at all."""

import os
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
