"""Open files as text, whatever encoding they are in, and say of what is no text what it is."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from dbt_project.landing.known_columns import UnreadableFileError

# The longer marks first: that of UTF-16 begins that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A record may hold a whole conversation. A small compressed file may hold a line that no memory does.
LONGEST_TEXT = 64 << 20
_SHEET = "save its sheet as CSV UTF-8"
_UNPACK = "unpack it"
# How the content of files begins that are no text, and what to do with them.
_OTHER_CONTENT = (
    (b"PK\x03\x04", f"is a zip archive or a spreadsheet: {_UNPACK} or {_SHEET}"),
    (b"\xd0\xcf\x11\xe0", f"is an old spreadsheet: {_SHEET}"),
    (b"\x28\xb5\x2f\xfd", f"is compressed by zstd: {_UNPACK}"),
    (b"BZh", f"is compressed by bzip2: {_UNPACK}"),
    (b"\xfd7zXZ", f"is compressed by xz: {_UNPACK}"),
    (b"\x1f\x8b", "is compressed by gzip: let its name end in .gz"),
    (b"PAR1", "is a Parquet file: let its name end in .parquet"),
)
HINTS = dict.fromkeys((".zip", ".zst", ".bz2", ".xz", ".7z", ".tar", ".tgz"), _UNPACK) | dict.fromkeys(
    (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"), _SHEET
) | dict.fromkeys((".tsv", ".tab", ".txt", ".psv"), "if it is a table, let its name end in .csv")  # fmt: skip


def hint_of(path: Path) -> str:
    """What to do with a file of a kind that is not read, where that is known."""
    return HINTS.get(path.suffix.lower(), "")


@contextmanager
def open_text(path: Path) -> Iterator[io.TextIOBase]:
    """A file as text, unpacked where its name ends in .gz; UnreadableFileError where it is no text.

    Without a byte order mark a file is UTF-8.
    """
    try:
        with _opened(path) as content:
            head = content.read(4096)
            content.seek(0)
            encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
            other = next((what for start, what in _OTHER_CONTENT if head.startswith(start)), "")
            if other:
                raise UnreadableFileError(other)
            if encoding == "utf-8" and head.count(0) > len(head) // 4 and head.strip(b"\0"):
                raise UnreadableFileError(
                    "is not UTF-8 text: it has a NUL after each letter, as UTF-16 without a byte order mark;"
                    " save it as UTF-8"
                )
            with io.TextIOWrapper(content, encoding=encoding, newline="") as text:
                yield text
    except UnicodeError as error:
        raise UnreadableFileError(_undecodable(path)) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableFileError(f"is not a whole gzip file ({error})") from error


def lines_of(text: io.TextIOBase) -> Iterator[str]:
    """The lines, with their ends; UnreadableFileError for one that is longer than any record."""
    number = 0
    while line := text.readline(LONGEST_TEXT):
        number += 1
        if len(line) == LONGEST_TEXT:
            raise UnreadableFileError(f"line {number} is longer than {LONGEST_TEXT >> 20}M characters")
        yield line


def _opened(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb"))


def _undecodable(path: Path) -> str:
    """The first line that is not UTF-8 and what it probably is instead."""
    with _opened(path) as content:
        for number, line in enumerate(iter(lambda: content.readline(LONGEST_TEXT), b""), 1):
            if len(line) == LONGEST_TEXT:
                break
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = line[error.start]
                return f"line {number} is not UTF-8 text (byte 0x{byte:02x}{_likely(line)}); save it as UTF-8"
    return "is not whole text in the encoding that its byte order mark says; save it as UTF-8"


# Euro, pound, yen, section, degree, dashes, curly quotes, ellipsis, no-break blank.
_LATIN_SIGNS = "\u20ac\u00a3\u00a5\u00a7\u00b0\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00a0"


def _likely(line: bytes) -> str:
    """The encoding that a line is probably in: single letters of the Latin alphabet with marks on them."""
    try:
        text = line.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    odd = [letter for letter in text if ord(letter) > 127]
    is_latin = all(letter.isalpha() or letter in _LATIN_SIGNS for letter in odd)
    return ", likely Windows-1252" if is_latin and len(odd) * 4 <= len(text) else ""
