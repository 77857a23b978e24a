"""The marts as Parquet files for other tools, in folders that are replaced whole.

    FOLDER/manifest.json                  the version that is current, its marts, their files and columns
    FOLDER/current                        a link to the folder of that version
    FOLDER/<version>/<schema>/<mart>/     its files; daily facts have a folder for each day

A version is written beside the others under another name, and becomes current when it is complete. Of those
before it some stay, at least one, so that whoever has read the manifest still finds what it names.
"""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from dbt_project.landing.errors import unwritten, with_remedy
from reports_builder.errors import ReportError
from reports_builder.escaping import clean, sql_literal
from reports_builder.exports.files import only_writer, write_whole
from reports_builder.warehouse import Warehouse, attach

MANIFEST, CURRENT = "manifest.json", "current"
_UNFINISHED = ".unfinished"
# What is no mart: seeds are inputs, the others are steps on the way.
_NO_MARTS = ("intermediate", "seeds", "staging")
_DAYS = ("usage_date", "charge_date")
VERSION = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]+(-without-[^/]+)?(\.[a-z0-9]+)?")
"""Names of folders of versions; unfinished ones and those in object storage have something after a dot."""


@dataclass(frozen=True)
class Column:
    """A column of a mart, with DuckDB's name of its type."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class PublishedMart:
    """A mart and its files; their paths begin in the folder of the manifest.

    ``by_day`` is the column by which it is split into days.
    """

    mart: str
    rows: int
    by_day: str | None
    files: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Published:
    """What was written: ``is_new`` is false where this version of the warehouse was current already."""

    version: str
    marts: tuple[PublishedMart, ...]
    is_new: bool


@dataclass(frozen=True)
class Manifest:
    """The current version, those before it that stay, the newest first, and the marts of the current one."""

    version: str
    earlier: tuple[str, ...]
    marts: tuple[PublishedMart, ...]

    def before(self, version: str, most: int, there: Collection[str]) -> tuple[str, ...]:
        """The versions that stay once ``version`` is current: at most so many of those that are there."""
        known = (self.version, *self.earlier)
        return tuple(each for each in known if each != version and each in there)[:most]

    def content(self) -> bytes:
        """The manifest as it is written."""
        return (json.dumps(asdict(self), indent=1) + "\n").encode()


def read_manifest(content: bytes, place: str) -> Manifest:
    """The manifest as it was written; ReportError where it is none of this export."""
    try:
        said = json.loads(content)
        marts = tuple(
            PublishedMart(
                **mart
                | {"files": tuple(mart["files"]), "columns": tuple(Column(**of) for of in mart["columns"])}
            )
            for mart in said["marts"]
        )
        # Manifests of earlier releases name the current version alone.
        manifest = Manifest(said["version"], tuple(said.get("earlier", ())), marts)
        if all(VERSION.fullmatch(each) for each in (manifest.version, *manifest.earlier)):
            return manifest
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise ReportError(f"{place} is no manifest of this export; name another folder.")


def publish_parquet(
    warehouse: Warehouse, folder: Path, without: Sequence[str] = (), earlier: int = 1
) -> Published:
    """Write all marts but ``without`` into ``folder`` and make them current; so many ``earlier`` ones stay.

    Where that fails (ReportError), what was current stays so.
    """
    # Before the file is opened: of one that is replaced in between, the next export finds another version.
    version = version_of(warehouse, without)
    busy = f"another export is writing to {folder}; try again when it is done."
    with exporting(warehouse, str(folder)) as connection, only_writer(folder / ".lock", busy):
        return _publish(connection, version, folder, without, earlier)


def _publish(
    connection: duckdb.DuckDBPyConnection, version: str, folder: Path, without: Sequence[str], earlier: int
) -> Published:
    known = _manifest_of(folder)
    marts = marts_of(connection, without)
    there = {path.name for path in folder.iterdir()}
    stay = known.before(version, earlier, there) if known else ()
    is_new = not (known and known.version == version and version in there)
    if is_new:
        unfinished = folder / f"{version}{_UNFINISHED}"
        _remove_leftovers(folder, keep=stay)
        try:
            for mart, by_day in marts.items():
                write_mart(connection, mart, by_day, unfinished)
            unfinished.rename(folder / version)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    published = tuple(
        described(connection, mart, by_day, folder / version, version) for mart, by_day in marts.items()
    )
    write_whole(folder / MANIFEST, Manifest(version, stay, published).content())
    link = folder / f"{CURRENT}{_UNFINISHED}"
    link.unlink(missing_ok=True)
    link.symlink_to(version)
    link.replace(folder / CURRENT)
    return Published(version, published, is_new)


@contextmanager
def exporting(warehouse: Warehouse, place: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the published file; what goes wrong with it or with ``place`` is a ReportError."""
    connection = attach(warehouse.path)
    try:
        yield connection
    except OSError as error:
        raise ReportError(f"{unwritten(error.filename or place, error)}.") from error
    except duckdb.Error as error:
        said = clean(str(error).splitlines()[0])
        raise ReportError(f"cannot write to {place}: {with_remedy(said)}.") from error
    finally:
        connection.close()


def version_of(warehouse: Warehouse, without: Sequence[str]) -> str:
    """The same for the same file and choice of marts, so that nothing is written twice."""
    chosen = f"-without-{'-'.join(sorted(without))}" if without else ""
    return f"{warehouse.period.as_of}-{warehouse.path.stat().st_mtime_ns:x}{chosen}"


def _manifest_of(folder: Path) -> Manifest | None:
    try:
        return read_manifest((folder / MANIFEST).read_bytes(), str(folder / MANIFEST))
    except FileNotFoundError:
        return None


def _remove_leftovers(folder: Path, keep: Collection[str]) -> None:
    """What a killed export left, and versions that are no longer kept."""
    for path in folder.iterdir():
        if VERSION.fullmatch(path.name) and path.name not in keep:
            shutil.rmtree(path)


def marts_of(connection: duckdb.DuckDBPyConnection, without: Sequence[str]) -> dict[str, str | None]:
    """Marts by name but ``without``, each with the column that its days are split by."""
    found = connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns()"
        " where database_name = current_database() and not internal and schema_name not in ?",
        [_NO_MARTS],
    ).fetchall()
    columns = defaultdict(set)
    for mart, column in found:
        columns[mart].add(column)
    if unknown := set(without) - columns.keys():
        raise ReportError(f"there is no mart {', '.join(sorted(unknown))}.")
    return {
        mart: next((day for day in _DAYS if day in columns[mart] and ".fct_" in mart), None)
        for mart in sorted(columns.keys() - set(without))
    }


def write_mart(
    connection: duckdb.DuckDBPyConnection, mart: str, by_day: str | None, version_folder: Path
) -> None:
    """Write the files of a mart below the folder of a version."""
    folder = version_folder / mart.replace(".", "/")
    folder.mkdir(parents=True)
    target, options = folder / "data.parquet", "format parquet, compression zstd"
    if by_day:
        target, options = folder, f"{options}, partition_by ({by_day}), write_partition_columns true"
    schema, table = mart.split(".")
    connection.execute(f'copy (from "{schema}"."{table}") to {sql_literal(str(target))} ({options})')


def described(
    connection: duckdb.DuckDBPyConnection, mart: str, by_day: str | None, version_folder: Path, version: str
) -> PublishedMart:
    """What the manifest says of a mart whose files are below the folder of a version."""
    files = sorted((version_folder / mart.replace(".", "/")).rglob("*.parquet"))
    columns = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() where database_name ="
        " current_database() and schema_name || '.' || table_name = ? order by column_index",
        [mart],
    ).fetchall()
    return PublishedMart(
        mart,
        sum(pq.read_metadata(file).num_rows for file in files),
        by_day,
        tuple(f"{version}/{file.relative_to(version_folder)}" for file in files),
        tuple(Column(*column) for column in columns),
    )
