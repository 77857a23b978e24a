"""Let every command that writes meet a full disk, and one that may only be read: `python -m tests.bench.disk_full`.

Each command writes to a disk of its own, a small tmpfs. First nothing is free on it, then four times as much
with each try, until the command gets through. Before that it must fail, say why and what to do, and leave
every file as it was, and none half; after that it must run again. Mounting needs root: elsewhere nothing is
tried, and the exit code is 3.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from dbt_project.landing.receiver.spool import Spool
from dbt_project.landing.registry import LANDED_SOURCES
from finops.company_folder import init
from generator.cli import app as generator_app
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from tests.bench.kills import SUBJECTS, bucket_of_this_process
from tests.live.test_watch_command import watching
from tests.seals.books import KEY, publish
from tests.workspace import BIN, ROOT, Workspace

_SIZE = 1 << 30
_PAGE = 4096
# What commands leave that says nothing: locks, and what the last attempt came to.
_OF_NO_MATTER = ("*.lock", "*attempt.json", "*audit/events.jsonl")
_HALF = re.compile(r"partial|publishing|_incoming|\.rendering|unfinished|\.new$|/\.[^/]+-[a-z0-9_]{8}$")
CANNOT_MOUNT = 3


class WrongError(Exception):
    """What did not hold."""


@dataclass(frozen=True)
class Disk:
    """A small disk, and the ballast that fills it."""

    folder: Path

    @property
    def _ballast(self) -> Path:
        return self.folder / ".ballast"

    def leave(self, room: int) -> None:
        """Fill the disk but for so many bytes."""
        self.release()
        with self._ballast.open("wb") as file:
            free = os.statvfs(self.folder).f_bavail * _PAGE
            os.posix_fallocate(file.fileno(), 0, max(_PAGE, free - room))

    def release(self) -> None:
        """Make room."""
        self._ballast.unlink(missing_ok=True)

    def let_write(self, is_so: bool) -> None:
        """Let everybody write to the disk, or nobody, root neither."""
        subprocess.run(["mount", "-o", f"remount,{'rw' if is_so else 'ro'}", str(self.folder)], check=True)

    def files(self, without: tuple[str, ...]) -> dict[str, str]:
        """Every file and folder with what it holds."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            # An empty file says nothing: what is appended to begins with one.
            if (
                path == self._ballast
                or not path.stat(follow_symlinks=False).st_size
                or any(fnmatch(name, each) for each in (*_OF_NO_MATTER, *without))
            ):
                continue
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            elif path.is_file():
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        return found


@dataclass(frozen=True)
class Writer:
    """A command: ``{disk}`` in its words is the folder of the disk, ``{name}`` that folder's name.

    ``prepare`` puts what was there before on the disk. ``without`` are files that a run that fails may leave,
    whole ones. ``is_once`` is a command that refuses to do again what it did. ``environment`` is beside that of
    all; ``check`` raises where the end is not as it must be; ``first_room`` is what is free after nothing was.
    """

    name: str
    words: tuple[str, ...]
    prepare: Callable[[Path], object] = lambda _: None
    without: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Path], object] = lambda _: None
    in_folder: str = ""
    is_once: bool = False
    first_room: int = _PAGE

    def run(self, disk: Path, begin: Callable[[], object] | None = None) -> subprocess.CompletedProcess[str]:
        """Run it as a user does; ``begin`` is called in its process first."""

        def of_disk(word: str) -> str:
            return word.replace("{disk}", str(disk)).replace("{name}", disk.name)

        program = [str(BIN / "dbt")] if self.words[0] == "dbt" else [sys.executable, "-m", self.words[0]]
        environment = {name: of_disk(value) for name, value in self.environment.items()}
        return subprocess.run(
            [*program, *map(of_disk, self.words[1:])],
            cwd=disk / self.in_folder if self.in_folder else ROOT,
            env=os.environ | {"DBT_VERSION_CHECK": "false", "PYTHONPATH": str(ROOT)} | environment,
            capture_output=True, text=True, check=False, preexec_fn=begin,
        )  # fmt: skip


def _together(*steps: Callable[[Path], object]) -> Callable[[Path], object]:
    def prepare(disk: Path) -> None:
        for step in steps:
            step(disk)

    return prepare


def _text(name: str, content: str = "of before\n") -> Callable[[Path], object]:
    def write(disk: Path) -> None:
        (disk / name).parent.mkdir(parents=True, exist_ok=True)
        (disk / name).write_text(content)

    return write


def _generated(disk: Path) -> None:
    make_plan_of = ["--customers", "2", "--days", "2", "--seed", "1", "--workers", "1"]
    generator_app([*make_plan_of, "--out", str(disk / "raw")], standalone_mode=False)


def _of_kills(name: str) -> Callable[[Path], object]:
    return next(subject.prepare for subject in SUBJECTS if subject.name == name)


def _seeds(disk: Path) -> None:
    shutil.copytree(ROOT / "dbt_project" / "seeds", disk / "seeds")


def _older_company(disk: Path) -> None:
    init(disk / "company", is_demo=False)
    _text("company/seeds/owners.csv", "owner_id,owner_type\n")(disk)


def _built(books: Workspace) -> Callable[[Path], object]:
    return lambda disk: shutil.copytree(books.warehouse_dir, disk / "warehouse")


def _verified(disk: Path) -> None:
    if problems := verify(disk / "finops.duckdb", disk / "seals", [KEY]).problems:
        raise WrongError("; ".join(problems))


def _a_seal(disk: Path) -> None:
    publish(disk / "finops.duckdb")
    seal(disk / "finops.duckdb", disk / "seals", KEY)


_POLICY = json.dumps({"tags": {"environment": {"tag_key": {"@@assign": "Environment"}, "tag_value": {"@@assign": ["Prod"]}}}})  # fmt: skip
_PRICES = json.dumps({"m": {"litellm_provider": "p", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06}})  # fmt: skip


def writers(books: Workspace, folder: Path) -> list[Writer]:
    """Every command that writes; ``books`` is a warehouse to read from, ``folder`` one for files to read."""

    def linked(disk: Path) -> None:
        (disk / "warehouse").mkdir()
        (disk / "warehouse" / "finops.duckdb").symlink_to(books.published)

    warehouse, own = (
        ("--warehouse", "{disk}/warehouse/finops.duckdb"),
        ("--warehouse", "{disk}/finops.duckdb"),
    )
    month = ("--month", "2026-10")
    generate = ("generator", "--customers", "3", "--days", "3", "--seed", "7", "--out", "{disk}/raw")
    sealed = ("reports_builder", "seal", *own, "--seals", "{disk}/seals")
    of_seals = (*own, "--seals", "{disk}/seals")
    key = {"FINOPS_SEAL_KEY": KEY.decode()}
    sources = ", ".join(source.name for source in LANDED_SOURCES if source.name != "otel")
    land = ("dbt_project.landing", "land", "--raw", "{disk}/raw", "--warehouse", "{disk}/warehouse")
    # Models alone: the tests of data hold, and no seed changes.
    build = ("dbt", "--quiet", "build", "--project-dir", "dbt_project", "--vars", "{is_live_refresh: true}")
    models = ("--exclude-resource-type", "seed", "test", "unit_test")
    # What dbt keeps of the project and its log are on another disk: a log that cannot be opened is dbt's own.
    of_build = {
        "FINOPS_WAREHOUSE_DIR": "{disk}/warehouse", "FINOPS_RAW_DIR": str(books.raw),
        "DBT_TARGET_PATH": str(books.target), "DBT_LOG_PATH": str(folder / "logs"),
    }  # fmt: skip
    _text("policy.json", _POLICY)(folder)
    _text("prices.json", _PRICES)(folder)
    return [
        Writer("generate", (*generate, "--workers", "1"), _generated),
        Writer("generate with bills", (*generate, "--workers", "2", "--with-cloud"), _generated),
        Writer("generate --follow", ("generator", "--customers", "20", "--follow", "--target-size", "300KB", "--out", "{disk}/raw"), without=("raw/*",)),
        Writer("seeds --own", ("generator", "seeds", "--own", "--yes", "--seeds", "{disk}/seeds"), _seeds),
        Writer("land", (*land, "--vars", f"sources: [{sources}]"), _of_kills("land"), ("warehouse/build/*",)),
        Writer("fetch", ("reports_builder", "fetch", "s3://data/{name}", "--raw", "{disk}/raw"), _together(_of_kills("fetch"), _text("raw/calls/mine.csv")), ("raw/litellm/*", "raw/_fetched.jsonl")),
        Writer("prices", ("dbt_project.landing", "prices", "update", "--from", f"{folder}/prices.json", "--release", "9", "--seeds", "{disk}/seeds"), _seeds),
        Writer("tags", ("dbt_project.landing", "tags", "import", f"{folder}/policy.json", "--seeds", "{disk}/seeds"), _seeds),
        Writer("build from nothing", (*build, *models, "--full-refresh"), _built(books), ("warehouse/build/*",), of_build, first_room=4 << 20),
        Writer("publish", (*build, "--select", "dim_dates"), _built(books), ("warehouse/build/*",), of_build, first_room=1 << 20),
        Writer("reports", ("reports_builder", "--warehouse", str(books.published), "--out", "{disk}/reports"), _text("reports/finops_summary.md")),
        *(
            Writer(f"export {' '.join(words)}", ("reports_builder", "export", *words, "--out", f"{{disk}}/out/{out}", *warehouse), _together(linked, _text(f"out/{out}")))
            for out, words in {
                "focus.csv": ("focus", *month), "focus.parquet": ("focus", *month, "--by", "owner"),
                "chargeback.csv": ("chargeback", *month), "journal.csv": ("journal", "--month", "2026-10", "--format", "xero"),
                "all.html": ("html",), "all.pdf": ("pdf",), "module.tf.json": ("terraform",),
            }.items()
        ),
        Writer("export parquet", ("reports_builder", "export", "parquet", "--out", "{disk}/out", *warehouse), linked),
        Writer("export to a bucket", ("reports_builder", "export", "parquet", "--out", "s3://data/{name}", *warehouse), _together(linked, _text("tmp/mine")), environment={"TMPDIR": "{disk}/tmp"}),
        Writer("send", ("reports_builder", "send", "--dry-run", "{disk}/mail.eml", *warehouse), _together(linked, _text("mail.eml"))),
        Writer("compliance", ("reports_builder", "compliance", *month, "--out", "{disk}/books", *warehouse), linked, environment=key, is_once=True),
        Writer("erase", ("reports_builder", "erase", "--customer", "cust_0001", "--yes", "--raw", "{disk}/raw", *own), lambda disk: (publish(disk / "finops.duckdb"), _generated(disk)), ("raw/*", "erasures/*", "build/*")),
        Writer("seal", sealed, lambda disk: publish(disk / "finops.duckdb"), ("seals/*",), key, check=_verified),
        Writer("seal copy", (*sealed, "--copy-to", "{disk}/copy"), lambda disk: (publish(disk / "finops.duckdb"), (disk / "copy").mkdir()), ("seals/*",), key),
        Writer("seal export", ("reports_builder", "seal", "export", "--out", "{disk}/out", *of_seals), _a_seal, is_once=True),
        Writer("seal prove-log", ("reports_builder", "seal", "prove-log", "1", "--out", "{disk}/proof.json", "--seals", "{disk}/seals"), _together(_a_seal, _text("proof.json"))),
        Writer("budget set", ("reports_builder", "budget", "set", "total", "total", "2026-11", "1500", *warehouse), linked),
        Writer("budget propose", ("reports_builder", "budget", "propose", "--out", "{disk}/proposals.csv", *warehouse), _together(linked, _text("proposals.csv"))),
        Writer("savings accept", ("reports_builder", "savings", "accept", _a_work(books), "--from", "2026-11-01", *warehouse), linked),
        Writer("alerts", ("reports_builder", "alerts", *own), _of_kills("alerts")),
        Writer("init", ("finops", "init", "{disk}/company"), is_once=True),
        Writer("upgrade", ("finops", "upgrade"), _older_company, ("company/dbt_project/*", "company/profiles.yml"), in_folder="company"),
    ]  # fmt: skip


def _a_work(books: Workspace) -> str:
    found = books.query(
        "select min(work_id) from rates.rpt_usage_optimizations where resource_id is not null"
    )
    return str(found[0][0])


_SAID = re.compile(
    r"(No space left on device|Read-only file system|Permission denied).*: (make room there|let it be written)"
)


def check_failed(
    disk: Disk, writer: Writer, before: Mapping[str, str], done: subprocess.CompletedProcess[str]
) -> None:
    """Raise WrongError where a command that failed did not say why, or changed anything."""
    said = " ".join(f"{done.stdout}{done.stderr}".split())
    # A program that writes its log at each step says of each that it cannot.
    if not _SAID.search(said) or ("Traceback" in said and writer.words[0] != "dbt"):
        raise WrongError(f"exit code {done.returncode}, and not why and what to do: {said[-1500:]}")
    after = disk.files(writer.without)
    changed = sorted(name for name in after.keys() | before.keys() if after.get(name) != before.get(name))
    changed += [name for name in disk.files(()) if _HALF.search(name)]
    if changed:
        raise WrongError(f"it failed and left {', '.join(changed)}; it said: {said[-300:]}")


def campaign(disk: Disk, writer: Writer) -> str:
    """What came of a writer on an empty disk; WrongError where something did not hold."""
    writer.prepare(disk.folder)
    before = disk.files(writer.without)
    disk.let_write(False)
    done = writer.run(disk.folder)
    disk.let_write(True)
    if done.returncode == 0:
        raise WrongError(f"says that it wrote where nobody can: {done.stdout[-500:]}")
    check_failed(disk, writer, before, done)
    room = tries = 0
    while True:
        disk.leave(room)
        done = writer.run(disk.folder)
        disk.release()
        if done.returncode == 0:
            break
        tries += 1
        check_failed(disk, writer, before, done)
        room = max(writer.first_room, room * 4)
        if room > _SIZE:
            raise WrongError(f"fails with all the room there is: {done.stderr[-500:]}")
    if not tries:
        raise WrongError("got through without any room")
    again = writer.run(disk.folder)
    if again.returncode and not writer.is_once:
        raise WrongError(f"does not run again: {again.stderr[-500:]}")
    writer.check(disk.folder)
    return f"failed {tries} times, got through with {room >> 10:,} kB"


def receiver(disk: Disk) -> str:
    """Records are kept while there is room, and again when there is; what was confirmed is there once."""
    confirmed: list[bytes] = []
    spool = Spool(disk.folder / "otel", file_seconds=600, file_bytes=1 << 30, say=lambda _: None)
    disk.leave(200 << 10)
    lost = 0
    for number in range(400):
        record = json.dumps({"number": number, "text": "x" * 1000}).encode() + b"\n"
        try:
            spool.put(record, ".jsonl").result(30)
            confirmed.append(record)
        except OSError:
            lost += 1
        if lost == 20:
            disk.release()
    spool.close()
    there = b"".join(path.read_bytes() for path in sorted((disk.folder / "otel").glob("received-*")))
    if not lost or there != b"".join(confirmed) or list((disk.folder / "otel").glob(".received-*")):
        raise WrongError(f"{lost} were not confirmed, and what is kept is not what was")
    return f"{len(confirmed)} records kept, {lost} not confirmed"


def watcher(disk: Disk, books: Workspace) -> str:
    """The watcher says what it lacks, keeps what is published, and publishes once there is room."""
    _built(books)(disk.folder)
    there = Workspace(disk.folder, books.target)
    shutil.copytree(books.raw, there.raw)
    with watching(there) as watched:
        first = watched.until(lambda status: status["sequence"] > 0 and status["state"] == "idle")
        published = there.published.read_bytes()
        disk.leave(1 << 20)
        day = sorted((there.raw / "calls").iterdir())[-1]
        os.utime(next(day.glob("*.parquet")))
        failed = watched.until(lambda status: status["state"] == "failed")
        if "No space left" not in failed["error"] or there.published.read_bytes() != published:
            raise WrongError(f"it says {failed['error']}, or what was published is gone")
        disk.release()
        watched.until(lambda status: status["sequence"] > first["sequence"])
    return "said so, and published when there was room"


@contextmanager
def mounted(folder: Path, size: int = _SIZE) -> Iterator[Disk]:
    """A disk of that size; PermissionError where none can be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PermissionError(done.stderr.strip())
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def main() -> int:
    """Exit code 1 where something did not hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="What has this in its name.")
    options.add_argument("--books", type=Path, help="A built workspace to read from, in place of a new one.")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name, bucket_of_this_process(Path(name)):
        folder = Path(name)
        try:
            with mounted(folder / "disk"):
                pass
        except PermissionError as error:
            sys.stdout.write(f"NOTHING WAS TRIED: no disk can be mounted here ({error})\n")
            return CANNOT_MOUNT
        books = _books(given.books or folder / "books")
        tried: dict[str, Callable[[Disk], str]] = {
            writer.name: partial(campaign, writer=writer) for writer in writers(books, folder)
        }
        tried |= {"receiver": receiver, "watcher": partial(watcher, books=books)}
        wrong = 0
        for number, (each, come_to) in enumerate(tried.items()):
            if given.only not in each:
                continue
            try:
                with mounted(folder / f"disk-{number}") as disk:
                    said = come_to(disk)
            except WrongError as error:
                wrong += 1
                said = f"WRONG: {error}"
            sys.stdout.write(f"{each}: {said}\n")
            sys.stdout.flush()
    return 1 if wrong else 0


def _books(folder: Path) -> Workspace:
    """A small company with bills, built once."""
    books = Workspace(folder, folder / "target")
    if not books.published.exists():
        books.generate(20, 45, "--with-cloud")
        done = books.run_command("build", "--exclude-resource-type", "test", "unit_test", "--vars", "{is_live_refresh: true}")  # fmt: skip
        if done.returncode:
            raise WrongError(done.stdout[-2000:])
    return books


if __name__ == "__main__":
    sys.exit(main())
