"""Who is heard: programs on this machine, or who knows the token."""

from __future__ import annotations

import hmac
import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dbt_project.landing.errors import UsageError

TOKEN_VARIABLE: Final = "FINOPS_RECEIVE_TOKEN"  # noqa: S105 - the name of a variable


def token_of(file: Path | None, variable: str = TOKEN_VARIABLE) -> str | None:
    """The token of a file, else of a variable; UsageError for one that no header can carry."""
    try:
        token = file.read_text(encoding="utf-8") if file else os.environ.get(variable)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file}: cannot be read ({getattr(error, 'strerror', None) or 'no text'})"
        ) from error
    if token is None:
        return None
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(f"{file or variable}: a token is letters, digits and signs, on one line")
    return token


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def knows_token(headers: Mapping[str, str], token: str) -> bool:
    """Whether the token stands in a request; it takes as long for a wrong one as for another."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    is_right = hmac.compare_digest(given.strip().encode("latin-1"), token.encode())
    return is_right and scheme.lower() == "bearer"


def names_this_machine(headers: Mapping[str, str]) -> bool:
    """Whether a request is to loopback by name, too: a web page reaches it by a name of its own."""
    try:
        return is_loopback(urlsplit(f"//{headers.get('host', '')}").hostname or "")
    except ValueError:
        return False
