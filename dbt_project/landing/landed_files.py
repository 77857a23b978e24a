"""Bring files that others wrote into the columns that staging reads, before a build.

A source other than the calls is a folder `data/raw/<source>/` of files in whatever shape its tool exports.
Each file becomes one Parquet file in `warehouse/build/landing/<source>/`, every field as text, beside an
empty file that gives the columns. So staging reads one location whether the source is on, off or empty, and
keeps file and line of a row.
"""

from __future__ import annotations

import gc
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.archive import archived_files, write_landed
from dbt_project.landing.attribute_mappings import MappingError, Targets, attribute_targets, column_names_of
from dbt_project.landing.errors import is_full
from dbt_project.landing.fields.text import NeedsConventionError
from dbt_project.landing.formats.text_files import hint_of
from dbt_project.landing.frozen_files import link
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.pseudonyms import Pseudonyms
from dbt_project.landing.same_rows import CONTENT_KEY, HASH_FIELDS, content_sum, overlaps, repeated_content
from dbt_project.landing.source import LandedSource
from dbt_project.landing.whole_files import sync_file

_PACKAGE = Path(__file__).parent


def prepare_landing(source: LandedSource, landing_dir: Path) -> None:
    """Write the empty file of a source, so that its location can always be read."""
    folder = landing_dir / source.name
    folder.mkdir(parents=True, exist_ok=True)
    # Each run writes it anew.
    _write(folder / "contract.parquet", source.schema, (), is_synced=False)


def land(
    source: LandedSource,
    raw_dir: Path,
    landing_dir: Path,
    *,
    is_on: bool,
    pseudonyms: Pseudonyms | None = None,
) -> list[str]:
    """Land the new and changed files of a source and drop what is gone; returns problems, one a file.

    A file that landed before and did not change is left as it is. A source that is off has no landed rows.
    """
    prepare_landing(source, landing_dir)
    folder = landing_dir / source.name
    problems: list[str] = []
    try:
        source, targets = with_mapped_columns(source)
    except MappingError as error:
        return [str(error)]
    source = replace(source, pseudonyms=pseudonyms)
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
            version = _version(source, targets, name, digest)
            landed = folder / f"{version}.parquet"
            wanted.add(landed.name)
            if not landed.is_file():
                _land_file(source, path, landed, (name, version, {} if source.maps_columns else targets))
            files.append((path, landed, digest))
        except UnreadableFileError as error:
            problems += [
                f"{path}: {problem}; correct it or move it away, then build again"
                for problem in error.problems
            ]
        except OSError as error:
            if is_full(error):
                raise
            problems.append(
                f"{path}: cannot be read ({error.strerror or error}); let it be read or move it away,"
                " then build again"
            )
    for archived in archived_files(source, raw_dir) if is_on else ():
        wanted.add(archived.name)
        _land_archived(source, archived, folder / archived.name)
    if not source.has_record_ids:
        problems += _repetitions(source, folder, files)
    if not problems:
        _drop_stale(folder, wanted)
    return problems


def landed_file(
    source: LandedSource, raw_dir: Path, landing_dir: Path, path: Path, pseudonyms: Pseudonyms | None
) -> Path:
    """Where the rows of an export are, once it has landed as it is now; MappingError."""
    source, targets = with_mapped_columns(replace(source, pseudonyms=pseudonyms))
    version = _version(source, targets, str(path.relative_to(raw_dir)), _digest(path))
    return landing_dir / source.name / f"{version}.parquet"


def _version(source: LandedSource, targets: Targets, name: str, digest: str) -> str:
    """What names the landed rows of a file: how it is read, its name and its content."""
    identity = f"{_code()}:{sorted(source.columns.items())}:{sorted(targets.items())}:{name}:{digest}"
    if source.pseudonymised:
        identity += f":{sorted(source.pseudonymised)}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


@cache
def _code() -> str:
    """Names how files are read: after an upgrade they land anew, since what is made of a line may differ."""
    modules = sorted(path for path in _PACKAGE.rglob("*.py") if _PACKAGE / "receiver" not in path.parents)
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in modules)).hexdigest()


def _land_archived(source: LandedSource, archived: Path, landed: Path) -> None:
    """The kept rows of an export that was removed, under the name that its own rows had."""
    if pq.read_schema(archived) != source.schema:
        write_landed(archived, landed, source.schema)
    elif not (landed.is_file() and landed.samefile(archived)):
        link(archived, landed)


def with_mapped_columns(source: LandedSource) -> tuple[LandedSource, Targets]:
    """The source as the seed attribute_mappings names its columns, and what the seed says; MappingError."""
    targets = attribute_targets(source.name, source.mapped) if source.mapped else {}
    if source.maps_columns:
        source = replace(source, mapped_columns=column_names_of(targets))
    return source, targets


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


def _write(
    target: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch], *, is_synced: bool = True
) -> None:
    """Write a Parquet file that appears whole or not at all, after a loss of power too if ``is_synced``."""
    partial = target.with_name(f"{target.stem}.{os.getpid()}.{secrets.token_hex(4)}.partial")
    content, rows = 0, 0
    try:
        with _rows_left_alone(), pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                if HASH_FIELDS[0][0] in schema.names:
                    content, rows = content_sum(content, batch), rows + batch.num_rows
            if rows:
                writer.add_key_value_metadata({CONTENT_KEY: f"{rows}:{content:016x}".encode()})
        if is_synced:
            sync_file(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _rows_left_alone() -> Iterator[None]:
    """Keep the collector of cycles from going through the rows held, again and again: they have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
