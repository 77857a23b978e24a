"""Who wrote what is noted before and after, and nothing is done that cannot be noted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reports_builder import cli
from reports_builder.compliance.audit import BEGUN, DONE, FAILED, AuditLog
from reports_builder.errors import ReportError
from tests.seals.books import KEY, publish


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["reports_builder", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FINOPS_SEAL_KEY", KEY.decode())
    return publish(tmp_path / "finops.duckdb")


def test_a_command_that_writes_is_noted_with_its_end(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seals = str(tmp_path / "seals")
    assert run(monkeypatch, "seal", "--warehouse", str(warehouse), "--seals", seals) == 0
    assert run(monkeypatch, "seal", f"--warehouse={warehouse}", "--seals", str(warehouse)) == 2
    events = AuditLog(warehouse).events()
    assert [event.outcome for event in events] == [BEGUN, DONE, BEGUN, FAILED]
    assert events[0].run_id == events[1].run_id != events[2].run_id
    assert events[0].action == f"seal --warehouse {warehouse} --seals {seals}"


def test_a_command_that_only_reads_or_is_asked_for_help_is_not(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, "verify", "--warehouse", str(warehouse), "--seals", str(tmp_path / "seals"))
    run(monkeypatch, "export", "--help")
    assert not AuditLog(warehouse).path.exists()


def test_what_cannot_be_noted_is_not_done(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "audit").write_text("a file where the folder should be")
    assert run(monkeypatch, "seal", "--warehouse", str(warehouse), "--seals", str(tmp_path / "seals")) == 2
    assert "cannot write to" in capsys.readouterr().err
    assert not (tmp_path / "seals").exists()


def test_one_that_is_killed_is_seen_to_have_begun(warehouse: Path) -> None:
    code = (
        "import os, pathlib, signal, sys; from reports_builder.compliance.audit import AuditLog\n"
        "with AuditLog(pathlib.Path(sys.argv[1])).of('export chargeback'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(warehouse)], check=False)
    [event] = AuditLog(warehouse).events()
    assert (event.action, event.outcome) == ("export chargeback", BEGUN)


def test_a_line_that_a_kill_cut_off_hides_no_other(warehouse: Path) -> None:
    log = AuditLog(warehouse)
    with log.of("send"):
        pass
    with log.path.open("ab") as file:
        file.write(b'{"event_at": "2026-')
    with pytest.raises(ReportError), log.of("export focus"):
        raise ReportError("no")
    assert [event.outcome for event in log.events()] == [BEGUN, DONE, BEGUN, FAILED]


def test_a_line_that_was_changed_removed_or_put_between_is_found(warehouse: Path) -> None:
    log = AuditLog(warehouse)
    for action in ("export focus", "seal", "send"):
        with log.of(action):
            pass
    kept = log.head
    assert log.problems() == []
    whole = log.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for changed in (
        [lines[0].replace(b"focus", b"other"), *lines[1:]],
        lines[1:],
        [*lines[:2], *lines[3:]],
        [*lines[:2], lines[1], *lines[2:]],
        [lines[1], lines[0], *lines[2:]],
        [*lines, json.dumps({**json.loads(lines[-1]), "previous": None}).encode() + b"\n"],
    ):
        log.path.write_bytes(b"".join(changed))
        assert log.problems()
    # A chain does not know its end: the line that was kept does.
    log.path.write_bytes(b"".join(lines[:-1]))
    assert log.problems() == []
    assert not log.holds(kept)
    log.path.write_bytes(whole)
    assert log.holds(kept)


def test_lines_of_before_there_were_hashes_and_lines_cut_off_are_no_problem(warehouse: Path) -> None:
    log = AuditLog(warehouse)
    log.path.parent.mkdir()
    old = {
        "event_at": "2026-10-01T00:00:00Z",
        "run_id": "a",
        "actor": "ann",
        "action": "send",
        "outcome": DONE,
    }
    log.path.write_text(json.dumps(old) + "\n")
    log.note("page download: a.csv", "ann")
    with log.path.open("ab") as file:
        file.write(b'{"event_at": "2026-')
    log.note("page download: b.csv", "ann")
    assert log.problems() == []
    assert [event.action for event in log.events()][1:] == ["page download: a.csv", "page download: b.csv"]
