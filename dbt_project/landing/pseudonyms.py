"""Pseudonyms for ids that name somebody, such as the address of a customer, and the table that knows whose.

Landing gives each id a random pseudonym, and all that is made of the landed rows knows the pseudonym alone.
Without its line in this key table nobody can say whose a pseudonym is, and no figure and no seal notices. A
line is a JSON object with `pseudonym` and `id`; that of who was erased has the pseudonym alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.whole_files import append_whole

# The ids that the variable `pseudonymised` can name, with the landed columns that hold them.
PSEUDONYMISED = {
    "customer_id": frozenset({"customer_id", "tenant"}),
    "organization_id": frozenset({"organization_id"}),
}


class Pseudonyms:
    """The key table in a file, and the columns whose ids get pseudonyms."""

    def __init__(self, path: Path, ids: Collection[str]) -> None:
        self._path = path
        self.ids = tuple(sorted(ids))
        self.columns = frozenset[str]().union(*(PSEUDONYMISED[name] for name in ids))
        self._of: dict[str, str] = {}
        self._given: set[str] = set()
        self._new: list[str] = []

    def replace(self, values: Sequence[str | None]) -> list[str | None]:
        """The pseudonyms of ids, those that are new on disk; what is a pseudonym already stays."""
        found = [None if value is None else self._pseudonym(value) for value in values]
        if self._new:
            self._append("".join(self._new).encode())
            self._new.clear()
        return found

    def known(self, value: str) -> str | None:
        """The pseudonym of an id that has one."""
        return self._of.get(value)

    def forget(self, value: str) -> None:
        """Take an id out of the table, in one step; its pseudonym stays one."""
        self._given.add(self._of.pop(value))
        lines = [_line(pseudonym, each) for each, pseudonym in self._of.items()]
        lines += [_line(pseudonym) for pseudonym in sorted(self._given - set(self._of.values()))]
        partial = self._path.with_name(f".{self._path.name}.partial")
        try:
            with open(partial, "wb", opener=_private) as table:
                table.write("".join(lines).encode())
                table.flush()
                os.fsync(table.fileno())
            partial.replace(self._path)
        finally:
            partial.unlink(missing_ok=True)

    def load(self) -> None:
        """Read the table; UnreadableFileError for one that is damaged."""
        content = self._path.read_bytes() if self._path.is_file() else b""
        # What a kill cut off was never used: a row is landed once its pseudonym is on disk.
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            os.truncate(self._path, len(whole))
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                told = json.loads(line)
                pseudonym, named = str(told["pseudonym"]), told.get("id")
            except (ValueError, KeyError, TypeError, AttributeError):
                raise UnreadableFileError(
                    f"line {number} is no line of a key table; put a copy back"
                ) from None
            self._given.add(pseudonym)
            if named is not None:
                self._of[str(named)] = pseudonym

    def _append(self, content: bytes) -> None:
        """Lines, all of them or none: half of one would make the next unreadable."""
        with open(self._path, "ab", buffering=0, opener=_private) as table:
            append_whole(table.fileno(), content, self._path)

    def _pseudonym(self, value: str) -> str:
        if value in self._given:
            return value
        if value not in self._of:
            self._of[value] = f"p-{secrets.token_hex(8)}"
            self._given.add(self._of[value])
            self._new.append(_line(self._of[value], value))
        return self._of[value]


@contextmanager
def pseudonyms(raw_dir: Path, ids: Collection[str]) -> Iterator[Pseudonyms | None]:
    """The key table of the files in ``raw_dir``, for one process at a time; None where no id has one."""
    if not ids:
        yield None
        return
    path = key_table(raw_dir)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = Pseudonyms(path, ids)
        try:
            keys.load()
        except UnreadableFileError as error:
            raise UnreadableFileError(f"{path}: {error}") from error
        yield keys


def key_table(raw_dir: Path) -> Path:
    """Where the key table is: FINOPS_KEYS_DIR, else the folder `keys` beside the raw files."""
    return Path(os.environ.get("FINOPS_KEYS_DIR") or raw_dir.parent / "keys") / "pseudonyms.jsonl"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _line(pseudonym: str, value: str | None = None) -> str:
    told = {"pseudonym": pseudonym} | ({"id": value} if value is not None else {})
    return json.dumps(told) + "\n"
