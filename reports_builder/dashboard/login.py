"""Who may read: everybody on this machine, from elsewhere only readers that are named and logged in."""

import ipaddress
import logging
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reports_builder.access import EVERYTHING, AccessError, Scope, load_policy
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError

# As Streamlit reads them: a section of the project's file takes the place of the user's.
_SECRETS = (Path.home() / ".streamlit" / "secrets.toml", Path(".streamlit/secrets.toml"))
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_EVERYBODY = "*"


@dataclass(frozen=True)
class Readers:
    """E-mail addresses that may read, and domains all of whose addresses may; ``*`` is every account."""

    emails: frozenset[str]
    domains: frozenset[str]

    def __bool__(self) -> bool:
        """Whether anybody is named."""
        return bool(self.emails or self.domains)

    def admit(self, claims: Mapping[str, object]) -> bool:
        """Whether the account that logged in is one of them; an address that it has not proven is none."""
        if _EVERYBODY in self.domains:
            return True
        if claims.get("email_verified", True) is not True:
            return False
        email = str(claims.get("email") or "").lower()
        _, at, domain = email.rpartition("@")
        return bool(at) and (email in self.emails or domain in self.domains)


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach this address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def missing_of_login() -> str | None:
    """What the secrets lack before other machines may read: the provider without a name, or readers."""
    secrets = _secrets()
    auth = secrets.get("auth")
    if not isinstance(auth, dict) or not all(auth.get(name) for name in _NEEDED):
        return f"an OpenID Connect provider in the section [auth] ({', '.join(_NEEDED)})"
    if not _readers(secrets):
        return 'the readers in the section [access]: emails = ["cfo@example.com"], domains = ["example.com"]'
    return None


def scope_of_reader(settings: Settings) -> Scope | None:
    """What this reader may see; None where that is nothing, and the page says what to do."""
    import streamlit as st  # noqa: PLC0415

    if not is_admitted(settings):
        return None
    if not settings.has_policy:
        return EVERYTHING
    try:
        policy = load_policy(Path(settings.access))
    except ReportError:
        # Its words name groups and whom they see, which is not for every reader.
        logging.getLogger(__name__).exception("the policy of access cannot be read")
        st.error(
            "The policy of access cannot be read, so nothing is shown; the dashboard's terminal says why."
        )
        return None
    try:
        return policy.scope_of(st.user.to_dict())
    except AccessError as error:
        said = str(error)
        st.error(f"{said[0].upper()}{said[1:]}")
        st.button("Log out", on_click=st.logout)
        return None


def _secrets() -> dict[str, object]:
    sections: dict[str, object] = {}
    for path in _SECRETS:
        try:
            sections |= tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            # Nobody is let in by half of a configuration.
            return {}
    return sections


def _readers(secrets: Mapping[str, object]) -> Readers:
    access = secrets.get("access")
    named = access if isinstance(access, dict) else {}
    return Readers(_words(named.get("emails")), _words(named.get("domains")))


def _words(value: object) -> frozenset[str]:
    return frozenset(str(word).strip().lower() for word in value) if isinstance(value, list) else frozenset()


def is_admitted(settings: Settings) -> bool:
    """Whether this reader may see the page; else the page says what to do."""
    import streamlit as st  # noqa: PLC0415 - the command checks the address without loading the pages

    # The address counts, also where the script was started without the command.
    address = st.get_option("server.address")
    # Unset means every address of this machine.
    if not settings.needs_login and address is not None and is_loopback(address):
        return True
    if missing_of_login():
        st.error(
            "This dashboard is open to other machines or has a policy of access, and no login is configured, "
            "so it shows nothing."
        )
        return False
    if st.user.is_logged_in:
        if _readers(_secrets()).admit(st.user.to_dict()):
            return True
        st.error(f"{st.user.get('email') or 'This account'} may not read this dashboard; ask who runs it.")
        st.button("Log out", on_click=st.logout)
        return False
    st.title("AI FinOps", anchor=False)
    st.button("Log in", on_click=st.login, type="primary")
    return False
