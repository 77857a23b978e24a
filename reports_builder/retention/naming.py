"""Whether files name somebody: found in their text, whatever the tool that wrote them calls the field."""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reports_builder.errors import ReportError

# Shorter ids stand in many files and name nobody.
SHORTEST_NAME = 4
# Files that are drawn or built anew from others, and cannot be read as text.
_UNREADABLE = frozenset({".duckdb", ".wal", ".pdf", ".png"})
_BINARY = (".binpb", ".binpb.gz")
_CHUNK = 1 << 20


class Name:
    """An id, found where it stands for itself: `user_9` is not in `user_91`; capitals do not matter."""

    def __init__(self, value: str) -> None:
        if len(value) < SHORTEST_NAME:
            raise ReportError(
                f"an id of less than {SHORTEST_NAME} characters cannot be told from other text."
            )
        escaped = json.dumps(value)[1:-1]
        # As it is, in JSON, and in JSON that is a text in JSON.
        spellings = sorted({value, escaped, json.dumps(escaped)[1:-1]}, key=len, reverse=True)
        either = "|".join(map(re.escape, spellings))
        before = r"(?:(?<![0-9A-Za-z_])|(?<=\\[bfnrt]))"
        self._in_text = re.compile(f"{before}(?:{either})(?![0-9A-Za-z_])", re.IGNORECASE)
        # In protobuf the length of a text stands before it, and the next field after it, as any byte.
        self._in_bytes = re.compile(either, re.IGNORECASE)
        self._longest = 2 * max(map(len, spellings))

    def is_in(self, text: str) -> bool:
        """Whether a text names whom the id means."""
        return self._in_text.search(text) is not None

    def is_in_value(self, value: Any) -> bool:
        """Whether a value of a table does, of any type."""
        if value is None or isinstance(value, bool):
            return False
        if isinstance(value, float):
            # A column of whole numbers of which some are unknown is one of floats in many tools.
            return value.is_integer() and self.is_in(str(int(value)))
        return self.is_in(
            str(value) if isinstance(value, str | int) else json.dumps(value, default=str, ensure_ascii=False)
        )

    def is_in_file(self, path: Path) -> bool:
        """Whether a file does, unpacked; ReportError where it cannot be read."""
        name = path.name.lower()
        if path.suffix.lower() in _UNREADABLE:
            return False
        pattern = self._in_bytes if name.endswith(_BINARY) else self._in_text
        try:
            if name.endswith(".parquet"):
                return any(map(self.is_in, _rows_as_text(path)))
            return any(pattern.search(text) for text in self._texts(path))
        except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
            raise ReportError(f"{path} cannot be looked through ({error}).") from error

    def _texts(self, path: Path) -> Iterator[str]:
        """The content in pieces that overlap, so that no id is cut in two."""
        end = b""
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield (end + chunk).decode(errors="replace")
                end = chunk[-4 * self._longest :]


def files_below(folders: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """The files below folders, each once, with their path below the first folder that they are in."""
    seen = set[Path]()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and (real := path.resolve()) not in seen:
                seen.add(real)
                yield path, path.relative_to(folder)


def _rows_as_text(path: Path) -> Iterator[str]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(10_000):
            yield json.dumps(batch.to_pylist(), default=str, ensure_ascii=False)
