"""What a company's policy would remove now: found in the raw files, and nothing is changed."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dbt_project.landing.archive import details_of
from dbt_project.landing.landed_files import landed_file, source_files
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.pseudonyms import Pseudonyms, key_table
from dbt_project.landing.raw_files import call_files
from dbt_project.landing.registry import CALL_SOURCES, LANDED_SOURCES, project_variables
from reports_builder.errors import ReportError
from reports_builder.warehouse import open_warehouse

CALL_DETAILS, RAW_EXPORTS = "call_details", "raw_exports"
# Marts of the last 30 days, beside the 30 before, follow traces call by call.
LEAST_MONTHS = 2
_SEED = "seeds.retention_policies"


@dataclass(frozen=True)
class Removal:
    """A file, and what of it goes: columns of a day file, all of an export. ``path`` is below the raw folder.

    ``size`` and ``modified_ns`` say which file was looked at; of an export ``archived`` names its kept rows.
    """

    data_class: str
    path: str
    rows: int
    size_bytes: int
    oldest: str
    newest: str
    size: int
    modified_ns: int
    columns: tuple[str, ...] = ()
    archived: str = ""


@dataclass(frozen=True)
class Plan:
    """All removals, and the day before which each class of data goes."""

    as_of: date
    before: dict[str, date]
    removals: tuple[Removal, ...]

    @property
    def plan_id(self) -> str:
        """The same for the same files and what goes of them."""
        content = json.dumps([asdict(each) for each in self.removals]).encode()
        return hashlib.sha256(content).hexdigest()[:12]


def plan_removals(warehouse: Path, raw: Path) -> Plan:
    """What the policy of the published warehouse removes of the files in ``raw``; ReportError without one."""
    as_of, months = _policy(warehouse)
    before = {data_class: month_start(as_of, kept) for data_class, kept in months.items()}
    removals: list[Removal] = []
    if CALL_DETAILS in before:
        removals += _call_details(raw, before[CALL_DETAILS])
    if RAW_EXPORTS in before:
        removals += _raw_exports(
            raw, LandingFolder(warehouse.absolute().parent).landing_dir, before[RAW_EXPORTS]
        )
    return Plan(as_of, before, tuple(removals))


def month_start(day: date, months_before: int = 0) -> date:
    """The first day of the month so many months before that of ``day``."""
    months = day.year * 12 + day.month - 1 - months_before
    return date(max(months // 12, 1), months % 12 + 1, 1)


def _policy(warehouse: Path) -> tuple[date, dict[str, int]]:
    with open_warehouse(warehouse) as opened:
        if not opened.has(_SEED):
            raise ReportError(f"{warehouse} was built without the seed retention_policies. Build it again.")
        rows = opened.evidence(f"select data_class, months from {_SEED} order by data_class").rows  # noqa: S608
        as_of = opened.period.as_of
    months: dict[str, int] = {}
    for data_class, kept in rows:
        if not isinstance(kept, int) or kept < LEAST_MONTHS:
            raise ReportError(
                f"the seed retention_policies keeps {data_class} for {kept} months; {LEAST_MONTHS} is the "
                "least: figures of the last 60 days are made call by call."
            )
        months[str(data_class)] = kept
    if not months:
        raise ReportError(
            "the seed retention_policies has no row, so nothing is ever removed. Write a row such as "
            f"`{CALL_DETAILS},13,reason` and build."
        )
    return as_of, months


def _call_details(raw: Path, before: date) -> Iterator[Removal]:
    for path in call_files(raw):
        day = path.parent.name.removeprefix("date=")
        if day >= before.isoformat():
            continue
        try:
            columns = details_of(path)
            if not columns:
                continue
            metadata = pq.read_metadata(path)
        except (pa.ArrowException, OSError) as error:
            raise ReportError(f"{path} cannot be read ({str(error).splitlines()[0]}).") from error
        sizes = sum(
            metadata.row_group(group).column(place).total_compressed_size
            for group in range(metadata.num_row_groups)
            for place in range(metadata.num_columns)
            if metadata.row_group(group).column(place).path_in_schema.split(".")[0] in columns
        )
        status = path.stat()
        yield Removal(
            CALL_DETAILS,
            str(path.relative_to(raw)),
            metadata.num_rows,
            sizes,
            day,
            day,
            status.st_size,
            status.st_mtime_ns,
            tuple(columns),
        )


def _raw_exports(raw: Path, landing_dir: Path, before: date) -> Iterator[Removal]:
    """Exports of calls whose rows have landed as the files are now, all of them on days before that one."""
    ids = project_variables()["pseudonymised"]
    keys = Pseudonyms(key_table(raw), ids) if ids else None
    for source in LANDED_SOURCES:
        # Of a source that is off nothing has landed: its files are in no figure, and stay.
        for path in source_files(raw / source.name) if source.name in CALL_SOURCES else ():
            landed = landed_file(source, raw, landing_dir, path, keys)
            if not landed.is_file():
                continue
            days = pc.min_max(pq.read_table(landed, columns=["partition_date"])["partition_date"]).as_py()
            if days["max"] is None or days["max"] >= before:
                continue
            status = path.stat()
            yield Removal(
                RAW_EXPORTS,
                str(path.relative_to(raw)),
                pq.read_metadata(landed).num_rows,
                status.st_size,
                days["min"].isoformat(),
                days["max"].isoformat(),
                status.st_size,
                status.st_mtime_ns,
                archived=f"{source.name}/{landed.name}",
            )
