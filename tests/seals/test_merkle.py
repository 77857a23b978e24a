"""The Merkle tree is that of RFC 9162: vectors of another implementation, those that must fail first."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from reports_builder.seals.check import leaf_hash, node_hash, proves_consistency, proves_inclusion, root_of
from reports_builder.seals.merkle import consistency_proof, inclusion_proof
from tests.real_files import real_file

Vector = dict[str, Any]


def bytes_of(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def is_included(vector: Vector) -> bool:
    proof = [bytes_of(each) for each in vector["proof"] or ()]
    return proves_inclusion(
        bytes_of(vector["leafHash"]), vector["leafIdx"], vector["treeSize"], proof, bytes_of(vector["root"])
    )


def is_consistent(vector: Vector) -> bool:
    proof = [bytes_of(each) for each in vector["proof"] or ()]
    roots = bytes_of(vector["root1"]), bytes_of(vector["root2"])
    return proves_consistency(vector["size1"], vector["size2"], *roots, proof)


@pytest.mark.parametrize(
    ("name", "holds", "fewest"), [("inclusion", is_included, 40), ("consistency", is_consistent, 40)]
)
def test_vectors_those_that_must_fail_first(name: str, holds: Callable[[Vector], bool], fewest: int) -> None:
    lines = real_file(f"merkle/{name}.jsonl").read_text().splitlines()
    vectors = sorted(map(json.loads, lines), key=lambda vector: not vector["wantErr"])
    assert sum(vector["wantErr"] for vector in vectors) >= fewest
    wrong = [vector["path"] for vector in vectors if holds(vector) == vector["wantErr"]]
    assert wrong == []


def test_roots_of_vectors() -> None:
    vectors = json.loads(real_file("merkle/roots.json").read_text())
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in vectors["leaves_hex"]]
    for size, root in vectors["roots_by_size"].items():
        assert root_of(hashes[: int(size)]).hex() == root
    found = [root_of([]), leaf_hash(b""), leaf_hash(b"L123456"), node_hash(b"N123", b"N456")]
    assert [each.hex() for each in found] == [vector["want"] for vector in vectors["hasher"]]


def test_every_proof_of_small_trees_holds_and_no_other() -> None:
    hashes = [leaf_hash(bytes([number])) for number in range(20)]
    for size in range(1, 20):
        root = root_of(hashes[:size])
        for index in range(size):
            proof = inclusion_proof(hashes[:size], index)
            assert proves_inclusion(hashes[index], index, size, proof, root)
            assert not proves_inclusion(hashes[index], index, size, [*proof, root], root)
            assert not any(
                proves_inclusion(hashes[index], other, size, proof, root)
                for other in range(size)
                if other != index
            )
        for old in range(1, size + 1):
            proof = consistency_proof(hashes[:size], old)
            assert proves_consistency(old, size, root_of(hashes[:old]), root, proof)
            assert not proves_consistency(old, size, hashes[-1], root, proof)


def test_a_pair_cannot_pose_as_a_row() -> None:
    left, right = leaf_hash(b"one"), leaf_hash(b"two")
    assert leaf_hash(left + right) != root_of([left, right])
