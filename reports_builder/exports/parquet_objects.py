"""The marts as Parquet in object storage: the objects of a version first, the manifest that names them last.

They lie as in a folder (see parquet.py). A bucket has no folders to rename and no lock, so each attempt
writes below a name of its own, and the manifest is put only over the one that the attempt has read: of two
at once one is told to try again, and nobody reads a mixture.
"""

import secrets
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from reports_builder.errors import ReportError
from reports_builder.exports.parquet import (
    MANIFEST,
    VERSION,
    Manifest,
    Published,
    PublishedMart,
    described,
    exporting,
    marts_of,
    read_manifest,
    version_of,
    write_mart,
)
from reports_builder.object_storage import ObjectFolder, StoredObject, open_folder
from reports_builder.warehouse import Warehouse

_AT_ONCE = 8
_ABANDONED_AFTER = timedelta(days=1)


def publish_objects(
    warehouse: Warehouse, url: str, without: Sequence[str] = (), earlier: int = 1
) -> Published:
    """Put all marts but ``without`` below `s3://bucket/prefix` and make them current; ``earlier`` ones stay.

    Where that fails (ReportError), what was current stays so. What a killed attempt left is removed a day
    later: until then it may be that of a run on another machine, still at work.
    """
    of_file = version_of(warehouse, without)
    with exporting(warehouse, url) as connection:
        bucket = open_folder(url)
        marts = marts_of(connection, without)
        found, objects = bucket.read_current(MANIFEST), bucket.objects()
        known = read_manifest(found[0], f"{bucket.url}/{MANIFEST}") if found else None
        if known and known.version.rpartition(".")[0] == of_file and _is_whole(known, objects):
            current = known
        else:
            version = f"{of_file}.{secrets.token_hex(4)}"
            there = {each.name.partition("/")[0] for each in objects}
            stay = known.before(version, earlier, there) if known else ()
            current = Manifest(version, stay, _put_marts(connection, marts, bucket, version))
            if not bucket.replace(MANIFEST, current.content(), found[1] if found else None):
                raise ReportError(
                    f"another export to {bucket.url} came first, and its version is current: try again."
                )
    _remove_versions(bucket, objects, known, current)
    return Published(current.version, current.marts, current is not known)


def _is_whole(manifest: Manifest, objects: Sequence[StoredObject]) -> bool:
    """Whether the files of a version are all there; a rule of the bucket may have removed some."""
    return {file for mart in manifest.marts for file in mart.files} <= {each.name for each in objects}


def _put_marts(
    connection: duckdb.DuckDBPyConnection, marts: dict[str, str | None], bucket: ObjectFolder, version: str
) -> tuple[PublishedMart, ...]:
    """Put the files of all marts, mart by mart, so that no more than one lies on the disk."""
    published = []
    with tempfile.TemporaryDirectory(prefix="finops-export-") as name, ThreadPoolExecutor(_AT_ONCE) as pool:
        for mart, by_day in marts.items():
            folder = Path(name) / mart
            write_mart(connection, mart, by_day, folder)
            published.append(described(connection, mart, by_day, folder, version))
            files = {file: folder / file.removeprefix(f"{version}/") for file in published[-1].files}
            for _ in pool.map(bucket.put_file, files.keys(), files.values()):
                pass
            shutil.rmtree(folder)
    return tuple(published)


def _remove_versions(
    bucket: ObjectFolder, objects: Sequence[StoredObject], known: Manifest | None, current: Manifest
) -> None:
    """Remove the ``objects`` of versions that no longer stay, and of attempts that ended long ago."""
    stay = {current.version, *current.earlier}
    superseded = {known.version, *known.earlier} - stay if known else set()
    newest: dict[str, datetime] = {}
    for each in objects:
        version = each.name.partition("/")[0]
        newest[version] = max(each.changed_at, newest.get(version, each.changed_at))
    # By the server's clock, which stamps the objects.
    now = max(newest.values(), default=datetime.now(UTC))
    abandoned = {
        version
        for version, changed_at in newest.items()
        if VERSION.fullmatch(version) and version not in stay and now - changed_at > _ABANDONED_AFTER
    }
    gone = superseded | abandoned
    bucket.remove([each.name for each in objects if each.name.partition("/")[0] in gone])
