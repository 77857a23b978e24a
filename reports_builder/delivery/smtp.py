"""The mail server: settings from the environment alone, and failures in words that give nothing away."""

import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

from reports_builder.dashboard.login import is_loopback
from reports_builder.errors import ReportError

HOST = "FINOPS_SMTP_HOST"
PORT = "FINOPS_SMTP_PORT"
SECURITY = "FINOPS_SMTP_SECURITY"
USER = "FINOPS_SMTP_USER"
PASSWORD = "FINOPS_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECONDS = 30.0
# The first that fits counts.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "the certificate of the mail server could not be verified"),
    (ssl.SSLError, "the mail server and this program agree on no encryption"),
    (smtplib.SMTPNotSupportedError, f"the mail server offers no STARTTLS or no login; set {SECURITY}"),
    (smtplib.SMTPAuthenticationError, "the mail server did not accept the user and the password ({code})"),
    (smtplib.SMTPResponseException, "the mail server refused the mail ({code})"),
    (TimeoutError, "the mail server did not answer in time"),
)


@dataclass(frozen=True)
class Server:
    """A mail server; ``security`` is ``starttls``, ``tls`` from the first byte, or ``none``."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


def read_server(environment: Mapping[str, str] = os.environ) -> Server | None:
    """The server that the environment names; None where it names none. ReportError for what cannot be."""
    host = environment.get(HOST, "").strip()
    if not host:
        return None
    security = environment.get(SECURITY, "starttls").strip().lower()
    if security not in _PORTS:
        raise ReportError(f"{SECURITY} is {security[:20]!r}; there is {', '.join(_PORTS)}.")
    port = environment.get(PORT, "").strip() or str(_PORTS[security])
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ReportError(f"{PORT} is {port[:20]!r}; write a number from 1 to 65535.")
    user = environment.get(USER, "")
    if user and security == "none" and not is_loopback(host):
        raise ReportError(
            f"{SECURITY}=none would send the password in the clear to another machine; use starttls or tls."
        )
    return Server(host, int(port), security, user, environment.get(PASSWORD, ""))


class SendingError(Exception):
    """Why a mail did not leave, without an address or a password."""


@contextmanager
def connected(server: Server) -> Iterator[smtplib.SMTP]:
    """A session that is encrypted and logged in as the server asks; SendingError says why there is none."""
    # Verifies the certificate against the authorities of the system, or those of SSL_CERT_FILE.
    context = ssl.create_default_context()
    try:
        if server.security == "tls":
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=_SECONDS, context=context
            )
        else:
            session = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        raise SendingError(_in_words(error)) from None
    try:
        try:
            if server.security == "starttls":
                session.starttls(context=context)
            if server.user:
                session.login(server.user, server.password)
        except (OSError, smtplib.SMTPException) as error:
            raise SendingError(_in_words(error)) from None
        yield session
    finally:
        with suppress(OSError, smtplib.SMTPException):
            session.quit()
        session.close()


def send(session: smtplib.SMTP, message: EmailMessage) -> None:
    """Hand one message over; SendingError says why it was not taken."""
    try:
        session.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        # The next mail begins anew; whether the session is gone, it finds out.
        with suppress(OSError, smtplib.SMTPException):
            session.rset()
        raise SendingError(_in_words(error)) from None


def _in_words(error: Exception) -> str:
    # What the server says may repeat the address or the user: only its number goes on.
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"the mail server refused the recipient ({next(iter(error.recipients.values()))[0]})"
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words.format(code=getattr(error, "smtp_code", ""))
    return "the mail server could not be reached, or closed the connection"
