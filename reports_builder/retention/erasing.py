"""Erase who a customer is: the inputs name nobody any more, and what was made of them is made anew."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from dbt_project.landing.archive import ARCHIVE, write_archived
from dbt_project.landing.attribute_mappings import MappingError
from dbt_project.landing.erasure import Erasure, erasures
from dbt_project.landing.errors import unwritten
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.landed_files import landed_file, source_files
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.pseudonyms import Pseudonyms, key_table, pseudonyms
from dbt_project.landing.registry import CALL_SOURCES, LANDED_SOURCES, project_variables
from reports_builder.append_only import append_lines, read_lines
from reports_builder.errors import ReportError
from reports_builder.retention.applying import Retention
from reports_builder.retention.begun import BegunErasure
from reports_builder.retention.naming import files_below
from reports_builder.retention.undisturbed import undisturbed

# Shorter values, such as the code of a country, stand in many files and name nobody.
_SHORTEST_NAME = 4
_CUSTOMER = "customer_id"
_COMPRESSED = frozenset({".duckdb", ".parquet", ".pdf", ".png", ".gz"})


@dataclass(frozen=True)
class Erased:
    """One line of the record: whose names went, by the id that stays, and from how many rows.

    Of a user no id stays, and ``customer_id`` is empty.
    """

    erased_at: str
    customer_id: str
    files: int
    rows: int


def erased_customers(warehouse: Path) -> list[Erased]:
    """Who was erased so far."""
    lines = read_lines(_record(warehouse))
    return [Erased(**json.loads(line)) for line in lines if line.endswith(b"}")]


@dataclass(frozen=True)
class Found:
    """What names a customer: fields of files, and exports of calls that name it by an id that is a name.

    ``stays`` is the id that stays: its own, or its pseudonym. Of an export the kept rows are in ``landed``.
    """

    customer_id: str
    stays: str
    fields: tuple[Erasure, ...]
    exports: tuple[tuple[Path, Path], ...] = ()

    @property
    def names_somebody(self) -> bool:
        """Whether anything goes: from files, or an id from the key table."""
        return bool(self.files) or self.stays not in ("", self.customer_id)

    @property
    def files(self) -> int:
        """How many files name it."""
        return len(self.fields) + len(self.exports)

    @property
    def rows(self) -> int:
        """How many rows of files that stay do."""
        return sum(each.rows for each in self.fields)

    @property
    def values(self) -> frozenset[str]:
        """What must not be found any more."""
        own = {self.customer_id} if self.stays != self.customer_id else set[str]()
        return frozenset(own.union(*(each.values for each in self.fields)))


def find(warehouse: Path, raw: Path, customer_id: str) -> Found:
    """What names a customer in the raw files; ReportError where a file cannot be looked through."""
    with keys_of(raw) as keys:
        return _find(warehouse, raw, customer_id, keys)


def erase(warehouse: Path, raw: Path, customer_id: str) -> Erased | None:
    """Erase it from the raw files and what builds keep of them; None where nothing names it.

    A killed run is completed by the next.
    """
    with erasing(warehouse, raw), keys_of(raw) as keys:
        found, begun = _find(warehouse, raw, customer_id, keys), BegunErasure(warehouse, customer_id)
        if found.names_somebody:
            begun.begin(found.files, found.rows)
        for path, landed in found.exports:
            write_archived(landed, raw / ARCHIVE / landed.parent.name / landed.name)
            path.unlink()
        for each in found.fields:
            each.write()
        _drop_copies(LandingFolder(warehouse.absolute().parent))
        # Last: until now a run that was killed could be completed.
        if keys is not None and keys.known(customer_id):
            keys.forget(customer_id)
        return noted(warehouse, found, begun)


@contextmanager
def erasing(warehouse: Path, raw: Path) -> Iterator[None]:
    """No build runs in the block, and the next one begins from nothing; what cannot be written is said."""
    with undisturbed(warehouse.absolute().parent, from_nothing=True):
        if run := Retention(warehouse, raw).run():
            raise ReportError(
                f"the removal {run.plan_id} has set files aside that may name whom you erase: "
                "`retention prove` or `undo` first."
            )
        try:
            yield
        except OSError as error:
            raise ReportError(
                f"{unwritten(error.filename or raw, error)}. What was erased stays erased; the same "
                "command goes on."
            ) from error


def noted(warehouse: Path, found: Found, begun: BegunErasure) -> Erased | None:
    """Note in the record who was erased; None, and no line, where neither this run nor a killed one did."""
    if not found.names_somebody and not begun.was_killed:
        return None
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    erased = Erased(at, found.stays, max(begun.files, found.files), max(begun.rows, found.rows))
    append_lines(_record(warehouse), [json.dumps(asdict(erased)).encode("ascii") + b"\n"])
    begun.end()
    return erased


@contextmanager
def keys_of(raw: Path) -> Iterator[Pseudonyms | None]:
    """The key table of the customers, where their ids get pseudonyms; ReportError for a damaged one."""
    ids = project_variables()["pseudonymised"]
    try:
        with pseudonyms(raw, ids if _CUSTOMER in ids else ()) as keys:
            yield keys
    except UnreadableFileError as error:
        raise ReportError(f"nothing was erased: {error}") from error


def _find(warehouse: Path, raw: Path, customer_id: str, keys: Pseudonyms | None) -> Found:
    pseudonym = keys.known(customer_id) if keys else None
    if keys and not pseudonym:
        raise ReportError(
            f"{key_table(raw)} has no pseudonym for this customer: it was erased, or no build has read of it."
        )
    try:
        fields = tuple(erasures(raw, customer_id, pseudonym))
        exports = tuple(_exports(warehouse, raw, keys, pseudonym)) if keys and pseudonym else ()
    except (MappingError, UnreadableFileError) as error:
        raise ReportError(f"a raw file cannot be looked through, so nothing was erased: {error}") from error
    return Found(customer_id, pseudonym or customer_id, fields, exports)


def _exports(warehouse: Path, raw: Path, keys: Pseudonyms, pseudonym: str) -> Iterator[tuple[Path, Path]]:
    """The exports of calls that name somebody, with what landed of them."""
    for path, landed in landed_exports(warehouse, raw, keys, raw_exports(raw)):
        if pseudonym in pq.read_table(landed, columns=[_CUSTOMER])[_CUSTOMER].unique().to_pylist():
            yield path, landed


def raw_exports(raw: Path) -> Iterator[Path]:
    """The exports of calls in the raw folder."""
    for source in CALL_SOURCES:
        yield from source_files(raw / source)


def landed_exports(
    warehouse: Path, raw: Path, keys: Pseudonyms | None, exports: Iterable[Path]
) -> Iterator[tuple[Path, Path]]:
    """Exports of calls with what landed of each; UnreadableFileError where one has not as it is now."""
    landing_dir = LandingFolder(warehouse.absolute().parent).landing_dir
    sources = {source.name: source for source in LANDED_SOURCES}
    for path in exports:
        source = sources[path.relative_to(raw).parts[0]]
        landed = landed_file(source, raw, landing_dir, path, keys)
        if not landed.is_file():
            raise UnreadableFileError(
                f"{path} has not landed as it is now, so that nobody knows whom it names; build with its"
                " source switched on, or move it away"
            )
        yield path, landed


def still_naming(found: Found, folders: list[Path]) -> Iterator[Path]:
    """The files in folders whose bytes or path hold one of the values: what was rendered or sent before.

    Files that are compressed are not told by their bytes: those of the warehouse are made anew.
    """
    values = [value.encode() for value in found.values if len(value) >= _SHORTEST_NAME]
    for path, place in files_below(folders):
        if path.suffix in _COMPRESSED:
            continue
        try:
            content = path.read_bytes() + b"\n" + os.fsencode(place)
        except OSError as error:
            raise ReportError(f"{path} cannot be looked through ({error.strerror}).") from error
        if any(value in content for value in values):
            yield path


def _drop_copies(landing: LandingFolder) -> None:
    """Remove what landed of the customers, wherever builds linked it; the next build lands it again."""
    landing.frozen.drop_unread()
    for path in landing.copies_of_customers():
        path.unlink(missing_ok=True)


def _record(warehouse: Path) -> Path:
    return warehouse.absolute().parent / "retention" / "erased.jsonl"
