"""`python -m dbt_project.spark`: dbt on Spark, with landing before a build and publication after it.

`python -m dbt_project.spark build` takes what `dbt build` takes, and so does every other command of dbt;
`--target thrift` is a Thrift server. `python -m dbt_project.spark compare ONE.duckdb OTHER.duckdb` compares
every mart of two published warehouses.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from dbt_project.landing.command import run_variables
from dbt_project.landing.errors import UsageError
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.notes import GENERATED_MARKER
from dbt_project.landing.project import PROJECT
from dbt_project.landing.schemas import CALL_SCHEMA, CUSTOMER_SCHEMA
from dbt_project.landing.seed_values import seed_problems
from dbt_project.plugins import attempts
from dbt_project.plugins.ledgers import make_ledgers
from dbt_project.plugins.publication import publish
from dbt_project.spark.comparison import differences
from dbt_project.spark.published_file import write_published_file
from dbt_project.spark.sources import conform, source_statements
from dbt_project.spark.surroundings import advice_on, check_surroundings

# Options of dbt after which a build is of a part, and says nothing of the published file; so does one that
# leaves out anything but the unit tests, which test the SQL and not the data.
_SELECTING = frozenset({"-s", "--select", "--exclude", "--selector", "--resource-type", "--resource-types"})
_LEAVING_OUT = frozenset({"--exclude-resource-type", "--exclude-resource-types"})


def main() -> None:
    """Run the command; what a user got wrong is one line on stderr and exit code 2, a failed build 1."""
    try:
        sys.exit(run(sys.argv[1:]))
    except UsageError as error:
        sys.stderr.write(f"spark: {' '.join(str(error).split())}\n")
        sys.exit(2)


def run(arguments: list[str]) -> int:
    """Do what the arguments say; returns the exit code."""
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(f"{__doc__}\n")
        return 0
    if arguments[0] == "compare":
        if len(arguments) != 3:
            raise UsageError("compare takes two published warehouses")
        found = differences(Path(arguments[1]), Path(arguments[2]))
        sys.stdout.writelines(f"{line}\n" for line in found or ["Every mart is equal."])
        return 1 if found else 0
    target = _option(arguments, "--target") or "spark"
    warehouse_dir = Path(os.environ.get("FINOPS_WAREHOUSE_DIR", "warehouse")).resolve()
    check_surroundings(target, warehouse_dir)
    os.environ.setdefault("FINOPS_SPARK_TABLES", str(warehouse_dir / "build" / "spark" / "tables"))
    command = [*arguments, "--target", target] if "--target" not in arguments else arguments
    if not _option(arguments, "--project-dir"):
        command = [*command, "--project-dir", "dbt_project"]
    with _only_build(warehouse_dir):
        if arguments[0] in ("build", "run"):
            return _build(command, warehouse_dir)
        return 0 if _dbt(command).success else 1


def _build(command: list[str], warehouse_dir: Path) -> int:
    """Land, let dbt build, and publish what is a whole build."""
    raw_dir = Path(os.environ.get("FINOPS_RAW_DIR", "data/raw"))
    built = warehouse_dir / "build" / "spark" / "built"
    shutil.rmtree(built, ignore_errors=True)
    is_noted = is_whole(command)
    if is_noted:
        attempts.begin(warehouse_dir)
    landing = LandingFolder(warehouse_dir)
    try:
        slot = _land(landing, raw_dir, run_variables(_option(command, "--vars") or "{}"), warehouse_dir)
        os.environ["FINOPS_SPARK_BUILT"] = str(built)
        is_generated = (raw_dir / GENERATED_MARKER).exists()
        os.environ["FINOPS_HOLDS_GENERATED_CALLS"] = "yes" if is_generated else ""
        done = _dbt(command)
        if not done.success:
            if is_noted:
                attempts.end(warehouse_dir, "failed", _problem(done))
            return 1
        if not built.exists():
            sys.stdout.write("Not published: only a selection was built.\n")
            return 0
        partial = warehouse_dir / "build" / "spark" / "finops.duckdb"
        manifest = Path(os.environ.get("DBT_TARGET_PATH", "dbt_project/target")) / "manifest.json"
        tables = Path(os.environ["FINOPS_SPARK_TABLES"])
        write_published_file(partial, json.loads(manifest.read_text(encoding="utf-8")), tables)
        published = publish(partial, warehouse_dir / "finops.duckdb", landing.frozen, slot)
    except (UsageError, OSError, duckdb.Error) as error:
        if is_noted:
            attempts.end(warehouse_dir, "failed", str(error))
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"not published, readers keep the last good file: {error}") from error
    attempts.end(warehouse_dir, "published", None)
    sys.stdout.write(f"Published {published}\n")
    return 0


def is_whole(command: list[str]) -> bool:
    """Whether a command builds all, as macro is_to_be_published judges it by what dbt made of the options."""
    option = ""
    for argument in command[1:]:
        value = argument
        if argument.startswith("-"):
            option, _, value = argument.partition("=")
        if option in _SELECTING or (option in _LEAVING_OUT and value not in ("", "unit_test")):
            return False
    return command[0] == "build"


def _land(landing: LandingFolder, raw_dir: Path, variables: dict[str, Any], warehouse_dir: Path) -> Path:
    """Check, land and freeze the files, and tell the macros where they are; returns their folder."""
    if wrong := list(seed_problems(sorted((PROJECT / "seeds").glob("*.csv")))):
        raise UsageError(f"The seeds cannot be meant as they are; nothing was changed. {' '.join(wrong)}")
    landing.prepare()
    problems = landing.land(raw_dir, variables["sources"], variables["pseudonymised"])
    if problems:
        raise UsageError(f"The raw data cannot be read; nothing was changed. {'; '.join(problems)}")
    slot = landing.freeze(raw_dir)
    for note in landing.notes:
        if note.is_warning:
            sys.stderr.write(f"Warning: {note.details}\n")
    customers = warehouse_dir / "build" / "contract" / "customers"
    conform(sorted((slot / "calls").glob("date=*/*.parquet")), CALL_SCHEMA)
    conform(sorted(customers.glob("*.parquet")), CUSTOMER_SCHEMA)
    make_ledgers(warehouse_dir)
    os.environ["FINOPS_FROZEN_DIR"] = str(slot)
    os.environ["FINOPS_SPARK_SOURCES"] = json.dumps(source_statements(slot, customers, warehouse_dir))
    return slot


def _dbt(command: list[str]) -> Any:
    # Not before Java and the packages are known to be there.
    from dbt_project.spark.dbt_runs import run_dbt  # noqa: PLC0415

    done = run_dbt(command)
    if not done.success:
        problem = _problem(done)
        sys.stderr.write(f"spark: {advice_on(problem) or attempts.summary(problem)}\n")
    return done


def _problem(done: Any) -> str:
    """What went wrong: the exception that ended the run, or the message of the first node that failed."""
    if done.exception:
        return str(done.exception)
    failed = [
        result
        for result in getattr(done.result, "results", [])
        if result.status in ("error", "fail", "runtime error")
    ]
    if not failed:
        return "dbt gave no reason"
    node = failed[0].node
    found = str(failed[0].failures or "")
    return attempts.failure_of(
        node.resource_type, node.name, found, failed[0].message or "", getattr(node, "description", "")
    )


def _option(arguments: list[str], name: str) -> str | None:
    for place, argument in enumerate(arguments):
        if argument == name and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith(f"{name}="):
            return argument.removeprefix(f"{name}=")
    return None


@contextmanager
def _only_build(warehouse_dir: Path) -> Iterator[None]:
    """Keep other builds of this warehouse out; the lock ends with the process."""
    folder = warehouse_dir / "build" / "spark"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError("another build of this warehouse runs: wait for it to end") from error
        yield
