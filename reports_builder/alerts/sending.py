"""Hand a digest to a channel by Apprise, and let nothing of the address out again."""

import contextvars
import ipaddress
import logging
import re
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from reports_builder.alerts.channels import Channel
from reports_builder.alerts.digest import Digest

if TYPE_CHECKING:
    from apprise import Apprise

# All loggers that name hosts, paths, users or recipients while something is sent.
_TALKATIVE = (
    "apprise",
    "requests",
    "urllib3",
    "urllib3.connectionpool",
    "urllib3.util.retry",
    "charset_normalizer",
)
_STATUS = re.compile(r"error=(\d{3})\b")
_REFUSALS = frozenset(int(status) for status in HTTPStatus if status >= HTTPStatus.MULTIPLE_CHOICES)
_seen: contextvars.ContextVar[list[int] | None] = contextvars.ContextVar("statuses", default=None)
MISSING = "Apprise is not installed: pip install -e '.[alerts]'"
NOT_AN_ADDRESS = (
    "its address is not one that Apprise reads; a webhook is jsons://host/path, e-mail mailtos://..."
)


INWARD = "its address leads to the machine's own cloud (link-local or metadata), where no channel is"
# What clouds hand secrets out at, beside 169.254.0.0/16 and fe80::/10: Amazon, Alibaba, Microsoft.
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16")))


def _leads_inward(host: str) -> bool:
    """Whether a name leads to where a cloud gives its machines their secrets, in whatever writing."""
    try:
        found = {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        # A proxy may know the name; else it cannot be reached, which is said when it is tried.
        return False
    for address in map(ipaddress.ip_address, found):
        plain = getattr(address, "ipv4_mapped", None) or address
        if plain.is_link_local or plain in _METADATA:
            return True
    return False


def _keep_status(record: logging.LogRecord) -> bool:
    """Take the HTTP status from the record and drop the record."""
    statuses = _seen.get()
    if statuses is not None and record.name == "apprise":
        statuses += [int(found) for found in _STATUS.findall(record.getMessage())]
    return False


@contextmanager
def silence() -> Iterator[None]:
    """Drop what the libraries below would log or warn of: it carries addresses."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    for logger in loggers:
        logger.addFilter(_keep_status)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger in loggers:
            logger.removeFilter(_keep_status)


def send(channel: Channel, digest: Digest) -> str | None:
    """Why the channel did not take the digest, in words without its address; None when it did.

    To be called within ``silence``.
    """
    statuses: list[int] = []
    # In a context of its own: Apprise hands it on to its threads, so that each channel sees its own statuses.
    context = contextvars.copy_context()
    try:
        return context.run(_send, channel, digest, statuses)
    except ImportError:
        return MISSING
    except Exception as error:
        # Whatever a service raises may carry its address: only the kind of it goes on.
        return f"it failed in a way nobody foresaw ({type(error).__name__})"


def _send(channel: Channel, digest: Digest, statuses: list[int]) -> str | None:
    from apprise import NotifyFormat, NotifyType  # noqa: PLC0415

    _seen.set(statuses)
    apprise = _opened(channel, digest)
    if isinstance(apprise, str):
        return apprise
    kinds = {"critical": NotifyType.FAILURE, "warning": NotifyType.WARNING}
    result = apprise.notify(
        body=digest.body,
        title=digest.title,
        notify_type=kinds.get(digest.severity, NotifyType.INFO),
        body_format=NotifyFormat.TEXT,
    )
    # An address with `optional=yes` always reports success: what counts is its last attempt.
    attempts = [attempt for service in getattr(result, "results", ()) for attempt in service.attempts]
    if result and (not attempts or attempts[-1]):
        return None
    if not statuses:
        return "it could not be reached, or did not accept the message"
    return _in_words(statuses[-1])


def _opened(channel: Channel, digest: Digest) -> "Apprise | str":
    """The service to send by, or why nothing is sent."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415

    asset = AppriseAsset(
        app_id="AI FinOps",
        app_desc="AI FinOps",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        storage_mode="memory",
        secure_logging=True,
        # What is told goes nowhere else; and a login page behind a redirect would take it as read.
        http_redirects=False,
    )
    service = Apprise.instantiate(channel.url, asset=asset)
    if service is None:
        return NOT_AN_ADDRESS
    if _leads_inward(str(getattr(service, "host", None) or "").strip("[]")):
        return INWARD
    extras = getattr(service, "payload_extras", None)
    if isinstance(extras, dict) and channel.url.lower().startswith("json"):
        # A program that listens reads rows, not sentences.
        extras |= digest.rows
    apprise = Apprise(asset=asset)
    apprise.add(service)
    return apprise


def _in_words(status: int) -> str:
    if status in _REFUSALS:
        return f"it answered HTTP {status} ({HTTPStatus(status).phrase})"
    return "it answered, but did not accept the message"
