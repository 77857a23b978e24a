"""Erase who a customer is: the inputs name nobody any more, and what was made of them is made anew."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from dbt_project.landing.attribute_mappings import MappingError
from dbt_project.landing.erasure import Erasure, erasures
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.landing_folder import LandingFolder
from reports_builder.append_only import append_lines, read_lines
from reports_builder.errors import ReportError
from reports_builder.retention.undisturbed import undisturbed

# Shorter values, such as the code of a country, stand in many files and name nobody.
_SHORTEST_NAME = 4
_COMPRESSED = frozenset({".duckdb", ".parquet", ".pdf", ".png", ".gz"})


@dataclass(frozen=True)
class Erased:
    """One line of the record: whose names went, by the id that stays, and from how many rows."""

    erased_at: str
    customer_id: str
    files: int
    rows: int


def erased_customers(warehouse: Path) -> list[Erased]:
    """Who was erased so far."""
    lines = read_lines(_record(warehouse))
    return [Erased(**json.loads(line)) for line in lines if line.endswith(b"}")]


def find(raw: Path, customer_id: str) -> list[Erasure]:
    """What names a customer in the raw files; ReportError where a file cannot be read."""
    try:
        return list(erasures(raw, customer_id))
    except (MappingError, UnreadableFileError) as error:
        raise ReportError(f"a raw file cannot be looked through, so nothing was erased: {error}") from error


def erase(warehouse: Path, raw: Path, customer_id: str) -> Erased:
    """Erase it from the raw files and what builds keep of them; a killed run is completed by the next."""
    with undisturbed(warehouse.absolute().parent, from_nothing=True):
        found = find(raw, customer_id)
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        erased = Erased(at, customer_id, len(found), sum(each.rows for each in found))
        try:
            for each in found:
                each.write()
            _drop_copies(LandingFolder(warehouse.absolute().parent))
        except OSError as error:
            raise ReportError(
                f"{error.filename}: {error.strerror}. What was erased stays erased; the same command goes on."
            ) from error
        append_lines(_record(warehouse), [json.dumps(asdict(erased)).encode("ascii") + b"\n"])
    return erased


def still_naming(found: list[Erasure], folders: list[Path]) -> Iterator[Path]:
    """The files in folders whose bytes hold one of the values: what was rendered or sent before.

    Files that are compressed are not told by their bytes: those of the warehouse are made anew.
    """
    values = [value.encode() for each in found for value in each.values if len(value) >= _SHORTEST_NAME]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _COMPRESSED or not path.is_file():
                continue
            try:
                content = path.read_bytes()
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
