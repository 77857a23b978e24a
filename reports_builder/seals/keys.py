"""The key of the seals, from the environment or a file: a text, or a pair of Ed25519."""

import hmac
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from reports_builder.errors import ReportError
from reports_builder.seals.check import Signers, signer_of

VARIABLE = "FINOPS_SEAL_KEY"
FILE_VARIABLE = "FINOPS_SEAL_KEY_FILE"
_SHORTEST = 32
_MAKE_ONE = f"Make one with `openssl rand -hex 32 > seal.key` and name the file in {FILE_VARIABLE}."
_PEM, _PUBLIC = b"-----BEGIN", b"-----BEGIN PUBLIC KEY-----"


def find_key(file: Path | None = None) -> bytes | None:
    """The key of the file named, else that of the environment; None where there is none.

    Raises ReportError when it cannot be read or could be guessed.
    """
    named = file or (Path(os.environ[FILE_VARIABLE]) if os.environ.get(FILE_VARIABLE) else None)
    try:
        key = named.read_bytes().strip() if named else os.environ.get(VARIABLE, "").strip().encode()
    except OSError as error:
        raise ReportError(f"the key file {named} cannot be read ({error.strerror}).") from error
    if named is None and not key:
        return None
    if len(key) < _SHORTEST:
        raise ReportError(f"the key of the seals is shorter than {_SHORTEST} characters. {_MAKE_ONE}")
    return key


def needed_key(file: Path | None = None) -> bytes:
    """The same; ReportError where there is none."""
    key = find_key(file)
    if key is None:
        raise ReportError(f"there is no key to sign seals with. {_MAKE_ONE}")
    return key


def sign_with(key: bytes) -> tuple[str, Callable[[bytes], str]]:
    """The id of a key, and what signs a message with it; ReportError when it cannot sign."""
    if key.startswith(_PUBLIC):
        raise ReportError(
            "the key of the seals is a public one, which only verifies. Seal with the private one."
        )
    if _is_private(key):
        public, sign = _read_pair(key)
        return signer_of(public)[0], sign
    return signer_of(key)[0], lambda message: hmac.digest(key, message, "sha256").hex()


def signers_of(keys: Sequence[bytes]) -> Signers:
    """What checks signatures, by id of the key; a private key does as its public one would.

    Raises ReportError when a key is of no kind that seals know.
    """
    try:
        return dict(signer_of(_read_pair(key)[0] if _is_private(key) else key) for key in keys)
    except ValueError as error:
        raise ReportError(f"a key of the seals cannot be read: {error}.") from error


def _is_private(key: bytes) -> bool:
    return key.startswith(_PEM) and not key.startswith(_PUBLIC)


def _read_pair(key: bytes) -> tuple[bytes, Callable[[bytes], str]]:
    """Of a private key the public one, in PEM, and what signs."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
        load_pem_private_key,
    )

    try:
        private = load_pem_private_key(key, None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise ReportError(
            "the key of the seals is not a private key of Ed25519 without a password. "
            "Make one with `openssl genpkey -algorithm ed25519 -out seal.pem`."
        )
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.strip(), lambda message: private.sign(message).hex()
