"""Read the rows of a CSV file, whichever of the usual marks separates its fields."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import TextIOBase
from pathlib import Path
from typing import Any

from dbt_project.landing.fields.text import BLANKS, NULLS
from dbt_project.landing.formats.text_files import LONGEST_TEXT, lines_of, open_text
from dbt_project.landing.known_columns import KnownColumns, UnreadableFileError

# A field may hold a whole conversation, which is read over.
csv.field_size_limit(LONGEST_TEXT)

SEPARATORS = (",", ";", "\t", "|")
# What spreadsheets write before the header to say by what fields are separated.
_STATED = re.compile(r'"?sep=(.)"?', re.IGNORECASE)

Fields = dict[str, Any]
Row = tuple[int, Fields, str | None]


def csv_rows(path: Path, known: KnownColumns) -> Iterator[Row]:
    """Line, fields and problem of each row; one with too few or too many fields is kept, with the problem."""
    separator = separator_of(path, known)
    with open_text(path) as text:
        has_statement = skip_statement(text) is not None
        # Files that were put together have the mark of each one's head at the start of a line.
        lines = (line.removeprefix("\ufeff") for line in lines_of(text))
        reader = csv.reader(lines, delimiter=separator, strict=True)
        lines_before = 1 if has_statement else 0
        try:
            header = next((fields for fields in reader if fields), None)
            if not header:
                raise UnreadableFileError("is empty, it has no line with column names")
            names = known.column_names(header)
            wanted = [known.is_read(name) for name in names]
            line = reader.line_num + 1
            for fields in reader:
                if fields:
                    yield line + lines_before, *_row(names, wanted, fields, known)
                line = reader.line_num + 1
        except csv.Error as error:
            at = reader.line_num + lines_before
            raise UnreadableFileError(f"line {at} is not CSV ({error})") from error


def csv_columns(path: Path, known: KnownColumns) -> list[str]:
    """The names of the columns, as the file spells them."""
    separator = separator_of(path, known)
    with open_text(path) as text:
        skip_statement(text)
        return next((fields for fields in csv.reader(lines_of(text), delimiter=separator) if fields), [])


def _row(
    names: list[str], wanted: list[bool], fields: list[str], known: KnownColumns
) -> tuple[Fields, str | None]:
    row: Fields = {}
    for name, is_wanted, value in zip(names, wanted, fields, strict=False):
        if is_wanted:
            bare = value.strip(BLANKS) if value[:1] in _EDGES or value[-1:] in _EDGES else value
            row[name] = None if bare.lower() in NULLS else bare
    if len(fields) == len(names):
        return row, None
    problem = "fields_too_few" if len(fields) < len(names) else "fields_too_many"
    if known.reads is not None:
        # Fields are not under their names any more: any of them may be a message.
        return {}, problem
    more = enumerate(fields[len(names) :], len(names) + 1)
    return row | {f"field {number}": value for number, value in more}, problem


_EDGES = frozenset(BLANKS)


def separator_of(path: Path, known: KnownColumns) -> str:
    """By what the fields of a file are separated: certain when the header then has all columns of the source.

    UnreadableFileError, which lists what the header has, where no separator gives them.
    """
    with open_text(path) as text:
        stated = skip_statement(text)
        if stated:
            return stated
        start = text.tell()
        headers: dict[str, list[str]] = {}
        for separator in SEPARATORS:
            text.seek(start)
            try:
                reader = csv.reader(lines_of(text), delimiter=separator, strict=True)
                headers[separator] = next((fields for fields in reader if fields), [])
            except csv.Error:
                continue
            if known.has_all(headers[separator]):
                return separator
        # The one that cuts the header in most pieces shows best what is in it.
        return max(headers, key=lambda separator: len(headers[separator]), default=",")


def skip_statement(text: TextIOBase) -> str | None:
    """The separator that the first line states; the text goes on after that line, else from its start."""
    first = text.readline(16)
    found = _STATED.fullmatch(first.strip(BLANKS.replace("\t", "")))
    if not found:
        text.seek(0)
        return None
    return found[1]
