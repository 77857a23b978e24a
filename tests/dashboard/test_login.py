"""Who gets in from elsewhere: a real OpenID Connect provider, a real browser, the page as Streamlit runs it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from oidc_provider_mock import User, run_server_in_thread

from reports_builder.dashboard.settings import Settings
from reports_builder.dashboard.visits import place_of
from tests.dashboard.chromium import WAIT, Dashboard, Reader, chromium_path, reading, wait_until_served
from tests.workspace import ROOT, Workspace

# The provider uses names of Authlib that are about to move; a warning in its thread would be its error.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ACCOUNTS: dict[str, dict[str, object]] = {
    "named": {"email": "CFO@example.com", "email_verified": True, "groups": ["finance"]},
    "of the domain": {"email": "anyone@corp.example", "email_verified": True, "groups": ["engineers"]},
    "of no group": {"email": "nobody@corp.example", "email_verified": True, "groups": ["finance-readers"]},
    "of a domain below": {"email": "anyone@corp.example.evil.example", "email_verified": True},
    "unproven": {"email": "cfo@example.com", "email_verified": False},
    "without an address": {},
}


@pytest.fixture(scope="module")
def open_dashboard(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard that demands a login, its provider, and secrets of its own."""
    chromium_path()
    folder = tmp_path_factory.mktemp("login")
    (folder / ".streamlit").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    users = [User(sub=name, claims=claims) for name, claims in ACCOUNTS.items()]
    with run_server_in_thread(user_claims=users) as provider:
        (folder / ".streamlit" / "secrets.toml").write_text(
            f"""
            [auth]
            redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
            cookie_secret = "a secret of this test"
            client_id = "dashboard"
            client_secret = "another"
            server_metadata_url = "http://127.0.0.1:{provider.server_port}/.well-known/openid-configuration"
            [access]
            emails = ["cfo@example.com"]
            domains = ["corp.example"]
            """
        )
        policy = folder / "access.toml"
        policy.write_text(
            f"""
            issuer = "http://127.0.0.1:{provider.server_port}"
            [groups.finance]
            rows = "all"
            revenue = true
            [groups.engineers]
            teams = ["assistant-team"]
            """
        )
        settings = Settings(warehouse=str(built.published), login=True, access=str(policy), is_limited=True)
        script = ROOT / "reports_builder" / "dashboard" / "app.py"
        options = {"server.address": "127.0.0.1", "server.port": port, "server.headless": "true"}
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        for name, value in (options | {"browser.gatherUsageStats": "false"}).items():
            command += [f"--{name}", str(value)]
        env = built.env | {"HOME": str(folder), "PYTHONPATH": str(ROOT)} | settings.to_environment()
        with (folder / "dashboard.log").open("w+") as log:
            process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log, text=True)
            try:
                dashboard = Dashboard(built, port, process)
                wait_until_served(dashboard, log.name)
                yield dashboard
            finally:
                process.terminate()
                process.wait(timeout=60)


def log_in(reader: Reader, account: str) -> None:
    reader.page.goto(reader.origin)
    reader.page.get_by_role("button", name="Log in").click(timeout=WAIT)
    reader.page.get_by_role("button", name=account, exact=True).first.click(timeout=WAIT)


@pytest.mark.parametrize(
    ("account", "seen"),
    [
        ("named", "Fees earned"),
        ("of the domain", "Your group sees the rows of team assistant-team, costs without revenue."),
        ("of no group", "in no group"),
        ("of a domain below", "may not read this dashboard"),
        ("unproven", "may not read this dashboard"),
        ("without an address", "may not read this dashboard"),
    ],
)
def test_only_named_readers_see_figures(
    open_dashboard: Dashboard, tmp_path: Path, account: str, seen: str
) -> None:
    with reading(open_dashboard, tmp_path / "profile") as reader:
        log_in(reader, account)
        reader.page.get_by_text(seen).first.wait_for(timeout=WAIT)
        if account in ("named", "of the domain"):
            reader.page.locator(".tile").first.wait_for(timeout=WAIT)
            assert ("Fees earned" in reader.page.locator(".tile .label").all_text_contents()) == (
                account == "named"
            )
        else:
            assert reader.page.locator(".tile").count() == 0
            assert "$" not in reader.page.inner_text("body")


def test_without_a_login_nothing_is_shown(open_dashboard: Dashboard, tmp_path: Path) -> None:
    with reading(open_dashboard, tmp_path / "profile") as reader:
        reader.page.goto(reader.origin)
        reader.page.get_by_role("button", name="Log in").wait_for(timeout=WAIT)
        assert reader.page.locator(".tile").count() == 0
        assert json.dumps(ACCOUNTS["named"]["email"]) not in reader.page.content()


def test_who_comes_back_reads_what_has_come_since(
    open_dashboard: Dashboard, built: Workspace, tmp_path: Path
) -> None:
    place = place_of(built.published, "CFO@example.com")
    with reading(open_dashboard, tmp_path / "profile") as reader:
        log_in(reader, "named")
        reader.page.locator(".tile").first.wait_for(timeout=WAIT)
        reader.settled()
        told = json.loads(place.read_text())
        told["last"] |= {"at": "2026-01-05T09:00:00+00:00", "as_of": "2026-10-29"}
        place.write_text(json.dumps(told))
        reader.page.reload()
        said = reader.page.get_by_text("Since your last visit on 5 January 2026: ").first
        said.wait_for(timeout=WAIT)
        assert "2 more days of data" in said.inner_text()


def test_who_is_logged_in_is_not_of_a_strangers_making(open_dashboard: Dashboard, tmp_path: Path) -> None:
    """Neither a cookie that somebody put there before the login, nor an answer to a login that nobody began."""
    with reading(open_dashboard, tmp_path / "profile") as reader:
        context = reader.page.context
        context.add_cookies(
            [
                {"name": "_streamlit_user", "value": value, "url": reader.origin}
                for value in ("eyJlbWFpbCI6ImNmb0BleGFtcGxlLmNvbSJ9",)
            ]
        )
        reader.page.goto(reader.origin)
        reader.page.get_by_role("button", name="Log in").wait_for(timeout=WAIT)
        reader.page.goto(f"{reader.origin}/oauth2callback?code=of-somebody-else&state=of-somebody-else")
        reader.page.goto(reader.origin)
        reader.page.get_by_role("button", name="Log in").wait_for(timeout=WAIT)
        before = {each["name"]: each["value"] for each in context.cookies()}
        log_in(reader, "named")
        reader.page.locator(".tile").first.wait_for(timeout=WAIT)
        after = {each["name"]: each for each in context.cookies()}
        user = after["_streamlit_user"]
        assert user["httpOnly"] and user["sameSite"] == "Lax"
        assert user["value"] != before.get("_streamlit_user")
