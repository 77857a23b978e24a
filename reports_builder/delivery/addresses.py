"""Addresses of mail, from the environment or an option, checked before anything is written with them."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr

from reports_builder.errors import ReportError

# Stricter than the standard: no quotes, comments, routes or control characters, so that nothing can be
# read as a second address or header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_LONGEST = 254


@dataclass(frozen=True)
class Recipient:
    """Who gets a mail; ``name`` stands for the address where it must not be shown."""

    address: str

    @property
    def name(self) -> str:
        """The same for the same address, whatever order they are in."""
        digest = hashlib.sha256(self.address.lower().encode()).hexdigest()
        return f"email-{digest[:10]}"


def read_recipients(texts: Iterable[str], where: str) -> tuple[Recipient, ...]:
    """The addresses in ``texts``, set apart by commas or blanks; ReportError names ``where`` and the word."""
    words = [word for text in texts for word in re.split(r"[,\s]+", text) if word]
    for word in words:
        if not _is_address(word):
            raise ReportError(f"{where}: {word[:80]!r} is no address of mail; write name@example.com.")
    return tuple(Recipient(word) for word in dict.fromkeys(words))


def read_sender(text: str, where: str) -> Address:
    """``name@example.com`` or ``A name <name@example.com>``; ReportError names ``where``."""
    name, address = parseaddr(text)
    if not _is_address(address) or any(not character.isprintable() for character in text):
        raise ReportError(
            f"{where}: {text[:80]!r} is no address of mail; write AI FinOps <name@example.com>."
        )
    return Address(display_name=name, addr_spec=address)


def _is_address(text: str) -> bool:
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None and ".." not in text
