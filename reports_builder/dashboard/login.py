"""Who may read: everybody on this machine, and from elsewhere only those that have logged in."""

import ipaddress
import tomllib
from pathlib import Path

from reports_builder.dashboard.settings import Settings

_SECRETS = (Path(".streamlit/secrets.toml"), Path.home() / ".streamlit" / "secrets.toml")
_NEEDED = ("redirect_uri", "cookie_secret")
_OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach this address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def login_is_configured() -> bool:
    """Whether Streamlit finds an OpenID Connect provider in its secrets, the one without a name."""
    return any(_has_provider(path) for path in _SECRETS)


def _has_provider(path: Path) -> bool:
    try:
        auth = tomllib.loads(path.read_text(encoding="utf-8")).get("auth")
    except (OSError, ValueError):
        return False
    if not isinstance(auth, dict) or not all(auth.get(name) for name in _NEEDED):
        return False
    return all(auth.get(name) for name in _OF_PROVIDER)


def is_admitted(settings: Settings) -> bool:
    """Whether this reader may see the page; else the page asks to log in."""
    import streamlit as st  # noqa: PLC0415 - the command checks the address without loading the pages

    # The address counts, also where the script was started without the command.
    address = st.get_option("server.address")
    # Unset means every address of this machine.
    if not settings.login and address is not None and is_loopback(address):
        return True
    if not login_is_configured():
        st.error("This dashboard is open to other machines and no login is configured, so it shows nothing.")
        return False
    if st.user.is_logged_in:
        return True
    st.title("AI FinOps", anchor=False)
    st.button("Log in", on_click=st.login, type="primary")
    return False
