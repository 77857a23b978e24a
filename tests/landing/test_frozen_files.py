"""What a build reads is fixed when it begins, and stays readable for who reads what it published."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dbt_project.landing.frozen_files import FrozenFiles


def contents(slot: Path) -> dict[str, str]:
    return {
        str(path.relative_to(slot)): path.read_text() for path in sorted(slot.rglob("*")) if path.is_file()
    }


def raw(folder: Path, **files: str) -> dict[str, Path]:
    """Files as a writer brings them: put beside, then renamed."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f".{name}").write_text(text)
        (folder / f".{name}").replace(folder / name)
    return {f"calls/{path.name}": path for path in folder.iterdir()}


def test_what_comes_changes_and_goes_later_is_not_in_the_list(tmp_path: Path) -> None:
    frozen, slot = FrozenFiles(tmp_path / "frozen"), tmp_path / "frozen" / "1"
    frozen.fill(slot, raw(tmp_path / "raw", first="1", second="2"))
    raw(tmp_path / "raw", second="changed", third="3")
    (tmp_path / "raw" / "first").unlink()
    assert contents(slot) == {"calls/first": "1", "calls/second": "2"}
    frozen.fill(slot, raw(tmp_path / "raw"))
    assert contents(slot) == {"calls/second": "changed", "calls/third": "3"}


def test_links_that_are_right_are_not_made_again(tmp_path: Path) -> None:
    frozen, slot = FrozenFiles(tmp_path / "frozen"), tmp_path / "frozen" / "1"
    files = raw(tmp_path / "raw", first="1")
    frozen.fill(slot, files)
    changed = (slot / "calls").stat().st_mtime_ns
    frozen.fill(slot, files)
    assert (slot / "calls").stat().st_mtime_ns == changed


def test_a_file_that_goes_between_list_and_link_is_left_out(tmp_path: Path) -> None:
    frozen, slot = FrozenFiles(tmp_path / "frozen"), tmp_path / "frozen" / "1"
    files = raw(tmp_path / "raw", first="1", second="2")
    frozen.fill(slot, files)
    (tmp_path / "raw" / "first").unlink()
    frozen.fill(slot, files)
    assert contents(slot) == {"calls/second": "2"}


def test_without_hard_links_the_list_is_fixed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    frozen, slot = FrozenFiles(tmp_path / "frozen"), tmp_path / "frozen" / "1"
    frozen.fill(slot, raw(tmp_path / "raw", first="1"))
    later = raw(tmp_path / "raw", second="2")
    assert contents(slot) == {"calls/first": "1"}
    (tmp_path / "raw" / "first").unlink()
    frozen.fill(slot, {"calls/second": later["calls/second"]})
    assert contents(slot) == {"calls/second": "2"}


def test_no_build_fills_the_slot_that_a_reader_may_be_in(tmp_path: Path) -> None:
    frozen = FrozenFiles(tmp_path / "frozen")
    first = frozen.free_slot()
    first.mkdir(parents=True)
    frozen.publishing(first.name)
    frozen.published(first.name)
    second = frozen.free_slot()
    assert second != first
    # Killed about the rename: either may be the published one.
    second.mkdir()
    frozen.publishing(second.name)
    third = FrozenFiles(tmp_path / "frozen").free_slot()
    assert third not in {first, second}
    third.mkdir()
    frozen.publishing(third.name)
    frozen.published(third.name)
    assert frozen.free_slot() not in {third}
