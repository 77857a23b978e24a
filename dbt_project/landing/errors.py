"""What a user can cause and mend."""

import errno
import os


class UsageError(Exception):
    """Something about the options or the surroundings is wrong; the message says what to do."""


_FULL, _KEPT_OUT = "make room there and try again", "let it be written and try again"
_REMEDIES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _KEPT_OUT,
    errno.EACCES: _KEPT_OUT,
    errno.EPERM: _KEPT_OUT,
}


def unwritten(place: object, error: OSError) -> str:
    """That nothing can be written there, why, and what to do: the beginning of a sentence, without its dot.

    The number says best why: what libraries say of a full disk is a line of their own.
    """
    remedy = _REMEDIES.get(error.errno or 0)
    why = os.strerror(error.errno or 0) if remedy else error.strerror or error
    return f"cannot write to {place} ({why}): {remedy or 'put that right and try again'}"


def is_full(error: OSError) -> bool:
    """Whether a disk has no room, which says nothing against what is read."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def with_remedy(said: str) -> str:
    """What a library said, with what to do about it where it names one of the same reasons."""
    found = (f"{said}: {remedy}" for number, remedy in _REMEDIES.items() if os.strerror(number) in said)
    return next(found, said)
