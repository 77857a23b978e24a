"""Bring files that others wrote into the columns that staging reads, before a build.

A source other than the calls is a folder `data/raw/<source>/` of files in whatever shape its tool exports.
Each file becomes one Parquet file in `warehouse/build/landing/<source>/`, every field as text, beside an
empty file that gives the columns. So staging reads one location whether the source is on, off or empty, and
keeps file and line of a row.
A new source is one more `LandedSource` in landed_sources.py.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from attribute_mappings import MappingError, Targets, attribute_targets, column_names_of
from column_conventions import Money
from field_text import NeedsConventionError
from known_columns import KnownColumns, UnreadableFileError
from landed_rows import Fields, Row, conventions_of, file_rows, landed_batches
from same_rows import CONTENT_KEY, HASH_FIELDS, Comparison, content_sum, overlaps, repeated_content
from text_files import hint_of

# A change of how files are read gives landed files another name, so that they are made anew.
LAYOUT = "2"


@dataclass(frozen=True)
class LandedSource:
    """A source: its columns by kind (text, number, time), those a file must have, and its files' kinds.

    A source whose records may hold message contents says in `reads` which fields are read; every other
    field is dropped before anything is written. Its `shape` brings these fields into columns and gives the
    attributes of the record, of which the seed attribute_mappings fills the columns in `mapped`.
    `time_column` says on which UTC day a record stands. `months` are pairs of columns with start and end of a
    month, `money` says in which currency amounts are, `comparison` how rows without ids are compared.
    """

    name: str
    what: str
    columns: Mapping[str, str]
    required: frozenset[str]
    suffixes: tuple[str, ...] = (".csv", ".csv.gz", ".parquet")
    aliases: Mapping[str, str] = field(default_factory=dict)
    reads: frozenset[str] | None = None
    shape: Callable[[Fields], tuple[Fields, Fields]] | None = None
    mapped: frozenset[str] = frozenset()
    maps_columns: bool = False
    mapped_columns: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    time_column: str | None = None
    # Whether staging tells a record that stands in two files by its id, so that two equal files do no harm.
    has_record_ids: bool = False
    money: Money = field(default_factory=Money)
    months: tuple[tuple[str, str], ...] = ()
    comparison: Comparison | None = None

    @cached_property
    def known(self) -> KnownColumns:
        """The names by which columns are told in a file."""
        remedy = (
            f"; say in the seed attribute_mappings which of them it is ({self.name},<its name>,{{column}},1)"
            if self.maps_columns
            else ""
        )
        return KnownColumns(
            self.what, self.columns, self.required, self.reads, self.aliases, self.mapped_columns, remedy
        )

    @property
    def schema(self) -> pa.Schema:
        """The landed columns: the source's own as text, and where each row came from."""
        return pa.schema(
            [(name, pa.string()) for name in self.columns]
            + [
                ("file_name", pa.string()),
                ("line_number", pa.int64()),
                # Several records may stand in one line: this is the place of each, from 1.
                ("record_number", pa.int64()),
                ("line_problem", pa.string()),
                ("raw_record", pa.string()),
            ]
            + ([("partition_date", pa.date32()), ("file_version", pa.string())] if self.time_column else [])
            + (HASH_FIELDS if self.comparison else [])
        )

    def rows(self, path: Path) -> Iterator[Row]:
        """Line, fields and problem of each record of a file."""
        return file_rows(self, path)

    def batches(self, path: Path, name: str, version: str, targets: Targets) -> Iterator[pa.RecordBatch]:
        """The rows of a file, which carry its name and version."""
        return landed_batches(self, path, name, version, targets)

    def settled_batches(
        self, path: Path, name: str, version: str, targets: Targets
    ) -> Iterator[pa.RecordBatch]:
        """The same for a file of which a value can only be read by what the others show."""
        conventions = conventions_of(self, path, targets)
        return landed_batches(self, path, name, version, targets, conventions=conventions)

    def contradictions(self, files: Sequence[Path]) -> list[str]:  # noqa: ARG002
        """What is wrong with the files of the source taken together, one line a file."""
        return []


def prepare_landing(source: LandedSource, landing_dir: Path) -> None:
    """Write the empty file of a source, so that its location can always be read."""
    folder = landing_dir / source.name
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "contract.parquet", source.schema, ())


def land(source: LandedSource, raw_dir: Path, landing_dir: Path, *, is_on: bool) -> list[str]:
    """Land the new and changed files of a source and drop what is gone; returns problems, one a file.

    A file that landed before and did not change is left as it is. A source that is off has no landed rows.
    """
    prepare_landing(source, landing_dir)
    folder = landing_dir / source.name
    problems: list[str] = []
    try:
        targets = attribute_targets(source.name, source.mapped) if source.mapped else {}
    except MappingError as error:
        return [str(error)]
    if source.maps_columns:
        source = replace(source, mapped_columns=column_names_of(targets))
    wanted = {"contract.parquet"}
    files: list[tuple[Path, Path, str]] = []
    paths = source_files(raw_dir / source.name) if is_on else []
    problems += source.contradictions(paths)
    for path in paths:
        if not path.name.lower().endswith(source.suffixes):
            hint = f", or {hint_of(path)}" if hint_of(path) else ""
            problems.append(
                f"{path}: {source.what} are read from {', '.join(source.suffixes)} files; move it away{hint},"
                " then build again"
            )
            continue
        name = str(path.relative_to(raw_dir))
        try:
            digest = _digest(path)
            identity = f"{LAYOUT}:{sorted(source.columns.items())}:{sorted(targets.items())}:{name}:{digest}"
            version = hashlib.sha256(identity.encode()).hexdigest()[:32]
            landed = folder / f"{version}.parquet"
            wanted.add(landed.name)
            if not landed.is_file():
                _land_file(source, path, landed, (name, version, {} if source.maps_columns else targets))
            files.append((path, landed, digest))
        except UnreadableFileError as error:
            problems.append(f"{path}: {error}; correct it or move it away, then build again")
        except OSError as error:
            problems.append(
                f"{path}: cannot be read ({error.strerror or error}); let it be read or move it away,"
                " then build again"
            )
    if not source.has_record_ids:
        problems += _repetitions(source, folder, files)
    if not problems:
        _drop_stale(folder, wanted)
    return problems


def _land_file(source: LandedSource, path: Path, landed: Path, identity: tuple[str, str, Targets]) -> None:
    """Write the rows of a file; UnreadableFileError also for one that changes meanwhile."""
    before = path.stat()
    try:
        _write(landed, source.schema, source.batches(path, *identity))
    except NeedsConventionError:
        _write(landed, source.schema, source.settled_batches(path, *identity))
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        landed.unlink(missing_ok=True)
        raise UnreadableFileError("changed while it was read")


def _repetitions(source: LandedSource, folder: Path, files: list[tuple[Path, Path, str]]) -> list[str]:
    """Problems of files whose rows stand in others too. What was compared before is not compared again."""
    if len(files) < 2:
        return []
    names = sorted(landed.name for _, landed, _ in files)
    # Beside the folder, of which every file is read.
    compared = folder.parent / "compared" / source.name
    compared_now = hashlib.sha256("".join(names).encode()).hexdigest()
    if compared.is_file() and compared.read_text() == compared_now:
        return []
    problems, others = repeated_content(files)
    if source.comparison:
        problems += overlaps(others, source.comparison)
    if not problems:
        compared.parent.mkdir(exist_ok=True)
        compared.write_text(compared_now)
    return problems


def _drop_stale(folder: Path, wanted: set[str]) -> None:
    """Remove what is not wanted any more, but not what another process is writing."""
    for stale in folder.iterdir():
        if stale.name not in wanted and not _is_being_written(stale):
            stale.unlink(missing_ok=True)


def _is_being_written(file: Path) -> bool:
    if file.suffix != ".partial":
        return False
    try:
        os.kill(int(file.name.split(".")[1]), 0)
    except (IndexError, OverflowError, ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass
    return True


def source_files(folder: Path) -> list[Path]:
    """The files of a source, hidden ones (an editor's, an unfinished copy) left out."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(target: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write a Parquet file that appears whole or not at all."""
    partial = target.with_name(f"{target.stem}.{os.getpid()}.{secrets.token_hex(4)}.partial")
    content, rows = 0, 0
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                if HASH_FIELDS[0][0] in schema.names:
                    content, rows = content_sum(content, batch), rows + batch.num_rows
            if rows:
                writer.add_key_value_metadata({CONTENT_KEY: f"{rows}:{content:016x}".encode()})
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
