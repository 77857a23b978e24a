"""Reports appear whole or not at all, and nothing of the user's is removed."""

import os
from pathlib import Path, PurePosixPath

import pytest

from reports_builder import build
from reports_builder import publish as publishing
from reports_builder.errors import ReportError
from reports_builder.model import Page
from reports_builder.pages import page_modules
from reports_builder.publish import publish
from reports_builder.warehouse import Warehouse


def files(**content: str) -> dict[PurePosixPath, bytes]:
    return {PurePosixPath(f"{name}.md"): text.encode() for name, text in content.items()}


def names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir() if path.name != publishing.MANIFEST}


def test_stale_files_of_an_earlier_run_are_removed(tmp_path: Path) -> None:
    publish(files(a="1", b="1"), tmp_path)
    publish(files(a="2"), tmp_path)
    assert names(tmp_path) == {"a.md"}
    assert (tmp_path / "a.md").read_text() == "2"


def test_files_of_the_user_stay(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("mine")
    publish(files(a="1", b="1"), tmp_path)
    (tmp_path / "b.md").write_text("edited")
    publish(files(a="2"), tmp_path)
    assert names(tmp_path) == {"a.md", "b.md", "notes.md"}


def test_some_pages_only_leave_the_others(tmp_path: Path) -> None:
    publish(files(a="1", b="1"), tmp_path)
    publish(files(a="2"), tmp_path, complete=False)
    assert names(tmp_path) == {"a.md", "b.md"}
    publish(files(a="3"), tmp_path)
    assert names(tmp_path) == {"a.md"}


def test_a_manifest_cannot_point_outside_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_bytes(b"1")
    out = tmp_path / "reports"
    publish(files(a="1"), out)
    manifest = out / publishing.MANIFEST
    manifest.write_text(manifest.read_text().replace('"a.md"', '"../outside.md"'))
    publish(files(b="1"), out)
    assert outside.exists()


def test_a_full_disk_leaves_the_old_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(files(a="old", b="old"), tmp_path)
    write = Path.write_bytes

    def fail_on_b(self: Path, content: bytes) -> int:
        if self.name == "b.md":
            raise OSError(28, "No space left on device")
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", fail_on_b)
    with pytest.raises(ReportError, match="No space left"):
        publish(files(a="new", b="new"), tmp_path)
    assert {path.read_text() for path in tmp_path.glob("*.md")} == {"old"}
    assert names(tmp_path) == {"a.md", "b.md"}


def test_an_abandoned_folder_of_a_killed_run_is_removed(tmp_path: Path) -> None:
    old, young = tmp_path / ".rendering-old", tmp_path / ".rendering-young"
    for folder in (old, young):
        folder.mkdir()
    yesterday = young.stat().st_mtime - 86400
    os.utime(old, (yesterday, yesterday))
    publish(files(a="1"), tmp_path)
    assert not old.exists() and young.exists()


def test_a_failing_page_leaves_the_old_reports(
    tmp_path: Path, tiny_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = {"finops_summary": page_modules()["finops_summary"]}
    monkeypatch.setattr("reports_builder.build.page_modules", lambda: good)
    build.build_reports(tiny_warehouse, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def broken(_: Warehouse) -> Page:
        raise ReportError("this page cannot be built")

    monkeypatch.setattr("reports_builder.build.page_modules", lambda: {**good, "broken": broken})
    with pytest.raises(ReportError):
        build.build_reports(tiny_warehouse, tmp_path)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before
