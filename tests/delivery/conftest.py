"""A mail server that encrypts and asks who is there, and a warehouse to tell of."""

from __future__ import annotations

import datetime
import ipaddress
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.reports.conftest import tiny_warehouse
from tests.servers import Mailbox, endpoint, mailbox, serving

__all__ = ["endpoint", "mailbox", "tiny_warehouse"]

PASSWORD = "s3cr3t w0rd"


@pytest.fixture
def warehouse(tiny_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of the tiny warehouse, whose folder is the test's own."""
    copy = tmp_path / "warehouse" / "finops.duckdb"
    copy.parent.mkdir()
    shutil.copy(tiny_warehouse, copy)
    return copy


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1 in one file; whoever trusts it trusts the server."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def post(certificate: Path) -> Iterator[Mailbox]:
    """A mail server that takes nothing before STARTTLS and a login."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    there = Mailbox()
    options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    with serving(there, authenticator=there.log_in, **options):
        yield there


@pytest.fixture
def environment(post: Mailbox, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of that server, with two readers."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return {
        "FINOPS_SMTP_HOST": "127.0.0.1",
        "FINOPS_SMTP_PORT": str(post.port),
        "FINOPS_SMTP_USER": "finops",
        "FINOPS_SMTP_PASSWORD": PASSWORD,
        "FINOPS_MAIL_FROM": "AI FinOps <finops@example.com>",
        "FINOPS_MAIL_TO": "cfo@example.com, product@example.com",
    }
