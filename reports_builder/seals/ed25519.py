"""Check signatures of Ed25519 (RFC 8032, section 5.1) with nothing but Python; check_seals.py reads it."""

import base64
import hashlib
import re
from collections.abc import Callable

# What `openssl pkey -pubout` writes: twelve bytes that say Ed25519, and the key.
PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----\s+MCowBQYDK2VwAyEA(\S{43}=)\s+-----END PUBLIC KEY-----")
Point = tuple[int, int, int, int]  # x and y, each times z; z; and x times y, times z
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
ZERO: Point = (0, 1, 1, 0)


def point_of(encoded: bytes) -> Point:
    """The point that 32 bytes say (section 5.1.3); ValueError where they say none."""
    number = int.from_bytes(encoded, "little")
    y, is_odd = number % 2**255, number >> 255
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if len(encoded) != 32 or y >= PRIME or x * x % PRIME != square or (x == 0 and is_odd):
        raise ValueError("these bytes are no point of the curve")
    x = x if x % 2 == is_odd else PRIME - x
    return x, y, 1, x * y % PRIME


def sum_of(one: Point, two: Point) -> Point:
    """The sum of two points, which may be the same (section 5.1.4)."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]), (one[1] + one[0]) * (two[1] + two[0])
    c, d = 2 * one[3] * two[3] * CURVE, 2 * one[2] * two[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


BASE = point_of((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether who has the private key of this public one signed the message (section 5.1.7)."""
    try:
        x, y, _, xy = point_of(public)
    except ValueError:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    factor, scalar = int.from_bytes(digest, "little") % ORDER, int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= ORDER:
        return False
    # scalar * BASE - factor * key, doubled bit by bit; of a true signature it is the first half.
    minus = (-x, y, 1, -xy)
    found, terms = ZERO, (ZERO, BASE, minus, sum_of(BASE, minus))
    for place in reversed(range(253)):
        found = sum_of(sum_of(found, found), terms[(scalar >> place & 1) + 2 * (factor >> place & 1)])
    x, y = (found[at] * pow(found[2], -1, PRIME) % PRIME for at in (0, 1))
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def signer_of(pem: bytes) -> tuple[str, Callable[[bytes, str], bool]]:
    """The id of a public key, and whether a message has a signature of it, in small hex digits."""
    found = PEM.fullmatch(pem)
    if not found:
        raise ValueError("this is not a public key of Ed25519, which `openssl pkey -in KEY -pubout` writes")
    public = base64.b64decode(found[1])

    def is_signature(message: bytes, signature: str) -> bool:
        # Other digits could say the same bytes, and a change of them would be none.
        signed = bytes.fromhex(signature)
        return signed.hex() == signature and is_signed(public, message, signed)

    return hashlib.sha256(b"seal public key\0" + public).hexdigest()[:16], is_signature
