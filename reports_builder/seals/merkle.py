"""Proofs that a leaf is in a tree, and that one tree continues another (RFC 9162, section 2.1)."""

from collections.abc import Sequence

from reports_builder.seals.check import root_of


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from leaf ``index`` up to the root; IndexError when there is no such leaf."""
    if not 0 <= index < len(hashes):
        raise IndexError(index)
    if len(hashes) == 1:
        return []
    left = _left(len(hashes))
    if index < left:
        return [*inclusion_proof(hashes[:left], index), root_of(hashes[left:])]
    return [*inclusion_proof(hashes[left:], index - left), root_of(hashes[:left])]


def consistency_proof(hashes: Sequence[bytes], old: int) -> list[bytes]:
    """What shows that the first ``old`` leaves are an earlier tree; IndexError where there are fewer."""
    if not 0 < old <= len(hashes):
        raise IndexError(old)
    return _subproof(hashes, old, is_whole=True)


def _subproof(hashes: Sequence[bytes], old: int, *, is_whole: bool) -> list[bytes]:
    if old == len(hashes):
        # The verifier knows the root of the earlier tree, but not that of a part of it.
        return [] if is_whole else [root_of(hashes)]
    left = _left(len(hashes))
    if old <= left:
        return [*_subproof(hashes[:left], old, is_whole=is_whole), root_of(hashes[left:])]
    return [*_subproof(hashes[left:], old - left, is_whole=False), root_of(hashes[:left])]


def _left(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1
