"""How the pipeline does: what is published, of which days, what became of the last build and the last run."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from reports_builder.attempts import Attempt, last_attempt
from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.formatting import Value
from reports_builder.warehouse import open_warehouse

NIGHTLY_FILE = "nightly.json"
"""Written by ``finops nightly``, beside the published file."""

_SOURCES = """
select source, first_date, last_date, records, days_behind, is_stale
from core.rpt_source_freshness
order by source
"""
_REJECTED = "select count(*) as records from core.rejected_records"


@dataclass(frozen=True)
class Step:
    """A step of the last run of ``finops nightly``; ``problem`` is the last line it said where it failed."""

    name: str
    exit_code: int
    seconds: float
    problem: str


@dataclass(frozen=True)
class Health:
    """What can be seen of the pipeline at one moment; None is unknown.

    ``unreadable`` says why a published file that is there cannot be read. Rows of ``sources`` are those of
    ``core.rpt_source_freshness``.
    """

    published: Path
    published_at: datetime | None = None
    size_bytes: int | None = None
    free_bytes: int | None = None
    unreadable: str = ""
    as_of: date | None = None
    sources: tuple[Mapping[str, Value], ...] = ()
    rejected_records: int | None = None
    attempt: Attempt | None = None
    steps: tuple[Step, ...] = ()

    @property
    def failures(self) -> int:
        """Builds that failed in a row; one that was killed is among them."""
        return self.attempt.failures + self.attempt.is_killed if self.attempt else 0


def read_health(published: Path) -> Health:
    """Look at the warehouse at ``published`` and at the notes beside it; what cannot be read is unknown."""
    attempt = last_attempt(published)
    steps = tuple(_steps(published.with_name(NIGHTLY_FILE)))
    try:
        free = shutil.disk_usage(published.parent).free
        seen = published.stat()
    except OSError:
        return Health(published, attempt=attempt, steps=steps)
    published_at = datetime.fromtimestamp(seen.st_mtime, UTC)
    try:
        with open_warehouse(published) as warehouse:
            sources = tuple(warehouse.evidence(_SOURCES).records())
            (rejected,) = warehouse.evidence(_REJECTED).records()
            as_of, unreadable = warehouse.period.as_of, ""
    except ReportError as error:
        sources, rejected, as_of, unreadable = (), {}, None, str(error)
    count = rejected.get("records")
    return Health(
        published,
        published_at,
        seen.st_size,
        free,
        unreadable,
        as_of,
        sources,
        count if isinstance(count, int) else None,
        attempt,
        steps,
    )


def _steps(path: Path) -> list[Step]:
    try:
        told: Any = json.loads(path.read_text(encoding="utf-8"))
        return [
            Step(str(each["step"]), int(each["exit_code"]), float(each["seconds"]), clean(each["problem"]))
            for each in told["steps"]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
