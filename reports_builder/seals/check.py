"""Check sealed books with nothing but Python: `python check_seals.py FOLDER` or `... PROOF.json`; see --help.

A row is a line of JSON; a day is a Merkle tree of its rows (RFC 9162, section 2.1); a head is a line of
heads.jsonl with the root of a day and the hash of the head before it, signed; the log is the tree of heads.
"""

import argparse
import hmac
import json
import runpy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

Head = dict[str, Any]
Leaves = list[tuple[str, str]]  # of each row its hash in hex, and its name: the JSON of its key
Signers = Mapping[str, Callable[[bytes, str], bool]]  # by id of a key: is this the signature of this message?
FIELDS = "ledger day rows root key columns totals reason difference sequence previous restates key_id"
LIMITS = """What this cannot find: who has the key can write the whole chain anew, and an end cut off with all
that came of its days leaves no trace; both show beside a copy of heads.jsonl kept elsewhere (--against). A
proof without a key holds below its log_root alone: compare it. Whether a row was right, no seal can say."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a row, or of a head in the log."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves: pair by pair, the last without a neighbour moves up as it is."""
    level = list(hashes)
    while len(level) > 1:
        above = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = above + level[len(above) * 2 :]
    return level[0] if level else sha256().digest()


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the hash of a leaf is number ``index`` of ``size`` below the root."""

    def top(index: int, size: int, path: Sequence[bytes]) -> bytes:
        if size == 1 or not path:
            return leaf if size == 1 and not path else b""
        left = 1 << (size - 1).bit_length() - 1  # how many are on the left: the largest power of two below
        if index < left:
            return node_hash(top(index, left, path[:-1]), path[-1])
        return node_hash(path[-1], top(index - left, size - left, path[:-1]))

    return 0 <= index < size and {*map(len, (leaf, root, *proof))} == {32} and top(index, size, proof) == root


def proves_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the ``old`` leaves below one root are the first of the ``new`` ones below the other."""

    def climbed(old: int, new: int, path: Sequence[bytes], known: list[bytes]) -> tuple[bytes, bytes]:
        if old == new or not path:
            rest = [*known, *path]
            return (rest[0], rest[0]) if old == new and len(rest) == 1 else (b"", b"")
        left = 1 << (new - 1).bit_length() - 1
        if old <= left:
            first, second = climbed(old, left, path[:-1], known)
            return first, node_hash(second, path[-1])
        first, second = climbed(old - left, new - left, path[:-1], [])
        return node_hash(path[-1], first), node_hash(path[-1], second)

    is_sound = 0 < old <= new and {*map(len, (old_root, new_root, *proof))} == {32}
    return is_sound and climbed(old, new, proof, [old_root]) == (old_root, new_root)


def written(head: Head) -> bytes:
    """A head as its line; without its signature, what was signed."""
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


def is_signed(head: Head, signers: Signers) -> bool:
    """Whether the key that the head names is among those given and signed it."""
    signed = written({name: value for name, value in head.items() if name != "signature"})
    return head["key_id"] in signers and signers[head["key_id"]](signed, head["signature"])


def signer_of(key: bytes) -> tuple[str, Callable[[bytes, str], bool]]:
    """The id of a key and its check: text is of HMAC-SHA256, a PEM of Ed25519 (ed25519.py beside this)."""
    if key.startswith(b"-----BEGIN"):
        return runpy.run_path(str(Path(__file__).with_name("ed25519.py")))["signer_of"](key)  # type: ignore[no-any-return]
    return sha256(b"seal key\0" + key).hexdigest()[:16], lambda m, s: hmac.digest(key, m, "sha256").hex() == s


def read_chain(content: bytes, signers: Signers, copy: bytes | None = None) -> tuple[list[Head], list[str]]:
    """The heads of heads.jsonl and what is wrong with them, by the keys and beside the copy where given."""
    heads, problems, sealed, before = list[Head](), list[str](), dict[tuple[str, str], str](), ""
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            head = json.loads(line)
            day, place = (head["ledger"], head["day"]), (head["sequence"], head["previous"], head["restates"])
            is_whole = all(head[name] is not None for name in FIELDS.split()) and written(head) == line
            if not is_whole or place != (len(heads), before, sealed.get(day, "")):
                problems.append(f"head {number} {day} does not follow: one was changed, removed or added")
            if signers and not is_signed(head, signers):
                problems.append(f"head {number} {day} is not signed by the key given: {head['key_id']}")
        except (ValueError, KeyError, TypeError, AttributeError):
            return heads, [*problems, f"line {number} of heads.jsonl is not a head"]
        heads.append(head)
        before = sealed[day] = sha256(line).hexdigest()
    if copy is not None and not (copy and content.startswith(copy)):
        problems.append("heads.jsonl does not begin with the copy: it was rewritten or its end cut off")
    return heads, problems if heads else ["there are no seals: heads.jsonl is missing or empty"]


def differs_from_seal(head: Head, sealed: Leaves, rows: list[bytes], heads: list[Head]) -> list[str]:
    """What is wrong with the rows of a day; ``sealed`` are those of the seal, if they are still known."""
    hashes, day = [leaf_hash(row) for row in rows], f"{head['ledger']} {head['day']}"
    if (root := root_of(hashes).hex()) == head["root"] and len(rows) == head["rows"]:
        return []
    if others := [other for other in heads if rows and other["root"] == root and other["day"] != head["day"]]:
        return [f"{day}: holds the rows of {others[0]['ledger']} {others[0]['day']}"]
    if root_of([bytes.fromhex(each) for each, _ in sealed]).hex() != head["root"]:
        return [f"{day}: {len(rows)} rows are not the {head['rows']} sealed; leaves/ does not say which"]
    found = [(each.hex(), name_of(row, head)) for each, row in zip(hashes, rows, strict=True)]
    extra, lost = Counter(found) - (was := Counter(sealed)), Counter(sealed) - Counter(found)
    old, new = {name for _, name in lost}, {name for _, name in extra}
    gone = {row for row in lost if row[1] not in new}
    what = {row: "duplicated" if row in was else "changed" if row[1] in old else "added" for row in extra}
    told = [f"row {at} {row[1]} removed" for at, row in enumerate(sealed, 1) if row in gone]
    told += [f"row {at} {row[1]} {what[row]}" for at, row in enumerate(found, 1) if row in extra]
    return [f"{day}: {each}" for each in (told or ["its rows were reordered"])[:20]]


def name_of(row: bytes, head: Head) -> str:
    """The key of a row, as JSON."""
    try:
        return json.dumps(json.loads(row)[: len(head["key"])], ensure_ascii=False, separators=(",", ":"))
    except (ValueError, TypeError):
        return "(not a row)"


def leaves_of(folder: Path, head: Head) -> Leaves:
    """The rows of a seal by hash and name; none where their file is gone or damaged."""
    try:
        lines = (folder / "leaves" / f"{head['sequence']:08}.tsv").read_bytes().decode().split("\n")[:-1]
        return [(bytes.fromhex(each).hex(), name) for each, name in (line.split("\t") for line in lines)]
    except (OSError, ValueError, TypeError):
        return []


def check_folder(folder: Path, signers: Signers, copy: bytes | None) -> tuple[list[str], list[str]]:
    """What is wrong with an exported folder (heads.jsonl and rows by ledger and day), and what it holds."""
    content = log.read_bytes() if (log := folder / "heads.jsonl").is_file() else b""
    heads, problems = read_chain(content, signers, copy)
    problems += [] if signers or copy == content else ["anyone may have written what no copy has: no key"]
    sealed = {folder / "rows" / head["ledger"] / f"{head['day']}.jsonl": head for head in heads}
    problems += [f"{path}: no seal" for path in sorted({*(folder / "rows").rglob("*.jsonl")} - sealed.keys())]
    for path, head in sealed.items():
        rows = path.read_bytes().removesuffix(b"\n").split(b"\n") if path.is_file() else []
        problems += differs_from_seal(head, leaves_of(folder, head), rows if rows != [b""] else [], heads)
    told = [f"{len(heads)} heads, log_root {root_of([leaf_hash(written(head)) for head in heads]).hex()}"]
    told += sorted({f"signed by the key {head['key_id']}" for head in heads})
    told += [f"restated: {written(head).decode()}" for head in heads if head["restates"]]
    return problems, told


def check_proof(proof: dict[str, Any], signers: Signers) -> list[str]:
    """What is wrong with a proof that a charge is in the log, or that one log continues another."""
    path, log_root = [bytes.fromhex(each) for each in proof["proof"]], bytes.fromhex(proof["log_root"])
    if "old_heads" in proof:
        old = proof["old_heads"], proof["heads"], bytes.fromhex(proof["old_log_root"])
        return [] if proves_consistency(*old, log_root, path) else ["the log does not continue the old one"]
    head, row = json.loads(proof["head"]), proof["row"].encode()
    logged = head["sequence"], proof["heads"], [bytes.fromhex(each) for each in proof["log_proof"]], log_root
    if not proves_inclusion(leaf_hash(row), proof["index"], head["rows"], path, bytes.fromhex(head["root"])):
        return ["the row is not in its day"]
    if not proves_inclusion(leaf_hash(proof["head"].encode()), *logged):
        return ["the head is not in the log"]
    return [] if not signers or is_signed(head, signers) else ["the head is not signed by the key given"]


def main() -> int:
    """Print each problem and the verdict; 1 where there is a problem."""
    parser = argparse.ArgumentParser(description=__doc__, epilog=LIMITS)
    parser.add_argument("path", type=Path, help="an exported folder, or the JSON of a proof")
    parser.add_argument("--key-file", type=Path, action="append", default=[], help="a key; may be repeated")
    parser.add_argument("--against", type=Path, help="a copy of heads.jsonl that was kept elsewhere")
    given = parser.parse_args()
    signers = dict(signer_of(file.read_bytes().strip()) for file in given.key_file)
    copy = given.against and given.against.read_bytes()
    proof = json.loads(given.path.read_bytes()) if given.path.is_file() else None
    problems, told = (check_proof(proof, signers), []) if proof else check_folder(given.path, signers, copy)
    print(*told, *problems, "FAILED" if problems else "All of it holds.", LIMITS, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
