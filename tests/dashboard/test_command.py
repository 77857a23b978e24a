"""The command refuses to be reached from other machines without a login, and asks for nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from reports_builder.dashboard import login
from reports_builder.dashboard.login import missing_of_login
from reports_builder.dashboard.settings import Settings
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


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "access.toml says which group sees what, so a login is needed"),
        (["--unlimited", "--host", "0.0.0.0"], "--unlimited is for this machine alone"),
        (["--access", "gone.toml"], "gone.toml: cannot be read"),
    ],
)
def test_a_policy_needs_a_login_on_this_machine_too(tmp_path: Path, options: list[str], said: str) -> None:
    policy = 'issuer = "https://login.example"\n[groups.finance]\nrows = "all"\n'
    (tmp_path / "access.toml").write_text(policy)
    done = subprocess.run(
        [sys.executable, "-m", "reports_builder", "dashboard", *options],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(("address", "is_admitted"), [(None, False), ("0.0.0.0", False), ("127.0.0.1", True)])
def test_only_a_page_of_this_machine_needs_no_login(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str | None, is_admitted: bool
) -> None:
    monkeypatch.setattr("streamlit.get_option", {"server.address": address}.get)
    monkeypatch.setattr(login, "_SECRETS", (tmp_path / "none.toml",))
    assert login.is_admitted(Settings()) == is_admitted


def test_a_login_needs_a_provider_and_readers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    monkeypatch.setattr(login, "_SECRETS", (path,))

    def lacks(text: str) -> str | None:
        path.write_text(text)
        return missing_of_login()

    whole = LOGIN.format(place="")
    readers = '[access]\nemails = ["cfo@example.com"]'
    assert lacks(whole + readers) is None
    assert "[auth]" in str(lacks(readers))
    assert "[access]" in str(lacks(whole)), "an account of the provider alone opens nothing"
    assert "[access]" in str(lacks(whole + "[access]\nemails = []"))
    company = LOGIN.format(place="[auth.company]")
    assert "[auth]" in str(lacks(company + readers)), "the page asks for the provider without a name"
    assert "[auth]" in str(lacks(whole.replace('client_id = "a"', "") + readers))
    assert "[auth]" in str(lacks("not toml ["))
    path.unlink()
    assert "[auth]" in str(missing_of_login())


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "reports_builder", "dashboard", "--port", str(port)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"port {port} of 127.0.0.1" in done.stderr
    assert "--port" in done.stderr
