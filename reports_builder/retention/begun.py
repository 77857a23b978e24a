"""An erasure that has begun, so that the next run completes a killed one as it began and notes it once.

The line says neither who nor what: only who knows the id can tell that it is about it. It goes at the end.
"""

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from reports_builder.append_only import append_lines, read_lines


@dataclass(frozen=True)
class _Line:
    salt: str
    whom: str
    files: int
    rows: int


class BegunErasure:
    """The erasure of somebody: a new one, or the one that a killed run has begun."""

    def __init__(self, warehouse: Path, who: str) -> None:
        self._path = warehouse.absolute().parent / "retention" / "erasing.jsonl"
        self._who = who
        self._line = next((line for line in self._lines() if _digest(line.salt, who) == line.whom), None)
        self._salt = self._line.salt if self._line else secrets.token_hex(32)

    @property
    def was_killed(self) -> bool:
        """Whether an earlier run began it."""
        return self._line is not None

    @property
    def files(self) -> int:
        """From how many files names go, those that a killed run did included."""
        return self._line.files if self._line else 0

    @property
    def rows(self) -> int:
        """From how many rows names go."""
        return self._line.rows if self._line else 0

    def random_id(self, name: str) -> str:
        """What takes the place of an id that names somebody, the same in all files of this erasure."""
        return _digest(self._salt, f"id {name}")[:32]

    def begin(self, files: int, rows: int) -> None:
        """Note what is to be done, before anything is."""
        if self._line is None:
            self._line = _Line(self._salt, _digest(self._salt, self._who), files, rows)
            append_lines(self._path, [_written(self._line)])

    def end(self) -> None:
        """It is done and noted: from now on nobody can tell whose the random ids are."""
        others = [_written(line) for line in self._lines() if line != self._line]
        self._path.unlink(missing_ok=True)
        append_lines(self._path, others)

    def _lines(self) -> list[_Line]:
        return [_Line(**json.loads(line)) for line in read_lines(self._path) if line.endswith(b"}")]


def _digest(salt: str, text: str) -> str:
    return hmac.digest(salt.encode(), text.encode(), "sha256").hex()


def _written(line: _Line) -> bytes:
    return json.dumps(asdict(line)).encode("ascii") + b"\n"
