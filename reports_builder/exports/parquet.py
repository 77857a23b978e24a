"""The marts as Parquet files for other tools, in folders that are replaced whole.

    FOLDER/manifest.json                  the version that is current, its marts, their files and columns
    FOLDER/current                        a link to the folder of that version
    FOLDER/<version>/<schema>/<mart>/     its files; daily facts have a folder for each day

A version is written beside the others under another name, and becomes current when it is complete. The one
before it stays, so that
whoever has read the manifest still finds what it names.
"""

import fcntl
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from reports_builder.errors import ReportError
from reports_builder.escaping import clean, sql_literal
from reports_builder.exports.files import write_whole
from reports_builder.warehouse import Warehouse, attach

MANIFEST, CURRENT = "manifest.json", "current"
_UNFINISHED = ".unfinished"
# What is no mart: seeds are inputs, the others are steps on the way.
_NO_MARTS = ("intermediate", "seeds", "staging")
_DAYS = ("usage_date", "charge_date")
_VERSION = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]+(-without-.+)?(\.unfinished)?")


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


def publish_parquet(warehouse: Warehouse, folder: Path, without: Sequence[str] = ()) -> Published:
    """Write all marts but ``without`` into ``folder`` and make them current.

    Where that fails (ReportError), what was current stays so.
    """
    # Before the file is opened: of one that is replaced in between, the next export finds another version.
    version = _version(warehouse, without)
    connection = attach(warehouse.path)
    try:
        with _alone(folder):
            return _publish(connection, version, folder, without)
    except OSError as error:
        raise ReportError(f"cannot write to {folder} ({error.strerror}).") from error
    except duckdb.Error as error:
        raise ReportError(f"cannot write to {folder} ({clean(str(error).splitlines()[0])}).") from error
    finally:
        connection.close()


def _publish(
    connection: duckdb.DuckDBPyConnection, version: str, folder: Path, without: Sequence[str]
) -> Published:
    known = _current_version(folder)
    marts = _marts(connection)
    if unknown := set(without) - marts.keys():
        raise ReportError(f"there is no mart {', '.join(sorted(unknown))}.")
    is_new = known != version
    if is_new:
        unfinished = folder / f"{version}{_UNFINISHED}"
        _remove_leftovers(folder, keep=known)
        try:
            for mart in marts.keys() - set(without):
                _write(connection, mart, marts[mart], unfinished / mart.replace(".", "/"))
            unfinished.rename(folder / version)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    published = tuple(
        _described(connection, mart, marts[mart], folder, version)
        for mart in sorted(marts.keys() - set(without))
    )
    content = {"version": version, "marts": [asdict(mart) for mart in published]}
    write_whole(folder / MANIFEST, (json.dumps(content, indent=1) + "\n").encode())
    link = folder / f"{CURRENT}{_UNFINISHED}"
    link.unlink(missing_ok=True)
    link.symlink_to(version)
    link.replace(folder / CURRENT)
    return Published(version, published, is_new)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReportError(f"another export is writing to {folder}; try again when it is done.") from None
        yield


def _version(warehouse: Warehouse, without: Sequence[str]) -> str:
    """The same for the same file and choice of marts, so that nothing is written twice."""
    chosen = f"-without-{'-'.join(sorted(without))}" if without else ""
    return f"{warehouse.period.as_of}-{warehouse.path.stat().st_mtime_ns:x}{chosen}"


def _current_version(folder: Path) -> str | None:
    try:
        version = str(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["version"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise ReportError(
            f"{folder / MANIFEST} is no manifest of this export; name another folder."
        ) from None
    return version if (folder / version).is_dir() else None


def _remove_leftovers(folder: Path, keep: str | None) -> None:
    """What a killed export left, and versions before the current one."""
    for path in folder.iterdir():
        if _VERSION.fullmatch(path.name) and path.name != keep:
            shutil.rmtree(path)


def _marts(connection: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    """Marts by name, each with the column that its days are split by."""
    found = connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns()"
        " where database_name = current_database() and not internal and schema_name not in ?",
        [_NO_MARTS],
    ).fetchall()
    columns = defaultdict(set)
    for mart, column in found:
        columns[mart].add(column)
    return {
        mart: next((day for day in _DAYS if day in names and ".fct_" in mart), None)
        for mart, names in columns.items()
    }


def _write(connection: duckdb.DuckDBPyConnection, mart: str, by_day: str | None, folder: Path) -> None:
    folder.mkdir(parents=True)
    target, options = folder / "data.parquet", "format parquet, compression zstd"
    if by_day:
        target, options = folder, f"{options}, partition_by ({by_day}), write_partition_columns true"
    schema, table = mart.split(".")
    connection.execute(f'copy (from "{schema}"."{table}") to {sql_literal(str(target))} ({options})')


def _described(
    connection: duckdb.DuckDBPyConnection, mart: str, by_day: str | None, folder: Path, version: str
) -> PublishedMart:
    files = sorted((folder / version / mart.replace(".", "/")).rglob("*.parquet"))
    columns = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() where database_name ="
        " current_database() and schema_name || '.' || table_name = ? order by column_index",
        [mart],
    ).fetchall()
    return PublishedMart(
        mart,
        sum(pq.read_metadata(file).num_rows for file in files),
        by_day,
        tuple(str(file.relative_to(folder)) for file in files),
        tuple(Column(*column) for column in columns),
    )
