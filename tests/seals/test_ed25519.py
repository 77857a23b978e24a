"""Who may verify need not be able to sign: pairs of Ed25519, beside keys of HMAC in one chain."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from reports_builder.cli import app
from reports_builder.errors import ReportError
from reports_builder.seals import check, ed25519, log
from reports_builder.seals.check import read_chain, signer_of, written
from reports_builder.seals.keys import sign_with, signers_of
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from tests.seals.books import KEY, PRIVATE, PUBLIC, publish

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.mark.parametrize("vector", VECTORS, ids=["1", "2", "3", "SHA(abc)"])
def test_vectors_of_the_rfc_and_none_with_one_bit_changed(vector: tuple[str, str, str]) -> None:
    public, message, signature = map(bytes.fromhex, vector)
    for at in (0, 100, 255, 256, 400, 505, 511):
        changed = (int.from_bytes(signature, "little") ^ 1 << at).to_bytes(64, "little")
        assert not ed25519.is_signed(public, message, changed)
    assert not ed25519.is_signed(public, message + b"\0", signature)
    assert not ed25519.is_signed(public, message, signature[:-1])
    assert ed25519.is_signed(public, message, signature)


def test_a_second_signature_that_means_the_same_is_none() -> None:
    public, message, signature = map(bytes.fromhex, VECTORS[0])
    higher = int.from_bytes(signature[32:], "little") + ed25519.ORDER
    assert not ed25519.is_signed(public, message, signature[:32] + higher.to_bytes(32, "little"))


@settings(max_examples=40, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=99), bit=st.integers(0, 1023))
def test_it_agrees_with_a_library(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert ed25519.is_signed(public, message, signature)
    changed = (int.from_bytes(public + signature, "little") ^ 1 << bit % 768).to_bytes(96, "little")
    try:
        Ed25519PublicKey.from_public_bytes(changed[:32]).verify(changed[32:], message)
        holds = True
    except (InvalidSignature, ValueError):
        holds = False
    assert ed25519.is_signed(changed[:32], message, changed[32:]) == holds


def test_openssl_makes_the_pair_and_who_has_the_public_key_verifies(tmp_path: Path) -> None:
    warehouse = publish(tmp_path / "finops.duckdb")
    private, public = tmp_path / "seal.pem", tmp_path / "seal.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    where = ["--warehouse", str(warehouse), "--seals", str(tmp_path / "seals")]
    assert CliRunner().invoke(app, ["seal", *where, "--key-file", str(private)]).exit_code == 0
    for key in (public, private):
        assert CliRunner().invoke(app, ["verify", *where, "--key-file", str(key)]).exit_code == 0
    refused = CliRunner().invoke(app, ["seal", *where, "--key-file", str(public)])
    assert "only verifies" in str(refused.exception)


def test_a_chain_goes_on_with_a_key_of_another_kind_and_back(tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    keys = [KEY, PRIVATE, b"n" * 32]
    for value, key in enumerate(keys):
        change = f"update core.fct_charges set billed_cost_usd = {value} where charge_id = 'charge-0-0'"
        warehouse = publish(tmp_path / "finops.duckdb", change)
        assert seal(warehouse, folder, key).added
    assert verify(warehouse, folder, [KEY, PUBLIC, keys[2]]).problems == ()
    for missing in range(3):
        given = [key for key in (KEY, PUBLIC, keys[2]) if key != (KEY, PUBLIC, keys[2])[missing]]
        found = verify(warehouse, folder, given).problems
        assert found and all("not signed by the key given" in problem for problem in found)


def test_a_public_key_is_never_taken_for_a_secret_that_signs(tmp_path: Path) -> None:
    """Whoever knows the public key, which is everybody, could else sign with it, as text or as bytes."""
    folder = tmp_path / "seals"
    seal(publish(tmp_path / "finops.duckdb"), folder, PRIVATE)
    raw = re.sub(rb"-----.*?-----|\n", b"", PUBLIC)
    for secret in (PUBLIC, raw):
        heads = [json.loads(line) for line in log.heads_content(folder).splitlines()]
        head = heads[0] | {"reason": "forged"}
        unsigned = written({name: value for name, value in head.items() if name != "signature"})
        head["signature"] = check.hmac.digest(secret, unsigned, "sha256").hex()
        _, problems = read_chain(written(head) + b"\n", dict([signer_of(PUBLIC)]))
        assert any("not signed by the key given" in problem for problem in problems)


def test_other_digits_of_the_same_signature_are_a_change(tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    seal(publish(tmp_path / "finops.duckdb"), folder, PRIVATE)
    *lines, last = log.heads_content(folder).splitlines()
    head = json.loads(last)
    for signature in (head["signature"].upper(), f"{head['signature']} "):
        changed = b"\n".join([*lines, written(head | {"signature": signature}), b""])
        assert read_chain(changed, dict([signer_of(PUBLIC)]))[1]


@pytest.mark.parametrize(
    "key",
    [
        PRIVATE.replace(b"M", b"N", 1),
        b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----",
        PUBLIC.replace(b"MCow", b"MCoz"),
    ],
    ids=["damaged", "of another kind", "damaged public key"],
)
def test_a_key_that_is_none_is_said_and_never_taken_for_text(key: bytes) -> None:
    with pytest.raises(ReportError, match="key of the seals") as said:
        signers_of([key])
    assert key.splitlines()[1].decode() not in str(said.value)
    with pytest.raises(ReportError, match="key of the seals"):
        sign_with(key)
