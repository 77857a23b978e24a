"""The heads elsewhere: a copy that only grows, in a plain folder or in a repository of git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reports_builder.cli import app
from reports_builder.errors import ReportError
from reports_builder.live import command
from reports_builder.seals import log
from reports_builder.seals.copying import copy_heads
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from tests.seals.books import KEY, publish

NEXT_DAY = "update intermediate.int_as_of_date set as_of_date = date '2026-10-04'"


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("[user]\n name = Auditor\n email = auditor@example.com\n")
    (tmp_path / "kept").mkdir()
    git(tmp_path / "kept", "init", "--quiet")
    return tmp_path / "kept"


def test_each_run_commits_the_heads_and_nothing_else(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINOPS_SEAL_KEY", KEY.decode())
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    (kept / ".gitignore").write_text("*.jsonl\n")
    (kept / "draft.txt").write_text("not for now")
    git(kept, "add", "draft.txt")
    options = ["--warehouse", str(warehouse), "--seals", str(folder), "--copy-to", str(kept)]
    for change in ("select 1", "select 1", NEXT_DAY):
        publish(warehouse, change)
        done = CliRunner().invoke(app, ["seal", *options])
        assert done.exit_code == 0 and f"All heads are in {kept / log.HEADS}, committed." in done.output
    assert [line.split(",")[0] for line in git(kept, "log", "--format=%s").splitlines()] == [
        "8 seals",
        "6 seals",
    ]
    assert git(kept, "ls-tree", "-r", "--name-only", "HEAD") == "heads.jsonl\n"
    assert verify(warehouse, folder, [], (kept / log.HEADS).read_bytes()).problems == ()


def test_a_copy_that_was_cut_off_by_a_kill_or_not_committed_is_completed(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    seal(publish(tmp_path / "finops.duckdb"), folder, KEY)
    heads = log.heads_content(folder)
    for left in (heads[:100], heads):
        (kept / log.HEADS).write_bytes(left)
        assert copy_heads(folder, kept)
        assert git(kept, "show", "HEAD:heads.jsonl").encode() == heads == (kept / log.HEADS).read_bytes()
        assert git(kept, "status", "--porcelain") == ""


def test_what_was_rewritten_is_not_copied_over_what_was_kept(kept: Path, tmp_path: Path) -> None:
    warehouse, folder = publish(tmp_path / "finops.duckdb"), tmp_path / "seals"
    seal(warehouse, folder, KEY)
    copy_heads(folder, kept)
    before = (kept / log.HEADS).read_bytes()
    (folder / log.HEADS).write_bytes(b"".join(before.splitlines(keepends=True)[:-1]))
    with pytest.raises(ReportError, match="one of them was rewritten"):
        copy_heads(folder, kept)
    assert (kept / log.HEADS).read_bytes() == before


def test_what_git_says_is_said(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    seal(publish(tmp_path / "finops.duckdb"), folder, KEY)
    (kept / ".git" / "index.lock").touch()
    with pytest.raises(ReportError, match=r"git could not commit.*index\.lock"):
        copy_heads(folder, kept)
    (kept / ".git" / "index.lock").unlink()
    assert copy_heads(folder, kept)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """It may be a disk that is not mounted."""
    folder, plain = tmp_path / "seals", tmp_path / "mounted"
    seal(publish(tmp_path / "finops.duckdb"), folder, KEY)
    with pytest.raises(ReportError, match="No such file"):
        copy_heads(folder, plain)
    plain.mkdir()
    assert not copy_heads(folder, plain)
    assert (plain / log.HEADS).read_bytes() == log.heads_content(folder)


def test_a_kill_between_publication_and_seal_is_made_good_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FINOPS_SEAL_KEY", KEY.decode())
    monkeypatch.setattr(log, "DEFAULT_SEALS", tmp_path / "seals")
    publish(tmp_path / "finops.duckdb")
    # Killed here: this publication is never sealed. The watcher begins anew, and the next one comes.
    work = command._seals(publish(tmp_path / "finops.duckdb", NEXT_DAY))
    work()
    assert "8 seals added; the log has 8 heads" in capsys.readouterr().out
    work()
    assert capsys.readouterr().out == ""
    assert verify(tmp_path / "finops.duckdb", tmp_path / "seals", [KEY]).problems == ()


def test_a_watcher_that_is_to_seal_needs_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINOPS_SEAL_KEY", raising=False)
    monkeypatch.delenv("FINOPS_SEAL_KEY_FILE", raising=False)
    with pytest.raises(ReportError, match="no key to sign seals with"):
        command._seals(tmp_path / "finops.duckdb")
