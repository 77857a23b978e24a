"""What a build says of files that it reads: what in them it leaves out, and what they may not be meant for.

None of it stops a build. Each note is in a line of core.rpt_data_quality, and a warning on the terminal where
nobody chose what it says; all are made anew by each build, from the files at hand and those that the
published file was made of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dbt_project.landing.archive import ARCHIVE
from dbt_project.landing.known_columns import MOST_NAMES_SHOWN
from dbt_project.landing.landed_files import source_files, with_mapped_columns
from dbt_project.landing.landed_rows import columns_not_read
from dbt_project.landing.raw_files import columns_of
from dbt_project.landing.registry import LANDED_SOURCES, SOURCE_KINDS
from dbt_project.landing.schemas import CUSTOMER_SCHEMA
from dbt_project.landing.source import LandedSource

NOTE_SCHEMA = pa.schema(
    [("check_name", pa.string()), ("affected", pa.int64()), ("total", pa.int64()), ("details", pa.string())]
)
# The generator leaves it beside the calls that it makes.
GENERATED_MARKER = "_generated.json"
# So begin the names of its files in the folders of sources.
_GENERATED_FILE = "generated-"
# What may be in the folder of raw data beside the sources: the calls in their layout, their customers, what
# is kept of exports that were removed, and what the generator planted.
_OTHERS = frozenset({ARCHIVE, "calls", "customers.parquet", "truth"})
# The end of a trial is no end of a plan, and the rate of a tax no fee.
_UNLIKE = frozenset({"birth", "card", "discount", "next", "period", "tax", "trial", "vat"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True)
class Note:
    """How many of all columns, customers or files a check names, and a sentence on them with what to do."""

    check_name: str
    affected: int
    total: int
    details: str
    is_warning: bool = True


def notes_table(notes: Iterable[Note]) -> pa.Table:
    """One row per note, in the columns that staging reads."""
    return pa.Table.from_pylist([vars(note) for note in notes], NOTE_SCHEMA)


def unread_columns(source: LandedSource, raw_dir: Path) -> list[Note]:
    """The columns of a source's files that are not read, once for all files that have the same ones."""
    source, targets = with_mapped_columns(source)
    found: dict[tuple[str, ...], list[tuple[str, frozenset[str], int]]] = {}
    for path in source_files(raw_dir / source.name):
        unread, read = columns_not_read(source, path)
        if unread:
            seen = (str(path.relative_to(raw_dir)), frozenset(read), len(unread) + len(read))
            found.setdefault(tuple(unread), []).append(seen)
    notes = []
    for unread_names, files in found.items():
        name, read_names, columns = files[0]
        ranks = {column: rank for filled in targets.values() for column, rank in filled}
        meant = [
            f"If {spelling} is {column}, add the line"
            f" `{source.name},{_quoted(spelling)},{column},{ranks.get(column, 0) + 1}`"
            " to dbt_project/seeds/attribute_mappings.csv."
            for spelling in unread_names
            if (column := likely_column(source, spelling)) and column not in read_names
        ]
        more = f" (and {len(files) - 1} more files)" if len(files) > 1 else ""
        said = f"{name}{more}: {_listed('column', unread_names)} not read and in no figure."
        notes.append(Note("column_not_read", len(unread_names), columns, " ".join([said, *meant])))
    return notes


def unread_columns_of_raw_customers(path: Path, source: LandedSource) -> list[Note]:
    """The same for the customers in the layout of the warehouse, whose columns have fixed names."""
    columns = columns_of(path) if path.is_file() else frozenset()
    known = {name.lower() for name in columns} & set(CUSTOMER_SCHEMA.names)
    unread = sorted(name for name in columns if name.lower() not in known)
    if not unread:
        return []
    meant = [
        f"If {name} is {column}, call it so in the file."
        for name in unread
        if (column := likely_column(source, name)) in set(CUSTOMER_SCHEMA.names) - known
    ]
    said = f"{path.name}: {_listed('column', unread)} not read and in no figure."
    return [Note("column_not_read", len(unread), len(columns), " ".join([said, *meant]))]


def likely_column(source: LandedSource, spelling: str) -> str | None:
    """Which column of a source a column of that name probably is, by the words in it."""
    words = [word.lower() for word in _WORDS.findall(spelling)]
    for word, column in source.likely.items() if _UNLIKE.isdisjoint(words) else ():
        if any(each == word or (len(word) > 3 and each.startswith(word)) for each in words):
            return column
    known = {name: name for name in source.columns} | dict(source.aliases)
    near = get_close_matches("_".join(words), known, n=1, cutoff=0.8)
    return known[near[0]] if near else None


def lost_customers(before: Collection[Path], now: Collection[Path]) -> list[Note]:
    """The customers in files that the published file was made of and in none of now."""
    present = _customer_ids(now)
    known = _customer_ids(before)
    lost = sorted(known - present)
    if not lost:
        return []
    said = (
        f"{_listed('customer', lost)} in the published figures and in no file of customers any more: their"
        " revenue, of the past too, is in no figure from now on. Keep who left in the file, with the day as"
        " churned_date."
    )
    return [Note("customer_lost", len(lost), len(known), said)]


def _customer_ids(files: Iterable[Path]) -> set[str]:
    ids: set[str] = set()
    for path in files:
        if path.is_file():
            column = pq.read_table(path, columns=["customer_id"])["customer_id"]
            ids.update(str(value) for value in column.unique().to_pylist() if value is not None)
    return ids


def generated_calls_beside_own(raw_dir: Path, switched_on: Collection[str]) -> list[Note]:
    """That the generator's calls are counted although files of one's own are there."""
    if "calls" not in switched_on or not (raw_dir / GENERATED_MARKER).is_file():
        return []
    own = [
        source.name
        for source in LANDED_SOURCES
        if any(not path.name.startswith(_GENERATED_FILE) for path in source_files(raw_dir / source.name))
    ]
    if not own:
        return []
    off = [name for name in own if name not in switched_on]
    mixed = [name for name in own if name in switched_on]
    said = "The calls are the demo's, which python -m generator made"
    if mixed:
        said += f"; they are counted with your own files in {_folders(raw_dir, mixed)}"
    if off:
        said += f"; your own files in {_folders(raw_dir, off)} are switched off and in no figure"
    if any(SOURCE_KINDS[name] != "customers" for name in own):
        todo = (
            f"To see your own data alone, write `sources: [{', '.join(own)}]` into"
            " dbt_project/dbt_project.yml."
        )
    else:
        todo = (
            "To see your own data alone, remove the demo (`make clean`) and bring your own calls; to see"
            f" the demo, move {_folders(raw_dir, own)} away."
        )
    return [Note("generated_calls_beside_own", len(own), len(own) + 1, f"{said}. {todo}")]


def files_switched_off(raw_dir: Path, switched_on: Collection[str]) -> list[Note]:
    """The files of sources that are off: they are left alone as somebody wrote, and are in no figure."""
    files = {source.name: len(source_files(raw_dir / source.name)) for source in LANDED_SOURCES}
    files["calls"] = sum(1 for _ in (raw_dir / "calls").glob("date=*/*.parquet"))
    off = {name: count for name, count in files.items() if count and name not in switched_on}
    if not off:
        return []
    said = ", ".join(
        f"{count} file{'s' if count > 1 else ''} in {raw_dir / name}" for name, count in sorted(off.items())
    )
    todo = "To read one of these sources, add its name to `sources` in dbt_project/dbt_project.yml."
    details = f"Left alone and in no figure, because the source is off: {said}. {todo}"
    return [Note("files_switched_off", sum(off.values()), sum(files.values()), details, is_warning=False)]


def of_no_source(raw_dir: Path) -> list[Note]:
    """The files and folders that no source reads, such as `lite-llm/` or an export beside its folder."""
    known = {source.name for source in LANDED_SOURCES} | _OTHERS
    found = sorted(path for path in raw_dir.iterdir() if path.name not in known) if raw_dir.is_dir() else []
    found = [path for path in found if not path.name.startswith((".", "_"))]
    counts = {path: len(source_files(path)) if path.is_dir() else 1 for path in found}
    left = [path for path, count in counts.items() if count]
    if not left:
        return []
    names = _listed("entry", [path.name for path in left], "entries")
    said = f"In {raw_dir}, {names} of no source, not read and in no figure."
    meant = [
        f"If {path.name} is of {near[0]}, the place of its files is {raw_dir / near[0]}."
        for path in left
        if (near := get_close_matches(path.name.lower(), sorted(known - _OTHERS), n=1, cutoff=0.6))
    ]
    others = sum(len(source_files(raw_dir / source.name)) for source in LANDED_SOURCES)
    affected = sum(counts.values())
    return [
        Note("files_of_no_source", affected, affected + others, " ".join([said, *meant[:MOST_NAMES_SHOWN]]))
    ]


def _folders(raw_dir: Path, names: Iterable[str]) -> str:
    return " and ".join(str(raw_dir / name) for name in names)


def _listed(what: str, names: Collection[str], several: str = "") -> str:
    """The first names and how many more there are, with the verb."""
    shown = ", ".join(name[:60] for name in list(names)[:MOST_NAMES_SHOWN])
    more = f" and {len(names) - MOST_NAMES_SHOWN} more" if len(names) > MOST_NAMES_SHOWN else ""
    return f"{what} {shown} is" if len(names) == 1 else f"{several or what + 's'} {shown}{more} are"


def _quoted(field: str) -> str:
    """A field of a CSV line."""
    return '"' + field.replace('"', '""') + '"' if set(field) & set(',"\n') else field
