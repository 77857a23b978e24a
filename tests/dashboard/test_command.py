"""The command refuses to be reached from other machines without a login, and asks for nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from reports_builder.dashboard.login import _has_provider
from tests.workspace import ROOT

LOGIN = """
[auth]
redirect_uri = "http://localhost:8000/oauth2callback"
cookie_secret = "x"
{place}
client_id = "a"
client_secret = "b"
server_metadata_url = "https://login.example/.well-known/openid-configuration"
"""


def test_another_address_needs_a_login(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reports_builder", "dashboard", "--host", "0.0.0.0"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "a login is needed" in done.stderr


def test_a_login_is_configured_when_a_provider_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    assert not _has_provider(path)
    path.write_text(LOGIN.format(place=""))
    assert _has_provider(path)
    path.write_text(LOGIN.format(place="[auth.company]"))
    assert _has_provider(path)
    path.write_text(LOGIN.format(place="").replace('client_id = "a"', ""))
    assert not _has_provider(path)
    path.write_text("not toml [")
    assert not _has_provider(path)
