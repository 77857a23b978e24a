"""Erase a user: people whose id is in records of calls, beside the customer to whom the calls are charged.

No figure is made of them, and no mart knows them: what names a user are records as they came, in exports and
in what landed of them, and columns of day files that no build reads. Those go; rows and figures stay.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dbt_project.landing.archive import ARCHIVE, CALL_DETAILS, archived_files, details_of, write_archived
from dbt_project.landing.attribute_mappings import MappingError
from dbt_project.landing.erasure import Erasure
from dbt_project.landing.frozen_files import link
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.pseudonyms import Pseudonyms
from dbt_project.landing.raw_files import call_files
from dbt_project.landing.registry import LANDED_SOURCES
from reports_builder.errors import ReportError
from reports_builder.retention.begun import BegunErasure
from reports_builder.retention.erasing import (
    Erased,
    Found,
    erasing,
    keys_of,
    landed_exports,
    noted,
    raw_exports,
)
from reports_builder.retention.naming import Name, files_below

_DETAILS = frozenset({"agent_id", "raw_record"})


def find_user(warehouse: Path, raw: Path, user_id: str) -> Found:
    """What names a user; ReportError where it cannot be found out, or where figures are made of the id."""
    with keys_of(raw) as keys:
        return _find(warehouse, raw, user_id, keys, BegunErasure(warehouse, user_id))


def erase_user(warehouse: Path, raw: Path, user_id: str) -> Erased | None:
    """Take a user out of the raw files and of what landed; None where nothing names the user.

    A killed run is completed by the next.
    """
    with erasing(warehouse, raw), keys_of(raw) as keys:
        begun = BegunErasure(warehouse, user_id)
        found = _find(warehouse, raw, user_id, keys, begun)
        if found.names_somebody:
            begun.begin(found.files, found.rows)
        landing = LandingFolder(warehouse.absolute().parent)
        for path, landed in found.exports:
            archived = raw / ARCHIVE / landed.parent.name / landed.name
            write_archived(landed, archived)
            # Readers of the published file, and the next build, find the same rows without the records. The
            # export goes last: a run that was killed finds by it what is not done.
            for folder in (landing.landing_dir, *landing.frozen.published_slots()):
                if (folder / landed.parent.name / landed.name).exists():
                    link(archived, folder / landed.parent.name / landed.name)
            path.unlink()
        for each in found.fields:
            each.write()
            for slot in landing.frozen.published_slots():
                link(each.path, slot / each.path.relative_to(raw))
        landing.frozen.drop_unread()
        return noted(warehouse, found, begun)


def still_naming_user(user_id: str, raw: Path, folders: list[Path]) -> Iterator[Path]:
    """The files that name a user, in what they hold or by their path, each once.

    Records of calls are among them, as are those of other sources, pages, and what was sent.

    What builds make of the files is made anew by the next one, and left out.
    """
    name = Name(user_id)
    for path, place in files_below((raw, *folders)):
        is_made_anew = place.parts[0] == "build"
        if not is_made_anew and (name.is_in(place.as_posix()) or name.is_in_file(path)):
            yield path


def _find(warehouse: Path, raw: Path, user_id: str, keys: Pseudonyms | None, begun: BegunErasure) -> Found:
    name = Name(user_id)
    naming = filter(name.is_in_file, raw_exports(raw))
    try:
        exports = list(landed_exports(warehouse, raw, keys, naming))
    except (MappingError, UnreadableFileError) as error:
        raise ReportError(f"nothing was erased: {error}.") from error
    kept = [path for _, path in exports]
    kept += [path for source in LANDED_SOURCES for path in archived_files(source, raw)]
    for path in kept:
        _check_columns(path, name, user_id)
    fields = [found for path in call_files(raw) if (found := _without(path, name, begun)).rows]
    return Found(user_id, "", tuple(fields), tuple(exports))


def _check_columns(path: Path, name: Name, user_id: str) -> None:
    """ReportError where a column that builds read names the user: then it is whom calls are charged to."""
    table = pq.read_table(path)
    for column in table.column_names:
        if column not in _DETAILS and _is_named(table, column, name):
            how = (
                f"erase --customer {user_id}" if column == "customer_id" else "change it where it comes from"
            )
            raise ReportError(
                f"{path}: the id stands in {column}, which figures are made of, so nothing was erased: {how}."
            )


def _is_named(table: pa.Table, column: str, name: Name) -> bool:
    """Whether a column of text names the user; numbers of columns that builds read are quantities."""
    kind = table.schema.field(column).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return is_text and any(map(name.is_in_value, pc.unique(table[column]).to_pylist()))


def _without(path: Path, name: Name, begun: BegunErasure) -> Erasure:
    """A day file in which the rows that name the user have nothing in the columns that no build reads.

    Builds read ids of traces and of agents. They stay, and where they name the user a random id takes the
    place, the same in all rows: a trace has the rows that it had.
    """
    found = Erasure(path)
    details = details_of(path)
    if not details:
        return found
    table = pq.read_table(path, partitioning=None)
    named = [any(map(name.is_in_value, row.values())) for row in table.select(details).to_pylist()]
    found.rows = sum(named)
    if not found.rows:
        return found
    found.keeps_name = any(_is_named(table, each, name) for each in table.column_names if each not in details)
    kept_rows = pa.array([None if is_named else row for row, is_named in enumerate(named)], pa.int64())
    for column in details:
        field, values = table.schema.field(column), table[column]
        if column.lower() not in CALL_DETAILS:
            changed = values.take(kept_rows)
            if changed.null_count == values.null_count:
                continue
        elif any(map(name.is_in_value, pc.unique(values).to_pylist())):
            changed = pa.array([_id_of(each, name, begun) for each in values.to_pylist()], pa.string())
        else:
            continue
        found.columns.add(column)
        field = pa.field(column, changed.type, nullable=True, metadata=field.metadata)
        table = table.set_column(table.schema.get_field_index(column), field, changed)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    found.content = sink.getvalue()
    return found


def _id_of(value: Any, name: Name, begun: BegunErasure) -> str | None:
    if value is None:
        return None
    return begun.random_id(str(value)) if name.is_in_value(value) else str(value)
