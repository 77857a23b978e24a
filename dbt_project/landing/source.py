"""What a source is: its columns, how files spell them, and how its records are brought into them.

A new source is a module in sources/ that says this; docs/own-data.md has the rest of the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from dbt_project.landing.attribute_mappings import Targets
from dbt_project.landing.column_conventions import Money
from dbt_project.landing.known_columns import KnownColumns
from dbt_project.landing.landed_rows import Fields, Row, conventions_of, file_rows, landed_batches
from dbt_project.landing.pseudonyms import Pseudonyms
from dbt_project.landing.same_rows import HASH_FIELDS, Comparison

CALL_SUFFIXES = (".csv", ".csv.gz", ".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".parquet")
# What the seed attribute_mappings may fill.
CALL_ATTRIBUTES = frozenset(
    {
        "agent_id",
        "attempted_fallbacks",
        "attempted_retries",
        "customer_id",
        "environment",
        "feature_id",
        "organization_id",
        "product_id",
        "provider",
        "quality_score",
        "region",
        "subscription_tier",
        "task_type",
        "team_id",
    }
)
CALL_ATTRIBUTE_COLUMNS = {
    name: "plain" if name == "quality_score" else "text" for name in sorted(CALL_ATTRIBUTES)
}


@dataclass(frozen=True)
class LandedSource:
    """A source: its columns by kind (text, number, time), those a file must have, and its files' kinds.

    A source whose records may hold message contents says in `reads` which fields are read; every other
    field is dropped before anything is written. Its `shape` brings these fields into columns and gives the
    attributes of the record, of which the seed attribute_mappings fills the columns in `mapped`.
    `time_column` says on which UTC day a record stands. `months` are pairs of columns with start and end of a
    month, `money` says in which currency amounts are, `comparison` how rows without ids are compared. A
    source that brings its records into the columns of another names it in `lands_as`: one staging model
    reads both.
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
    # Words in the name of a column that is not read, with the column that it probably is; the first counts.
    likely: Mapping[str, str] = field(default_factory=dict)
    mapped_columns: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    time_column: str | None = None
    # Whether staging tells a record that stands in two files by its id, so that two equal files do no harm.
    has_record_ids: bool = False
    money: Money = field(default_factory=Money)
    months: tuple[tuple[str, str], ...] = ()
    comparison: Comparison | None = None
    lands_as: str = ""
    # Set while a run lands, where ids get pseudonyms.
    pseudonyms: Pseudonyms | None = None

    @property
    def pseudonymised(self) -> frozenset[str]:
        """The columns whose ids get pseudonyms."""
        return self.pseudonyms.columns & self.columns.keys() if self.pseudonyms else frozenset()

    @property
    def staged_as(self) -> str:
        """The source whose staging model reads the landed files."""
        return self.lands_as or self.name

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
