"""Carry a plan out file by file; nothing is gone before a build shows that the figures are the same.

A file that goes is set aside, in `data/raw/.retention/`, where no build looks. `apply` may be killed at any
instant and is completed by the next. After a build `prove` compares the figures, and only then removes what
was set aside; `undo` puts it back.
"""

import errno
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dbt_project.landing.archive import ARCHIVE, write_archived, write_without_details
from dbt_project.landing.errors import unwritten
from dbt_project.landing.landing_folder import LandingFolder
from reports_builder.append_only import append_lines, read_lines
from reports_builder.errors import ReportError
from reports_builder.exports.files import write_whole
from reports_builder.retention.figures import Figures, closed_figures, differences
from reports_builder.retention.plan import CALL_DETAILS, Removal, plan_removals
from reports_builder.retention.undisturbed import undisturbed


@dataclass(frozen=True)
class Run:
    """A plan that is being carried out: what it removes, and the figures before it."""

    plan_id: str
    as_of: str
    before: dict[str, str]
    removals: tuple[Removal, ...]
    published: tuple[int, int]
    figures: Figures


@dataclass(frozen=True)
class Applied:
    """One line of the record: what was removed of a class, and when it was shown to change no figure."""

    proven_at: str
    plan_id: str
    data_class: str
    before: str
    files: int
    rows: int
    size_bytes: int
    figures: int


class Retention:
    """The raw files of a warehouse, what is set aside of them, and the record of what was removed."""

    def __init__(self, warehouse: Path, raw: Path) -> None:
        self._warehouse = warehouse
        self._raw = raw
        self._dir = warehouse.absolute().parent
        self._aside = raw / ".retention"
        self._journal = self._aside / "run.json"
        self._record = self._dir / "retention" / "applied.jsonl"

    def run(self) -> Run | None:
        """The run that was begun and is neither proven nor undone."""
        try:
            told: dict[str, Any] = json.loads(self._journal.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ReportError(f"{self._journal} cannot be read ({error}).") from error
        removals = tuple(Removal(**each | {"columns": tuple(each["columns"])}) for each in told["removals"])
        return Run(**told | {"removals": removals, "published": tuple(told["published"])})

    def applied(self) -> list[Applied]:
        """What was removed so far."""
        return [Applied(**json.loads(line)) for line in read_lines(self._record) if line.endswith(b"}")]

    def apply(self, plan_id: str) -> Run:
        """Carry the plan with this id out, or complete it; ReportError where the files are others."""
        with undisturbed(self._dir, from_nothing=True):
            run = self.run()
            if run is None:
                run = self._begin(plan_id)
            elif run.plan_id != plan_id:
                raise ReportError(
                    f"the plan {run.plan_id} is not ended: build, then `retention prove` or `undo`."
                )
            for removal in run.removals:
                try:
                    self._carry_out(removal)
                except OSError as error:
                    raise ReportError(
                        f"{unwritten(self._raw / removal.path, error)}. What was done "
                        "so far holds; the same command goes on, and `retention undo` takes it back."
                    ) from error
        return run

    def prove(self) -> list[Applied]:
        """Compare the figures of closed months, then remove for good; ReportError where one differs."""
        run = self._begun()
        with undisturbed(self._dir):
            status = self._warehouse.stat()
            if (status.st_size, status.st_mtime_ns) == run.published:
                raise ReportError("nothing was built since: build the warehouse, then prove.")
            as_of, after = closed_figures(self._warehouse)
            if as_of != run.as_of:
                raise ReportError(
                    f"the warehouse stands on {as_of} now and stood on {run.as_of}. To compare, build "
                    f"once with --vars '{{as_of_date: {run.as_of}}}', prove, and build again."
                )
            if found := differences(run.figures, after):
                raise ReportError(
                    f"figures of closed months are not the same: {'; '.join(found)}. Nothing is removed "
                    "for good; `retention undo` puts the files back. Files that arrived, or rules that "
                    "changed meanwhile, change figures, too."
                )
            applied = self._noted(run, sum(map(len, after.values())))
            LandingFolder(self._dir).frozen.drop_unread()
            shutil.rmtree(self._aside / "files", ignore_errors=True)
            self._journal.unlink()
            return applied

    def undo(self) -> Run:
        """Put back what is set aside."""
        run = self._begun()
        with undisturbed(self._dir, from_nothing=True):
            for removal in run.removals:
                aside = self._aside_of(removal)
                if aside.exists():
                    (self._raw / removal.path).parent.mkdir(parents=True, exist_ok=True)
                    aside.replace(self._raw / removal.path)
                if removal.archived:
                    (self._raw / ARCHIVE / removal.archived).unlink(missing_ok=True)
            shutil.rmtree(self._aside / "files", ignore_errors=True)
            self._journal.unlink()
        return run

    def _begin(self, plan_id: str) -> Run:
        plan = plan_removals(self._warehouse, self._raw)
        if plan.plan_id != plan_id:
            raise ReportError(
                f"what would be removed now is the plan {plan.plan_id}, not {plan_id}: look at "
                "`retention plan` again."
            )
        if not plan.removals:
            raise ReportError("nothing is older than the policy keeps it: there is nothing to remove.")
        status = self._warehouse.stat()
        as_of, figures = closed_figures(self._warehouse)
        before = {data_class: day.isoformat() for data_class, day in plan.before.items()}
        run = Run(plan_id, as_of, before, plan.removals, (status.st_size, status.st_mtime_ns), figures)
        write_whole(self._journal, json.dumps(asdict(run)).encode())
        return run

    def _begun(self) -> Run:
        run = self.run()
        if run is None:
            raise ReportError("no plan is being carried out: `retention plan` shows what would be removed.")
        return run

    def _aside_of(self, removal: Removal) -> Path:
        return self._aside / "files" / removal.path

    def _carry_out(self, removal: Removal) -> None:
        """Do what is not done yet of one removal; after each step builds read each row once."""
        path, aside = self._raw / removal.path, self._aside_of(removal)
        if aside.exists() and not _is(path, removal):
            return
        if not _is(path, removal):
            raise ReportError(
                f"{path} is not the file that was planned any more. `retention undo` puts back what was "
                "done; then plan again."
            )
        if removal.data_class == CALL_DETAILS:
            _set_aside(path, aside)
            write_without_details(aside, path)
            return
        landed = LandingFolder(self._dir).landing_dir / removal.archived
        # While the export is there, too, both are one: landed rows are named for the file that they are of.
        write_archived(landed, self._raw / ARCHIVE / removal.archived)
        aside.parent.mkdir(parents=True, exist_ok=True)
        path.replace(aside)

    def _noted(self, run: Run, figures: int) -> list[Applied]:
        """Write into the record what was removed, once."""
        applied = []
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for data_class, before in run.before.items():
            gone = [each for each in run.removals if each.data_class == data_class]
            rows, size = sum(each.rows for each in gone), sum(each.size_bytes for each in gone)
            if gone:
                applied.append(Applied(at, run.plan_id, data_class, before, len(gone), rows, size, figures))
        if all(each.plan_id != run.plan_id for each in self.applied()):
            append_lines(self._record, [json.dumps(asdict(each)).encode("ascii") + b"\n" for each in applied])
        return applied


def _is(path: Path, removal: Removal) -> bool:
    """Whether the file is the one that was planned, as it was then."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    return (status.st_size, status.st_mtime_ns) == (removal.size, removal.modified_ns)


def _set_aside(path: Path, aside: Path) -> None:
    """A second name for the file, so that its place is never empty; a copy where a disk has none."""
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.unlink(missing_ok=True)
    try:
        os.link(path, aside)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        partial = aside.with_name(f"{aside.name}.partial")
        shutil.copy2(path, partial)
        partial.replace(aside)
