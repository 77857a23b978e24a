"""The key of the seals: a text that only who seals has, from the environment or a file."""

import os
from pathlib import Path

from reports_builder.errors import ReportError

VARIABLE = "FINOPS_SEAL_KEY"
FILE_VARIABLE = "FINOPS_SEAL_KEY_FILE"
_SHORTEST = 32


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
        raise ReportError(f"the key of the seals is shorter than {_SHORTEST} characters. {make_one()}")
    return key


def make_one() -> str:
    """How to get a key."""
    return f"Make one with `openssl rand -hex 32 > seal.key` and name the file in {FILE_VARIABLE}."
