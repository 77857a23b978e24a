"""The commands as a user types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from reports_builder.cli import app
from tests.seals.books import KEY, publish


def test_seal_then_verify_then_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINOPS_SEAL_KEY_FILE", raising=False)
    monkeypatch.setenv("FINOPS_SEAL_KEY", KEY.decode())
    warehouse, folder = publish(tmp_path / "finops.duckdb"), str(tmp_path / "seals")
    where = ["--warehouse", str(warehouse), "--seals", folder]
    sealed = CliRunner().invoke(app, ["seal", *where])
    assert "6 seals added" in sealed.output and "Keep this line elsewhere" in sealed.output
    whole = CliRunner().invoke(app, ["verify", *where])
    assert whole.exit_code == 0 and "All of it holds." in whole.output
    publish(
        tmp_path / "finops.duckdb",
        "update core.fct_charges set resource_id = 'x' where charge_id = 'charge-0-1'",
    )
    changed = CliRunner().invoke(app, ["verify", *where])
    assert changed.exit_code == 1
    assert 'core.fct_charges 2026-10-01: row 2 ["charge-0-1"] changed' in changed.output
    assert "What this cannot find" in changed.output


@pytest.mark.parametrize("key", ["", "short"])
def test_no_seal_without_a_key_that_cannot_be_guessed(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FINOPS_SEAL_KEY_FILE", raising=False)
    monkeypatch.setenv("FINOPS_SEAL_KEY", key)
    warehouse = publish(tmp_path / "finops.duckdb")
    done = CliRunner().invoke(
        app, ["seal", "--warehouse", str(warehouse), "--seals", str(tmp_path / "seals")]
    )
    assert done.exit_code != 0 and "openssl rand -hex 32" in str(done.exception)
    assert not (tmp_path / "seals").exists()
