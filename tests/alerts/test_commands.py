"""The command `alerts`: what it prints, looks up, and refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from reports_builder import cli
from tests.alerts.warehouse_fixture import HOSTILE_NAME, alert, cost_share, write_warehouse
from tests.servers import Endpoint


def run(capsys: pytest.CaptureFixture[str], warehouse: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["reports_builder", "alerts", *arguments, "--warehouse", str(warehouse)])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
    captured = capsys.readouterr()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code, captured.out, captured.err


def test_without_a_channel_it_lists_and_says_how_to_set_one_up(
    capsys: pytest.CaptureFixture[str], warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FINOPS_ALERT_URLS", raising=False)
    code, out, error = run(capsys, warehouse)
    assert (code, error) == (0, "")
    assert "2 open as of 2026-10-31 (1 critical, 1 warning), 2 new, 0 acknowledged" in out
    assert "export FINOPS_ALERT_URLS='mailtos://" in out
    assert "aaaaaaaaaaa1  critical" in out


def test_a_dead_channel_is_exit_code_one(
    capsys: pytest.CaptureFixture[str], warehouse: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINOPS_ALERT_URLS", endpoint.url())
    endpoint.status = 500
    assert run(capsys, warehouse)[0] == 1
    endpoint.status = 200
    assert run(capsys, warehouse)[0] == 1
    assert run(capsys, warehouse, "--retry-now")[0] == 0


def test_ids_are_looked_up_in_one_call(capsys: pytest.CaptureFixture[str], warehouse: Path) -> None:
    run(capsys, warehouse, "ack", "aaaaaaaaaaa1", "--by", "ann", "--note", "budget\nraised")
    # It has passed since: only the history knows it.
    write_warehouse(warehouse, [alert("aaaaaaaaaaa2"), alert("aaaaaaaaaaa3", is_superseded=True)])
    asked = "aaaaaaaaaaa3,aaaaaaaaaaa1,aaaaaaaaaaa2,unknown,aaaaaaaaaaa1"
    code, out, _ = run(capsys, warehouse, "--ids", asked, "--json")
    answer = json.loads(out)
    assert code == 0
    assert [(row["alert_id"], row["state"]) for row in answer["alerts"]] == [
        ("aaaaaaaaaaa3", "superseded"),
        ("aaaaaaaaaaa1", "past"),
        ("aaaaaaaaaaa2", "open"),
    ]
    assert answer["not_found"] == ["unknown"]
    past = answer["alerts"][1]
    assert (past["acknowledged_by"], past["note"], past["amount_usd"]) == (
        "ann",
        "budget\nraised",
        "1250.000000000001",
    )
    _, out, _ = run(capsys, warehouse, "--ids", asked)
    assert "acknowledged by ann" in out and "budget raised" in out
    assert "unknown  no such alert" in out


def test_fifty_ids_are_answered_and_more_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ids = [f"{number:012x}" for number in range(51)]
    warehouse = write_warehouse(tmp_path / "finops.duckdb", [alert(name) for name in ids])
    code, out, _ = run(capsys, warehouse, "--ids", ",".join(ids[:50]), "--json")
    assert (code, len(json.loads(out)["alerts"])) == (0, 50)
    for arguments in (["--ids", ",".join(ids)], ["ack", *ids]):
        code, out, error = run(capsys, warehouse, *arguments)
        assert (code, out) == (2, "")
        assert error == "error: 51 ids are too many for one call; at most 50.\n"


def test_an_unknown_id_acknowledges_nothing(capsys: pytest.CaptureFixture[str], warehouse: Path) -> None:
    code, out, error = run(capsys, warehouse, "ack", "aaaaaaaaaaa1", "\x1b[31mnope")
    assert (code, out) == (2, "")
    assert error.count("\n") == 1 and "nothing was acknowledged" in error and "\x1b" not in error
    assert "aaaaaaaaaaa1" in run(capsys, warehouse, "list")[1]


def test_acknowledged_alerts_leave_the_list(capsys: pytest.CaptureFixture[str], warehouse: Path) -> None:
    assert run(capsys, warehouse, "ack", "aaaaaaaaaaa1")[1] == "1 acknowledged, 0 had been before.\n"
    assert run(capsys, warehouse, "ack", "aaaaaaaaaaa1")[1] == "0 acknowledged, 1 had been before.\n"
    assert "aaaaaaaaaaa1" not in run(capsys, warehouse, "list")[1]
    assert "acknowledged" in run(capsys, warehouse, "list", "--all")[1]


def test_who_is_on_an_alert_is_said_and_it_stays_open(
    capsys: pytest.CaptureFixture[str], warehouse: Path
) -> None:
    ids = ("aaaaaaaaaaa1", "aaaaaaaaaaa2")
    assert run(capsys, warehouse, "assign", *ids, "--to", "bob", "--by", "ann")[1].startswith("2 assigned, 0")
    assert run(capsys, warehouse, "assign", ids[0], "--to", "bob")[1].startswith("0 assigned, 1")
    run(capsys, warehouse, "assign", ids[0], "--to", "c\x1b[2Jarl", "--note", "look")
    first, second = run(capsys, warehouse, "list")[1].splitlines()
    assert first.endswith("(c [2Jarl is on it)")
    assert second.endswith("(bob is on it)")
    assert "is on it" not in run(capsys, warehouse, "--ids", "unknown")[1]


def test_a_name_cannot_write_on_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    name = f"\x1b[2J{HOSTILE_NAME}\r\nfake line"
    warehouse = write_warehouse(tmp_path / "finops.duckdb", [alert("aaaaaaaaaaa1", **cost_share(name))])
    out = run(capsys, warehouse, "list")[1]
    assert out.count("\n") == 1 and "\x1b" not in out and "\r" not in out and "\u202e" not in out
    assert json.loads(run(capsys, warehouse, "list", "--json")[1])["alerts"][0]["subject_name"] == name


def test_options_before_a_subcommand_are_not_passed_over(
    capsys: pytest.CaptureFixture[str], warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["reports_builder", "alerts", "--warehouse", str(warehouse), "list"])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == 2
    assert capsys.readouterr().err == "error: write the options after `alerts list`.\n"


def test_what_is_missing_is_said_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in ([], ["list"], ["ack", "x"], ["--ids", "x"]):
        code, _, error = run(capsys, tmp_path / "nothing.duckdb", *arguments)
        assert code == 2 and "dbt build" in error and error.count("\n") == 1
    assert run(capsys, tmp_path / "nothing.duckdb", "--ids", " , ")[2].startswith(
        "error: name at least one id"
    )
